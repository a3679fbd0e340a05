//! What `earshot doctor` says about each part.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use serde::Deserialize;

use super::{Found, Part, PartError, find};
use crate::EngineCommand;

/// How long a part may take to say its version. libchdb takes half a second to load from a cold disk.
const VERSION_WITHIN: Duration = Duration::from_secs(30);

/// The state of one part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkup {
    /// Which part.
    pub part: Part,
    /// Where it lies, if it was found.
    pub path: Option<PathBuf>,
    /// How it was found, in words.
    pub how_found: Option<String>,
    /// Its version, if it said one.
    pub version: Option<String>,
    /// The verdict.
    pub status: Status,
    /// What to do; empty if it is well.
    pub advice: String,
}

/// The verdict on one part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It can be used.
    Ok,
    /// It works, but lacks what we need.
    TooOld,
    /// It is not there.
    Missing,
    /// It is there and does not work.
    Broken,
}

impl Part {
    /// The oldest version that is known to do.
    ///
    /// Chromium 132 is the first that comes as a headless shell of its own; nats-server 2.11 the first with message
    /// TTLs; libchdb 26.7 the first with parameters for streamed inserts and the classification of statements;
    /// Autoconsent 16 the first major version whose messages and rules we know.
    #[must_use]
    pub fn oldest(self) -> &'static [u32] {
        match self {
            Self::Chromium => &[132],
            Self::Nats => &[2, 11],
            Self::Clickhouse => &[26, 7],
            Self::Autoconsent => &[16],
        }
    }
}

/// Finds a part and asks for its version. `engine` is how to start the child that loads libchdb.
pub async fn inspect(part: Part, explicit: Option<&Path>, engine: &EngineCommand) -> Checkup {
    let found = match find(part, explicit) {
        Ok(found) => found,
        Err(error) => return missing(part, &error),
    };
    let version = version(&found, engine).await;
    let (status, advice) = verdict(part, version.as_deref());
    let Found { path, how_found, .. } = found;
    Checkup { part, path: Some(path), how_found: Some(how_found), version: version.ok(), status, advice }
}

/// Asks a part for its version: a program in a child process, a package in its `package.json`.
///
/// # Errors
/// What it said instead.
pub async fn version(found: &Found, engine: &EngineCommand) -> Result<String, String> {
    let asking = async {
        match found.part {
            Part::Clickhouse => engine.version_of(&found.path).await,
            Part::Chromium | Part::Nats => program_version(found).await,
            Part::Autoconsent => package_version(&found.path),
        }
    };
    let late = |_| format!("it did not answer within {} s", VERSION_WITHIN.as_secs());
    tokio::time::timeout(VERSION_WITHIN, asking).await.unwrap_or_else(|elapsed| Err(late(elapsed)))
}

async fn program_version(found: &Found) -> Result<String, String> {
    let mut command = tokio::process::Command::new(&found.path);
    command.arg("--version").stdin(Stdio::null()).kill_on_drop(true);
    let output = command.output().await.map_err(|error| error.to_string())?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let complaint = || String::from_utf8_lossy(&output.stderr).trim().to_owned();
    number_in(&said).map(str::to_owned).ok_or_else(complaint)
}

/// The version in a `package.json`; an error too if the files that we use do not lie beside it.
fn package_version(path: &Path) -> Result<String, String> {
    #[derive(Deserialize)]
    struct Package {
        version: String,
    }
    for name in ["autoconsent.playwright.js", "rules.json"] {
        let beside = path.with_file_name(name);
        beside.metadata().map_err(|error| format!("{}: {error}", beside.display()))?;
    }
    let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
    serde_json::from_str(&text).map(|package: Package| package.version).map_err(|error| error.to_string())
}

/// The first word that looks like a version: "nats-server: v2.15.1", "Chromium 156.0.8078.79 built on Debian".
fn number_in(text: &str) -> Option<&str> {
    let bare = |word: &'_ str| word.len() - word.trim_start_matches('v').len();
    text.split_whitespace()
        .map(|word| &word[bare(word)..])
        .find(|word| word.starts_with(|c: char| c.is_ascii_digit()) && word.contains('.'))
}

fn verdict(part: Part, version: Result<&str, &String>) -> (Status, String) {
    let version = match version {
        Ok(version) => version,
        Err(said) => return (Status::Broken, format!("It does not work: {said}. {}", part.advice())),
    };
    let numbers: Vec<u32> = version.split('.').map_while(|number| number.parse().ok()).collect();
    if numbers.as_slice() >= part.oldest() {
        return (Status::Ok, String::new());
    }
    let oldest = part.oldest().iter().map(u32::to_string).collect::<Vec<_>>().join(".");
    (Status::TooOld, format!("Version {oldest} or later is needed. {}", part.advice()))
}

fn missing(part: Part, error: &PartError) -> Checkup {
    let advice = error.to_string();
    Checkup { part, path: None, how_found: None, version: None, status: Status::Missing, advice }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_from_what_programs_say() {
        for (said, version) in [
            ("nats-server: v2.15.1\n", Some("2.15.1")),
            ("Chromium 156.0.8078.79 built on Debian GNU/Linux 13\n", Some("156.0.8078.79")),
            ("no version here", None),
        ] {
            assert_eq!(number_in(said), version, "{said}");
        }
    }

    #[test]
    fn old_parts_are_told_from_new_ones() {
        for (version, status) in
            [("2.10.29", Status::TooOld), ("2.11.0", Status::Ok), ("3.0", Status::Ok), ("", Status::TooOld)]
        {
            assert_eq!(verdict(Part::Nats, Ok(version)).0, status, "{version}");
        }
        let (status, advice) = verdict(Part::Clickhouse, Err(&"wrong ELF class".to_owned()));
        assert_eq!(status, Status::Broken);
        assert!(advice.contains("wrong ELF class") && advice.contains("make setup"), "{advice}");
    }
}
