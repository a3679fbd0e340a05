//! An archive held against itself, without any service.
//!
//! Nothing is unpacked to the disk, and no name of the archive is followed. Everything that is read has a bound.

mod chain;
mod container;
mod problem;
mod visit;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use earshot_model::{RunId, VisitId};
use serde::Serialize;

use crate::{
    Chain, EvidenceError, PublicKey,
    archive::Contents,
    hash::{self, Hash},
    manifest::Manifest,
};
use container::Container;
pub use problem::{Problem, ProblemKind};

/// What a check came to. It holds if there are no problems.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Checked {
    /// How many visits were looked at.
    pub visits: usize,
    /// How many files were looked at.
    pub files: usize,
    /// How many bytes they have.
    pub bytes: u64,
    /// Who has signed what.
    pub keys: Vec<KeyUse>,
    /// What binds the visits of each run.
    pub runs: Vec<Sealed>,
    /// What does not hold.
    pub problems: Vec<Problem>,
    /// What could not be looked at, and is no fault of the archive's.
    pub remarks: Vec<String>,
}

/// What one key has signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KeyUse {
    /// SHA-256 of its DER form, in hex.
    pub fingerprint: String,
    /// How many manifests.
    pub manifests: usize,
    /// How many chains.
    pub chains: usize,
}

/// Whether a run is sealed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sealed {
    /// Which run.
    pub run: RunId,
    /// How many visits its chain binds; `None` if it is not sealed.
    pub visits: Option<usize>,
    /// How many of its visits are here.
    pub here: usize,
}

/// Which key must have signed everything.
pub type Expected<'a> = Option<&'a str>;

/// A check under way.
struct Check<'a> {
    container: Container,
    expected: Expected<'a>,
    /// Names that belong to something.
    known: BTreeSet<String>,
    keys: BTreeMap<String, (usize, usize)>,
    /// Manifests that were found, by run.
    manifests: BTreeMap<RunId, BTreeMap<VisitId, Hash>>,
    done: Checked,
}

/// Looks for whatever does not hold in an archive. `expected` is the fingerprint of the key that must have signed it.
///
/// # Errors
/// [`EvidenceError::File`] if the file cannot be read at all. What is no archive is a problem, not an error.
pub fn check(path: &Path, expected: Expected<'_>) -> Result<Checked, EvidenceError> {
    let (container, problems) = match Container::open(path)? {
        Ok(opened) => opened,
        Err(problem) => return Ok(Checked { problems: vec![problem], ..Checked::default() }),
    };
    let mut check = Check {
        container,
        expected,
        known: BTreeSet::new(),
        keys: BTreeMap::new(),
        manifests: BTreeMap::new(),
        done: Checked { problems, ..Checked::default() },
    };
    check.everything();
    Ok(check.done)
}

