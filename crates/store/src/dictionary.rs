//! The data dictionary: what tables and columns there are, in the words of the schema itself.

use clickhouse::Row;
use serde::{Deserialize, Serialize};

use crate::{Store, StoreError, named};

/// Every table and view of the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dictionary {
    /// By name.
    pub tables: Vec<TableNote>,
    /// By table, in their order.
    pub columns: Vec<ColumnNote>,
}

/// One table or view.
#[derive(Clone, Debug, PartialEq, Eq, Row, Serialize, Deserialize)]
pub struct TableNote {
    /// Its name.
    pub table: String,
    /// ClickHouse's engine; `View` or `MaterializedView` for a view.
    pub engine: String,
    /// What its rows are.
    pub comment: String,
    /// By what its parts are kept apart; empty for nothing.
    pub partition_key: String,
    /// By what it is sorted; rows of a ReplacingMergeTree with the same replace each other. Empty for a view.
    pub sorting_key: String,
    /// When its rows leave by themselves; empty for never.
    pub ttl: String,
}

/// One column.
#[derive(Clone, Debug, PartialEq, Eq, Row, Serialize, Deserialize)]
pub struct ColumnNote {
    /// Its table or view.
    pub table: String,
    /// Its name.
    pub name: String,
    /// ClickHouse's type.
    #[serde(rename = "type")]
    pub kind: String,
    /// What its values mean, with their unit.
    pub comment: String,
    /// How it is compressed; empty for the server's default.
    pub codec: String,
}

impl Dictionary {
    /// The columns of a table, in their order.
    pub fn columns_of<'a>(&'a self, table: &'a str) -> impl Iterator<Item = &'a ColumnNote> {
        self.columns.iter().filter(move |column| column.table == table)
    }
}

impl Store {
    /// What tables and columns there are, in the words of the schema.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub async fn dictionary(&self) -> Result<Dictionary, StoreError> {
        let tables = self.rows("query dictionary_tables", self.query(named::DICTIONARY_TABLES))?.all().await?;
        let columns = self.rows("query dictionary_columns", self.query(named::DICTIONARY_COLUMNS))?.all().await?;
        Ok(Dictionary { tables, columns })
    }
}
