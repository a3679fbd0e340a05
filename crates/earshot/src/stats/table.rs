//! An answer as a table, with bars or a line of its numbers.

use comfy_table::{CellAlignment, Table};
use earshot_report::plain;
use earshot_store::{Chart, Column, Statistic, Unit};
use ratatui::symbols::{bar, block};
use serde_json::Value;

use crate::terminal;

/// How wide the longest bar is, in characters.
const BAR: usize = 20;
/// Columns that tables do without: what people call a vendor is told by its id well enough, and lines are short.
const LEFT_OUT: [&str; 2] = ["vendor_name", "other_name"];

/// A row as ClickHouse gives it in JSON, in the order of the columns.
pub type Row = Vec<Value>;

/// One column of the table: its head, and which columns of the answer it holds.
struct Shown {
    head: String,
    from: Vec<usize>,
    unit: Unit,
}

/// The whole answer, `by` whom it is grouped in words, if it is.
#[must_use]
pub fn render(statistic: &Statistic, rows: &[Row], by: &str, coloured: bool) -> String {
    let columns = shown(statistic, by);
    let mut table = terminal::table(coloured);
    let bars = bars(statistic, rows);
    let mut head: Vec<_> = columns.iter().map(|column| column.head.clone()).collect();
    if bars.is_some() {
        head.push(String::new());
    }
    table.set_header(head);
    for (number, row) in rows.iter().enumerate() {
        let mut cells: Vec<_> = columns.iter().map(|column| cell(column, row)).collect();
        cells.extend(bars.as_ref().map(|bars| bars[number].clone()));
        table.add_row(cells);
    }
    align(&mut table, &columns);
    format!("{table}\n{}", lines(statistic, rows))
}

fn shown(statistic: &Statistic, by: &str) -> Vec<Shown> {
    let columns = statistic.columns;
    let mut shown: Vec<Shown> = Vec::new();
    for (index, column) in columns.iter().enumerate() {
        let before = index.checked_sub(1).map_or("", |index| columns[index].name);
        match column.name {
            "segment" if by.is_empty() => {}
            "segment" => shown.push(Shown { head: by.to_uppercase(), from: vec![index], unit: column.unit }),
            name if LEFT_OUT.contains(&name) => {}
            // What belongs together stands together: 10 of 64, and both ends of an interval.
            "denominator" if before == "numerator" => join(&mut shown, index, "COUNT"),
            name if name.ends_with("high") && before.ends_with("low") => join(&mut shown, index, "95 % INTERVAL"),
            name => shown.push(Shown { head: head(name), from: vec![index], unit: column.unit }),
        }
    }
    shown
}

fn join(shown: &mut [Shown], index: usize, head: &str) {
    if let Some(last) = shown.last_mut() {
        last.from.push(index);
        head.clone_into(&mut last.head);
    }
}

fn head(name: &str) -> String {
    match name {
        "denominator" => "OF SITES".to_owned(),
        name => name.replace('_', " ").to_uppercase(),
    }
}

fn cell(column: &Shown, row: &Row) -> String {
    match *column.from.as_slice() {
        [low, high] if column.unit == Unit::Share => match (row[low].as_f64(), row[high].as_f64()) {
            (Some(low), Some(high)) => format!("{:.1}–{:.1} %", 100.0 * low, 100.0 * high),
            _ => "–".to_owned(),
        },
        [count, of] => format!("{} of {}", value(&row[count], column.unit), value(&row[of], column.unit)),
        // All of them together.
        [one] if column.head == "VENDOR" && row[one] == "" => "(all)".to_owned(),
        [one] => value(&row[one], column.unit),
        _ => String::new(),
    }
}

fn value(value: &Value, unit: Unit) -> String {
    match (value, unit) {
        (Value::Null, _) => "–".to_owned(),
        (Value::Number(number), Unit::Share) => format!("{:.1} %", 100.0 * number.as_f64().unwrap_or_default()),
        (Value::Number(number), Unit::Number) => format!("{:.2}", number.as_f64().unwrap_or_default()),
        (Value::Number(number), Unit::Milliseconds) => format!("{:.0} ms", number.as_f64().unwrap_or_default()),
        (Value::Number(number), Unit::Days) => format!("{number} d"),
        (Value::Bool(true), _) => "yes".to_owned(),
        (Value::Bool(false), _) => "no".to_owned(),
        (Value::String(text), _) if text.is_empty() => "–".to_owned(),
        (Value::String(text), _) => plain(text),
        (Value::Array(all), _) => plain(&all.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" ")),
        (other, _) => other.to_string(),
    }
}

