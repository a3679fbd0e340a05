//! Tables, bars and large numbers.

use earshot_grafana::{Column, ColumnKind, Panel, Vocabulary};
use serde_json::Value;

use crate::web::Frame;

const PLAIN: &str = "#0072B2";
/// More rows than fit are not drawn.
const ROWS: usize = 16;

pub fn column<'a>(vocabulary: &'a Vocabulary, name: &str) -> &'a Column {
    vocabulary.column(name).unwrap()
}

pub fn colour<'a>(vocabulary: &'a Vocabulary, column: &Column) -> &'a str {
    column.colour.as_deref().map_or(PLAIN, |role| vocabulary.colour(role).unwrap())
}

/// A value as people read it, in its unit.
pub fn said(column: &Column, value: &Value) -> String {
    let Some(number) = value.as_f64() else {
        return escaped(value.as_str().unwrap_or("–").trim_end_matches(" 00:00:00"));
    };
    match column.unit.as_deref() {
        Some("percentunit") => format!("{:.1} %", number * 100.0),
        Some("ms") if number >= 1000.0 => format!("{:.2} s", number / 1000.0),
        Some("ms") => format!("{number:.0} ms"),
        Some("bytes") if number >= 1024.0 => format!("{:.1} KiB", number / 1024.0),
        Some("bytes") => format!("{number:.0} B"),
        Some("short") => format!("{number:.0}"),
        _ => format!("{number:.2}"),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

/// The colour of a value, if its column gives it one.
fn own_colour<'a>(vocabulary: &'a Vocabulary, column: &Column, value: &Value) -> Option<&'a str> {
    let word = value.as_str().and_then(|word| column.words.get(word));
    let step =
        value.as_f64().and_then(|it| column.steps.iter().rev().find(|(from, _)| it >= *from)).map(|(_, role)| role);
    word.or(step).map(|role| vocabulary.colour(role).unwrap())
}

pub fn table(vocabulary: &Vocabulary, panel: &Panel, frame: &Frame) -> String {
    let columns: Vec<_> = panel.columns.iter().map(|name| column(vocabulary, name)).collect();
    let class = |column: &Column| if column.kind == ColumnKind::Number && !column.gauge { "n" } else { "" };
    let head: String = columns.iter().map(|it| format!("<th class='{}'>{}</th>", class(it), it.title)).collect();
    let row = |row: &Vec<Value>| {
        let cells = columns.iter().zip(row).map(|(it, value)| {
            let own = own_colour(vocabulary, it, value);
            let text = said(it, value);
            if it.gauge {
                let (width, fill) = (value.as_f64().unwrap_or(0.0) * 100.0, own.unwrap_or(colour(vocabulary, it)));
                return format!(
                    "<td><span class=gauge><i style='width:{width}%;background:{fill}'></i></span>{text}</td>"
                );
            }
            let link = if it.link.is_some() { "link" } else { class(it) };
            let style = own.map(|own| format!(" style='color:{own}'")).unwrap_or_default();
            format!("<td class='{link}'{style}>{text}</td>")
        });
        format!("<tr>{}</tr>", cells.collect::<String>())
    };
    let rows: String = frame.rows.iter().take(ROWS).map(row).collect();
    format!("<table><tr>{head}</tr>{rows}</table>")
}

pub fn large(vocabulary: &Vocabulary, panel: &Panel, frame: &Frame) -> String {
    let one = |(name, value): (&String, &Value)| {
        let it = column(vocabulary, name);
        let colour = own_colour(vocabulary, it, value).unwrap_or_else(|| colour(vocabulary, it));
        let title = if panel.columns.len() > 1 { it.title.as_str() } else { "" };
        format!("<div><b style='color:{colour}'>{}</b>{title}</div>", said(it, value))
    };
    format!("<div class=large>{}</div>", panel.columns.iter().zip(&frame.rows[0]).map(one).collect::<String>())
}

/// A bar: what it is called, its parts as shares of the whole with their colours, and what stands behind it.
fn bar(name: &str, parts: &[(f64, &str)], value: &str) -> String {
    let parts: String = parts
        .iter()
        .map(|(share, colour)| format!("<i style='width:{}%;background:{colour}'></i>", share * 100.0))
        .collect();
    format!(
        "<div class=bar><span class=name>{name}</span><span class=track>{parts}</span><span class=value>{value}</span></div>"
    )
}

pub fn coverage(vocabulary: &Vocabulary, panel: &Panel, frame: &Frame) -> String {
    let most = frame.rows[0].iter().filter_map(Value::as_f64).fold(1.0, f64::max);
    let one = |(name, value): (&String, &Value)| {
        let it = column(vocabulary, name);
        bar(&it.title, &[(value.as_f64().unwrap_or(0.0) / most, colour(vocabulary, it))], &said(it, value))
    };
    panel.columns.iter().zip(&frame.rows[0]).map(one).collect()
}

pub fn bars(vocabulary: &Vocabulary, panel: &Panel, frame: &Frame) -> String {
    let (word, number) = (column(vocabulary, &panel.columns[0]), column(vocabulary, &panel.columns[1]));
    let most = frame.rows.iter().filter_map(|row| row[1].as_f64()).fold(1.0, f64::max);
    let one = |row: &Vec<Value>| {
        let share = row[1].as_f64().unwrap_or(0.0) / most;
        bar(&said(word, &row[0]), &[(share, colour(vocabulary, number))], &said(number, &row[1]))
    };
    frame.rows.iter().take(ROWS).map(one).collect()
}

pub fn parts(vocabulary: &Vocabulary, panel: &Panel, frame: &Frame) -> String {
    let columns: Vec<_> = panel.columns.iter().map(|name| column(vocabulary, name)).collect();
    let one = |row: &Vec<Value>| {
        let parts: Vec<_> = columns[1..]
            .iter()
            .zip(&row[1..])
            .map(|(it, value)| (value.as_f64().unwrap_or(0.0), colour(vocabulary, it)))
            .collect();
        bar(&said(columns[0], &row[0]), &parts, "")
    };
    let key = columns[1..].iter().map(|it| (it.title.as_str(), colour(vocabulary, it)));
    frame.rows.iter().take(ROWS).map(one).collect::<String>() + &self::key(key)
}

/// What each colour is.
pub fn key<'a>(of: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let entries: String = of.map(|(name, colour)| format!("<i style='background:{colour}'></i>{name}")).collect();
    format!("<div class=key>{entries}</div>")
}
