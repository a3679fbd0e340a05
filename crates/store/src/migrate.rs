//! Numbered changes to the schema, each applied once and remembered.

use std::collections::HashMap;

use clickhouse::{Client, Row};
use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{StoreError, cluster::Cluster, named};

/// One file of `migrations/`.
struct Migration {
    version: u32,
    name: &'static str,
    text: &'static str,
}

const MIGRATIONS: &[Migration] = &[
    Migration { version: 1, name: "0001_tables.sql", text: include_str!("../migrations/0001_tables.sql") },
    Migration { version: 2, name: "0002_conduct.sql", text: include_str!("../migrations/0002_conduct.sql") },
    Migration { version: 3, name: "0003_keystrokes.sql", text: include_str!("../migrations/0003_keystrokes.sql") },
    Migration { version: 4, name: "0004_consent.sql", text: include_str!("../migrations/0004_consent.sql") },
    Migration { version: 5, name: "0005_proof.sql", text: include_str!("../migrations/0005_proof.sql") },
    Migration { version: 6, name: "0006_portfolios.sql", text: include_str!("../migrations/0006_portfolios.sql") },
    Migration { version: 7, name: "0007_tokens.sql", text: include_str!("../migrations/0007_tokens.sql") },
    Migration { version: 8, name: "0008_rollups.sql", text: include_str!("../migrations/0008_rollups.sql") },
    Migration { version: 9, name: "0009_codecs.sql", text: include_str!("../migrations/0009_codecs.sql") },
    Migration { version: 10, name: "0010_counted.sql", text: include_str!("../migrations/0010_counted.sql") },
];

#[derive(Debug, Row, Serialize, Deserialize)]
struct Applied {
    version: u32,
    name: String,
    digest: String,
}

/// Makes the database if it is not there and brings it to this version. Statements can be repeated, so a migration
/// that broke off in the middle, or that two processes apply at a time, ends well.
///
/// Tables that are up to date are left alone, so that a user who may only read and write does for every role.
pub(crate) async fn migrate(client: &Client, database: &str, cluster: Option<&Cluster>) -> Result<(), StoreError> {
    if let Ok(applied) = applied(client).await
        && is_current(&applied)
    {
        return Ok(());
    }
    change(client, database, cluster).await.map_err(|error| match error.is_denied() {
        true => StoreError::NotMigrated { source: Box::new(error) },
        false => error,
    })
}

fn is_current(applied: &HashMap<u32, String>) -> bool {
    let current = |migration: &Migration| applied.get(&migration.version) == Some(&digest_of(migration.text));
    applied.len() == MIGRATIONS.len() && MIGRATIONS.iter().all(current)
}

async fn change(client: &Client, database: &str, cluster: Option<&Cluster>) -> Result<(), StoreError> {
    let on = cluster.map_or_else(String::new, Cluster::on_cluster);
    let create = format!("CREATE DATABASE IF NOT EXISTS {}{on}", quoted(database));
    // Not in the database that may not exist yet.
    let outside = client.clone().with_database("default");
    outside.query_raw(&create).execute().await.map_err(StoreError::during("create the database"))?;
    let failed = StoreError::during("prepare schema_migrations");
    for statement in rewritten(named::MIGRATIONS_TABLE, "schema_migrations", database, cluster)? {
        client.query_raw(&statement).execute().await.map_err(&failed)?;
    }
    let applied = applied(client).await?;
    check_known(&applied)?;
    for migration in MIGRATIONS {
        match applied.get(&migration.version) {
            Some(digest) if *digest == digest_of(migration.text) => {}
            Some(_) => return Err(StoreError::MigrationChanged { name: migration.name.to_owned() }),
            None => apply(client, migration, database, cluster).await?,
        }
    }
    Ok(())
}

async fn applied(client: &Client) -> Result<HashMap<u32, String>, StoreError> {
    let query = "SELECT ?fields FROM schema_migrations FINAL ORDER BY version";
    let rows =
        client.query(query).fetch_all::<Applied>().await.map_err(StoreError::during("read schema_migrations"))?;
    Ok(rows.into_iter().map(|row| (row.version, row.digest)).collect())
}

fn check_known(applied: &HashMap<u32, String>) -> Result<(), StoreError> {
    let known = MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or(0);
    match applied.keys().max() {
        Some(found) if *found > known => Err(StoreError::TooNew { found: *found, known }),
        _ => Ok(()),
    }
}

