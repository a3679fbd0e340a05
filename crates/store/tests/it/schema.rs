//! docs/schema.md says what the tables are, and events take little room.

use std::{collections::HashMap, fmt::Write as _, path::Path};

use earshot_store::{ColumnNote, Dictionary, TableNote};

use crate::Fixture;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/schema.md");
const MIGRATIONS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations");
const REGENERATE: &str = "EARSHOT_REGENERATE";
/// What stands above it is written by hand, what stands below is not.
const MARK: &str = "<!-- Generated from the schema by `make proto`; do not edit below. -->\n";
/// Rows that are as much by chance as those of real visits take less than this on disk, in bytes an event. What is promised
/// is 40; the rest is for addresses that are longer still.
const BYTES_AN_EVENT: f64 = 30.0;

#[tokio::test]
async fn the_schema_is_documented_and_small() {
    let it = Fixture::new().await;
    let dictionary = it.store.dictionary().await.unwrap();
    every_word_is_there(&dictionary);
    in_step(&(MARK.to_owned() + &text(&dictionary)));
    events_are_small(&it).await;
    it.engine.stop().await;
}

fn every_word_is_there(dictionary: &Dictionary) {
    for table in &dictionary.tables {
        assert!(!table.comment.is_empty(), "{} has no comment", table.table);
        assert!(dictionary.columns_of(&table.table).count() > 0, "{} has no columns", table.table);
    }
    for column in &dictionary.columns {
        assert!(!column.comment.is_empty(), "{}.{} has no comment", column.table, column.name);
    }
}

fn in_step(generated: &str) {
    let file = std::fs::read_to_string(FILE).unwrap();
    let (head, now) = file.split_at(file.find(MARK).expect("docs/schema.md has lost its mark"));
    if std::env::var_os(REGENERATE).is_some() {
        std::fs::write(FILE, head.to_owned() + generated).unwrap();
        return;
    }
    assert!(now == generated, "docs/schema.md differs from the schema; run `make proto`");
}

async fn events_are_small(it: &Fixture) {
    it.ask(include_str!("sql/events.sql")).await;
    it.ask("OPTIMIZE TABLE events FINAL").await;
    let parts = "SELECT sum(rows), sum(bytes_on_disk) / sum(rows) FROM system.parts \
                 WHERE active AND database = currentDatabase() AND table = 'events'";
    let answer = it.ask(parts).await;
    let (rows, bytes) = answer.trim().split_once('\t').unwrap();
    let bytes: f64 = bytes.parse().unwrap();
    assert_eq!(rows, "40000", "every event is one of its own");
    assert!(bytes < BYTES_AN_EVENT, "an event takes {bytes:.1} bytes on disk, at most {BYTES_AN_EVENT} are allowed");
}

/// What stands below the mark.
fn text(dictionary: &Dictionary) -> String {
    let since = Since::read();
    let mut text = String::new();
    for table in &dictionary.tables {
        describe(&mut text, table, &since);
        if table.engine == "MaterializedView" {
            continue;
        }
        text.push_str("\n| column | type | meaning | since |\n| --- | --- | --- | --- |\n");
        for column in dictionary.columns_of(&table.table) {
            text.push_str(&row(column, &since));
        }
    }
    text
}

fn describe(text: &mut String, table: &TableNote, since: &Since) {
    let name = &table.table;
    write!(text, "\n## `{name}`\n\n{}.\n\n{}", table.comment, table.engine).unwrap();
    for (what, value) in
        [("sorted by", &table.sorting_key), ("partitioned by", &table.partition_key), ("rows leave after", &table.ttl)]
    {
        if !value.is_empty() {
            write!(text, ", {what} `{value}`").unwrap();
        }
    }
    writeln!(text, "; since {}.", since.of(name, "")).unwrap();
}

fn row(column: &ColumnNote, since: &Since) -> String {
    let meaning = column.comment.replace('|', "\\|");
    let number = since.of(&column.table, &column.name);
    format!("| `{}` | `{}` | {meaning} | {number} |\n", column.name, column.kind)
}

/// Which migration brought which table, and which column of it.
struct Since(HashMap<(String, String), String>);

impl Since {
    fn read() -> Self {
        let mut files: Vec<_> = std::fs::read_dir(MIGRATIONS).unwrap().map(|file| file.unwrap().path()).collect();
        files.sort();
        let mut found = HashMap::new();
        for file in files {
            note(&file, &mut found);
        }
        Self(found)
    }

    /// A column that no migration has added came with its table.
    fn of(&self, table: &str, column: &str) -> &str {
        let known = |column: &str| self.0.get(&(table.to_owned(), column.to_owned()));
        // The table of the migrations themselves is older than the first.
        known(column).or_else(|| known("")).map_or("the beginning", String::as_str)
    }
}

fn note(file: &Path, found: &mut HashMap<(String, String), String>) {
    let number = file.file_name().unwrap().to_str().unwrap()[..4].to_owned();
    let mut table = String::new();
    for line in std::fs::read_to_string(file).unwrap().lines() {
        let named = |starts: &[&str]| {
            let rest = starts.iter().find_map(|start| line.trim_start().strip_prefix(start))?;
            Some(rest.split([' ', ';']).next().unwrap_or_default().to_owned())
        };
        let tables = [
            "CREATE TABLE IF NOT EXISTS ",
            "CREATE OR REPLACE VIEW ",
            "CREATE MATERIALIZED VIEW IF NOT EXISTS ",
            "ALTER TABLE ",
        ];
        if let Some(name) = named(&tables) {
            found.entry((name.clone(), String::new())).or_insert_with(|| number.clone());
            table = name;
        } else if let Some(column) = named(&["ADD COLUMN IF NOT EXISTS "]) {
            found.entry((table.clone(), column)).or_insert_with(|| number.clone());
        }
    }
}
