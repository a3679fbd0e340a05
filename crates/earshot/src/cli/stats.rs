//! `earshot stats`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use earshot_model::{Region, RunId};
use earshot_store::{Parties, Scope};
use jiff::{Span, Timestamp, civil::Date, tz::TimeZone};

use super::portfolio_name;

/// `earshot stats`.
#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "\
Examples:
  earshot stats                                          what can be asked
  earshot stats prevalence                               on how many sites each vendor is, with interval
  earshot stats prevalence --portfolio ours --by category
  earshot stats pre-consent --by sector --where country=DE --since 30d
  earshot stats changes --portfolio ours --days 7        who is new and who is gone
  earshot stats prevalence --all --format parquet -o prevalence.parquet
  earshot stats time-to-fix --explain                    the definition, the columns and the SQL
  earshot stats rebuild --since 2026-11-01               roll runs up anew

Numbers come from complete runs that were rolled up, which is done when a run ends. A site counts by its newest scan in scope; what
was not seen is in no share, and the line below each answer says how much that is."
)]
pub struct Stats {
    /// Which statistic; without one, all are listed
    #[arg(value_name = "NAME")]
    pub name: Option<String>,
    /// Over what.
    #[command(flatten)]
    pub scope: ScopeOptions,
    /// Say how it is defined, where that comes from, what the columns are, and the SQL
    #[arg(long, requires = "name")]
    pub explain: bool,
    /// How to print it [default: table]
    #[arg(long, value_enum, value_name = "FORMAT", requires = "name")]
    pub format: Option<StatsFormat>,
    /// Write it into a file
    #[arg(short, long, value_name = "FILE", requires = "name")]
    pub output: Option<PathBuf>,
    /// What else to do.
    #[command(subcommand)]
    pub command: Option<StatsCommand>,
}

/// What else can be done about statistics.
#[derive(Debug, Subcommand)]
pub enum StatsCommand {
    /// All statistics, one a line
    List,
    /// Roll runs up anew, from what their visits say now: after a rejudge, or for runs of an earlier version
    #[command(after_help = "\
Examples:
  earshot stats rebuild                         what is not rolled up
  earshot stats rebuild --run 01JCX…
  earshot stats rebuild --since 30d             every complete run of these days")]
    Rebuild {
        /// This run; may be given more than once
        #[arg(long = "run", value_name = "RUN", conflicts_with = "since")]
        runs: Vec<RunId>,
        /// Every complete run of this night and later ones: a date, or 30d for so long ago
        #[arg(long, value_name = "DATE", value_parser = day)]
        since: Option<Date>,
    },
}

/// Over what a statistic is asked for.
#[derive(Clone, Debug, Args)]
pub struct ScopeOptions {
    /// Only sites of this portfolio [default: all runs]
    #[arg(long, value_name = "NAME", value_parser = portfolio_name, help_heading = "Scope")]
    pub portfolio: Option<String>,
    /// Only nights from this one on: a date, or 7d, 4w, 3mo for so long ago
    #[arg(long, value_name = "DATE", value_parser = day, help_heading = "Scope")]
    pub since: Option<Date>,
    /// Only nights until this one
    #[arg(long, value_name = "DATE", value_parser = day, help_heading = "Scope")]
    pub until: Option<Date>,
    /// Only this run
    #[arg(long, value_name = "RUN", help_heading = "Scope")]
    pub run: Option<RunId>,
    /// Only what was seen through this region's exit, '' for the usual one; may be given more than once
    #[arg(long = "region", value_name = "NAME", value_parser = region, help_heading = "Scope")]
    pub regions: Vec<UsualOr>,
    /// Only sites with this owner, sector, country, sensitive or tag; may be given more than once
    #[arg(long = "where", value_name = "NAME=VALUE", value_parser = super::portfolio::tag, help_heading = "Scope")]
    pub chosen: Vec<(String, String)>,
    /// Every third party, not only trackers
    #[arg(long, help_heading = "Scope")]
    pub all: bool,
    /// Only third parties of this category, such as session_replay; may be given more than once
    #[arg(long = "category", value_name = "CATEGORY", value_parser = super::catalogue::category, help_heading = "Scope")]
    pub categories: Vec<earshot_detect::Category>,
    /// Only this third party, whatever it is: an id of the catalogue or a registrable domain; may be given more than once
    #[arg(long = "vendor", value_name = "ID", help_heading = "Scope")]
    pub vendors: Vec<String>,
    /// Group by sector, country, sensitive, owner, region, portfolio or a tag; some also by category or vendor
    #[arg(long, value_name = "DIMENSION", help_heading = "Scope")]
    pub by: Option<String>,
    /// Rows at most, of each group [default: 25 in a table, else all]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1_000_000_000), help_heading = "Scope")]
    pub limit: Option<u64>,
    /// How many nights are the last ones, for what compares them with those before
    #[arg(long, value_name = "N", default_value_t = Scope::DAYS, value_parser = clap::value_parser!(u16).range(1..), help_heading = "Scope")]
    pub days: u16,
}

/// A region, or the usual exit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsualOr(pub Option<Region>);

/// How a statistic is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum StatsFormat {
    /// A table for people, with bars
    Table,
    /// One JSON array of objects
    Json,
    /// One JSON object a line
    Ndjson,
    /// CSV with a header
    Csv,
    /// Apache Parquet, for a file or a pipe
    Parquet,
}

impl ScopeOptions {
    /// As the store asks.
    #[must_use]
    pub fn scope(&self) -> Scope {
        Scope {
            portfolio: self.portfolio.clone(),
            since: self.since,
            until: self.until,
            run: self.run,
            regions: self.regions.iter().map(|region| region.0.clone()).collect(),
            chosen: self.chosen.clone(),
            parties: if self.all { Parties::All } else { Parties::Trackers },
            categories: self.categories.iter().map(|category| category.as_str().to_owned()).collect(),
            vendors: self.vendors.clone(),
            by: self.by.as_ref().map(|by| by.to_lowercase()),
            limit: self.limit,
            days: self.days,
        }
    }
}

/// A date, or how long ago.
fn day(text: &str) -> Result<Date, String> {
    if let Ok(date) = text.parse::<Date>() {
        return Ok(date);
    }
    let today = Timestamp::now().to_zoned(TimeZone::UTC).date();
    let ago = text.parse::<Span>().ok().filter(|span| !span.is_negative());
    let date = ago.and_then(|span| today.checked_sub(span).ok());
    date.ok_or_else(|| "give a date such as 2026-11-28, or 7d, 4w, 3mo for so long ago".to_owned())
}

fn region(text: &str) -> Result<UsualOr, String> {
    match text {
        "" => Ok(UsualOr(None)),
        name => name.parse().map(|region| UsualOr(Some(region))).map_err(|error| format!("{error}")),
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;

    use super::*;

    #[test]
    fn a_night_is_a_date_or_so_long_ago() {
        let today = Timestamp::now().to_zoned(TimeZone::UTC).date();
        assert_eq!(day("2026-11-28"), Ok(jiff::civil::date(2026, 11, 28)));
        assert!([today.checked_sub(7.days()).ok(), today.checked_sub(8.days()).ok()].contains(&day("7d").ok()));
        assert_eq!(day("1w"), day("7d"));
        assert!(day("-7d").is_err() && day("soon").is_err() && day("2026-02-30").is_err());
        assert!(region("").is_ok_and(|region| region.0.is_none()) && region("EU!").is_err());
    }
}
