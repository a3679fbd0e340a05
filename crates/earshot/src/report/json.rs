//! The report as one JSON document, and as one object a line.

use anyhow::Result;
use serde_json::{Value, json};

use super::Report;

/// One document.
pub(super) fn document(report: &Report) -> Result<String> {
    Ok(serde_json::to_string_pretty(report)? + "\n")
}

/// One object a line; `type` says what it is.
pub(super) fn lines(report: &Report) -> Result<String> {
    let mut text = String::new();
    let head =
        json!({ "schema": report.schema, "earshot": report.earshot, "run": report.run, "totals": report.totals });
    line(&mut text, "run", head)?;
    for vendor in &report.vendors {
        line(&mut text, "vendor", serde_json::to_value(vendor)?)?;
    }
    for page in &report.pages {
        let mut value = serde_json::to_value(page)?;
        if let Some(object) = value.as_object_mut() {
            object.remove("findings");
            object.remove("gaps");
        }
        line(&mut text, "page", value)?;
        for finding in &page.findings {
            line(&mut text, "finding", serde_json::to_value(finding)?)?;
        }
        for gap in &page.gaps {
            line(&mut text, "gap", json!({ "visit": page.visit, "kind": gap.kind, "detail": gap.detail }))?;
        }
    }
    for unvisited in &report.unvisited {
        line(&mut text, "unvisited", serde_json::to_value(unvisited)?)?;
    }
    for bad in &report.bad_lines {
        line(&mut text, "bad_line", serde_json::to_value(bad)?)?;
    }
    Ok(text)
}

fn line(text: &mut String, kind: &str, mut value: Value) -> Result<()> {
    if let Some(object) = value.as_object_mut() {
        object.insert("type".to_owned(), kind.into());
    }
    text.push_str(&serde_json::to_string(&value)?);
    text.push('\n');
    Ok(())
}
