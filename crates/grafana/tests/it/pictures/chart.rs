//! Charts over time.

use std::collections::BTreeMap;

use earshot_grafana::{Column, Kind, Panel, Vocabulary};
use plotters::prelude::*;
use serde_json::Value;

use super::cell::{colour, column, key, said};
use crate::web::Frame;

/// For lines that are told apart by their words only; of Okabe and Ito, as all colours here.
const WORDS: [&str; 7] = ["#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#999999"];

/// One line: what it is called, its colour, and its values by the number of their moment.
struct Line {
    name: String,
    colour: String,
    points: Vec<(usize, f64)>,
}

pub fn over_time(vocabulary: &Vocabulary, panel: &Panel, frame: &Frame, (width, height): (u32, u32)) -> String {
    let mut moments: Vec<_> = frame.rows.iter().map(|row| row[0].as_str().unwrap()).collect();
    moments.dedup();
    let lines = lines(vocabulary, panel, frame, &moments);
    let unit = column(vocabulary, panel.columns.last().unwrap());
    let mut svg = String::new();
    draw(&mut svg, (width, height - 18), &moments, &lines, unit, panel.kind == Kind::Stacked).unwrap();
    svg + &key(lines.iter().map(|line| (line.name.as_str(), line.colour.as_str())))
}

fn lines(vocabulary: &Vocabulary, panel: &Panel, frame: &Frame, moments: &[&str]) -> Vec<Line> {
    let at = |row: &Vec<Value>| moments.iter().position(|moment| row[0] == *moment).unwrap();
    if panel.kind == Kind::Series {
        let mut words = BTreeMap::<&str, Vec<_>>::new();
        for row in &frame.rows {
            words.entry(row[1].as_str().unwrap()).or_default().push((at(row), row[2].as_f64().unwrap_or(0.0)));
        }
        let line = |((name, points), colour): ((&str, Vec<_>), &&str)| Line {
            name: name.to_owned(),
            colour: (*colour).to_owned(),
            points,
        };
        return words.into_iter().zip(WORDS.iter().cycle()).map(line).collect();
    }
    let line = |(index, name): (usize, &String)| {
        let it = column(vocabulary, name);
        let points = frame.rows.iter().filter_map(|row| Some((at(row), row[index].as_f64()?))).collect();
        Line { name: it.title.clone(), colour: colour(vocabulary, it).to_owned(), points }
    };
    panel.columns.iter().enumerate().skip(1).map(line).collect()
}

fn draw(
    svg: &mut String,
    size: (u32, u32),
    moments: &[&str],
    lines: &[Line],
    unit: &Column,
    standing: bool,
) -> Result<(), Box<dyn std::error::Error>> {
    let root = SVGBackend::with_string(svg, size).into_drawing_area();
    let sum =
        |at: usize| lines.iter().flat_map(|line| &line.points).filter(|it| it.0 == at).map(|it| it.1).sum::<f64>();
    let most = if standing {
        (0..moments.len()).map(sum).fold(0.0, f64::max)
    } else {
        lines.iter().flat_map(|line| &line.points).map(|it| it.1).fold(0.0, f64::max)
    };
    let end = moments.len() as f64;
    let mut chart = ChartBuilder::on(&root)
        .margin(4)
        .x_label_area_size(20)
        .y_label_area_size(52)
        .build_cartesian_2d(0.0..end, 0.0..(most * 1.08).max(0.01))?;
    // As `11-23`, or `20:04` where all is of a day or two.
    let days = moments.iter().map(|moment| &moment[..10]).collect::<std::collections::BTreeSet<_>>().len();
    let moment = |at: &f64| {
        let moment = moments.get(*at as usize).copied().unwrap_or_default();
        moment.get(if days > 2 { 5..10 } else { 11..16 }).unwrap_or_default().to_owned()
    };
    chart
        .configure_mesh()
        .disable_x_mesh()
        .light_line_style(TRANSPARENT)
        .bold_line_style(RGBColor(225, 225, 225))
        .axis_style(RGBColor(150, 150, 150))
        .label_style(("sans-serif", 11))
        .x_labels(moments.len().min(6))
        .y_labels(5)
        .x_label_formatter(&moment)
        .y_label_formatter(&|value| said(unit, &Value::from(*value)))
        .draw()?;
    let mut floor = vec![0.0; moments.len()];
    for line in lines {
        let colour = rgb(&line.colour);
        if standing {
            let bars: Vec<_> = line
                .points
                .iter()
                .map(|&(at, value)| {
                    let low = floor[at];
                    floor[at] += value;
                    Rectangle::new([(at as f64 + 0.1, low), (at as f64 + 0.9, low + value)], colour.filled())
                })
                .collect();
            chart.draw_series(bars)?;
        } else {
            let points = line.points.iter().map(|&(at, value)| (at as f64 + 0.5, value));
            let line = PathElement::new(points.clone().collect::<Vec<_>>(), colour.stroke_width(2));
            chart.draw_series(std::iter::once(line))?;
            chart.draw_series(points.map(|point| Circle::new(point, 2, colour.filled())))?;
        }
    }
    root.present()?;
    drop(chart);
    drop(root);
    Ok(())
}

/// A colour written as `#rrggbb`.
fn rgb(text: &str) -> RGBColor {
    let part = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).unwrap();
    RGBColor(part(1), part(3), part(5))
}
