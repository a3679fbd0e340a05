//! The charts of a vendor.

use earshot_model::Grade;
use earshot_store::Unit;

use crate::{
    answer::Row,
    chart::{Bar, Chart, Figure, Line, Mark, Point, Spread},
    measured::Measured,
    number, words,
};

/// Those that have something to show, each with where its numbers can be looked up.
pub(super) fn all(measured: &Measured) -> Vec<(Figure, String)> {
    let spread = measured.first_contact.own().and_then(spread).map(|spread| {
        let chart = Chart::new("first-contact", "When it is contacted first, before any choice", Unit::Milliseconds);
        (chart.heads("Over sites", "").spreads(&[spread]), measured.first_contact.address())
    });
    let grades = measured.hearing.own().filter(|row| row.count("denominator") > 0).map(|row| {
        let chart = Chart::new("grades", "What it hears of what is typed: sites by the highest grade", Unit::Count);
        (chart.heads("Grade", "Sites").bars(&grades(row)), measured.hearing.address())
    });
    let gatings: Vec<_> = measured.gating.rows().map(gating).collect();
    let gating = (!gatings.is_empty()).then(|| {
        let chart = Chart::new("gating", "How it waits for consent: sites by what it does", Unit::Share);
        (chart.heads("State", "Share of sites").bars(&gatings), measured.gating.address())
    });
    let points: Vec<_> = measured.trend.rows().filter_map(point).collect();
    let trend = (points.len() > 1).then(|| {
        let chart = Chart::new("trend", "Sites that contact it before any choice, by night", Unit::Share);
        let line = Line { name: String::new(), points };
        (chart.heads("Night", "Share of sites").lines(&[line]), measured.trend.address())
    });
    [spread, grades, gating, trend].into_iter().flatten().collect()
}

fn spread(row: Row<'_>) -> Option<Spread> {
    Some(Spread {
        name: row.text("vendor_name").to_owned(),
        p10: row.number("p10_ms")?,
        p25: row.number("p25_ms")?,
        median: row.number("median_ms")?,
        p75: row.number("p75_ms")?,
        p90: row.number("p90_ms")?,
        said: format!("{} sites", number::count(row.count("numerator"))),
    })
}

/// From the worst grade down, and last where nobody knows.
fn grades(row: Row<'_>) -> Vec<Bar> {
    let of = number::count(row.count("denominator"));
    let bar = |name: String, column: &str| {
        let count = row.count(column);
        Bar::new(name, Some(count as f64), format!("{} of {of}", number::count(count)))
    };
    let graded = Grade::ALL.into_iter().rev().map(|grade| {
        let mark = if grade.is_content() { Mark::Content } else { Mark::Plain };
        let name = format!("{} {}", grade.as_str(), grade.meaning());
        bar(name, &grade.as_str().to_lowercase()).marked(mark)
    });
    graded.chain([bar("not known".to_owned(), "unknown").marked(Mark::Aside)]).collect()
}

fn gating(row: Row<'_>) -> Bar {
    let mark = match row.text("gating") {
        "gated" | "cookieless" => Mark::Plain,
        "unknown" => Mark::Aside,
        _ => Mark::Content,
    };
    let said = format!("{} of {}", number::count(row.count("numerator")), number::count(row.count("denominator")));
    Bar::new(words::gating(row.text("gating")), row.number("share"), said)
        .between(row.number("low"), row.number("high"))
        .marked(mark)
}

fn point(row: Row<'_>) -> Option<Point> {
    let said = format!("{} of {}", number::count(row.count("numerator")), number::count(row.count("denominator")));
    let between = row.number("low").zip(row.number("high"));
    Some(Point { night: row.text("night").parse().ok()?, value: row.number("share"), between, said })
}

#[cfg(test)]
mod tests {
    use earshot_store::Statistic;
    use serde_json::json;

    use super::*;

    #[test]
    fn grades_are_told_from_the_worst_down_and_not_known_last() {
        let hearing = Statistic::find("hearing").unwrap();
        let values = json!(["", "a", "A", 3, 9, 0.33, 0.1, 0.6, 1, 0, 0, 2, 0, 1, 2, 3]);
        let values = values.as_array().unwrap().clone();
        let bars = grades(Row::new(hearing, &values));
        assert_eq!(bars.len(), 8);
        assert_eq!((bars[0].name.as_str(), bars[0].value), ("K6 is sent the text while it is typed", Some(2.0)));
        assert_eq!((bars[6].said.as_str(), bars[7].name.as_str()), ("1 of 9", "not known"));
        assert!(bars[2].mark == Mark::Content && bars[3].mark == Mark::Plain && bars[7].mark == Mark::Aside);
    }
}