impl Check<'_> {
    fn everything(&mut self) {
        let names = self.container.names().to_vec();
        let contents = self.contents();
        for (run, visits) in folders(&names) {
            self.manifests.entry(run).or_default();
            for visit in visits {
                self.visit(run, visit);
            }
            self.chain(run);
        }
        if let Some(contents) = contents {
            self.complete(&contents);
        }
        for name in names.iter().filter(|name| !self.known.contains(*name)).cloned().collect::<Vec<_>>() {
            self.problem(&name, ProblemKind::Extra, "nothing in the archive names it");
        }
        if self.done.visits == 0 {
            self.problem("", ProblemKind::Missing, "there is no evidence of any visit in it");
        }
        if !self.container.is_sealed {
            let remark = "the archive was packed anew after the export: its files are checked, how it is packed is not";
            self.done.remarks.push(remark.to_owned());
        }
        let used = |(fingerprint, (manifests, chains)): (&String, &(usize, usize))| KeyUse {
            fingerprint: fingerprint.clone(),
            manifests: *manifests,
            chains: *chains,
        };
        self.done.keys = self.keys.iter().map(used).collect();
        self.done.files = self.container.read.len();
        self.done.bytes = self.container.read.values().sum();
    }

    /// What was taken out, and the files that belong to no visit.
    fn contents(&mut self) -> Option<Contents> {
        let text = self.read(Contents::FILE, Contents::MAX_BYTES)?;
        let contents: Contents = match serde_json::from_slice(&text) {
            Ok(contents) => contents,
            Err(error) => {
                self.problem(Contents::FILE, ProblemKind::Changed, &format!("it does not parse: {error}"));
                return None;
            }
        };
        let (chain, beside) = Chain::places(contents.run);
        let own = |name: &str| {
            name == Contents::README || name.starts_with("keys/") || [&chain, &beside].iter().any(|own| *own == name)
        };
        for file in contents.files.iter().filter(|file| own(&file.name)) {
            self.file(&file.name, file);
        }
        Some(contents)
    }

    /// Whether everything is here that was taken out.
    fn complete(&mut self, contents: &Contents) {
        let none = BTreeMap::new();
        let here = self.manifests.get(&contents.run).unwrap_or(&none);
        let missing: Vec<_> = contents.visits.iter().filter(|visit| !here.contains_key(visit)).copied().collect();
        for visit in missing {
            let folder = format!("{}/{visit}", contents.run);
            // One that has files and no manifest was named already.
            if !self.container.names().iter().any(|name| name.starts_with(&folder)) {
                self.problem(&folder, ProblemKind::Missing, "bundle.json names this visit");
            }
        }
    }

    /// A whole file of no more than `most` bytes. If it is not there or cannot be read, that is a problem.
    fn read(&mut self, name: &str, most: u64) -> Option<Vec<u8>> {
        self.known.insert(name.to_owned());
        match self.container.read(name, most) {
            Ok(bytes) => Some(bytes),
            Err((kind, reason)) => {
                self.problem(name, kind, &reason);
                None
            }
        }
    }

    /// Holds a file against its entry.
    fn file(&mut self, name: &str, entry: &crate::FileEntry) {
        self.known.insert(name.to_owned());
        match self.container.hash(name, entry.bytes) {
            Ok((bytes, _)) if bytes != entry.bytes => {
                let more = if bytes > entry.bytes { " or more" } else { "" };
                let what = format!("it has {bytes}{more} bytes and not {}", entry.bytes);
                self.problem(name, ProblemKind::Changed, &what);
            }
            Ok((_, hash)) if hash::hex(&hash) != entry.sha256 => {
                self.problem(name, ProblemKind::Changed, "its SHA-256 is not the one that was recorded");
            }
            Ok(_) => {}
            Err((kind, reason)) => self.problem(name, kind, &reason),
        }
    }

    /// Holds a signature against what it signs; `key` is what the signed text says of itself.
    fn signature(&mut self, name: &str, text: &[u8], beside: &str, key: &str) {
        let signature = self.read(beside, 64);
        let Some(public) = PublicKey::from_hex(key) else {
            self.problem(name, ProblemKind::Changed, "it names no public key");
            return;
        };
        let Some(signature) = signature else { return };
        if !public.has_signed(text, &signature) {
            self.problem(name, ProblemKind::Signature, "it is not what the key that it names has signed");
            return;
        }
        let fingerprint = public.fingerprint();
        if self.expected.is_some_and(|expected| expected != fingerprint) {
            let what = format!("it was signed by {fingerprint}, which is not the key that you gave");
            self.problem(name, ProblemKind::Key, &what);
        }
        let (manifests, chains) = self.keys.entry(fingerprint).or_default();
        *(if name.ends_with(Chain::FILE) { chains } else { manifests }) += 1;
    }

    fn problem(&mut self, file: &str, kind: ProblemKind, what: &str) {
        self.done.problems.push(Problem { file: file.to_owned(), kind, what: what.to_owned() });
    }
}

/// The visits that have a folder, by run.
fn folders(names: &[String]) -> BTreeMap<RunId, BTreeSet<VisitId>> {
    let mut folders: BTreeMap<RunId, BTreeSet<VisitId>> = BTreeMap::new();
    for name in names {
        let mut parts = name.split('/');
        let Some(run) = parts.next().and_then(exactly::<RunId>) else { continue };
        let visits = folders.entry(run).or_default();
        if let (Some(visit), Some(_)) = (parts.next().and_then(exactly::<VisitId>), parts.next()) {
            visits.insert(visit);
        }
    }
    folders
}

/// An id, written as we write it.
fn exactly<T: std::str::FromStr + ToString>(text: &str) -> Option<T> {
    text.parse::<T>().ok().filter(|id| id.to_string() == text)
}

impl Checked {
    /// Whether everything holds.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.problems.is_empty()
    }
}

/// Names of a visit's own files that no manifest lists.
const UNLISTED: [&str; 2] = [Manifest::FILE, Manifest::SIGNATURE];
