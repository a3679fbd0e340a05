//! The command line.

mod catalogue;
mod dead;
mod diff;
mod evidence;
mod export;
mod forget;
mod migrate;
mod notify;
mod portfolio;
mod rejudge;
mod report;
mod rules;
mod runs;
mod schedule;
mod stats;
mod token;
mod top;
mod verify;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use earshot_model::Region;

use crate::{
    config::{LogFormat, Overrides},
    exit::Exit,
};

pub use catalogue::{Catalogue, CatalogueCommand, CatalogueFormat, Guide, GuideFormat};
pub use dead::{Dead, DeadCommand};
pub use diff::{Diff, DiffFailOn, DiffFormat, RunRef};
pub use evidence::{Evidence, EvidenceCommand, Subject};
pub use export::{Export, SheetFormat, SheetName};
pub use forget::Forget;
pub use migrate::Migrate;
pub use notify::{Notify, NotifyCommand};
pub use portfolio::{Crawl, CrawlCommand, CrawlStart, Portfolio, PortfolioCommand, TableFormat, portfolio_name};
pub use rejudge::Rejudge;
pub use report::{DocumentFormat, DocumentOptions};
pub use rules::{Rules, RulesCommand};
pub use runs::{Runs, RunsCommand};
pub use schedule::{Schedule, ScheduleCommand};
pub use stats::{ScopeOptions, Stats, StatsCommand, StatsFormat, UsualOr};
pub use token::{Expiry, ScopeName, TokenCommand, Tokens};
pub use top::Top;
pub use verify::{Verify, VerifyFormat};

/// Tells which trackers listen to a website's visitors before those have agreed to anything.
#[derive(Debug, Parser)]
#[command(name = "earshot", version, propagate_version = true, after_long_help = exit_codes(), max_term_width = 110)]
pub struct Cli {
    /// Options of every command.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Options of every command.
#[derive(Debug, Args)]
pub struct Global {
    /// Configuration file (see default.toml in the repository for all keys)
    #[arg(long, global = true, value_name = "FILE", env = "EARSHOT_CONFIG", help_heading = "Global options")]
    pub config: Option<PathBuf>,
    /// Where runs and evidence are kept
    #[arg(long, global = true, value_name = "DIR", help_heading = "Global options")]
    pub data_dir: Option<PathBuf>,
    /// The browser's executable
    #[arg(long, global = true, value_name = "PATH", help_heading = "Global options")]
    pub chromium: Option<PathBuf>,
    /// nats-server's executable, or the address of one that runs elsewhere (nats://host:4222)
    #[arg(long, global = true, value_name = "PATH|URL", help_heading = "Global options")]
    pub nats: Option<String>,
    /// libchdb.so, or the address of a ClickHouse server (http://host:8123)
    #[arg(long, global = true, value_name = "PATH|URL", help_heading = "Global options")]
    pub clickhouse: Option<String>,
    /// Autoconsent's package.json, with its other files beside it
    #[arg(long, global = true, value_name = "PATH", help_heading = "Global options")]
    pub autoconsent: Option<PathBuf>,
    /// When to colour the output
    #[arg(long, global = true, value_enum, default_value_t = Colour::Auto, value_name = "WHEN", help_heading = "Global options")]
    pub color: Colour,
    /// How log lines are written to stderr [default: text]
    #[arg(long, global = true, value_enum, value_name = "FORMAT", help_heading = "Global options")]
    pub log_format: Option<LogFormat>,
    /// Say more on stderr (-v: what is done, -vv: everything)
    #[arg(short, long, global = true, action = clap::ArgAction::Count, help_heading = "Global options")]
    pub verbose: u8,
    /// Say nothing on stderr but errors
    #[arg(short, long, global = true, conflicts_with = "verbose", help_heading = "Global options")]
    pub quiet: bool,
}

/// When to colour the output. Colour never carries meaning alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Colour {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Scan pages, sites or a whole list of them, and say who listens before consent
    Scan(Box<Scan>),
    /// Visit pages of an earlier run again, and say of each tracker whether it is fixed
    Verify(Box<Verify>),
    /// Run everything on this machine and stay: NATS, the store and all roles
    Up(Up),
    /// Run one role against services elsewhere
    Run(RunRole),
    /// Keep lists of sites: import, list, show and remove portfolios
    Portfolio(Portfolio),
    /// Start the crawl of a portfolio in one night
    Crawl(Crawl),
    /// Look at the crawls that start by themselves
    Schedule(Schedule),
    /// Look on: what waits, who works, how far runs are
    Top(Top),
    /// Look at past runs
    Runs(Runs),
    /// Write a document about a site or a run, for counsel and for engineers: HTML or PDF
    Report(DocumentOptions),
    /// Say what changed between two runs: who is new, who is gone, what got worse, what could not be seen
    Diff(Diff),
    /// Say how a finding came about: what was typed, who read it, how it was wrapped, where it went
    Explain(Explain),
    /// Take out what proves a run, a site or a finding, and check such a file without any service
    Evidence(Evidence),
    /// Write rows for research: Parquet or CSV, with a data dictionary, the method and a manifest
    Export(Export),
    /// Numbers over many sites: who is where, what waits for consent, what changes, each with its denominator
    Stats(Box<Stats>),
    /// Judge runs by today's rules and catalogue, from the facts that their evidence holds, and say what changed
    Rejudge(Rejudge),
    /// Look at what was given up, and try it again
    Dead(Dead),
    /// Say what is held of a site, and delete it on request: rows, roll-ups, evidence
    Forget(Forget),
    /// Ask the store a question in ClickHouse SQL
    Sql(Sql),
    /// Look up what is known about trackers, and how each is kept quiet until a visitor has agreed
    Catalogue(Catalogue),
    /// Say why a vendor matters, and step by step how it is kept quiet until a visitor has agreed
    Guide(Guide),
    /// Look up the legal theories that findings may relate to, with their sources
    Rules(Rules),
    /// Try out who is told what changed
    Notify(Notify),
    /// Say which parts are here, in which version, and what to do about the rest
    Doctor(Doctor),
    /// Say who may use the API of the web role
    #[command(name = "token")]
    Tokens(Tokens),
    /// Create or upgrade the store's tables
    Migrate(Migrate),
    /// Serve the embedded ClickHouse engine (started by the other commands)
    #[command(hide = true)]
    Engine,
}

