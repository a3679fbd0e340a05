//! `earshot scan`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use earshot_model::{Region, SeedTask};

use super::{Assess, Format, Web};

/// `earshot scan`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  earshot scan example.com                      one site, three pages
  earshot scan https://example.com/contact      one page
  earshot scan portfolio.txt --pages 5          a list: one domain or URL a line, # comments
  cat domains.txt | earshot scan - --format csv > findings.csv
  earshot scan portfolio.txt --resume           go on where it stopped
  earshot scan example.com --profiles all       before a choice, after reject, after accept, and under GPC
  earshot scan example.com --fail-on content    for CI: exit code 10 if session replay or chat listens")]
pub struct Scan {
    /// A URL, a domain, a file of them, or - for standard input
    #[arg(required = true, value_name = "TARGET")]
    pub targets: Vec<String>,
    /// Pages of each site at most, the start page included [default: 3]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=i64::from(SeedTask::MAX_PAGES)))]
    pub pages: Option<u32>,
    /// How pages are visited, each once under each: untouched, reject, accept, gpc, or all [default: untouched]
    ///
    /// untouched touches no banner. reject and accept refuse or agree to what the banner asks for, watch on, load the
    /// page once more and watch again; they need Autoconsent. gpc opts out by Global Privacy Control from the start.
    #[arg(long, value_name = "LIST")]
    pub profiles: Option<String>,
    /// See the web through this region's exit, as [region.NAME] of the configuration has it
    #[arg(long, value_name = "NAME", help_heading = "Reaching the web")]
    pub region: Option<Region>,
    /// Go on with the last run of this same command that is not complete
    #[arg(long)]
    pub resume: bool,
    /// How to print the result
    #[arg(long, value_enum, default_value_t = Format::Text, value_name = "FORMAT")]
    pub format: Format,
    /// Exit with 10 if something of this kind, or worse, was found
    ///
    /// content and tracker look at every finding: contacts, key listeners, fingerprinters and who hears what is typed. unknown counts strangers by
    /// their contacts only.
    #[arg(long, value_enum, value_name = "KIND")]
    pub fail_on: Option<FailOn>,
    /// A filter list in EasyList syntax for third parties that the catalogue does not know, such as EasyPrivacy
    #[arg(long, value_name = "FILE")]
    pub filter_list: Option<PathBuf>,
    /// What findings are held against.
    #[command(flatten)]
    pub assess: Assess,
    /// Take no pictures
    #[arg(long)]
    pub no_screenshots: bool,
    /// Type nothing into the pages' fields: what would be heard of it is not known then
    #[arg(long)]
    pub no_typing: bool,
    /// How the web is reached.
    #[command(flatten)]
    pub web: Web,
}

/// What `--fail-on` looks for, in rising order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum FailOn {
    /// A tracker that is told something after a refusal (needs the profile reject)
    DespiteReject,
    /// A tracker that is told something under Global Privacy Control (needs the profile gpc)
    Gpc,
    /// A third party that is sent what a visitor types, or a hash or checksum of it (K4 to K6)
    Keystrokes,
    /// Session replay, chat: who can take what a visitor does and says
    Content,
    /// Any known tracker
    Tracker,
    /// Any third party that is no known infrastructure
    Unknown,
    /// A page that could not be seen, or only in part
    Unseen,
}
