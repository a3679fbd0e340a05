//! Dashboards, as people write them: `boards/*.toml`.

use std::path::Path;

use serde::Deserialize;

use crate::Error;

/// One dashboard.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Board {
    /// Its name; the file is called so. Its uid in Grafana is that after `earshot-`.
    #[serde(skip)]
    pub name: String,
    /// What people read.
    pub title: String,
    /// What it is for.
    pub about: String,
    /// What can be chosen, in order; files of `sql/variables`.
    pub variables: Vec<String>,
    /// What is marked on the time axis; files of `sql/annotations`.
    pub annotations: Vec<String>,
    /// Where its time range begins at first, as Grafana writes it.
    pub from: String,
    /// Its panels, under headings.
    pub rows: Vec<Row>,
}

/// Panels under a heading.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// The heading.
    pub title: String,
    /// From left to right, and on.
    pub panels: Vec<Panel>,
}

/// One panel: a query, how it is shown, and what it says.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Panel {
    /// What people read.
    pub title: String,
    /// How it is shown.
    pub kind: Kind,
    /// File below `sql`, without its ending; none for [`Kind::Metric`].
    pub sql: Option<String>,
    /// Width, of 24.
    pub width: u32,
    /// Height; else what is usual for the kind.
    pub height: Option<u32>,
    /// What the query gives and is shown, in order.
    #[serde(default)]
    pub columns: Vec<String>,
    /// What the query gives too, for whoever reads its table.
    #[serde(default)]
    pub also: Vec<String>,
    /// What is counted.
    pub numerator: String,
    /// Out of what.
    pub denominator: String,
    /// What it cannot say.
    pub unseen: String,
    /// Why it may show nothing although all is well; else it shows something.
    pub may_be_empty: Option<String>,
    /// What is asked of Prometheus, for [`Kind::Metric`].
    #[serde(default)]
    pub metrics: Vec<Metric>,
    /// Unit of the metrics; columns have their own.
    pub unit: Option<String>,
}

/// A question to Prometheus.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Metric {
    /// `PromQL`.
    pub expr: String,
    /// What a line is called.
    pub legend: String,
}

/// How a panel is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A share and its denominator, large.
    Share,
    /// One number, large.
    Number,
    /// One word, large.
    Word,
    /// Counts that belong together, as bars: what was seen and what was not.
    Coverage,
    /// Lines over time, a column each.
    Trend,
    /// Lines over time, one for each word of the second column.
    Series,
    /// Bars over time that stand on each other.
    Stacked,
    /// A bar for each word of the first column.
    Bars,
    /// A bar for each word of the first column, made of parts.
    Parts,
    /// Rows and columns.
    Table,
    /// Lines over time, from Prometheus.
    Metric,
}

impl Kind {
    /// Whether its first column is the time.
    #[must_use]
    pub fn is_over_time(self) -> bool {
        matches!(self, Self::Trend | Self::Series | Self::Stacked)
    }

    /// Height where a panel names none.
    pub(crate) fn usual_height(self) -> u32 {
        if matches!(self, Self::Share | Self::Number | Self::Word | Self::Coverage | Self::Bars) { 6 } else { 8 }
    }
}

impl Panel {
    /// How high it is.
    #[must_use]
    pub fn height(&self) -> u32 {
        self.height.unwrap_or_else(|| self.kind.usual_height())
    }

    /// What Grafana shows beside the title: what is counted, out of what, and what is not seen.
    pub(crate) fn description(&self) -> String {
        let Self { numerator, denominator, unseen, .. } = self;
        format!("**Counted:** {numerator}\n\n**Out of:** {denominator}\n\n**Not seen:** {unseen}")
    }
}

impl Board {
    /// Every dashboard of `deploy/grafana`, by name.
    ///
    /// # Errors
    /// [`Error`] if a file is not what it should be.
    pub fn load_all(folder: &Path) -> Result<Vec<Self>, Error> {
        let boards = folder.join("boards");
        let list = |source| Error::File { path: boards.clone(), source };
        let mut files = Vec::new();
        for entry in std::fs::read_dir(&boards).map_err(list)? {
            files.push(entry.map_err(list)?.path());
        }
        files.retain(|file| file.extension().is_some_and(|it| it == "toml"));
        files.sort();
        files.into_iter().map(Self::load).collect()
    }

    fn load(file: std::path::PathBuf) -> Result<Self, Error> {
        let name = file.file_stem().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default();
        Ok(Self { name, ..Error::parse(file)? })
    }

    /// Its panels, in order.
    pub fn panels(&self) -> impl Iterator<Item = &Panel> {
        self.rows.iter().flat_map(|row| &row.panels)
    }
}
