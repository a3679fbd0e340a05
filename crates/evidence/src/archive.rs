//! Evidence taken out of its store: one file that can be handed on, and checked without us.

use std::{
    fs::File,
    io::{BufWriter, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
};

use earshot_model::{FindingId, RunId, Site, VisitId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use crate::{
    Chain, Evidence, EvidenceError, PublicKey,
    chain::Written,
    file, hash,
    manifest::{FileEntry, Manifest, ManifestKey},
};

/// How the comment of the archive begins; behind it stands the SHA-256 of all that stands before it.
pub(crate) const SEAL: &str = "earshot.bundle/1 sha256 of everything before it ";
/// Digits of a SHA-256.
pub(crate) const DIGITS: usize = 64;

/// What an archive holds of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// All of it.
    Run,
    /// The visits of one site.
    Site(Site),
    /// The visit of one finding.
    Finding(FindingId),
    /// One visit.
    Visit(VisitId),
}

/// `bundle.json`: what was taken out.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Contents {
    /// [`Contents::SCHEMA`].
    pub schema: String,
    /// The run.
    pub run: RunId,
    /// What of it.
    pub scope: Scope,
    /// When it was taken out (wall clock).
    pub exported_at: Timestamp,
    /// Version of Earshot that did it.
    pub earshot: String,
    /// Every visit that is here.
    pub visits: Vec<VisitId>,
    /// Files that belong to no visit.
    pub files: Vec<FileEntry>,
}

impl Contents {
    pub const FILE: &str = "bundle.json";
    pub const README: &str = "README.txt";
    pub const SCHEMA: &str = "earshot.bundle/1";
    /// Longest that is read: as many visits as a chain has.
    pub const MAX_BYTES: u64 = Chain::MAX_BYTES;
}

/// An archive that is being written. Nothing is at its place before it is finished.
pub struct Archive {
    path: PathBuf,
    zip: ZipWriter<BufWriter<NamedTempFile>>,
    contents: Contents,
    keys: Vec<PublicKey>,
}

impl Archive {
    /// Begins one.
    ///
    /// # Errors
    /// If nothing can be written beside `path`.
    pub fn create(path: &Path, run: RunId, scope: Scope) -> Result<Self, EvidenceError> {
        let file = file::beside(path, 0o666).map_err(EvidenceError::file(path))?;
        let contents = Contents {
            schema: Contents::SCHEMA.to_owned(),
            run,
            scope,
            exported_at: Timestamp::now(),
            earshot: env!("CARGO_PKG_VERSION").to_owned(),
            visits: Vec::new(),
            files: Vec::new(),
        };
        Ok(Self { path: path.to_owned(), zip: ZipWriter::new(BufWriter::new(file)), contents, keys: Vec::new() })
    }

    /// Takes a bundle out of the store, one file at a time.
    ///
    /// # Errors
    /// If something of it is not there any more, or cannot be written.
    pub async fn add(&mut self, evidence: &Evidence, key: &ManifestKey) -> Result<(), EvidenceError> {
        let (text, manifest) = evidence.manifest(key).await?;
        let folder = format!("{}/{}", key.run, key.visit);
        self.write(&format!("{folder}/{}", Manifest::FILE), &text)?;
        let signature = evidence.file(key, Manifest::SIGNATURE).await?;
        self.write(&format!("{folder}/{}", Manifest::SIGNATURE), &signature)?;
        for file in &manifest.files {
            let bytes = evidence.file(key, &file.name).await?;
            self.write(&format!("{folder}/{}", file.name), &bytes)?;
        }
        self.know(&manifest.public_key);
        self.contents.visits.push(key.visit);
        Ok(())
    }

