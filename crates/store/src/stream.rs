//! Answers that are read row by row, however long they are.

use bytes::Bytes;
use clickhouse::{
    RowOwned, RowRead,
    query::{BytesCursor, RowCursor},
};
use earshot_model::Finding;

use crate::{StoreError, rows::FindingRow};

/// Rows of a named query.
pub struct Rows<R> {
    what: &'static str,
    cursor: RowCursor<R>,
}

/// Findings of a run.
pub struct Findings(pub(crate) Rows<FindingRow>);

/// The bytes of an answer in a format that somebody asked for.
pub struct Answer(pub(crate) BytesCursor);

impl<R: RowOwned + RowRead> Rows<R> {
    pub(crate) fn new(what: &'static str, cursor: RowCursor<R>) -> Self {
        Self { what, cursor }
    }

    /// The next row; `None` at the end.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub async fn next(&mut self) -> Result<Option<R>, StoreError> {
        self.cursor.next().await.map_err(StoreError::during(self.what))
    }

    /// All that are left.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub async fn all(mut self) -> Result<Vec<R>, StoreError> {
        let mut rows = Vec::new();
        while let Some(row) = self.next().await? {
            rows.push(row);
        }
        Ok(rows)
    }
}

impl Findings {
    /// The next finding; `None` at the end.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`]; [`StoreError::Row`] for a row that is no finding.
    pub async fn next(&mut self) -> Result<Option<Finding>, StoreError> {
        self.0.next().await?.map(Finding::try_from).transpose()
    }

    /// All that are left.
    ///
    /// # Errors
    /// As [`Findings::next`].
    pub async fn all(mut self) -> Result<Vec<Finding>, StoreError> {
        let mut findings = Vec::new();
        while let Some(finding) = self.next().await? {
            findings.push(finding);
        }
        Ok(findings)
    }
}

impl Answer {
    /// The next piece; `None` at the end.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`], also if the query fails in the middle of its answer.
    pub async fn next(&mut self) -> Result<Option<Bytes>, StoreError> {
        self.0.next().await.map_err(StoreError::during("query"))
    }
}
