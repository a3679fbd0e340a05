use jiff::civil::date;

use super::*;

fn share(name: &str, value: f64) -> Bar {
    Bar::new(name, Some(value), "1 of 4").between(Some(value - 0.1), Some(value + 0.1))
}

#[test]
fn names_of_strangers_are_text_and_nothing_else() {
    let bars = [share("<script>alert(1)</script>", 0.5), share("\"quoted\" & 'odd'", 0.25).marked(Mark::Content)];
    let chart = Chart::new("one", "<b>bold</b>", Unit::Share).heads("Tracker", "Share");
    let html = chart.bars(&bars).to_string();
    assert!(!html.contains("<script") && !html.contains("<b>"), "{html}");
    assert!(html.contains("aria-labelledby=\"one-title one-desc\""), "{html}");
    assert!(html.contains("50.0 %") && html.contains("40.0 % to 60.0 %") && html.contains("1 of 4"), "{html}");
    let line = Line { name: "<i>".into(), points: vec![night(1, Some(0.5))] };
    assert!(!Chart::new("two", "t", Unit::Share).lines(&[line]).to_string().contains("<i>"));
    // No attribute that a content security policy would stop.
    assert!(!html.contains("style="), "{html}");
}

#[test]
fn nothing_is_said_in_words() {
    let html = Chart::new("none", "Nobody", Unit::Count).bars(&[]).to_string();
    assert!(html.contains("Nothing to show.") && !html.contains("<svg") && !html.contains("<table"), "{html}");
    let html = Chart::new("zero", "Nobody", Unit::Count).bars(&[Bar::new("a", Some(0.0), "")]).to_string();
    assert!(html.contains("Nothing to show as a picture.") && html.contains("<table"), "{html}");
    assert!(Chart::new("l", "t", Unit::Count).lines(&[]).to_string().contains("Nothing to show."));
    assert!(Chart::new("s", "t", Unit::Count).spreads(&[]).to_string().contains("Nothing to show."));
}

#[test]
fn a_line_ends_where_a_night_was_not_seen() {
    let points = vec![night(1, Some(0.5)), night(2, None), night(3, Some(0.25)), night(4, Some(0.75))];
    let line = Line { name: String::new(), points };
    let drawn = lines::draw(std::slice::from_ref(&line), Unit::Share).unwrap().inner;
    assert_eq!(drawn.matches("<circle").count(), 3, "{drawn}");
    let html = Chart::new("nights", "By night", Unit::Share).heads("Night", "Share").lines(&[line]).to_string();
    assert!(html.contains("1 line over the nights from 2026-11-01 to 2026-11-04"), "{html}");
    assert!(html.contains("<th scope=\"row\">2026-11-02</th><td class=\"number\">–</td>"), "{html}");
}

#[test]
fn what_does_not_fit_stands_in_the_table() {
    let bars: Vec<_> = (0..50).map(|number| share(&format!("vendor {number}"), 0.5)).collect();
    let html = Chart::new("many", "Many", Unit::Share).bars(&bars).to_string();
    assert!(html.contains("10 more stand in the table only."), "{html}");
    assert_eq!(html.matches("<th scope=\"row\">").count(), 50);
    let spread = |name: &str| Spread {
        name: name.into(),
        p10: 100.0,
        p25: 200.0,
        median: 412.0,
        p75: 700.0,
        p90: 1_500.0,
        said: "312 sites".into(),
    };
    let html = Chart::new("first", "First", Unit::Milliseconds).spreads(&[spread("a"), spread("b")]).to_string();
    assert!(html.contains("The first is a, median 412 ms") && html.contains("1,500 ms"), "{html}");
}

fn night(day: i8, value: Option<f64>) -> Point {
    let between = value.map(|value| (value - 0.1, value + 0.1));
    Point { night: date(2026, 11, day), value, between, said: "1 of 4".into() }
}
