//! Who was contacted when, relative to banner and choice: one visit as a picture.

use std::collections::BTreeMap;

use plotters::prelude::*;

use crate::{ReportError, words};

/// Pixels of the picture: width, height of a row, and of what stands above and below the rows.
const WIDTH: u32 = 860;
const ROW: u32 = 20;
const AROUND: u32 = 64;
/// Pixels for the names.
const NAMES: u32 = 190;
/// Rows at most; the rest is counted.
const ROWS: usize = 30;
/// Characters of a name.
const NAME: usize = 30;

/// Colours that people with any colour vision tell apart (Okabe and Ito, 2008).
const VERMILLION: RGBColor = RGBColor(213, 94, 0);
const BLUE: RGBColor = RGBColor(0, 114, 178);
const GREY: RGBColor = RGBColor(110, 110, 110);
const PURPLE: RGBColor = RGBColor(117, 57, 120);

/// One vendor.
#[derive(Clone, Debug, PartialEq)]
pub struct Lane {
    /// What people call it.
    pub name: String,
    /// `content`, `tracker`, `unknown` or `none`.
    pub exposure: String,
    /// When it was asked for something, in ms since navigation start.
    pub at_ms: Vec<f64>,
}

/// A moment that counts for consent: its name and when, in ms since navigation start.
pub type Moment = (&'static str, f64);

/// The picture as SVG, with a description for who cannot see it.
///
/// # Errors
/// [`ReportError::Drawing`].
pub fn svg(title: &str, lanes: &[Lane], moments: &[Moment]) -> Result<String, ReportError> {
    let shown = &lanes[..lanes.len().min(ROWS)];
    let height = AROUND + ROW * u32::try_from(shown.len().max(1)).unwrap_or(1);
    let last = shown.iter().flat_map(|lane| &lane.at_ms).copied().chain(moments.iter().map(|(_, at)| *at));
    let end = last.fold(1_000.0_f64, f64::max) * 1.04;
    let mut svg = String::new();
    draw(&mut svg, shown, moments, (WIDTH, height), end).map_err(|error| ReportError::Drawing(error.to_string()))?;
    Ok(described(&svg, title, lanes, moments))
}

type Drawn = std::result::Result<(), DrawingAreaErrorKind<std::io::Error>>;

fn draw(svg: &mut String, lanes: &[Lane], moments: &[Moment], size: (u32, u32), end: f64) -> Drawn {
    let root = SVGBackend::with_string(svg, size).into_drawing_area();
    root.fill(&WHITE)?;
    #[allow(clippy::cast_precision_loss)] // some tens
    let rows = lanes.len().max(1) as f64;
    let mut chart = ChartBuilder::on(&root)
        .margin(6)
        .margin_top(22)
        .x_label_area_size(30)
        .y_label_area_size(NAMES)
        .build_cartesian_2d(0.0..end, rows..0.0)?;
    chart
        .configure_mesh()
        .disable_y_mesh()
        .disable_y_axis()
        .x_labels(8)
        .x_label_formatter(&|at| format!("{:.1} s", at / 1_000.0))
        .light_line_style(RGBColor(240, 240, 240))
        .bold_line_style(RGBColor(225, 225, 225))
        .axis_style(GREY)
        .label_style(("sans-serif", 12).into_font())
        .draw()?;
    for (what, at) in moments {
        let (line, text) = (PURPLE.stroke_width(2), ("sans-serif", 12).into_font().color(&PURPLE));
        chart.draw_series([PathElement::new(vec![(*at, 0.0), (*at, rows)], line)])?;
        let place = chart.backend_coord(&(*at, 0.0));
        root.draw(&Text::new(*what, (place.0 + 3, place.1 - 16), text))?;
    }
    for (lane, row) in lanes.iter().zip(0_u32..) {
        let middle = f64::from(row) + 0.5;
        let place = chart.backend_coord(&(0.0, middle));
        let colour = colour(&lane.exposure);
        let font = ("sans-serif", 12).into_font().color(&BLACK);
        root.draw(&Text::new(words::cut(&lane.name, NAME), (8, place.1 - 6), font))?;
        let from = lane.at_ms.first().copied().unwrap_or_default();
        let until = lane.at_ms.last().copied().unwrap_or_default();
        chart.draw_series([PathElement::new(vec![(from, middle), (until, middle)], colour.mix(0.35))])?;
        match lane.exposure.as_str() {
            "content" => {
                chart.draw_series(lane.at_ms.iter().map(|at| Circle::new((*at, middle), 4, colour.filled())))?;
            }
            "tracker" => {
                chart
                    .draw_series(lane.at_ms.iter().map(|at| TriangleMarker::new((*at, middle), 5, colour.filled())))?;
            }
            _ => {
                chart.draw_series(lane.at_ms.iter().map(|at| Circle::new((*at, middle), 3, colour.stroke_width(1))))?;
            }
        }
    }
    root.present()
}

fn colour(exposure: &str) -> RGBColor {
    match exposure {
        "content" => VERMILLION,
        "tracker" => BLUE,
        _ => GREY,
    }
}

/// Says in words what the picture shows.
fn described(svg: &str, title: &str, lanes: &[Lane], moments: &[Moment]) -> String {
    let mut said: Vec<String> = moments.iter().map(|(what, at)| format!("{what} at {at:.0} ms")).collect();
    let first = |lane: &Lane| {
        let first = lane.at_ms.first()?;
        Some(format!("{} from {first:.0} ms, {}", lane.name, words::count(lane.at_ms.len(), "request")))
    };
    said.extend(lanes.iter().filter_map(first));
    let label = escaped(&format!("{title}: {}", said.join("; ")));
    let open = format!("<svg role=\"img\" aria-label=\"{label}\" ");
    svg.replacen("<svg ", &open, 1)
}

fn escaped(text: &str) -> String {
    let with: BTreeMap<char, &str> =
        BTreeMap::from([('&', "&amp;"), ('<', "&lt;"), ('>', "&gt;"), ('"', "&quot;"), ('\'', "&#39;")]);
    text.chars().map(|c| with.get(&c).map_or_else(|| c.to_string(), |with| (*with).to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_strangers_are_text_and_nothing_else() {
        let lane = |name: &str, exposure: &str| Lane {
            name: name.into(),
            exposure: exposure.into(),
            at_ms: vec![120.0, 900.0],
        };
        let lanes = [lane("<script>alert(1)</script>", "content"), lane("a \"quoted\" & odd one", "none")];
        let svg = svg("shop.test", &lanes, &[("banner", 300.0)]).unwrap();
        assert!(!svg.contains("<script"), "{svg}");
        assert!(svg.starts_with("<svg role=\"img\" aria-label=\"shop.test: banner at 300 ms; "), "{}", &svg[..200]);
        assert!(svg.contains("from 120 ms, 2 requests"));
        assert_eq!(svg.matches("<circle").count(), 4);
    }
}
