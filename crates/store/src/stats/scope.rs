//! Over what a statistic is asked for: the same parameters for each.

use clickhouse::{Row, query::Query};
use earshot_model::{Region, RunId};
use jiff::civil::{Date, date};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

pub(super) const IN_SCOPE: &str = include_str!("../../queries/stats/scope.sql");

/// The first and the last day that the type `Date` of ClickHouse holds.
const EVER: (Date, Date) = (date(1970, 1, 1), date(2149, 6, 6));
/// Rows of an answer if nobody says how many: more than there will be.
const ALL_ROWS: u64 = 1 << 40;

/// Over what a statistic is asked for. What is empty leaves nothing out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// Only sites of this portfolio.
    pub portfolio: Option<String>,
    /// Only nights from this one on.
    pub since: Option<Date>,
    /// Only nights until this one.
    pub until: Option<Date>,
    /// Only this run.
    pub run: Option<RunId>,
    /// Only what was seen through one of these regions' exits; `None` among them stands for the usual exit.
    pub regions: Vec<Option<Region>>,
    /// Only sites of which owner, sector, country, sensitive, region, portfolio or a tag has this value.
    pub chosen: Vec<(String, String)>,
    /// Which third parties count.
    pub parties: Parties,
    /// Only third parties of these categories.
    pub categories: Vec<String>,
    /// Only these third parties, whatever they are: ids of the catalogue, or registrable domains.
    pub vendors: Vec<String>,
    /// The dimension that answers are grouped by: sector, country, sensitive, owner, region, portfolio, a tag; for some
    /// statistics also category or vendor. `None` leaves it to the statistic.
    pub by: Option<String>,
    /// Rows at most; of each group, if there are groups.
    pub limit: Option<u64>,
    /// How many nights are the latest ones, where those are compared with the ones before.
    pub days: u16,
}

/// Which third parties count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Parties {
    /// Trackers, those that hear content among them.
    #[default]
    Trackers,
    /// Every third party.
    All,
}

/// How much is in scope, and how much of it was seen.
#[derive(Clone, Debug, PartialEq, Eq, Row, Serialize, Deserialize)]
pub struct InScope {
    /// Sites, each by its newest scan.
    pub sites: u64,
    /// Those of which at least one page was seen.
    pub seen: u64,
    /// Those that fended every visit off.
    pub blocked: u64,
    /// Those of which no page came.
    pub failed: u64,
    /// Those that were not visited: robots.txt, do-not-scan, address not allowed.
    pub refused: u64,
    /// Those that were something else: parked, leads elsewhere.
    pub absent: u64,
    /// Those of which it was seen what is done before a choice.
    pub looked: u64,
    /// Those on which something was typed.
    pub typed: u64,
    /// Those on which a refusal was made and watched whole.
    pub reject_watched: u64,
    /// Those that were watched whole under Global Privacy Control.
    pub gpc_watched: u64,
    /// Runs that those newest scans are of.
    pub runs: u64,
    /// First night, as a date; empty if there is none.
    pub first_night: String,
    /// Last night, as a date; empty if there is none.
    pub last_night: String,
    /// Nights with a scan.
    pub nights: u64,
    /// Scans of a site, of all nights and regions.
    pub site_nights: u64,
    /// Those of them that saw what is done before a choice.
    pub site_nights_looked: u64,
    /// Complete runs that are not in the numbers, because they are not rolled up.
    pub not_rolled_up: Vec<String>,
    /// Runs that are not in the numbers, because they go on or are held back.
    pub going: Vec<String>,
}

impl Scope {
    /// Nights that are the latest ones if nobody says how many.
    pub const DAYS: u16 = 7;

    /// The parameters of the queries, with `by` whom answers are grouped where the scope leaves it to the statistic.
    #[must_use]
    pub fn parameters(&self, usually_by: &str) -> [(&'static str, Value); 13] {
        let region = |region: &Option<Region>| json!(region.as_ref().map_or("", Region::as_str));
        let (keys, values): (Vec<_>, Vec<_>) = self.chosen.iter().cloned().unzip();
        [
            ("portfolio", json!(self.portfolio.as_deref().unwrap_or_default())),
            ("since", json!(self.since.unwrap_or(EVER.0).to_string())),
            ("until", json!(self.until.unwrap_or(EVER.1).to_string())),
            ("run", json!(self.run.map_or_else(String::new, |run| run.to_string()))),
            ("regions", self.regions.iter().map(region).collect()),
            ("keys", json!(keys)),
            ("values", json!(values)),
            ("exposures", json!(self.parties.exposures())),
            ("categories", json!(self.categories)),
            ("vendors", json!(self.vendors)),
            ("by", json!(self.by.as_deref().unwrap_or(usually_by))),
            ("limit", json!(self.limit.unwrap_or(ALL_ROWS))),
            ("days", json!(self.days)),
        ]
    }

    /// The same for a query of `queries/stats`.
    pub(super) fn bind(&self, query: Query, usually_by: &str) -> Query {
        self.parameters(usually_by).into_iter().fold(query, |query, (name, value)| query.param(name, value))
    }
}

impl Default for Scope {
    fn default() -> Self {
        Self {
            portfolio: None,
            since: None,
            until: None,
            run: None,
            regions: Vec::new(),
            chosen: Vec::new(),
            parties: Parties::default(),
            categories: Vec::new(),
            vendors: Vec::new(),
            by: None,
            limit: None,
            days: Self::DAYS,
        }
    }
}

impl Parties {
    fn exposures(self) -> &'static [&'static str] {
        match self {
            Self::Trackers => &["content", "tracker"],
            Self::All => &["content", "tracker", "unknown", "none"],
        }
    }
}
