//! `earshot report`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use earshot_model::RunId;

use super::Assess;

/// `earshot report`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  earshot report example.com -o example.html            one site, for counsel and for engineers
  earshot report example.com -o example.pdf
  earshot report -o portfolio.html                      the whole last run
  earshot report example.com --run 01JCX… --sessions 40000 -o example.pdf

The document holds all that it shows: it opens offline, and loads nothing from anywhere.")]
pub struct DocumentOptions {
    /// A site of the run [default: all of them, in one document]
    #[arg(value_name = "SITE")]
    pub site: Option<String>,
    /// The run [default: the last scan; for a site the last one that has seen it]
    #[arg(long, value_name = "RUN")]
    pub run: Option<RunId>,
    /// Where to write it; its ending says the format [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// HTML, or PDF through the browser [default: by the ending of the file, else html]
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub format: Option<DocumentFormat>,
    /// What findings are held against.
    #[command(flatten)]
    pub assess: Assess,
}

/// What a document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DocumentFormat {
    /// One HTML file
    Html,
    /// PDF
    Pdf,
}
