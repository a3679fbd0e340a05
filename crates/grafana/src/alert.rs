//! Alert rules, as people write them: `alerts.toml`.

use std::path::Path;

use serde::Deserialize;

use crate::Error;

/// What is worth a message.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Alerts {
    /// The rules, in order.
    pub rules: Vec<Rule>,
}

/// One rule: a query that gives a `value`, and from where on it is too high.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Grafana's id of it.
    pub uid: String,
    /// What people read.
    pub title: String,
    /// File below `sql`, without its ending.
    pub sql: String,
    /// Columns of words that the query gives before `value`: each combination is an alert of its own.
    pub labels: Vec<String>,
    /// How often it is asked.
    pub every: String,
    /// How far back the query's time range reaches, in a unit that [`Rule::lookback_s`] knows.
    pub lookback: String,
    /// For how long it must be so.
    pub pending: String,
    /// It is told if the value is above this.
    pub above: f64,
    /// Label `severity`.
    pub severity: String,
    /// What it means that the query gives nothing: `OK`, ...
    pub no_data: String,
    /// Where one sees more.
    pub dashboard: String,
    /// What is the matter, in one line; Grafana's template.
    pub summary: String,
    /// What it means.
    pub means: String,
    /// What to look at first.
    pub first: String,
    /// What to do then.
    pub then: String,
}

impl Alerts {
    /// As `deploy/grafana` has them.
    ///
    /// # Errors
    /// [`Error`] if the file is not what it should be.
    pub fn load(folder: &Path) -> Result<Self, Error> {
        Error::parse(folder.join("alerts.toml"))
    }
}

impl Rule {
    /// How far back the time range reaches, in seconds: `1h` or `14d`.
    ///
    /// # Panics
    /// For another unit: a mistake in `alerts.toml`.
    #[must_use]
    pub fn lookback_s(&self) -> u64 {
        let (number, unit) = self.lookback.split_at(self.lookback.len() - 1);
        let seconds = match unit {
            "h" => 3600,
            "d" => 86_400,
            _ => panic!("{}: {} is neither hours nor days", self.uid, self.lookback),
        };
        number.parse::<u64>().unwrap_or_else(|_| panic!("{}: {number} is no number", self.uid)) * seconds
    }
}
