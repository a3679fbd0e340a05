//! `manifest.json`: every file of a bundle by its SHA-256. Its signature lies beside it, in `manifest.sig`.

use std::{fmt, str::FromStr};

use earshot_model::{PageUrl, Picture, Profile, RunId, VisitId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::hash::{self, Hash};

/// What a bundle holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// [`Manifest::SCHEMA`].
    pub schema: String,
    /// The run.
    pub run: RunId,
    /// The visit; derived from run, page, profile and repetition.
    pub visit: VisitId,
    /// What was opened.
    pub page: PageUrl,
    /// How the visit behaved.
    pub profile: Profile,
    /// Which visit of the page under that profile, from 0.
    pub repetition: u32,
    /// When the navigation began (wall clock).
    pub started_at: Timestamp,
    /// Version of Earshot that wrote it.
    pub earshot: String,
    /// Version of catalogue and rules.
    pub ruleset: String,
    /// Everything in the bundle but this and its signature.
    pub files: Vec<FileEntry>,
    /// What should be there and could not be read when the bundle was made.
    pub absent: Vec<Absent>,
    /// The key that signs it: 64 hex digits (RFC 8032).
    pub public_key: String,
}

/// One file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileEntry {
    /// Its name.
    pub name: String,
    /// Its length.
    pub bytes: u64,
    /// Its SHA-256, in hex.
    pub sha256: String,
}

/// A file that is not there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Absent {
    /// Its name.
    pub name: String,
    /// Why not.
    pub why: String,
}

/// Where a manifest lies in the evidence store: `RUN/VISIT/SHA-256 OF THE MANIFEST/manifest.json`. So nothing that is kept is
/// ever replaced by something else: a visit that is judged anew has a second bundle beside its first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ManifestKey {
    /// The run.
    pub run: RunId,
    /// The visit.
    pub visit: VisitId,
    pub(crate) hash: Hash,
}

impl Manifest {
    /// The form of the file.
    pub const SCHEMA: &str = "earshot.evidence/1";
    /// The manifest's file.
    pub(crate) const FILE: &str = "manifest.json";
    /// Its signature's: 64 bytes.
    pub(crate) const SIGNATURE: &str = "manifest.sig";
    /// Longest that is read: there are some ten files, and an address of a few kilobytes at most.
    pub(crate) const MAX_BYTES: u64 = 1024 * 1024;

    /// Whether a picture lies where those of this visit do: its key came over the bus.
    pub(crate) fn owns(&self, picture: &Picture) -> bool {
        let name = file_name(&picture.key);
        is_plain(name) && is_picture(name) && picture.key == format!("{}/{}/{name}", self.run, self.visit)
    }

    /// As it is written, hashed and signed.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut text = serde_json::to_vec_pretty(self).expect("a manifest has texts for keys");
        text.push(b'\n');
        text
    }
}

impl ManifestKey {
    /// SHA-256 of the manifest, in hex.
    #[must_use]
    pub fn sha256(&self) -> String {
        hash::hex(&self.hash)
    }

    /// Where a file of the bundle lies. Pictures are there before there is a manifest, so they lie beside its folder; what
    /// is text is packed.
    pub(crate) fn file(&self, name: &str) -> String {
        let Self { run, visit, .. } = self;
        match name {
            name if is_picture(name) => format!("{run}/{visit}/{name}"),
            Manifest::FILE | Manifest::SIGNATURE => format!("{run}/{visit}/{}/{name}", self.sha256()),
            name => format!("{run}/{visit}/{}/{name}.gz", self.sha256()),
        }
    }
}

impl fmt::Display for ManifestKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file(Manifest::FILE))
    }
}

impl FromStr for ManifestKey {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parse = || {
            let (run, rest) = text.strip_suffix(Manifest::FILE)?.strip_suffix('/')?.split_once('/')?;
            let (visit, hash) = rest.split_once('/')?;
            Some(Self { run: run.parse().ok()?, visit: visit.parse().ok()?, hash: hash::parse(hash)? })
        };
        parse().ok_or_else(|| format!("'{text}' is no manifest's key"))
    }
}

/// Longest name of a file: ours have some twenty characters.
const MAX_NAME: usize = 100;

/// What stands behind the last slash of a key.
pub(crate) fn file_name(key: &str) -> &str {
    key.rsplit('/').next().unwrap_or(key)
}

pub(crate) fn is_picture(name: &str) -> bool {
    name.ends_with(".jpg")
}

/// Whether it is a name of a file, and nothing that leads elsewhere.
pub(crate) fn is_plain(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    !name.is_empty() && name.len() <= MAX_NAME && !name.starts_with('.') && name.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_lead_elsewhere_are_none() {
        assert!(is_plain("events.ndjson") && is_plain("banner-0a1b2c3d4e5f.jpg"));
        for name in ["", "..", ".hidden", "a/b", "a\\b", "../x", "/etc/passwd", "a b", "ü", &"x".repeat(101)] {
            assert!(!is_plain(name), "{name}");
        }
    }

    #[test]
    fn a_key_survives_its_text_form() {
        let key = ManifestKey { run: RunId::new(), visit: VisitId(uuid::Uuid::from_u128(7)), hash: [0xab; 32] };
        assert_eq!(key.to_string().parse::<ManifestKey>().unwrap(), key);
        let folder = format!("{}/{}", key.run, key.visit);
        assert_eq!(key.file("end-1.jpg"), format!("{folder}/end-1.jpg"));
        assert_eq!(key.file("visit.json"), format!("{folder}/{}/visit.json.gz", "ab".repeat(32)));
        for wrong in ["", "manifest.json", "a/b/c/manifest.json", &format!("{folder}/manifest.json")] {
            assert!(wrong.parse::<ManifestKey>().is_err(), "{wrong}");
        }
    }
}
