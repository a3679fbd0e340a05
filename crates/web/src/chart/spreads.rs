//! Where values lie: tenths, quarters and the median.

use earshot_store::Unit;
use plotters::prelude::*;

use super::{Drawn, Spread, bars, ink};
use crate::number;

/// Rows in one picture.
pub(super) const MOST: usize = 40;
/// Pixels of one row, and of the axis below all.
const ROW: u32 = 26;
const AXIS: u32 = 40;
/// Half of a box's thickness, in rows.
const HALF: f64 = 0.26;
/// Pixels on the right, for the medians.
const NUMBERS: u32 = 84;

pub(super) fn draw(spreads: &[Spread], unit: Unit) -> Option<Drawn> {
    let most = spreads.iter().map(|one| one.p90).fold(0.0, f64::max);
    if most <= 0.0 {
        return None;
    }
    let rows = u32::try_from(spreads.len()).ok()?;
    ink::drawn(AXIS + ROW * rows, |area| on(area, spreads, unit, most))
}

fn on(area: &ink::Area<'_>, spreads: &[Spread], unit: Unit, most: f64) -> ink::Result {
    let mut chart = ChartBuilder::on(area)
        .margin_top(4)
        .margin_right(NUMBERS)
        .x_label_area_size(AXIS - 10)
        .y_label_area_size(ink::width(spreads.iter().map(|one| one.name.as_str())))
        .build_cartesian_2d(0.0..most, spreads.len() as f64..0.0)?;
    chart
        .configure_mesh()
        .disable_y_mesh()
        .disable_y_axis()
        .x_labels(6)
        .x_label_formatter(&|value| bars::axis(*value, unit))
        .light_line_style(TRANSPARENT)
        .bold_line_style(ink::GRID)
        .axis_style(ink::FAINT)
        .label_style(ink::text(ink::FAINT))
        .draw()?;
    for (one, row) in spreads.iter().zip(0_u32..) {
        let middle = f64::from(row) + 0.5;
        let (_, y) = chart.backend_coord(&(0.0, middle));
        area.draw(&Text::new(ink::cut(&one.name), (8, y - 7), ink::text(ink::INK)))?;
        let tenths = vec![(one.p10, middle), (one.p90, middle)];
        chart.draw_series([PathElement::new(tenths, ink::FAINT.stroke_width(2))])?;
        let quarters = [(one.p25, middle - HALF), (one.p75, middle + HALF)];
        chart.draw_series([Rectangle::new(quarters, ink::BLUE.filled())])?;
        chart.draw_series([
            Circle::new((one.median, middle), 5, WHITE.filled()),
            Circle::new((one.median, middle), 5, ink::INK.stroke_width(2)),
        ])?;
        let (x, _) = chart.backend_coord(&(most, middle));
        area.draw(&Text::new(number::in_unit(Some(one.median), unit), (x + 12, y - 7), ink::text(ink::INK)))?;
    }
    Ok(())
}
