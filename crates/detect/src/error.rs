//! What can be wrong with what this crate is handed. A visit cannot be wrong: judging never fails.

use thiserror::Error;

/// What failed, with the file to look into.
#[derive(Debug, Error)]
pub enum DetectError {
    /// A catalogue file does not begin with front matter between two `+++` lines.
    #[error("{file}: no front matter between two lines of '+++'")]
    FrontMatter {
        /// The file's name.
        file: String,
    },
    /// The front matter is no TOML, lacks a field, or has one that nobody knows.
    #[error("{file}: {source}")]
    Toml {
        /// The file's name.
        file: String,
        /// Where and what, with the line.
        source: toml::de::Error,
    },
    /// A field of the front matter holds something impossible.
    #[error("{file}: {field}: {problem}")]
    Field {
        /// The file's name.
        file: String,
        /// The field, or `guide` for the text below the front matter.
        field: &'static str,
        /// What is wrong with it.
        problem: String,
    },
    /// Two entries claim the same address, so that a request there would have two owners.
    #[error("{file}: {field}: '{pattern}' is already owned by {owner}")]
    OwnedTwice {
        /// The file's name.
        file: String,
        /// `hosts` or `cnames`.
        field: &'static str,
        /// The pattern.
        pattern: String,
        /// Id of the vendor that has it already.
        owner: String,
    },
    /// A filter list without a single network rule: an error page, an empty file.
    #[error("filter list {name}: no network rule in it")]
    EmptyList {
        /// The list's name.
        name: String,
    },
    /// No rule pack has that id.
    #[error("'{id}' is no rule pack; there are: {known}")]
    UnknownPack {
        /// What was asked for.
        id: String,
        /// Those that there are.
        known: String,
    },
}
