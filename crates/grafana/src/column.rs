//! What a column means, in the same unit and colours wherever it stands.

use std::{collections::BTreeMap, path::Path};

use serde::Deserialize;

use crate::Error;

/// The columns that panels may show, and the colours that they may have.
#[derive(Clone, Debug)]
pub struct Vocabulary {
    columns: BTreeMap<String, Column>,
    palette: BTreeMap<String, String>,
}

/// One column, as `columns.toml` explains it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// What the query must give.
    pub kind: ColumnKind,
    /// What people read.
    pub title: String,
    /// Grafana's id of its unit.
    pub unit: Option<String>,
    /// Which dashboard says more, with the value as that dashboard's variable of this column's name.
    pub link: Option<String>,
    /// Role of its colour.
    pub colour: Option<String>,
    /// From which value on it has which role instead.
    #[serde(default)]
    pub steps: Vec<(f64, String)>,
    /// Whether it is drawn as a bar within its cell.
    #[serde(default)]
    pub gauge: bool,
    /// Which words have the colour of which role.
    #[serde(default)]
    pub words: BTreeMap<String, String>,
}

/// What the values of a column are, as far as panels care.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ColumnKind {
    /// Words.
    Text,
    /// Something to draw.
    Number,
    /// A moment or a day.
    Time,
}

impl ColumnKind {
    /// Whether ClickHouse's type gives such values, as the plug-in reads them.
    #[must_use]
    pub fn takes(self, clickhouse: &str) -> bool {
        let plain = |name: &str| name.trim_end_matches(')').to_owned();
        let mut inner = plain(clickhouse);
        while let Some(rest) = inner.strip_prefix("Nullable(").or_else(|| inner.strip_prefix("LowCardinality(")) {
            inner = plain(rest);
        }
        match self {
            Self::Text => inner == "String",
            Self::Number => ["UInt", "Int", "Float"].iter().any(|start| inner.starts_with(start)),
            Self::Time => inner.starts_with("DateTime"),
        }
    }
}

impl Vocabulary {
    /// As `deploy/grafana` has it.
    ///
    /// # Errors
    /// [`Error`] if a file is not there, or a column has a role that the palette does not have.
    pub fn load(folder: &Path) -> Result<Self, Error> {
        let it = Self {
            columns: Error::parse(folder.join("columns.toml"))?,
            palette: Error::parse(folder.join("palette.toml"))?,
        };
        for column in it.columns.values() {
            let steps = column.steps.iter().map(|(_, role)| role);
            for role in column.colour.iter().chain(steps).chain(column.words.values()) {
                it.colour(role)?;
            }
        }
        Ok(it)
    }

    /// What a column means.
    ///
    /// # Errors
    /// [`Error::Unknown`].
    pub fn column(&self, name: &str) -> Result<&Column, Error> {
        self.columns.get(name).ok_or_else(|| Error::Unknown(name.to_owned(), "columns.toml"))
    }

    /// All columns, with their names.
    pub fn columns(&self) -> impl Iterator<Item = (&str, &Column)> {
        self.columns.iter().map(|(name, column)| (name.as_str(), column))
    }

    /// A role's colour, as `#rrggbb`.
    ///
    /// # Errors
    /// [`Error::Unknown`].
    pub fn colour(&self, role: &str) -> Result<&str, Error> {
        self.palette.get(role).map(String::as_str).ok_or_else(|| Error::Unknown(role.to_owned(), "palette.toml"))
    }
}
