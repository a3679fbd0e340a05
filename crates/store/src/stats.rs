//! Statistics: named questions to the roll-ups, each with its definition, its columns and where the definition comes from.
//!
//! The SQL lies in `queries/stats`, one file for each; what they share in `queries/stats/include`.

mod column;
mod coverage;
mod include;
mod met;
mod registry;
mod scope;
mod words;

pub use column::{Column, Unit};
pub use met::MetRow;
pub use registry::STATISTICS;
pub use scope::{InScope, Parties, Scope};

use earshot_model::RunId;

use crate::{Answer, Store, StoreError};

const FACTS_LOST: &str = include_str!("../queries/facts_lost.sql");

/// A named question with one table for an answer.
#[derive(Debug)]
pub struct Statistic {
    /// What it is asked by: the name of its file.
    pub name: &'static str,
    /// What it tells, in one line.
    pub title: &'static str,
    /// How it is defined.
    pub definition: &'static str,
    /// What `numerator` counts; empty if it has none.
    pub numerator: &'static str,
    /// What `denominator` counts; empty if it has none.
    pub denominator: &'static str,
    /// What is published on it.
    pub sources: &'static [Source],
    /// The columns of the answer, in their order.
    pub columns: &'static [Column],
    /// How it is drawn, if it is.
    pub chart: Option<Chart>,
    /// Of what it is drawn from.
    pub over: Over,
    /// By which dimensions of vendors it can be grouped too, besides those of sites.
    pub by: &'static [&'static str],
    /// By what it is grouped if nobody says; empty for nothing.
    pub usually_by: &'static str,
    /// Whether it is about vendors, so that it can be told which ones count.
    pub of_vendors: bool,
    text: &'static str,
}

/// A publication.
#[derive(Debug, PartialEq, Eq)]
pub struct Source {
    /// Authors, title, year.
    pub title: &'static str,
    /// Where it can be read.
    pub url: &'static str,
    /// What of it is followed, and where it is departed from.
    pub follows: &'static str,
}

/// How an answer is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chart {
    /// A bar for each row.
    Bars {
        /// Column with the words beside it.
        label: &'static str,
        /// Column with its length.
        value: &'static str,
    },
    /// A line over the nights.
    Line {
        /// Column with the night.
        label: &'static str,
        /// Column with the height.
        value: &'static str,
    },
}

/// What of a site counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// Its newest scan in scope.
    Newest,
    /// Its scans of all nights in scope.
    Nights,
}

impl Statistic {
    /// The one of that name.
    #[must_use]
    pub fn find(name: &str) -> Option<&'static Self> {
        STATISTICS.iter().copied().find(|statistic| statistic.name == name)
    }

    /// The whole query, with what it shares with others. Its parameters are those of [`Scope`].
    #[must_use]
    pub fn sql(&self) -> String {
        include::expand(self.text)
    }
}

impl Store {
    /// Asks for a statistic; `format` is one of ClickHouse's output formats.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`]; most errors show only when the answer is read.
    pub fn statistic(&self, statistic: &Statistic, scope: &Scope, format: &str) -> Result<Answer, StoreError> {
        let query = scope.bind(self.query(&statistic.sql()), statistic.usually_by);
        // One array instead of one object a line, where JSON is asked for.
        let query = query.with_setting("output_format_json_array_of_rows", if format == "JSON" { "1" } else { "0" });
        let format = if format == "JSON" { "JSONEachRow" } else { format };
        query.fetch_bytes(format).map(Answer).map_err(StoreError::during("query a statistic"))
    }

    /// How many visits of a run have lost their events to a TTL: rolled up anew, it would not know what was typed there.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub async fn facts_lost(&self, run: RunId) -> Result<u64, StoreError> {
        self.about(FACTS_LOST, run).fetch_one().await.map_err(StoreError::during("query facts_lost"))
    }

    /// How much is in scope, and how much of it was seen: what goes with every statistic.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub async fn in_scope(&self, scope: &Scope) -> Result<InScope, StoreError> {
        let query = scope.bind(self.query(&include::expand(scope::IN_SCOPE)), "");
        query.fetch_one().await.map_err(StoreError::during("query stats/scope"))
    }
}