/// How the web is reached.
#[derive(Clone, Debug, Default, Args)]
pub struct Web {
    /// Forward proxy to reach the web through (http://host:port)
    #[arg(long, value_name = "URL", help_heading = "Reaching the web")]
    pub proxy: Option<String>,
    /// One more CA that the browser and the crawler trust (PEM)
    #[arg(long, value_name = "FILE", help_heading = "Reaching the web")]
    pub ca_cert: Option<PathBuf>,
    /// DNS server to use instead of the system's (ip:port)
    #[arg(long, value_name = "ADDR", help_heading = "Reaching the web")]
    pub dns: Option<String>,
    /// Let private, loopback and link-local addresses be contacted (only for sites of your own)
    #[arg(long, help_heading = "Reaching the web")]
    pub allow_private: bool,
    /// Pages open at once [default: what the machine keeps up with]
    #[arg(long, value_name = "N", help_heading = "Reaching the web")]
    pub concurrency: Option<usize>,
}

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
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
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

/// What findings are held against.
#[derive(Clone, Debug, Default, Args)]
pub struct Assess {
    /// Rule packs that findings are held against, as `earshot rules list` names them [default: all]
    #[arg(long, value_name = "LIST")]
    pub rules: Option<String>,
    /// Sessions of each site in a month, to estimate what may be claimed
    #[arg(long, value_name = "N")]
    pub sessions: Option<u64>,
}

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

/// `earshot up`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  earshot up                                    everything on this machine, until Ctrl-C
  earshot up --proxy http://exit:3128           through a region's exit")]
pub struct Up {
    /// A filter list in EasyList syntax for third parties that the catalogue does not know, such as EasyPrivacy
    #[arg(long, value_name = "FILE")]
    pub filter_list: Option<PathBuf>,
    /// Where to tell health and metrics: ip:port, or a port on this machine (/livez, /readyz, /metrics)
    #[arg(long, value_name = "ADDR")]
    pub health: Option<String>,
    /// Where the API listens (ip:port) [default: 127.0.0.1:8750]
    #[arg(long, value_name = "ADDR")]
    pub listen: Option<std::net::SocketAddr>,
    /// How the web is reached.
    #[command(flatten)]
    pub web: Web,
}

/// `earshot run`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  earshot run --role browser --nats nats://bus:4222 --clickhouse http://db:8123
  earshot run --role recorder --role coordinator
  earshot run --role web --listen 127.0.0.1:8750")]
pub struct RunRole {
    /// Which role; may be given more than once
    #[arg(long = "role", required = true, value_enum, value_name = "ROLE")]
    pub roles: Vec<RoleName>,
    /// A filter list in EasyList syntax (recorder)
    #[arg(long, value_name = "FILE")]
    pub filter_list: Option<PathBuf>,
    /// Where to tell health and metrics: ip:port, or a port on this machine (/livez, /readyz, /metrics)
    #[arg(long, value_name = "ADDR")]
    pub health: Option<String>,
    /// Where the API listens, for the role web (ip:port) [default: 127.0.0.1:8750]
    #[arg(long, value_name = "ADDR")]
    pub listen: Option<std::net::SocketAddr>,
    /// How the web is reached.
    #[command(flatten)]
    pub web: Web,
}

/// The roles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, ValueEnum)]
pub enum RoleName {
    /// Seeds runs and says when they are complete
    Coordinator,
    /// Turns sites into pages
    Crawler,
    /// Opens pages and writes down what they do
    Browser,
    /// Judges visits and fills the store
    Recorder,
    /// Answers over HTTP: shows runs, tells them to pause or to end, starts scans
    Web,
}

