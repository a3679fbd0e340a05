//! `earshot portfolio` and `earshot crawl`.

use clap::{Args, Subcommand, ValueEnum};
use earshot_model::{Region, SeedTask};
pub use earshot_store::portfolio_name;
use jiff::civil::Date;

use super::ListFormat;

/// `earshot portfolio`.
#[derive(Debug, Args)]
pub struct Portfolio {
    /// What to do.
    #[command(subcommand)]
    pub command: PortfolioCommand,
}

/// What to do with portfolios.
#[derive(Debug, Subcommand)]
pub enum PortfolioCommand {
    /// Import a list into a portfolio: whole, or not at all
    ///
    /// CSV with a header, between whose cells stands a comma, a semicolon or a tab. One column is called domain, url, site,
    /// website, host, hostname or address; owner, sector, country, sensitive (health, financial, government or none) and
    /// sessions (in a month) are understood, every other column becomes a tag. Without a header, one domain or URL a line.
    /// Of two lines with the same address the later counts. Bad lines are named and left out.
    #[command(after_help = "\
Examples:
  earshot portfolio import ours sites.csv
  earshot portfolio import ours more.csv --add
  zcat domains.gz | earshot portfolio import market -")]
    Import {
        /// The portfolio's name: letters, digits, - _ and .
        #[arg(value_name = "NAME", value_parser = portfolio_name)]
        name: String,
        /// The list, or - for standard input
        #[arg(value_name = "FILE")]
        file: String,
        /// Keep what the portfolio has; lines about the same address replace it
        #[arg(long, conflicts_with = "replace")]
        add: bool,
        /// Replace what the portfolio has (this is what is done without it)
        #[arg(long)]
        replace: bool,
        /// Import nothing if any line is bad
        #[arg(long)]
        strict: bool,
        /// How to print what was done
        #[arg(long, value_enum, default_value_t = TableFormat::Text, value_name = "FORMAT")]
        format: TableFormat,
    },
    /// All portfolios
    List {
        /// How to print them
        #[arg(long, value_enum, default_value_t = TableFormat::Text, value_name = "FORMAT")]
        format: TableFormat,
    },
    /// What a portfolio holds; as CSV it can be imported again
    #[command(after_help = "Example:\n  earshot portfolio show ours --tag sector=health --format csv > health.csv")]
    Show {
        /// Its name
        #[arg(value_name = "NAME", value_parser = portfolio_name)]
        name: String,
        /// Only targets with this owner, sector, country, sensitive or tag; may be given more than once
        #[arg(long = "tag", value_name = "NAME=VALUE", value_parser = tag)]
        tags: Vec<(String, String)>,
        /// How to print it
        #[arg(long, value_enum, default_value_t = TableFormat::Text, value_name = "FORMAT")]
        format: TableFormat,
    },
    /// Remove a portfolio; runs over it stay
    Remove {
        /// Its name
        #[arg(value_name = "NAME", value_parser = portfolio_name)]
        name: String,
        /// How to print what was done
        #[arg(long, value_enum, default_value_t = TableFormat::Text, value_name = "FORMAT")]
        format: TableFormat,
    },
}

/// How rows are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TableFormat {
    /// A table
    Text,
    /// JSON
    Json,
    /// CSV
    Csv,
}

/// `earshot crawl`.
#[derive(Debug, Args)]
pub struct Crawl {
    /// What to do.
    #[command(subcommand)]
    pub command: CrawlCommand,
}

/// What to do with crawls.
#[derive(Debug, Subcommand)]
pub enum CrawlCommand {
    /// Start tonight's crawl of a portfolio; started twice it is the same run
    Start(Box<CrawlStart>),
}

/// `earshot crawl start`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  earshot crawl start --portfolio ours
  earshot crawl start --portfolio ours --tag sector=health --profiles all --pages 5 --region eu
  earshot crawl start --portfolio ours --night 2026-11-28 --wait")]
pub struct CrawlStart {
    /// The portfolio
    #[arg(long, value_name = "NAME", value_parser = portfolio_name)]
    pub portfolio: String,
    /// Only targets with this owner, sector, country, sensitive or tag; may be given more than once
    #[arg(long = "tag", value_name = "NAME=VALUE", value_parser = tag)]
    pub tags: Vec<(String, String)>,
    /// Of which night, as a date [default: today, UTC]
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub night: Option<Date>,
    /// Pages of each site at most, the start page included [default: 3]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=i64::from(SeedTask::MAX_PAGES)))]
    pub pages: Option<u32>,
    /// How pages are visited: untouched, reject, accept, gpc, or all [default: untouched]
    #[arg(long, value_name = "LIST")]
    pub profiles: Option<String>,
    /// Through which region's exit, as [region.NAME] of the configuration has it
    #[arg(long, value_name = "NAME")]
    pub region: Option<Region>,
    /// Wait until it has ended
    #[arg(long)]
    pub wait: bool,
    /// How to print the run
    #[arg(long, value_enum, default_value_t = ListFormat::Text, value_name = "FORMAT")]
    pub format: ListFormat,
}

/// `NAME=VALUE`.
pub(super) fn tag(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_lowercase(), value.to_owned())),
        _ => Err("give NAME=VALUE, such as sector=health".to_owned()),
    }
}