async fn apply(
    client: &Client,
    migration: &Migration,
    database: &str,
    cluster: Option<&Cluster>,
) -> Result<(), StoreError> {
    tracing::info!(migration.name, "applying");
    for statement in statements(migration.text) {
        for statement in rewritten(statement, migration.name, database, cluster)? {
            client.query_raw(&statement).execute().await.map_err(StoreError::during(migration.name))?;
        }
    }
    let row =
        Applied { version: migration.version, name: migration.name.to_owned(), digest: digest_of(migration.text) };
    let failed = || StoreError::during("record the migration");
    let mut insert = client.insert::<Applied>("schema_migrations").await.map_err(failed())?;
    insert.write(&row).await.map_err(failed())?;
    insert.end().await.map_err(failed())
}

/// Every statement of every file.
pub(crate) fn all_statements(database: &str, cluster: Option<&Cluster>) -> Result<Vec<String>, StoreError> {
    let mut all = rewritten(named::MIGRATIONS_TABLE, "schema_migrations", database, cluster)?;
    for migration in MIGRATIONS {
        for statement in statements(migration.text) {
            all.extend(rewritten(statement, migration.name, database, cluster)?);
        }
    }
    Ok(all)
}

/// What a statement of a file comes to: itself, or what it is on a cluster.
fn rewritten(
    statement: &str,
    file: &'static str,
    database: &str,
    cluster: Option<&Cluster>,
) -> Result<Vec<String>, StoreError> {
    match cluster {
        None => Ok(vec![statement.to_owned()]),
        Some(cluster) => cluster.rewrite(statement, database).ok_or(StoreError::NotForCluster { file }),
    }
}

fn digest_of(text: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(text))
}

/// A name as an identifier.
pub(crate) fn quoted(name: &str) -> String {
    format!("`{}`", name.replace('\\', "\\\\").replace('`', "\\`"))
}

/// The statements of a file: cut at semicolons that stand outside of strings and comments; empty ones are dropped.
fn statements(text: &str) -> Vec<&str> {
    let (mut found, mut start, mut at) = (Vec::new(), 0, 0);
    while at < text.len() {
        if text.as_bytes()[at] == b';' {
            found.push(&text[start..at]);
            start = at + 1;
        }
        at += piece_length(&text.as_bytes()[at..]);
    }
    found.push(&text[start..]);
    found.into_iter().map(str::trim).filter(|statement| !is_blank(statement)).collect()
}

/// Whether nothing but comments is there.
fn is_blank(statement: &str) -> bool {
    let (bytes, mut at) = (statement.as_bytes(), 0);
    while at < bytes.len() {
        let length = piece_length(&bytes[at..]);
        if length == 1 && !bytes[at].is_ascii_whitespace() || matches!(bytes[at], b'\'' | b'"' | b'`') {
            return false;
        }
        at += length;
    }
    true
}

/// Length of the comment or quoted text that begins here, else 1.
fn piece_length(rest: &[u8]) -> usize {
    let until = |end: &[u8], from: usize| {
        let found = rest.get(from..).and_then(|rest| rest.windows(end.len()).position(|window| window == end));
        found.map_or(rest.len(), |at| from + at + end.len())
    };
    match rest {
        [b'-', b'-', ..] => until(b"\n", 2),
        [b'/', b'*', ..] => until(b"*/", 2),
        [quote @ (b'\'' | b'"' | b'`'), ..] => {
            let mut at = 1;
            while at < rest.len() && rest[at] != *quote {
                at += if rest[at] == b'\\' { 2 } else { 1 };
            }
            (at + 1).min(rest.len())
        }
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_end_at_semicolons_only() {
        let text = "-- a; b\nSELECT ';', `;`, \"\\\";\"; /* ; */\n;\nSELECT 2 -- end;\n";
        assert_eq!(statements(text), ["-- a; b\nSELECT ';', `;`, \"\\\";\"", "SELECT 2 -- end;"]);
        assert_eq!(statements("-- nothing"), Vec::<&str>::new());
        assert_eq!(statements("'open"), ["'open"]);
    }

    #[test]
    fn migrations_are_numbered_as_their_files_are() {
        for (index, migration) in MIGRATIONS.iter().enumerate() {
            assert_eq!(migration.version as usize, index + 1);
            assert!(migration.name.starts_with(&format!("{:04}_", migration.version)), "{}", migration.name);
            for (what, guard) in
                [("CREATE TABLE", "IF NOT EXISTS"), ("ADD COLUMN", "IF NOT EXISTS"), ("COMMENT COLUMN", "IF EXISTS")]
            {
                let (all, guarded) = (format!("{what} "), format!("{what} {guard} "));
                let count = |text: &String| migration.text.matches(text.as_str()).count();
                assert_eq!(count(&all), count(&guarded), "{}: a repetition of {what} must not fail", migration.name);
            }
        }
    }

    #[test]
    fn a_database_of_the_future_is_refused() {
        let future = HashMap::from([(999, String::new())]);
        assert!(matches!(check_known(&future), Err(StoreError::TooNew { found: 999, .. })));
    }
}