impl RoleName {
    /// As it is written on the command line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Coordinator => "coordinator",
            Self::Crawler => "crawler",
            Self::Browser => "browser",
            Self::Recorder => "recorder",
            Self::Web => "web",
        }
    }
}

/// How a list is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ListFormat {
    /// A table
    Text,
    /// JSON
    Json,
}

/// `earshot explain`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  earshot explain 0f1c2a3b-4d5e                 a finding by the beginning of its id
  earshot explain 0f1c2a3b-4d5e --format json
  earshot sql \"SELECT finding_id, vendor, page, grade FROM keystrokes ORDER BY grade DESC LIMIT 20\"")]
pub struct Explain {
    /// The finding's id, or enough of its beginning; reports have it
    #[arg(value_name = "FINDING", value_parser = finding_id)]
    pub finding: String,
    /// How to print it
    #[arg(long, value_enum, default_value_t = ListFormat::Text, value_name = "FORMAT")]
    pub format: ListFormat,
}

/// `earshot sql`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  earshot sql \"SHOW TABLES\" --format JSONEachRow
  earshot sql \"SELECT count() FROM visits FINAL WHERE site = {site:String}\" --param site=example.com
  earshot sql \"SELECT vendor, uniqExact(site) AS sites FROM findings FINAL WHERE rule = 'pre_consent_contact'
    AND (visit_id, recording) IN (SELECT visit_id, recording FROM visits FINAL) GROUP BY vendor ORDER BY sites DESC\"

Rows of events, findings and gaps count only if visits FINAL names their recording: a visit that was recorded
twice has left others behind. Findings are of several rules; contacts are those of 'pre_consent_contact'.")]
pub struct Sql {
    /// The query
    #[arg(allow_hyphen_values = true)] // it may begin with a comment
    pub query: String,
    /// A value for {NAME:Type} in the query; may be given more than once
    #[arg(long = "param", value_name = "NAME=VALUE", value_parser = param)]
    pub params: Vec<(String, String)>,
    /// A ClickHouse output format
    #[arg(long, default_value = "PrettyCompactMonoBlock", value_name = "FORMAT")]
    pub format: String,
}

/// `earshot doctor`.
#[derive(Debug, Args)]
pub struct Doctor {
    /// How to print it
    #[arg(long, value_enum, default_value_t = ListFormat::Text, value_name = "FORMAT")]
    pub format: ListFormat,
}

impl Global {
    /// What these options override in the configuration, together with those of `web`.
    #[must_use]
    pub fn overrides(&self, web: Option<&Web>) -> Overrides {
        let web = web.cloned().unwrap_or_default();
        Overrides {
            data_dir: self.data_dir.clone(),
            chromium: self.chromium.clone(),
            nats: self.nats.clone(),
            clickhouse: self.clickhouse.clone(),
            autoconsent: self.autoconsent.clone(),
            proxy: web.proxy,
            dns: web.dns,
            ca_cert: web.ca_cert,
            // A flag that is not given must not overrule the file.
            allow_private: web.allow_private.then_some(true),
            concurrency: web.concurrency,
            ..Overrides::default()
        }
    }
}

/// The beginning of a UUID.
fn finding_id(text: &str) -> Result<String, String> {
    let id = text.to_ascii_lowercase();
    match id.len() >= 4 && id.len() <= 36 && id.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-') {
        true => Ok(id),
        false => Err("give at least the first 4 characters of a finding's id, such as 0f1c2a3b-4d5e".to_owned()),
    }
}

/// `NAME=VALUE`.
fn param(text: &str) -> Result<(String, String), String> {
    let name = |name: &str| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    match text.split_once('=') {
        Some((left, value)) if name(left) => Ok((left.to_owned(), value.to_owned())),
        _ => Err("give NAME=VALUE, the name of letters, digits and _".to_owned()),
    }
}

fn exit_codes() -> String {
    let lines = Exit::ALL.iter().map(|exit| format!("  {:>3}  {}\n", exit.code(), exit.meaning()));
    format!("Exit codes:\n{}    2  the command line is wrong", lines.collect::<String>())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_query_may_begin_with_a_comment() {
        let query = "-- who\nSELECT 1 = 1";
        for arguments in [
            &["earshot", "sql", query, "--format", "TSV", "--param", "a=b=c"][..],
            &["earshot", "sql", "--format", "TSV", "--param", "a=b=c", query],
        ] {
            let Command::Sql(sql) = Cli::try_parse_from(arguments).unwrap().command else { panic!("{arguments:?}") };
            assert_eq!((sql.query.as_str(), sql.format.as_str()), (query, "TSV"), "{arguments:?}");
            assert_eq!(sql.params, [("a".to_owned(), "b=c".to_owned())]);
        }
        assert!(param("=x").is_err() && param("a b=x").is_err() && param("a").is_err());
    }

    #[test]
    fn exit_codes_stand_in_the_help() {
        assert!(exit_codes().contains("130  interrupted"));
    }
}
