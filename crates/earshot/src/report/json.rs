//! The report as one JSON document, and as one object a line.

use anyhow::Result;
use earshot_report::Report;
use serde_json::{Value, json};

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
    for fingerprinter in &report.fingerprinters {
        line(&mut text, "fingerprinter", serde_json::to_value(fingerprinter)?)?;
    }
    for listener in &report.listeners {
        line(&mut text, "listener", serde_json::to_value(listener)?)?;
    }
    for hearer in &report.keystrokes {
        line(&mut text, "keystrokes", serde_json::to_value(hearer)?)?;
    }
    for choice in &report.choices {
        line(&mut text, "choice", serde_json::to_value(choice)?)?;
    }
    for state in &report.states {
        line(&mut text, "state", serde_json::to_value(state)?)?;
    }
    for theory in &report.theories {
        line(&mut text, "theory", serde_json::to_value(theory)?)?;
    }
    for site in &report.sites {
        line(&mut text, "site", serde_json::to_value(site)?)?;
    }
    for page in &report.pages {
        let mut value = serde_json::to_value(page)?;
        if let Some(object) = value.as_object_mut() {
            object.remove("findings");
            object.remove("gaps");
            object.remove("theories");
        }
        line(&mut text, "page", value)?;
        for finding in &page.findings {
            let mut value = serde_json::to_value(finding)?;
            if let (Some(object), Some(theories)) = (value.as_object_mut(), page.theories.get(&finding.id.to_string()))
            {
                object.insert("theories".to_owned(), serde_json::to_value(theories)?);
            }
            line(&mut text, "finding", value)?;
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

#[cfg(test)]
mod tests {
    use super::*;
    use earshot_report::sample;

    #[test]
    fn every_line_says_what_it_is() {
        let text = lines(&sample::report()).unwrap();
        let kinds: Vec<String> = text
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap()["type"].as_str().unwrap().to_owned())
            .collect();
        let expected = [
            "run",
            "fingerprinter",
            "listener",
            "keystrokes",
            "choice",
            "state",
            "site",
            "page",
            "finding",
            "finding",
            "finding",
            "page",
            "page",
            "page",
        ];
        assert_eq!(kinds, expected);
        let finding: Value = serde_json::from_str(text.lines().nth(8).unwrap()).unwrap();
        assert_eq!(finding["accounts"][0], "project:abc123");
        assert_eq!(finding["install"]["route"], "tag_manager");
        assert_eq!(finding["details"]["script_version"][0], "0.8.70");
    }
}
