//! What is handed out for research: sheets of rows that count, in one order, with what their columns mean.

use clickhouse::{Row, query::Query};
use earshot_model::RunId;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{Answer, ColumnNote, Dictionary, Store, StoreError, named};

/// Bounds of an export, whatever the size of the store: rows are sorted in files beyond so many bytes, and one group of
/// rows of a Parquet file is held at a time. One thread writes, so that the same rows give the same bytes.
const BOUNDS: &str = "SETTINGS max_threads = 2, max_bytes_before_external_sort = 400000000, \
                      output_format_parquet_row_group_size = 100000, output_format_parquet_parallel_encoding = 0";

/// One kind of rows that can be exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// What it is called: `sites`.
    pub name: &'static str,
    /// The table or view whose columns it has.
    pub table: &'static str,
    /// What one row is.
    pub about: &'static str,
    /// Whether it is exported where nobody names sheets.
    pub usual: bool,
    text: &'static str,
}

/// Which runs an export is of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exported {
    /// Of this portfolio only.
    pub portfolio: Option<String>,
    /// Of this night and later ones.
    pub since: Option<Date>,
    /// Of this night and earlier ones.
    pub until: Option<Date>,
    /// This one only; it may be one that visits pages of another once more.
    pub run: Option<RunId>,
}

/// How a run that is exported came about.
#[derive(Clone, Debug, PartialEq, Eq, Row, Serialize, Deserialize)]
pub struct ProvenanceRow {
    /// The run.
    pub run_id: String,
    /// Its roll-up: another one, and what statistics are drawn from has changed.
    pub rollup: String,
    /// The night that it counts as.
    pub night: String,
    /// `scan` or `verify`.
    pub kind: String,
    /// When it was started, UTC.
    pub started_at: String,
    /// What people call it.
    pub label: String,
    /// The portfolio whose targets it has; empty for targets of its own.
    pub portfolio: String,
    /// Through which region's exit the web was seen; empty for the usual one.
    pub region: String,
    /// SHA-256 (hex) over targets and options.
    pub digest: String,
    /// How many targets it has.
    pub seeds: u64,
    /// How many pages of each site are visited at most.
    pub pages_per_site: u32,
    /// How its visits behave towards consent.
    pub profiles: Vec<String>,
    /// How often each page is visited under each profile.
    pub repetitions: u32,
    /// How many visits are recorded.
    pub visits: u64,
    /// Versions of catalogue and rules by which they were judged.
    pub rulesets: Vec<String>,
    /// Versions of Earshot that made them.
    pub versions: Vec<String>,
    /// Browsers that made them.
    pub browsers: Vec<String>,
    /// From where they saw the web.
    pub egresses: Vec<String>,
}

#[derive(Row, Deserialize)]
struct Counted {
    rows: u64,
}

/// What `DESCRIBE` says of a column.
#[derive(Row, Deserialize)]
struct Described {
    name: String,
    #[serde(rename = "type")]
    kind: String,
    #[serde(rename = "default_type")]
    _default_type: String,
    #[serde(rename = "default_expression")]
    _default_expression: String,
    #[serde(rename = "comment")]
    _comment: String,
    #[serde(rename = "codec_expression")]
    _codec: String,
    #[serde(rename = "ttl_expression")]
    _ttl: String,
}

