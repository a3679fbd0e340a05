//! Lines over the nights, each with a colour, a dash and a shape of its own.

use earshot_store::Unit;
use jiff::{ToSpan as _, civil::Date};
use plotters::prelude::*;

use super::{Drawn, Line, Point, bars, ink};

/// Lines in one picture: as many as can be told apart.
pub(super) const MOST: usize = 6;
/// Pixels of the picture without its legend, and of each line of the legend.
const HEIGHT: u32 = 260;
const LEGEND: u32 = 20;
/// Nights up to which each has a shape of its own.
const SHAPES: i32 = 62;
/// Parts of a share's interval that can be seen through it.
const BAND: f64 = 0.15;

/// How a line is drawn: its colour, and how long a dash is and the gap after it, in pixels; no gap is a line.
const STYLES: [(RGBColor, u32, u32); MOST] = [
    (ink::BLUE, 1, 0),
    (ink::VERMILLION, 7, 4),
    (ink::PURPLE, 2, 3),
    (ink::GREEN, 12, 4),
    (ink::INK, 4, 2),
    (ink::FAINT, 1, 0),
];

/// The day from which nights are counted on the axis.
const EPOCH: Date = jiff::civil::date(1970, 1, 1);

pub(super) fn draw(lines: &[Line], unit: Unit) -> Option<Drawn> {
    let nights = || lines.iter().flat_map(|line| &line.points).filter(|point| point.value.is_some()).map(day);
    let (first, last) = (nights().min()?, nights().max()?);
    let values = lines.iter().flat_map(|line| &line.points);
    let most = values.flat_map(|point| [point.value, point.between.map(|ends| ends.1)]).flatten().fold(0.0, f64::max);
    let top = match unit {
        Unit::Share => (most * 1.1).clamp(0.01, 1.0),
        _ => (most * 1.1).max(1.0),
    };
    let named = lines.iter().filter(|line| !line.name.is_empty()).count();
    let height = HEIGHT + LEGEND * u32::try_from(named).ok()?;
    ink::drawn(height, |area| on(area, lines, unit, (first, last), top))
}

fn on(area: &ink::Area<'_>, lines: &[Line], unit: Unit, (first, last): (i32, i32), top: f64) -> ink::Result {
    let named: Vec<_> = lines.iter().zip(0_i32..).filter(|(line, _)| !line.name.is_empty()).collect();
    // One night alone stands in the middle.
    let (from, until) = if first == last { (first - 1, last + 1) } else { (first, last) };
    let mut chart = ChartBuilder::on(area)
        .margin_top(8 + LEGEND * u32::try_from(named.len()).unwrap_or_default())
        .margin_right(36)
        .x_label_area_size(28)
        .y_label_area_size(64)
        .build_cartesian_2d(from..until, 0.0..top)?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .x_labels(7)
        .y_labels(6)
        .x_label_formatter(&|day| night(*day))
        .y_label_formatter(&|value| bars::axis(*value, unit))
        .light_line_style(TRANSPARENT)
        .bold_line_style(ink::GRID)
        .axis_style(ink::FAINT)
        .label_style(ink::text(ink::FAINT))
        .draw()?;
    for (index, line) in lines.iter().enumerate() {
        let (colour, dash, gap) = STYLES[index % MOST];
        for piece in pieces(line) {
            let low = piece.iter().map(|point| (day(point), point.between));
            let band: Option<Vec<_>> = low.map(|(day, ends)| Some((day, ends?))).collect();
            if let Some(band) = band.filter(|band| band.len() > 1 && lines.len() == 1) {
                let upper = band.iter().map(|(day, (_, high))| (*day, *high));
                let lower = band.iter().rev().map(|(day, (low, _))| (*day, *low));
                chart.draw_series([Polygon::new(upper.chain(lower).collect::<Vec<_>>(), colour.mix(BAND))])?;
            }
            let points = piece.iter().map(|point| (day(point), point.value.unwrap_or_default()));
            let stroke = colour.stroke_width(2);
            match gap {
                0 => chart.draw_series(LineSeries::new(points, stroke)).map(|_| ())?,
                gap => chart.draw_series(DashedLineSeries::new(points, dash, gap, stroke)).map(|_| ())?,
            }
        }
        if last - first <= SHAPES {
            for point in line.points.iter().filter(|point| point.value.is_some()) {
                let place = chart.backend_coord(&(day(point), point.value.unwrap_or_default()));
                shape(area, index, place, colour)?;
            }
        }
    }
    for (line, place) in named.iter().zip(0_i32..).map(|((line, index), row)| ((*line, *index), 12 + row * 20)) {
        let index = usize::try_from(line.1).unwrap_or_default();
        let (colour, dash, gap) = STYLES[index % MOST];
        let ends = [(72, place), (104, place)];
        match gap {
            0 => area.draw(&PathElement::new(ends.to_vec(), colour.stroke_width(2)))?,
            gap => {
                let dashes = (ends[0].0..ends[1].0).step_by(usize::try_from(dash + gap).unwrap_or(8));
                for from in dashes {
                    let until = (from + i32::try_from(dash).unwrap_or(4)).min(ends[1].0);
                    area.draw(&PathElement::new(vec![(from, place), (until, place)], colour.stroke_width(2)))?;
                }
            }
        }
        shape(area, index, (88, place), colour)?;
        area.draw(&Text::new(ink::cut(&line.0.name), (112, place - 7), ink::text(ink::INK)))?;
    }
    Ok(())
}

/// The shape of each line's nights.
fn shape(area: &ink::Area<'_>, index: usize, (x, y): (i32, i32), colour: RGBColor) -> ink::Result {
    match index % MOST {
        0 => area.draw(&Circle::new((x, y), 4, colour.filled())),
        1 => area.draw(&TriangleMarker::new((x, y), 6, colour.filled())),
        2 => area.draw(&Rectangle::new([(x - 4, y - 4), (x + 4, y + 4)], colour.filled())),
        3 => area.draw(&Cross::new((x, y), 4, colour.stroke_width(2))),
        4 => area.draw(&Circle::new((x, y), 5, colour.stroke_width(2))),
        _ => area.draw(&Rectangle::new([(x - 4, y - 4), (x + 4, y + 4)], colour.stroke_width(2))),
    }
}

/// The line in pieces: it ends where a night is missing.
fn pieces(line: &Line) -> Vec<Vec<&Point>> {
    let mut points: Vec<&Point> = line.points.iter().filter(|point| point.value.is_some()).collect();
    points.sort_by_key(|point| point.night);
    let mut pieces: Vec<Vec<&Point>> = Vec::new();
    for point in points {
        match pieces.last_mut() {
            Some(piece) if piece.last().is_some_and(|before| day(point) - day(before) <= 1) => piece.push(point),
            _ => pieces.push(vec![point]),
        }
    }
    pieces
}

fn day(point: &Point) -> i32 {
    (point.night - EPOCH).get_days()
}

/// The night of that day, as the axis says it.
fn night(day: i32) -> String {
    EPOCH.checked_add(day.days()).map_or_else(|_| String::new(), |night| night.strftime("%-d %b").to_string())
}
