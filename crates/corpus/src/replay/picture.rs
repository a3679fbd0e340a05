//! Throughput against the number of workers, and who was busy meanwhile.

use plotters::{coord::Shift, prelude::*};

use super::Fleet;

type Drawn = Result<(), Box<dyn std::error::Error>>;
type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

const SIZE: (u32, u32) = (860, 340);
/// Colours that people with any colour vision tell apart (Okabe and Ito, 2008).
const COLOURS: [RGBColor; 4] =
    [RGBColor(0, 114, 178), RGBColor(213, 94, 0), RGBColor(0, 158, 115), RGBColor(110, 110, 110)];
const FONT: (&str, u32) = ("sans-serif", 15);

/// Draws it, as SVG.
///
/// # Errors
/// If there is nothing to draw.
pub fn picture(fleets: &[Fleet]) -> Result<String, Box<dyn std::error::Error>> {
    let (Some(first), Some(last)) = (fleets.first(), fleets.last()) else { return Err("no fleet was measured".into()) };
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
        area.fill(&WHITE)?;
        let (left, right) = area.split_horizontally(SIZE.0 / 2);
        let workers = |fleet: &Fleet| fleet.workers as f64;
        let each = first.rate() / workers(first);
        let rates = fleets.iter().map(|fleet| (workers(fleet), fleet.rate())).collect();
        let straight = vec![(0.0, 0.0), (workers(last), workers(last) * each)];
        chart(&left, "pages/s", vec![("measured", rates), ("as many times one worker", straight)])?;
        let class = |nth: usize| fleets.iter().map(|fleet| (workers(fleet), fleet.cores()[nth].1)).collect();
        let classes = first.cores().iter().enumerate().map(|(nth, (name, _))| (*name, class(nth))).collect();
        chart(&right, "cores busy", classes)?;
        area.present()?;
    }
    Ok(svg)
}

fn chart(area: &Area<'_>, title: &str, lines: Vec<(&str, Vec<(f64, f64)>)>) -> Drawn {
    let points = || lines.iter().flat_map(|(_, points)| points);
    let right = points().map(|(x, _)| *x).fold(1.0, f64::max);
    let top = points().map(|(_, y)| *y).fold(0.0, f64::max);
    let mut chart = ChartBuilder::on(area)
        .caption(title, FONT)
        .margin(12)
        .x_label_area_size(36)
        .y_label_area_size(48)
        .build_cartesian_2d(0.0..right * 1.05, 0.0..top * 1.15)?;
    chart.configure_mesh().x_desc("workers").light_line_style(TRANSPARENT).draw()?;
    for (nth, (name, points)) in lines.into_iter().enumerate() {
        let colour = COLOURS[nth % COLOURS.len()];
        chart.draw_series(points.iter().map(|point| Circle::new(*point, 3, colour.filled())))?;
        let line = std::iter::once(PathElement::new(points, colour.stroke_width(2)));
        let legend = move |(x, y)| PathElement::new(vec![(x, y), (x + 16, y)], colour.stroke_width(2));
        chart.draw_series(line)?.label(name).legend(legend);
    }
    chart.configure_series_labels().position(SeriesLabelPosition::UpperLeft).label_font(FONT).draw()?;
    Ok(())
}
