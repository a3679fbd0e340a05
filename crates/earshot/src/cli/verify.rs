//! `earshot verify`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use earshot_model::RunId;

use super::Web;

/// `earshot verify`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  earshot verify example.com                            is what the last scan found fixed?
  earshot verify example.com --vendor microsoft-clarity
  earshot verify https://example.com/contact            one page
  earshot verify --all --against 01JCX…                 every site of a run
  earshot verify portfolio.txt --format junit > verify.xml
  earshot verify --show 01JCX… --format sarif           the verdicts of an earlier verify once more

Each page of the earlier run is visited again, three times under each of its profiles. 'fixed' is said only if every visit
was whole and clean. Exit codes: 0 all is fixed, 10 something still fires, moved or is new, 6 something cannot be said.")]
pub struct Verify {
    /// A site, a page, a file of them, or - for standard input
    #[arg(required_unless_present_any = ["all", "show"], value_name = "TARGET")]
    pub targets: Vec<String>,
    /// Every site of the run that is held against
    #[arg(long, requires = "against", conflicts_with = "targets")]
    pub all: bool,
    /// Only this vendor, by its id in the catalogue, or the domain of a stranger
    #[arg(long, value_name = "ID")]
    pub vendor: Option<String>,
    /// The run that is held against [default: the last scan that has seen the site]
    #[arg(long, value_name = "RUN")]
    pub against: Option<RunId>,
    /// Visit nothing: print the verdicts of an earlier verify once more
    #[arg(long, value_name = "RUN", conflicts_with_all = ["targets", "all", "against"])]
    pub show: Option<RunId>,
    /// Visits of each page under each profile
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(3..=20))]
    pub visits: u32,
    /// How to print the verdicts
    #[arg(long, value_enum, default_value_t = VerifyFormat::Text, value_name = "FORMAT")]
    pub format: VerifyFormat,
    /// A filter list in EasyList syntax, as the earlier run had it
    #[arg(long, value_name = "FILE")]
    pub filter_list: Option<PathBuf>,
    /// How the web is reached: as in the run that is held against.
    #[command(flatten)]
    pub web: Web,
}

/// How verdicts are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum VerifyFormat {
    /// Before and after, for people
    Text,
    /// One JSON document (docs/verify.schema.json)
    Json,
    /// JUnit XML: a suite for each page, a test for each vendor
    Junit,
    /// SARIF 2.1.0: what is not fixed, for code scanning
    Sarif,
}