    /// Adds the run's chain, if it is sealed, and what explains it all, and puts the archive in its place. Says whether
    /// the run is sealed.
    ///
    /// # Errors
    /// If it cannot be written.
    pub async fn finish(mut self, evidence: &Evidence) -> Result<bool, EvidenceError> {
        let chain = evidence.chain(self.contents.run).await?;
        if let Some((text, signature)) = &chain {
            let (place, beside) = Chain::places(self.contents.run);
            self.write_own(place, text)?;
            self.write_own(beside, signature)?;
            if let Ok(written) = serde_json::from_slice::<Written>(text) {
                self.know(&written.public_key);
            }
        }
        let readme = readme(&self.contents, &self.keys);
        self.write_own(Contents::README.to_owned(), readme.as_bytes())?;
        for key in self.keys.clone() {
            self.write_own(key_file(&key), key.pem().as_bytes())?;
        }
        let mut contents = serde_json::to_vec_pretty(&self.contents).expect("all keys are texts");
        contents.push(b'\n');
        self.write(Contents::FILE, &contents)?;
        let comment = format!("{SEAL}{}", "0".repeat(DIGITS));
        self.zip.set_comment(comment).expect("no longer than a comment may be");
        let written = self.zip.finish()?.into_inner();
        let file = written.map_err(|error| EvidenceError::file(&self.path)(error.into_error()))?;
        seal(file.as_file()).map_err(EvidenceError::file(&self.path))?;
        file.persist(&self.path).map_err(|error| EvidenceError::file(&self.path)(error.error))?;
        Ok(chain.is_some())
    }

    fn know(&mut self, key: &str) {
        let key = PublicKey::from_hex(key).filter(|key| !self.keys.contains(key));
        self.keys.extend(key);
    }

    fn write_own(&mut self, name: String, bytes: &[u8]) -> Result<(), EvidenceError> {
        self.write(&name, bytes)?;
        let sha256 = hash::hex(&hash::of(bytes));
        self.contents.files.push(FileEntry { name, bytes: bytes.len() as u64, sha256 });
        Ok(())
    }

    fn write(&mut self, name: &str, bytes: &[u8]) -> Result<(), EvidenceError> {
        // What is packed already does not become smaller.
        let packed = crate::manifest::is_picture(name);
        let method = if packed { CompressionMethod::Stored } else { CompressionMethod::Deflated };
        self.zip.start_file(name, SimpleFileOptions::default().compression_method(method))?;
        self.zip.write_all(bytes).map_err(EvidenceError::file(&self.path))
    }
}

/// Name of the file with a public key, for those who check by hand.
pub(crate) fn key_file(key: &PublicKey) -> String {
    format!("keys/{}.pem", key.fingerprint())
}

/// Writes the hash of all that stands before it over the last digits of the file.
fn seal(mut file: &File) -> std::io::Result<()> {
    let before = file.metadata()?.len() - DIGITS as u64;
    file.seek(SeekFrom::Start(0))?;
    let (_, hash) = hash::of_all(file.take(before), before)?;
    file.seek(SeekFrom::Start(before))?;
    file.write_all(hash::hex(&hash).as_bytes())
}

fn readme(contents: &Contents, keys: &[PublicKey]) -> String {
    let run = contents.run;
    let scope = match &contents.scope {
        Scope::Run => "everything that was kept of it".to_owned(),
        Scope::Site(site) => format!("the visits of {site}"),
        Scope::Finding(finding) => format!("the visit of finding {finding}"),
        Scope::Visit(visit) => format!("the visit {visit}"),
    };
    let keys: String = keys.iter().map(|key| format!("  {}\n", key.fingerprint())).collect();
    format!(
        "\
Evidence of the Earshot run {run}: {scope}.
Taken out at {} by Earshot {}.

{run}/VISIT/ is the opening of one page:
  manifest.json    every other file of the visit with its SHA-256
  manifest.sig     its Ed25519 signature (64 bytes)
  visit.json       page, time, certificate, browser, consent, what was typed, what could not be seen
  findings.json    what was concluded, with the bytes that prove it
  events.ndjson    everything that was observed, one event a line
  network.har      what went over the wire, for any HAR viewer
  facts.pb         the same visit in the form that Earshot reads again
  *.jpg            pictures of the page, before anything was typed
{run}/chain.json and chain.sig bind the manifests of the whole run; they are there once the run was sealed.

Check it:   earshot evidence check FILE.zip
By hand:    openssl pkeyutl -verify -pubin -inkey keys/KEY.pem -rawin -in manifest.json -sigfile manifest.sig
            sha256sum visit.json findings.json events.ndjson network.har facts.pb *.jpg

Signed by the key with this fingerprint (SHA-256 of the public key's DER form):
{keys}That the key is the one of whom you think must be learned from them: anybody can make a key.

Everything that was typed is made up: it is derived from the visit's id, and the check derives it anew.
",
        contents.exported_at, contents.earshot
    )
}
