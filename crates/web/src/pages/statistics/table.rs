//! The answer as a table: what belongs together stands together, and vendors, sites and runs lead to their pages.

use earshot_store::{Statistic, Unit};
use serde_json::Value;

use crate::{answer::Row, link, number};

/// A table.
pub(super) struct Table {
    pub heads: Vec<Head>,
    pub rows: Vec<Vec<Cell>>,
}

/// The head of a column.
pub(super) struct Head {
    pub name: String,
    pub meaning: &'static str,
    pub is_number: bool,
}

/// A cell.
pub(super) struct Cell {
    pub text: String,
    /// Where it leads; empty for nowhere.
    pub address: String,
    pub is_number: bool,
}

/// One column as it is shown: which columns of the answer it holds.
struct Shown {
    head: Head,
    columns: Vec<&'static str>,
    unit: Unit,
}

impl Table {
    pub fn new(statistic: &'static Statistic, rows: &[Vec<Value>], by: &str) -> Self {
        let shown = shown(statistic, by);
        let row = |values: &Vec<Value>| {
            let row = Row::new(statistic, values);
            shown.iter().map(|column| column.cell(row)).collect()
        };
        let rows = rows.iter().map(row).collect();
        Self { rows, heads: shown.into_iter().map(|column| column.head).collect() }
    }
}

fn shown(statistic: &'static Statistic, by: &str) -> Vec<Shown> {
    let mut shown: Vec<Shown> = Vec::new();
    for column in statistic.columns {
        let before = shown.last().and_then(|last| last.columns.last()).copied().unwrap_or_default();
        let join = (column.name == "denominator" && before == "numerator")
            || (column.name.ends_with("high") && before.ends_with("low"));
        match (column.name, shown.last_mut()) {
            // Names stand with the ids.
            ("vendor_name" | "other_name", _) => {}
            ("segment", _) if by.is_empty() => {}
            (name, Some(last)) if join => {
                last.columns.push(name);
                (if name.ends_with("high") { "95 % interval" } else { "Count" }).clone_into(&mut last.head.name);
            }
            (name, _) => {
                let name_of_head = if name == "segment" { by } else { name };
                let is_number = !matches!(column.unit, Unit::Text | Unit::List | Unit::Night | Unit::Flag);
                let head = Head { name: words(name_of_head), meaning: column.meaning, is_number };
                shown.push(Shown { head, columns: vec![name], unit: column.unit });
            }
        }
    }
    shown
}

impl Shown {
    fn cell(&self, row: Row<'_>) -> Cell {
        let told = |name: &str| told(row.value(name), self.unit);
        let (text, address) = match *self.columns.as_slice() {
            [low, high] if high.ends_with("high") => match (row.number(low), row.number(high)) {
                (Some(_), Some(_)) => (format!("{} to {}", told(low), told(high)), String::new()),
                _ => (number::NONE.to_owned(), String::new()),
            },
            [count, of] => (format!("{} of {}", told(count), told(of)), String::new()),
            ["vendor"] => vendor(row.text("vendor"), row.text("vendor_name")),
            ["other_vendor"] => vendor(row.text("other_vendor"), row.text("other_name")),
            [one @ "site"] => (told(one), link::path(&["sites", row.text(one)])),
            [one @ "run_id"] => (told(one), link::path(&["runs", row.text(one)])),
            [one] => (told(one), String::new()),
            _ => (String::new(), String::new()),
        };
        Cell { text, address, is_number: self.head.is_number }
    }
}

/// What a vendor is called, and where its page is; an empty id stands for all of them.
fn vendor(id: &str, name: &str) -> (String, String) {
    match (id, name) {
        ("", _) => ("all together".to_owned(), String::new()),
        (id, "") => (id.to_owned(), link::path(&["vendors", id])),
        (id, name) => (name.to_owned(), link::path(&["vendors", id])),
    }
}

fn told(value: Option<&Value>, unit: Unit) -> String {
    match value {
        None => number::NONE.to_owned(),
        Some(Value::String(text)) if text.is_empty() => number::NONE.to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Bool(yes)) => (if *yes { "yes" } else { "no" }).to_owned(),
        Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", "),
        Some(value) => number::in_unit(value.as_f64(), unit),
    }
}

/// The name of a column, to be read.
pub(super) fn words(name: &str) -> String {
    let words = name.replace('_', " ");
    let words = words.strip_suffix(" ms").map_or(words.clone(), str::to_owned);
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_belongs_together_stands_together() {
        let prevalence = Statistic::find("prevalence").unwrap();
        let row = json!(["", "meta-pixel", "Meta Pixel", "advertising", "tracker", 1200, 2000, 0.6, 0.578, 0.621]);
        let table = Table::new(prevalence, &[row.as_array().unwrap().clone()], "");
        let heads: Vec<_> = table.heads.iter().map(|head| head.name.as_str()).collect();
        assert_eq!(heads, ["Vendor", "Category", "Exposure", "Count", "Share", "95 % interval"]);
        let cells: Vec<_> = table.rows[0].iter().map(|cell| cell.text.as_str()).collect();
        assert_eq!(cells, ["Meta Pixel", "advertising", "tracker", "1,200 of 2,000", "60.0 %", "57.8 % to 62.1 %"]);
        assert_eq!(table.rows[0][0].address, "/vendors/meta-pixel");
        let all = json!(["health", "", "", 0, 0, null, null, null, null, null, null]);
        let all = all.as_array().unwrap().clone();
        let table = Table::new(Statistic::find("first-contact").unwrap(), &[all], "sector");
        assert_eq!(table.heads[0].name, "Sector");
        assert_eq!((table.rows[0][1].text.as_str(), table.rows[0][1].address.as_str()), ("all together", ""));
        assert_eq!(table.rows[0][3].text, "–");
    }
}