fn align(table: &mut Table, columns: &[Shown]) {
    for (index, column) in columns.iter().enumerate() {
        if !matches!(column.unit, Unit::Text | Unit::List | Unit::Night | Unit::Flag)
            && let Some(column) = table.column_mut(index)
        {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
}

fn index_of(columns: &[Column], name: &str) -> Option<usize> {
    columns.iter().position(|column| column.name == name)
}

/// A bar for each row, the longest for the greatest value; none for a single row.
fn bars(statistic: &Statistic, rows: &[Row]) -> Option<Vec<String>> {
    let Some(Chart::Bars { value, .. }) = statistic.chart else { return None };
    let index = index_of(statistic.columns, value)?;
    let values: Vec<f64> = rows.iter().map(|row| row[index].as_f64().unwrap_or_default()).collect();
    let most = values.iter().copied().fold(0.0, f64::max);
    (rows.len() > 1 && most > 0.0).then(|| values.iter().map(|value| bar_of(value / most)).collect())
}

/// A bar as long as that part of the longest, to an eighth of a character.
fn bar_of(part: f64) -> String {
    let set = block::NINE_LEVELS;
    let rests = [
        "",
        set.one_eighth,
        set.one_quarter,
        set.three_eighths,
        set.half,
        set.five_eighths,
        set.three_quarters,
        set.seven_eighths,
    ];
    let eighths = (part * (8 * BAR) as f64).round() as usize;
    set.full.repeat(eighths / 8) + rests[eighths % 8]
}

/// A line over the nights for each group, where the statistic is drawn so.
fn lines(statistic: &Statistic, rows: &[Row]) -> String {
    let Some(Chart::Line { label, value: of }) = statistic.chart else { return String::new() };
    let (Some(label), Some(index)) = (index_of(statistic.columns, label), index_of(statistic.columns, of)) else {
        return String::new();
    };
    let mut groups: Vec<&str> = Vec::new();
    for segment in rows.iter().filter_map(|row| row[0].as_str()) {
        if !groups.contains(&segment) {
            groups.push(segment);
        }
    }
    let mut text = String::new();
    for group in groups {
        // Newest first in the table, from left to right here.
        let nights: Vec<&Row> = rows.iter().rev().filter(|row| row[0].as_str() == Some(group)).collect();
        let [first, .., last] = nights.as_slice() else { continue };
        let values: Vec<Option<f64>> = nights.iter().map(|row| row[index].as_f64()).collect();
        let most = values.iter().flatten().copied().fold(0.0, f64::max);
        let name = if group.is_empty() { String::new() } else { format!("{} ", plain(group)) };
        let (from, to) = (value(&first[label], Unit::Night), value(&last[label], Unit::Night));
        let top = value(&serde_json::json!(most), statistic.columns[index].unit);
        text.push_str(&format!("{name}{from} {} {to}, from 0 to {top}\n", sparkline(&values, most)));
    }
    text
}

/// One character for each value; a space where nothing was seen.
fn sparkline(values: &[Option<f64>], most: f64) -> String {
    let set = bar::NINE_LEVELS;
    let levels = [
        set.one_eighth,
        set.one_quarter,
        set.three_eighths,
        set.half,
        set.five_eighths,
        set.three_quarters,
        set.seven_eighths,
        set.full,
    ];
    let level = |value: f64| if most > 0.0 { ((value / most) * 7.0).round() as usize } else { 0 };
    values.iter().map(|value| value.map_or(" ", |value| levels[level(value).min(7)])).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn shares_stand_with_their_counts_intervals_and_bars() {
        let prevalence = Statistic::find("prevalence").unwrap();
        let row = |vendor: &str, sites: u64, share: f64| -> Row {
            let row = json!(["", vendor, "Meta", "advertising", "tracker", sites, 64, share, 0.1, 0.25]);
            row.as_array().unwrap().clone()
        };
        let text = render(prevalence, &[row("meta", 32, 0.5), row("x\u{1b}[2J", 20, 0.3125)], "", false);
        let lines: Vec<_> = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
        assert_eq!(lines[0], "VENDOR CATEGORY EXPOSURE COUNT SHARE 95 % INTERVAL");
        assert_eq!(lines[1], format!("meta advertising tracker 32 of 64 50.0 % 10.0–25.0 % {}", "█".repeat(20)));
        assert!(
            lines[2].starts_with("x\u{fffd}[2J ") && lines[2].ends_with(&format!(" {}▌", "█".repeat(12))),
            "{text}"
        );
    }

    #[test]
    fn nights_are_a_line() {
        let trend = Statistic::find("trend").unwrap();
        let row = |night: &str, share: Value| -> Row {
            let row = json!(["", night, 5, 4, 2, 4, share, 0.1, 0.9, 1, 0.25, 0.0, 0.7, 1.5]);
            row.as_array().unwrap().clone()
        };
        let rows = [row("2026-11-03", json!(0.8)), row("2026-11-02", Value::Null), row("2026-11-01", json!(0.0))];
        let text = render(trend, &rows, "", false);
        assert_eq!(text.lines().last(), Some("2026-11-01 ▁ █ 2026-11-03, from 0 to 80.0 %"), "{text}");
    }
}
