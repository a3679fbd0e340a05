//! `chain.json`: the manifests of a run in a fixed order, each bound to the one before. Its signature lies beside it, in
//! `chain.sig`.
//!
//! It names visits by their ids only: who is given the evidence of one site is not told which others were scanned.

use earshot_model::{RunId, VisitId};
use serde::{Deserialize, Serialize};

use crate::{
    ManifestKey, PublicKey,
    hash::{self, Hash},
};

/// The manifests of a run, in the order of site, page, profile and repetition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    /// The run.
    pub run: RunId,
    links: Vec<(VisitId, Hash)>,
}

/// The chain as it is written.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Written {
    /// [`Written::SCHEMA`].
    pub schema: String,
    /// The run.
    pub run: RunId,
    /// How many links there are.
    pub visits: usize,
    /// What the first link follows: SHA-256 of the run's id, in hex.
    pub first: String,
    /// The last link.
    pub head: String,
    /// The key that signs it: 64 hex digits.
    pub public_key: String,
    /// One for each visit.
    pub links: Vec<Link>,
}

/// One visit of a chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Which.
    pub visit: VisitId,
    /// SHA-256 of its manifest, in hex.
    pub manifest: String,
    /// SHA-256 of the link before (32 bytes) and that (32 bytes), in hex.
    pub link: String,
}

impl Chain {
    pub(crate) const FILE: &str = "chain.json";
    pub(crate) const SIGNATURE: &str = "chain.sig";
    /// Longest that is read: more than a million visits.
    pub(crate) const MAX_BYTES: u64 = 256 * 1024 * 1024;

    /// An empty one.
    #[must_use]
    pub fn new(run: RunId) -> Self {
        Self { run, links: Vec::new() }
    }

    /// Adds the manifest of the next visit.
    pub fn add(&mut self, key: &ManifestKey) {
        self.links.push((key.visit, key.hash));
    }

    /// Whether there is nothing to bind.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.links.is_empty()
    }

    pub(crate) fn places(run: RunId) -> (String, String) {
        (format!("{run}/{}", Self::FILE), format!("{run}/{}", Self::SIGNATURE))
    }

    pub(crate) fn to_bytes(&self, key: &PublicKey) -> Vec<u8> {
        let mut last = first(self.run);
        let link = |(visit, manifest): &(VisitId, Hash)| {
            last = next(&last, manifest);
            Link { visit: *visit, manifest: hash::hex(manifest), link: hash::hex(&last) }
        };
        let links: Vec<Link> = self.links.iter().map(link).collect();
        let written = Written {
            schema: Written::SCHEMA.to_owned(),
            run: self.run,
            visits: links.len(),
            first: hash::hex(&first(self.run)),
            head: hash::hex(&last),
            public_key: key.hex(),
            links,
        };
        let mut text = serde_json::to_vec_pretty(&written).expect("a chain has texts for keys");
        text.push(b'\n');
        text
    }

    /// Whether `text` is this chain, whoever has signed it.
    pub(crate) fn is_in(&self, text: &[u8]) -> bool {
        let Ok(written) = serde_json::from_slice::<Written>(text) else { return false };
        let last = self.links.iter().fold(first(self.run), |last, (_, manifest)| next(&last, manifest));
        written.run == self.run && written.visits == self.links.len() && written.head == hash::hex(&last)
    }
}

impl Written {
    /// The form of the file.
    pub const SCHEMA: &str = "earshot.chain/1";
}

/// What the first link follows.
pub(crate) fn first(run: RunId) -> Hash {
    hash::of(run.to_string().as_bytes())
}

/// The link of a manifest that follows another link.
pub(crate) fn next(last: &Hash, manifest: &Hash) -> Hash {
    hash::of(&[last.as_slice(), manifest].concat())
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::SigningKey;

    fn key(run: RunId, number: u8) -> ManifestKey {
        ManifestKey { run, visit: VisitId(Uuid::from_u128(number.into())), hash: [number; 32] }
    }

    #[test]
    fn each_link_follows_from_the_one_before() {
        let run = RunId::new();
        let mut chain = Chain::new(run);
        chain.add(&key(run, 1));
        let signing = SigningKey::generate().unwrap().public();
        let short = chain.to_bytes(&signing);
        chain.add(&key(run, 2));
        let long = chain.to_bytes(&signing);
        assert_eq!(long, chain.to_bytes(&signing), "the same chain is the same text");
        let (one, two): (Written, Written) =
            (serde_json::from_slice(&short).unwrap(), serde_json::from_slice(&long).unwrap());
        assert_eq!((one.links[0].clone(), two.visits), (two.links[0].clone(), 2));
        assert_eq!(two.links[1].link, two.head);
        assert!(chain.is_in(&long) && !chain.is_in(&short) && !chain.is_in(b"{}"));
    }
}