impl Sheet {
    /// All there are, aggregates first.
    pub const ALL: &'static [Self] = &[
        Self {
            name: "runs",
            table: "runs",
            about: "one campaign over a list of targets",
            usual: true,
            text: include_str!("../queries/export/runs.sql"),
        },
        Self {
            name: "sites",
            table: "counted_sites",
            about: "what one run saw of one site, seen or not: the denominators",
            usual: true,
            text: include_str!("../queries/export/sites.sql"),
        },
        Self {
            name: "vendors",
            table: "counted_vendors",
            about: "what one run saw one vendor do on one site",
            usual: true,
            text: include_str!("../queries/export/vendors.sql"),
        },
        Self {
            name: "crawls",
            table: "seeds",
            about: "one target, and how the crawl of its site ended",
            usual: true,
            text: include_str!("../queries/export/crawls.sql"),
        },
        Self {
            name: "visits",
            table: "visits",
            about: "one page opened once under one profile, seen or not",
            usual: true,
            text: include_str!("../queries/export/visits.sql"),
        },
        Self {
            name: "findings",
            table: "findings",
            about: "what one rule says of one vendor on one visit",
            usual: true,
            text: include_str!("../queries/export/findings.sql"),
        },
        Self {
            name: "keystrokes",
            table: "keystrokes",
            about: "what one party hears of one field on one visit",
            usual: true,
            text: include_str!("../queries/export/keystrokes.sql"),
        },
        Self {
            name: "consent_pages",
            table: "consent_pages",
            about: "what one page asks of its visitors",
            usual: true,
            text: include_str!("../queries/export/consent_pages.sql"),
        },
        Self {
            name: "consent_states",
            table: "consent_states",
            about: "what one tracker does on one page in each state of consent",
            usual: true,
            text: include_str!("../queries/export/consent_states.sql"),
        },
        Self {
            name: "gaps",
            table: "gaps",
            about: "one thing that could not be looked at on one visit",
            usual: true,
            text: include_str!("../queries/export/gaps.sql"),
        },
        Self {
            name: "events",
            table: "events",
            about: "one observed fact of one visit",
            usual: false,
            text: include_str!("../queries/export/events.sql"),
        },
    ];

    /// The sheet of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        Self::ALL.iter().find(|sheet| sheet.name == name)
    }

    /// The query that its rows answer, with parameters for the [`Exported`].
    #[must_use]
    pub fn query(&self) -> String {
        format!("{}{}", named::EXPORT_CHOSEN, self.text)
    }
}

impl Exported {
    /// What the parameters of [`Sheet::query`] stand for.
    #[must_use]
    pub fn params(&self) -> [(&'static str, String); 4] {
        let day = |day: Option<Date>, otherwise: &str| day.map_or_else(|| otherwise.to_owned(), |day| day.to_string());
        [
            ("portfolio", self.portfolio.clone().unwrap_or_default()),
            // The first and the last day that ClickHouse's Date can say.
            ("since", day(self.since, "1970-01-01")),
            ("until", day(self.until, "2149-06-06")),
            ("run", self.run.map_or_else(String::new, |run| run.to_string())),
        ]
    }

    fn bind(&self, query: Query) -> Query {
        self.params().into_iter().fold(query, |query, (name, value)| query.param(name, value))
    }
}

impl Store {
    /// The rows of a sheet, in one order, in a ClickHouse output format: as bytes, however many there are.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`]; most errors show only when the answer is read.
    pub fn sheet(&self, sheet: &Sheet, scope: &Exported, format: &str) -> Result<Answer, StoreError> {
        let params: Vec<_> = scope.params().into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        self.sql_with(&format!("{}{BOUNDS}", sheet.query()), format, &params)
    }

    /// How many rows a sheet has.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub async fn sheet_rows(&self, sheet: &Sheet, scope: &Exported) -> Result<u64, StoreError> {
        let query = scope.bind(self.query(&format!("SELECT count() AS rows FROM ({})", sheet.query())));
        let counted: Counted = query.fetch_one().await.map_err(StoreError::during("count the rows of a sheet"))?;
        Ok(counted.rows)
    }

    /// The columns of a sheet, with what the schema says of them.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub async fn sheet_columns(&self, sheet: &Sheet, dictionary: &Dictionary) -> Result<Vec<ColumnNote>, StoreError> {
        // Columns are the same whatever is chosen.
        let query = Exported::default().bind(self.query(&format!("DESCRIBE ({})", sheet.query())));
        let described = self.rows::<Described>("describe a sheet", query)?.all().await?;
        let meaning = |name: &str| {
            let known = dictionary.columns_of(sheet.table).find(|column| column.name == name);
            known.map(|column| column.comment.clone()).unwrap_or_default()
        };
        let column = |one: Described| ColumnNote {
            table: sheet.name.to_owned(),
            comment: meaning(&one.name),
            name: one.name,
            kind: one.kind.split_whitespace().collect::<Vec<_>>().join(" "),
            codec: String::new(),
        };
        Ok(described.into_iter().map(column).collect())
    }

    /// The runs of an export, oldest first, and how each came about.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub async fn provenance(&self, scope: &Exported) -> Result<Vec<ProvenanceRow>, StoreError> {
        let text = format!("{}{}", named::EXPORT_CHOSEN, named::EXPORT_PROVENANCE);
        self.rows("query provenance", scope.bind(self.query(&text)))?.all().await
    }
}
