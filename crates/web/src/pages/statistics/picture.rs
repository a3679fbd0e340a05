//! The answer as a chart.

use earshot_store::{Chart as Kind, Statistic, Unit};
use serde_json::Value;

use super::table::words;
use crate::{
    answer::Row,
    chart::{Bar, Chart, Figure, Line, Mark, Point, Spread},
    number,
};

/// The chart of an answer, if the statistic is drawn.
pub(crate) fn draw(statistic: &'static Statistic, rows: &[Vec<Value>], by: &str) -> Option<Figure> {
    let rows: Vec<_> = rows.iter().map(|values| Row::new(statistic, values)).collect();
    match statistic.chart? {
        Kind::Bars { label, value: "median_ms" } => {
            let spreads: Vec<_> = rows.iter().filter_map(|row| spread(*row, label, by)).collect();
            Some(chart(statistic, Unit::Milliseconds).heads(words(head(label, by)), "").spreads(&spreads))
        }
        Kind::Bars { label, value } => {
            let bars: Vec<_> = rows.iter().map(|row| bar(*row, label, value, by)).collect();
            let unit = unit(statistic, value);
            Some(chart(statistic, unit).heads(words(head(label, by)), words(value)).bars(&bars))
        }
        Kind::Line { label, value } => {
            let lines = lines(&rows, label, value);
            Some(chart(statistic, unit(statistic, value)).heads(words(label), words(value)).lines(&lines))
        }
    }
}

fn chart(statistic: &Statistic, unit: Unit) -> Chart {
    Chart::new(format!("chart-{}", statistic.name), statistic.title, unit)
}

fn unit(statistic: &Statistic, value: &str) -> Unit {
    statistic.columns.iter().find(|column| column.name == value).map_or(Unit::Number, |column| column.unit)
}

/// What the names beside the bars are.
fn head<'a>(label: &'a str, by: &'a str) -> &'a str {
    match label {
        "vendor_name" => "vendor",
        "segment" if by.is_empty() => "sites",
        "segment" => by,
        label => label,
    }
}

fn bar(row: Row<'_>, label: &str, value: &str, by: &str) -> Bar {
    let mark = match row.text("exposure") {
        "content" => Mark::Content,
        "unknown" | "none" => Mark::Aside,
        _ => Mark::Plain,
    };
    let bar = Bar::new(name(row, label, by), row.number(value), said(row)).marked(mark);
    match value {
        "share" => bar.between(row.number("low"), row.number("high")),
        _ => bar,
    }
}

fn spread(row: Row<'_>, label: &str, by: &str) -> Option<Spread> {
    Some(Spread {
        name: name(row, label, by),
        p10: row.number("p10_ms")?,
        p25: row.number("p25_ms")?,
        median: row.number("median_ms")?,
        p75: row.number("p75_ms")?,
        p90: row.number("p90_ms")?,
        said: format!("{} sites", number::count(row.count("numerator"))),
    })
}

/// A line for each group, in the order in which they come.
fn lines(rows: &[Row<'_>], label: &str, value: &str) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for row in rows {
        let Ok(night) = row.text(label).parse() else { continue };
        let between = row.number("low").zip(row.number("high")).filter(|_| value == "share");
        let point = Point { night, value: row.number(value), between, said: said(*row) };
        let group = row.text("segment");
        match lines.iter_mut().find(|line| line.name == group) {
            Some(line) => line.points.push(point),
            None => lines.push(Line { name: group.to_owned(), points: vec![point] }),
        }
    }
    lines
}

/// What a number is made of.
fn said(row: Row<'_>) -> String {
    match row.value("denominator") {
        Some(_) => {
            let (count, of) = (row.count("numerator"), row.count("denominator"));
            format!("{} of {}", number::count(count), number::count(of))
        }
        None => String::new(),
    }
}

/// What stands beside a bar, with its group if there are several.
fn name(row: Row<'_>, label: &str, by: &str) -> String {
    let own = match (label, row.text(label)) {
        ("vendor_name", "") if row.text("vendor").is_empty() => "all together".to_owned(),
        ("vendor_name", "") => row.text("vendor").to_owned(),
        ("grade" | "cmp" | "segment", "") => match label {
            "grade" => "not known".to_owned(),
            "cmp" => "nothing asks".to_owned(),
            _ if by.is_empty() => "all sites".to_owned(),
            _ => "not said".to_owned(),
        },
        (_, name) => name.to_owned(),
    };
    let own = match row.value("loaded_by").and_then(Value::as_str) {
        Some("") => format!("the page itself → {own}"),
        Some(by) => format!("{by} → {own}"),
        None => match row.text("why") {
            "" => own,
            why if why == own => own,
            why => format!("{own}: {why}"),
        },
    };
    match row.text("segment") {
        segment if label == "segment" || by.is_empty() || segment.is_empty() => own,
        // By category the group itself is what the bar is about.
        segment if own == "all together" => segment.to_owned(),
        segment => format!("{segment}: {own}"),
    }
}
