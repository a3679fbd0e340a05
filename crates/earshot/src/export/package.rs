//! The data dictionary, as a table and as a data package.

use anyhow::{Context as _, Result};
use earshot_store::ColumnNote;
use serde_json::{Value, json};

use super::{FileNote, Manifest, Written};

/// One line for each column of each sheet.
pub(super) fn dictionary(sheets: &[Written]) -> Result<String> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record(["sheet", "column", "type", "clickhouse_type", "meaning"])?;
    for column in sheets.iter().flat_map(|written| &written.columns) {
        csv.write_record([&column.table, &column.name, field_type(&column.kind), &column.kind, &column.comment])?;
    }
    String::from_utf8(csv.into_inner().context("the dictionary")?).context("the dictionary")
}

/// `datapackage.json`: https://datapackage.org/standard/data-package/
pub(super) fn package(manifest: &Manifest, sheets: &[Written]) -> Result<String> {
    let package = json!({
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "earshot-export",
        "title": "Trackers that websites contact, by Earshot",
        "description": "See README.md and METHOD.md.",
        // Not when it was written: the same rows give the same file.
        "created": manifest.runs.last().map(|run| &run.started_at),
        "sources": [{ "title": format!("Earshot {}, ruleset {}", manifest.earshot, manifest.ruleset) }],
        "resources": sheets.iter().map(resource).collect::<Vec<_>>(),
    });
    Ok(serde_json::to_string_pretty(&package).context("the data package")? + "\n")
}

fn resource(written: &Written) -> Value {
    let FileNote { name, bytes, sha256, rows, .. } = &written.file;
    let (format, mediatype) = match name.ends_with(".csv") {
        true => ("csv", "text/csv"),
        false => ("parquet", "application/vnd.apache.parquet"),
    };
    json!({
        "name": written.sheet.name,
        "type": "table",
        "path": name,
        "title": written.sheet.about,
        "format": format,
        "mediatype": mediatype,
        "encoding": "utf-8",
        "bytes": bytes,
        "hash": format!("sha256:{sha256}"),
        "rows": rows,
        "schema": { "fields": written.columns.iter().map(field).collect::<Vec<_>>(), "missingValues": ["\\N"] },
    })
}

fn field(column: &ColumnNote) -> Value {
    json!({ "name": column.name, "type": field_type(&column.kind), "description": column.comment })
}

/// ClickHouse's type in the words of https://datapackage.org/standard/table-schema/
fn field_type(kind: &str) -> &'static str {
    let inner =
        ["LowCardinality(", "Nullable("].iter().fold(kind, |kind, outer| kind.strip_prefix(outer).unwrap_or(kind));
    let word = inner.split(['(', ')']).next().unwrap_or_default();
    match word {
        "String" | "UUID" | "FixedString" => "string",
        "Bool" => "boolean",
        "Float32" | "Float64" => "number",
        "Date" | "Date32" => "date",
        "DateTime" | "DateTime64" => "datetime",
        // ClickHouse writes both in a way of its own in CSV.
        "Array" | "Map" | "Tuple" => "any",
        word if word.starts_with("UInt") || word.starts_with("Int") => "integer",
        _ => "any",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_have_words_that_others_know() {
        for (kind, word) in [
            ("LowCardinality(String)", "string"),
            ("Nullable(Float32)", "number"),
            ("LowCardinality(Nullable(String))", "string"),
            ("DateTime64(3, 'UTC')", "datetime"),
            ("UInt16", "integer"),
            ("Array(LowCardinality(String))", "any"),
            ("Nullable(Date)", "date"),
            ("Bool", "boolean"),
        ] {
            assert_eq!(field_type(kind), word, "{kind}");
        }
    }
}
