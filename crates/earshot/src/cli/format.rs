//! How results and lists are printed: formats that several commands share.

use clap::ValueEnum;

/// How a result is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Tables for people
    Text,
    /// One JSON document (docs/report.schema.json)
    Json,
    /// One JSON object a line; `type` says what: run, vendor, fingerprinter, listener, keystrokes, choice, state, theory, site,
    /// page, finding, gap, unvisited or bad_line
    Ndjson,
    /// The findings as CSV
    Csv,
}

/// How a list is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ListFormat {
    /// A table
    Text,
    /// JSON
    Json,
}
