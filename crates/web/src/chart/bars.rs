//! Bars from left to right, with their intervals as whiskers.

use earshot_store::Unit;
use plotters::prelude::*;

use super::{Bar, Drawn, Mark, ink};
use crate::number;

/// Bars in one picture.
pub(super) const MOST: usize = 40;
/// Pixels of one bar with its room, and of the axis below all.
const ROW: u32 = 24;
const AXIS: u32 = 40;
/// Half of a bar's thickness, and of a whisker's end, in rows.
const HALF: f64 = 0.3;
const END: f64 = 0.16;
/// Pixels right of the longest bar, for its number.
const NUMBERS: u32 = 76;

pub(super) fn draw(bars: &[Bar], unit: Unit) -> Option<Drawn> {
    let most = bars.iter().flat_map(|bar| [bar.value, bar.between.map(|ends| ends.1)]).flatten().fold(0.0, f64::max);
    // All of them nothing, or nothing known: there is no picture of that.
    if most <= 0.0 {
        return None;
    }
    let rows = u32::try_from(bars.len()).ok()?;
    ink::drawn(AXIS + ROW * rows, |area| on(area, bars, unit, most))
}

fn on(area: &ink::Area<'_>, bars: &[Bar], unit: Unit, most: f64) -> ink::Result {
    let names: Vec<String> = bars.iter().map(name).collect();
    let mut chart = ChartBuilder::on(area)
        .margin_top(4)
        .margin_right(NUMBERS)
        .x_label_area_size(AXIS - 10)
        .y_label_area_size(ink::width(names.iter().map(String::as_str)))
        .build_cartesian_2d(0.0..most, bars.len() as f64..0.0)?;
    chart
        .configure_mesh()
        .disable_y_mesh()
        .disable_y_axis()
        .x_labels(6)
        .x_label_formatter(&|value| axis(*value, unit))
        .light_line_style(TRANSPARENT)
        .bold_line_style(ink::GRID)
        .axis_style(ink::FAINT)
        .label_style(ink::text(ink::FAINT))
        .draw()?;
    for ((bar, name), row) in bars.iter().zip(names).zip(0_u32..) {
        let middle = f64::from(row) + 0.5;
        let (_, y) = chart.backend_coord(&(0.0, middle));
        area.draw(&Text::new(ink::cut(&name), (8, y - 7), ink::text(ink::INK)))?;
        let Some(value) = bar.value else {
            let (x, _) = chart.backend_coord(&(0.0, middle));
            area.draw(&Text::new(number::NONE, (x + 6, y - 7), ink::text(ink::FAINT)))?;
            continue;
        };
        let corners = [(0.0, middle - HALF), (value, middle + HALF)];
        chart.draw_series([Rectangle::new(corners, style(bar.mark))])?;
        let mut end = value;
        if let Some((low, high)) = bar.between {
            let line = ink::INK.stroke_width(1);
            let whisker = [
                vec![(low, middle), (high, middle)],
                vec![(low, middle - END), (low, middle + END)],
                vec![(high, middle - END), (high, middle + END)],
            ];
            chart.draw_series(whisker.map(|points| PathElement::new(points, line)))?;
            end = high.max(value);
        }
        let (x, _) = chart.backend_coord(&(end, middle));
        area.draw(&Text::new(number::in_unit(Some(value), unit), (x + 8, y - 7), ink::text(ink::INK)))?;
    }
    Ok(())
}

fn name(bar: &Bar) -> String {
    match bar.mark {
        Mark::Content => format!("{} !", bar.name),
        Mark::Plain | Mark::Aside => bar.name.clone(),
    }
}

fn style(mark: Mark) -> ShapeStyle {
    match mark {
        Mark::Plain => ink::BLUE.filled(),
        Mark::Content => ink::VERMILLION.filled(),
        Mark::Aside => ink::FAINT.stroke_width(2),
    }
}

/// A number of the axis: shares without decimals.
pub(super) fn axis(value: f64, unit: Unit) -> String {
    match unit {
        // Small shares have marks less than a whole per cent apart.
        Unit::Share if (100.0 * value - (100.0 * value).round()).abs() < 1e-6 => format!("{:.0} %", 100.0 * value),
        Unit::Number if value.fract() == 0.0 => number::in_unit(Some(value), Unit::Count),
        // There are no halves of things.
        Unit::Count if value.fract() != 0.0 => String::new(),
        _ => number::in_unit(Some(value), unit),
    }
}
