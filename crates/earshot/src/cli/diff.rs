//! `earshot diff`: which runs, and how they are told.

use std::str::FromStr;

use clap::{Args, ValueEnum};
use earshot_detect::changes::Topic;
use earshot_model::RunId;

/// `earshot diff`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  earshot diff                                  the last scan against the one before of the same command
  earshot diff 01JCX… 01JD7…                    the second run against the first
  earshot diff last --fail-on new,regression    for CI: exit code 10 if something got worse

A tracker is new or gone only where the pages in question were seen whole by both runs; what could not be seen is told
as that.")]
pub struct Diff {
    /// The run to tell about, or the earlier of two: an id, last or previous [default: last]
    #[arg(value_name = "RUN")]
    pub first: Option<RunRef>,
    /// The later run, if two are named
    #[arg(value_name = "RUN")]
    pub second: Option<RunRef>,
    /// Only this site (a registrable domain)
    #[arg(long, value_name = "SITE")]
    pub site: Option<String>,
    /// How to print it
    #[arg(long, value_enum, default_value_t = DiffFormat::Text, value_name = "FORMAT")]
    pub format: DiffFormat,
    /// Exit with 10 if there is a change of this kind; may be a list with commas
    #[arg(long, value_enum, value_delimiter = ',', value_name = "KIND")]
    pub fail_on: Vec<DiffFailOn>,
}

/// A run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunRef {
    /// By its id.
    Id(RunId),
    /// The last scan.
    Last,
    /// The complete scan before it, of the same command.
    Previous,
}

/// How changes are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DiffFormat {
    /// Site by site, for people
    Text,
    /// One JSON document
    Json,
    /// One JSON object a line; `type` says what: comparison, change or summary
    Ndjson,
    /// The changes as CSV
    Csv,
}

/// What `diff --fail-on` looks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DiffFailOn {
    /// A new tracker before any choice
    New,
    /// A tracker that takes consent less seriously, or hears more of what is typed
    Regression,
    /// Something that was seen and is not any more
    Coverage,
}

impl DiffFailOn {
    /// Which changes it means.
    #[must_use]
    pub fn topic(self) -> Topic {
        match self {
            Self::New => Topic::New,
            Self::Regression => Topic::Regression,
            Self::Coverage => Topic::Coverage,
        }
    }
}

impl FromStr for RunRef {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "last" => Ok(Self::Last),
            "previous" => Ok(Self::Previous),
            id => id.parse().map(Self::Id).map_err(|_| {
                format!("'{id}' is no run: give an id as `earshot runs list` has it, or last, or previous")
            }),
        }
    }
}
