//! `earshot catalogue`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use earshot_detect::Category;

/// `earshot catalogue`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  earshot catalogue list --category session_replay
  earshot catalogue show microsoft-clarity           what it hears, and how to gate it
  earshot catalogue lint my-vendors/                 before you propose new entries")]
pub struct Catalogue {
    /// What to do.
    #[command(subcommand)]
    pub command: CatalogueCommand,
}

/// What to do with the catalogue.
#[derive(Debug, Subcommand)]
pub enum CatalogueCommand {
    /// All vendors that are known
    #[command(after_help = "\
Examples:
  earshot catalogue list
  earshot catalogue list --category chat --format csv")]
    List {
        /// Only those of one kind: session_replay, analytics, advertising, tag_manager, chat, ...
        #[arg(long, value_name = "CATEGORY", value_parser = category)]
        category: Option<Category>,
        /// How to print them
        #[arg(long, value_enum, default_value_t = CatalogueFormat::Text, value_name = "FORMAT")]
        format: CatalogueFormat,
    },
    /// Everything that is known about one vendor, with the guide
    #[command(after_help = "\
Examples:
  earshot catalogue show microsoft-clarity
  earshot catalogue show hotjar --format markdown > hotjar.md")]
    Show {
        /// Its id, as `earshot catalogue list` has it
        #[arg(value_name = "ID")]
        id: String,
        /// How to print it
        #[arg(long, value_enum, default_value_t = GuideFormat::Text, value_name = "FORMAT")]
        format: GuideFormat,
    },
    /// Say what is wrong with catalogue files; exit code 1 if anything is
    #[command(after_help = "\
Examples:
  earshot catalogue lint                              the entries of this program
  earshot catalogue lint crates/detect/catalogue/     a folder of files
  earshot catalogue lint acme.md")]
    Lint {
        /// Files, or folders of .md files [default: the entries of this program]
        #[arg(value_name = "FILE|DIR")]
        paths: Vec<PathBuf>,
    },
}

/// `earshot guide`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  earshot guide microsoft-clarity                      why it matters, and how to keep it quiet until consent
  earshot guide hotjar --format markdown > hotjar.md   for a ticket
  earshot catalogue list                               all vendors, and whose guide is complete")]
pub struct Guide {
    /// The vendor's id, as `earshot catalogue list` has it
    #[arg(value_name = "VENDOR")]
    pub vendor: String,
    /// How to print it
    #[arg(long, value_enum, default_value_t = GuideFormat::Text, value_name = "FORMAT")]
    pub format: GuideFormat,
}

/// How the catalogue is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CatalogueFormat {
    /// A table
    Text,
    /// JSON
    Json,
    /// CSV
    Csv,
}

/// How one vendor is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum GuideFormat {
    /// For reading in a terminal
    Text,
    /// For a ticket or a wiki
    Markdown,
    /// For a program
    Json,
}

/// The categories have the names that reports use; people also write them with hyphens.
pub(super) fn category(text: &str) -> Result<Category, String> {
    serde_json::from_value(text.replace('-', "_").into()).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_category_that_is_none_is_answered_with_those_there_are() {
        assert_eq!(category("session-replay"), Ok(Category::SessionReplay));
        let error = category("replay").unwrap_err();
        assert!(error.contains("`session_replay`") && error.contains("`chat`"), "{error}");
    }
}
