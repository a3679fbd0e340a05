//! The forms in which changes are printed: piece by piece, so that a long comparison is not held in memory.

mod text;

use anyhow::Result;
use earshot_detect::changes::{Change, Summary};
use earshot_report::changes::{Comparison, Document, RunName, SCHEMA};
use serde::Serialize;
use serde_json::json;

use crate::{cli::DiffFormat, report::cell};

/// Prints a comparison.
pub(crate) struct Writer {
    format: DiffFormat,
    /// What a document collects until its end.
    changes: Vec<Change>,
}

const HEADER: [&str; 13] = [
    "site",
    "kind",
    "vendor",
    "vendor_name",
    "category",
    "exposure",
    "before",
    "after",
    "pages",
    "earlier_findings",
    "later_findings",
    "earlier_visits",
    "later_visits",
];

impl Writer {
    pub(crate) fn new(format: DiffFormat) -> Self {
        Self { format, changes: Vec::new() }
    }

    /// What comes first.
    pub(crate) fn begin(&self, comparison: &Comparison) -> Result<String> {
        match self.format {
            DiffFormat::Text => Ok(text::head(comparison)),
            DiffFormat::Json => Ok(String::new()),
            DiffFormat::Ndjson => line(&json!({
                "type": "comparison",
                "schema": SCHEMA,
                "earshot": env!("CARGO_PKG_VERSION"),
                "earlier": RunName::of(&comparison.earlier),
                "later": RunName::of(&comparison.later),
                "differences": comparison.differences(),
            })),
            DiffFormat::Csv => row(HEADER.map(str::to_owned)),
        }
    }

    /// What changed on one site.
    pub(crate) fn site(&mut self, changes: Vec<Change>) -> Result<String> {
        match self.format {
            DiffFormat::Text => Ok(text::site(&changes)),
            DiffFormat::Json => {
                self.changes.extend(changes);
                Ok(String::new())
            }
            DiffFormat::Ndjson => changes.iter().map(|change| object("change", change)).collect(),
            DiffFormat::Csv => changes.iter().map(|change| row(columns(change))).collect(),
        }
    }

    /// What comes last.
    pub(crate) fn end(&self, comparison: &Comparison, summary: &Summary) -> Result<String> {
        match self.format {
            DiffFormat::Text => Ok(text::foot(summary)),
            DiffFormat::Json => {
                let document = Document::of(comparison, &self.changes, 0, summary);
                Ok(serde_json::to_string_pretty(&document)? + "\n")
            }
            DiffFormat::Ndjson => object("summary", summary),
            DiffFormat::Csv => Ok(String::new()),
        }
    }
}

/// One object a line; `type` says what it is.
fn object(kind: &str, item: &impl Serialize) -> Result<String> {
    let mut value = serde_json::to_value(item)?;
    if let Some(object) = value.as_object_mut() {
        object.insert("type".to_owned(), kind.into());
    }
    line(&value)
}

fn line(value: &serde_json::Value) -> Result<String> {
    Ok(serde_json::to_string(value)? + "\n")
}

fn row(columns: [String; 13]) -> Result<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(columns)?;
    Ok(String::from_utf8(writer.into_inner()?)?)
}

fn columns(change: &Change) -> [String; 13] {
    fn joined<T: ToString>(items: &[T]) -> String {
        items.iter().map(T::to_string).collect::<Vec<_>>().join(" ")
    }
    let vendor = change.vendor.clone().unwrap_or_default();
    let (earlier, later) = (&change.shown_by.earlier, &change.shown_by.later);
    [
        cell(&change.site),
        change.kind.as_str().to_owned(),
        cell(&vendor.id),
        cell(&vendor.name),
        vendor.category,
        vendor.exposure,
        change.before.to_string(),
        change.after.to_string(),
        cell(&change.pages.join(" ")),
        joined(&earlier.findings),
        joined(&later.findings),
        joined(&earlier.visits),
        joined(&later.visits),
    ]
}

#[cfg(test)]
mod tests {
    use earshot_detect::changes::{ChangeKind, Party, Shown, Value};

    use super::*;

    fn change() -> Change {
        Change {
            kind: ChangeKind::NewTracker,
            site: "shop.test".into(),
            pages: vec!["https://shop.test/".into()],
            vendor: Some(Party { id: "hotjar".into(), name: "=Hotjar".into(), ..Party::default() }),
            before: Value::Word("absent"),
            after: Value::Ms(120.4),
            shown_by: Shown::default(),
        }
    }

    #[test]
    fn each_form_has_every_change() {
        let mut csv = Writer::new(DiffFormat::Csv);
        let row = csv.site(vec![change()]).unwrap();
        assert_eq!(row, "shop.test,new_tracker,hotjar,'=Hotjar,,,absent,120 ms,https://shop.test/,,,,\n");
        let line = Writer::new(DiffFormat::Ndjson).site(vec![change()]).unwrap();
        let value: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(
            (&value["type"], &value["after"], &value["before"]),
            (&"change".into(), &120.4.into(), &"absent".into())
        );
        let text = Writer::new(DiffFormat::Text).site(vec![change()]).unwrap();
        assert!(text.starts_with("\nshop.test\n  new tracker "), "{text}");
    }
}
