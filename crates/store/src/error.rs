//! What can go wrong with the store.

use std::path::PathBuf;

use thiserror::Error;

/// Why the store could not do what it was asked.
#[derive(Debug, Error)]
pub enum StoreError {
    /// ClickHouse could not be asked, or refused.
    #[error("{what}: {}", explain(source))]
    ClickHouse {
        /// What was tried: "insert into visits", "query progress".
        what: &'static str,
        /// What came back.
        source: clickhouse::error::Error,
    },
    /// A migration that was applied has another text now.
    #[error("migration {name} was changed after it had been applied; restore it and add a new one instead")]
    MigrationChanged {
        /// Its file.
        name: String,
    },
    /// The database has migrations that this version does not know.
    #[error("the database is at migration {found}, this version knows {known}: use a newer version of Earshot")]
    TooNew {
        /// The database's.
        found: u32,
        /// Ours.
        known: u32,
    },
    /// A statement that cannot be rewritten for a cluster.
    #[error("{file} has a statement that nobody knows how to carry out on a cluster")]
    NotForCluster {
        /// Which file.
        file: &'static str,
    },
    /// The certificates that a server's is to be held against cannot be read.
    #[error("CA certificates of {}: {reason}; store.ca_cert names a PEM file", file.display())]
    Ca {
        /// Where they were looked for.
        file: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// The tables are not of this version, and this user may not change them.
    #[error("{source}; run `earshot migrate` as a user that may create tables (deploy/clickhouse/users.sql)")]
    NotMigrated {
        /// What was refused.
        source: Box<StoreError>,
    },
    /// A row holds something that its type does not allow.
    #[error("a row of {table} does not parse: {reason}")]
    Row {
        /// Which table.
        table: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// A portfolio was imported again and again while its targets were to be copied.
    #[error("portfolio '{portfolio}' is being imported again and again; try once more when that is done")]
    Moving {
        /// Which one.
        portfolio: String,
    },
}

/// Codes of ClickHouse errors that pass by themselves: TIMEOUT_EXCEEDED, TOO_MANY_SIMULTANEOUS_QUERIES, SOCKET_TIMEOUT,
/// NETWORK_ERROR, TABLE_IS_READ_ONLY, MEMORY_LIMIT_EXCEEDED, TOO_MANY_PARTS, ALL_CONNECTION_TRIES_FAILED,
/// NOT_ENOUGH_SPACE, KEEPER_EXCEPTION.
const PASSING: &[u32] = &[159, 202, 209, 210, 241, 242, 243, 252, 279, 999];
/// Codes of ClickHouse errors that are the fault of the rows that it was given: CANNOT_PARSE_TEXT, CANNOT_PARSE_INPUT_ASSERTION_FAILED,
/// CANNOT_READ_ALL_DATA, CANNOT_CONVERT_TYPE, INCORRECT_DATA, TOO_LARGE_ARRAY_SIZE, TOO_LARGE_STRING_SIZE,
/// TOO_LARGE_SIZE_COMPRESSED, VALUE_IS_OUT_OF_RANGE_OF_DATA_TYPE, CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN, VIOLATED_CONSTRAINT.
const OF_ROWS: &[u32] = &[6, 27, 33, 70, 117, 128, 131, 265, 321, 349, 469];

impl StoreError {
    /// For `map_err`: names what was tried.
    pub(crate) fn during(what: &'static str) -> impl Fn(clickhouse::error::Error) -> Self {
        move |source| Self::ClickHouse { what, source }
    }

    /// For `map_err`: a row of `table` is bad.
    pub(crate) fn row<E: std::fmt::Display>(table: &'static str) -> impl Fn(E) -> Self {
        move |error| Self::Row { table, reason: error.to_string() }
    }

    /// Whether the user may not do this (ACCESS_DENIED).
    pub(crate) fn is_denied(&self) -> bool {
        use clickhouse::error::Error;
        matches!(self, Self::ClickHouse { source: Error::BadResponse(text), .. } if code(text) == Some(497))
    }

    /// Whether the same request may succeed later.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        use clickhouse::error::Error;
        match self {
            Self::ClickHouse { source: Error::Network(_) | Error::TimedOut, .. } => true,
            Self::ClickHouse { source: Error::BadResponse(text), .. } => {
                code(text).is_some_and(|code| PASSING.contains(&code))
            }
            Self::NotMigrated { .. } => true,
            _ => false,
        }
    }

    /// Whether what was written is to blame, and will be refused however healthy the store is. A store that is ill in a way
    /// that nobody foresaw (a broken part, a right that was taken away) refuses nothing by that.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        use clickhouse::error::Error;
        match self {
            Self::ClickHouse { what, .. } if !what.starts_with("insert") => false,
            Self::ClickHouse { source: Error::BadResponse(text), .. } => {
                code(text).is_some_and(|code| OF_ROWS.contains(&code))
            }
            // The client could not even write it down.
            Self::ClickHouse { source, .. } => {
                matches!(source, Error::SequenceMustHaveLength | Error::InvalidTagEncoding(_) | Error::Custom(_))
            }
            Self::Row { .. } => true,
            Self::MigrationChanged { .. }
            | Self::TooNew { .. }
            | Self::NotForCluster { .. }
            | Self::NotMigrated { .. }
            | Self::Ca { .. }
            | Self::Moving { .. } => false,
        }
    }
}

/// ClickHouse's own code, from "Code: 62. DB::Exception: …".
fn code(text: &str) -> Option<u32> {
    text.split_once("Code: ")?.1.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// With the causes: "client error (Connect)" alone helps nobody.
fn explain(error: &clickhouse::error::Error) -> String {
    if let clickhouse::error::Error::BadResponse(text) = error {
        return text.clone();
    }
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        let said = error.to_string();
        if !text.ends_with(&said) {
            text = format!("{text}: {said}");
        }
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use clickhouse::error::Error;

    use super::*;

    #[test]
    fn only_what_passes_is_retried() {
        for (text, retry) in [
            ("Code: 241. DB::Exception: Memory limit", true),
            ("Code: 62. DB::Exception: Syntax error", false),
            ("502 Bad Gateway", false),
        ] {
            let error = StoreError::during("query progress")(Error::BadResponse(text.to_owned()));
            assert_eq!(error.is_retryable(), retry, "{text}");
            assert_eq!(error.to_string(), format!("query progress: {text}"));
        }
        assert!(StoreError::during("insert into runs")(Error::TimedOut).is_retryable());
    }

    #[test]
    fn only_what_is_the_fault_of_the_rows_is_a_refusal() {
        for (text, refusal) in [
            ("Code: 469. DB::Exception: Constraint `c` for table t is violated", true),
            ("Code: 243. DB::Exception: Cannot reserve 1.00 MiB, not enough space", false),
            ("Code: 246. DB::Exception: Empty marks file", false),
            ("Code: 497. DB::Exception: Not enough privileges", false),
            ("502 Bad Gateway", false),
        ] {
            let error = StoreError::during("insert into visits")(Error::BadResponse(text.to_owned()));
            assert_eq!(error.is_refusal(), refusal, "{text}");
        }
    }
}
