//! What all charts are drawn with. The stylesheet names these colours once more, for the dark.

use earshot_report::words;
use plotters::prelude::*;

use super::Drawn;

pub(super) const INK: RGBColor = BLACK;
pub(super) const FAINT: RGBColor = RGBColor(110, 110, 110);
pub(super) const GRID: RGBColor = RGBColor(225, 225, 225);
/// Colours that people with any colour vision tell apart (Okabe and Ito, 2008).
pub(super) const BLUE: RGBColor = RGBColor(0, 114, 178);
pub(super) const VERMILLION: RGBColor = RGBColor(213, 94, 0);
pub(super) const PURPLE: RGBColor = RGBColor(117, 57, 120);
pub(super) const GREEN: RGBColor = RGBColor(0, 128, 96);

/// Pixels of every chart from left to right; the page scales it.
pub(super) const WIDTH: u32 = 720;
/// Pixels that one character takes, about: no font is measured.
const CHARACTER: usize = 7;
/// Characters of a name at most.
const LONGEST: usize = 34;

pub(super) type Result = std::result::Result<(), DrawingAreaErrorKind<std::io::Error>>;
pub(super) type Area<'a> = DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;

/// The picture of that height, without its outermost element.
pub(super) fn drawn(height: u32, draw: impl FnOnce(&Area<'_>) -> Result) -> Option<Drawn> {
    let mut svg = String::new();
    let done = {
        let area = SVGBackend::with_string(&mut svg, (WIDTH, height)).into_drawing_area();
        area.fill(&WHITE).and_then(|()| draw(&area)).and_then(|()| area.present())
    };
    if let Err(error) = done {
        // The table is still there.
        tracing::error!(%error, "web: a chart cannot be drawn");
        return None;
    }
    let inner = svg.split_once('>')?.1.trim_end().strip_suffix("</svg>")?.to_owned();
    Some(Drawn { inner, width: WIDTH, height })
}

/// Text of the usual size.
pub(super) fn text(colour: RGBColor) -> TextStyle<'static> {
    ("sans-serif", 13).into_font().color(&colour)
}

/// A name that is not too long for its place.
pub(super) fn cut(name: &str) -> String {
    words::cut(name, LONGEST)
}

/// Pixels that the longest of these names takes.
pub(super) fn width<'a>(names: impl Iterator<Item = &'a str>) -> u32 {
    let longest = names.map(|name| name.chars().count().min(LONGEST + 1)).max().unwrap_or_default();
    u32::try_from(longest * CHARACTER + 16).unwrap_or(WIDTH / 2).max(48)
}
