//! Who loaded whom, as a picture: layers from the page to the right.

use std::collections::HashMap;

use askama::Template;
use rust_sugiyama::configure::Config;

use crate::{Loads, Party, ReportError, words};

/// Pixels: of a box, and from one layer to the next.
const BOX: (f64, f64) = (176.0, 24.0);
const LAYER: f64 = 236.0;
/// Pixels between two boxes of a layer, and around everything.
const BETWEEN: f64 = 10.0;
const AROUND: f64 = 10.0;
/// Characters of a name.
const NAME: usize = 24;

#[derive(Template)]
#[template(path = "graph.svg")]
struct Graph<'a> {
    title: &'a str,
    width: f64,
    height: f64,
    boxes: Vec<Node<'a>>,
    /// Their paths.
    edges: Vec<String>,
}

struct Node<'a> {
    party: &'a Party,
    name: String,
    stroke: &'static str,
    x: f64,
    y: f64,
}

/// The picture as SVG.
///
/// # Errors
/// [`ReportError::Document`].
pub fn svg(title: &str, loads: &Loads) -> Result<String, ReportError> {
    let places = places(loads);
    let boxes: Vec<_> = loads
        .parties
        .iter()
        .enumerate()
        .filter_map(|(number, party)| {
            let (x, y) = *places.get(&number)?;
            Some(Node { party, name: words::cut(&party.name, NAME), stroke: stroke(party.exposure), x, y })
        })
        .collect();
    let most = |take: fn(&Node<'_>) -> f64| boxes.iter().map(take).fold(0.0, f64::max);
    let (width, height) = (most(|one| one.x) + BOX.0 + AROUND, most(|one| one.y) + BOX.1 + AROUND);
    let edges = loads.edges.iter().filter_map(|(from, to)| Some(path(*places.get(from)?, *places.get(to)?))).collect();
    Ok(Graph { title, width, height, boxes, edges }.render()?)
}

/// The upper left corner of each party's box.
fn places(loads: &Loads) -> HashMap<usize, (f64, f64)> {
    let number = |place: usize| u32::try_from(place).unwrap_or(u32::MAX);
    // The layout goes downwards; ours goes to the right.
    let vertices: Vec<_> = (0..loads.parties.len()).map(|place| (number(place), (BOX.1, BOX.0))).collect();
    let steps = steps(loads);
    let onwards = |(from, to): &&(usize, usize)| steps[*to] > steps[*from];
    let edges: Vec<_> = loads.edges.iter().filter(onwards).map(|(from, to)| (number(*from), number(*to))).collect();
    let config = Config { vertex_spacing: BETWEEN, ..Config::default() };
    let (mut places, mut down) = (HashMap::new(), AROUND);
    for (layout, _, _) in rust_sugiyama::from_vertices_and_edges(&vertices, &edges, &config) {
        let least = |take: fn(&(usize, (f64, f64))) -> f64| layout.iter().map(take).fold(f64::MAX, f64::min);
        let (left, top) = (least(|one| one.1.1), least(|one| one.1.0));
        let mut layers: Vec<f64> = layout.iter().map(|one| one.1.1 - left).collect();
        layers.sort_by(f64::total_cmp);
        layers.dedup_by(|a, b| (*a - *b).abs() < 1.0);
        let mut lowest = down;
        for (place, (across, along)) in &layout {
            let layer = layers.iter().zip(0_u32..).find(|(at, _)| (*at - (along - left)).abs() < 1.0);
            let x = AROUND + LAYER * f64::from(layer.map_or(0, |(_, layer)| layer));
            let y = down + across - top;
            lowest = lowest.max(y);
            places.insert(*place, (x, y));
        }
        down = lowest + BOX.1 + BETWEEN * 2.0;
    }
    places
}

/// How many steps each party is away from the site: what leads back is drawn, but moves nobody to the left of it.
fn steps(loads: &Loads) -> Vec<usize> {
    let mut steps = vec![usize::MAX; loads.parties.len()];
    let mut reached = vec![0];
    for step in 0.. {
        reached.retain(|place| steps.get(*place) == Some(&usize::MAX));
        if reached.is_empty() {
            break;
        }
        for place in &reached {
            steps[*place] = step;
        }
        reached = loads.edges.iter().filter(|(from, _)| steps[*from] == step).map(|(_, to)| *to).collect();
    }
    steps
}

/// From the right side of one box to the left side of another.
fn path((from_x, from_y): (f64, f64), (to_x, to_y): (f64, f64)) -> String {
    let (x1, y1, x2, y2) = (from_x + BOX.0, from_y + BOX.1 / 2.0, to_x, to_y + BOX.1 / 2.0);
    let bend = ((x2 - x1).abs() / 2.0).max(24.0);
    format!("M{x1:.0} {y1:.0}C{:.0} {y1:.0} {:.0} {y2:.0} {x2:.0} {y2:.0}", x1 + bend, x2 - bend)
}

fn stroke(exposure: &str) -> &'static str {
    match exposure {
        "content" => "#D55E00",
        "tracker" => "#0072B2",
        "site" => "#000000",
        _ => "#6E6E6E",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn circles_islands_and_markup_are_drawn_as_what_they_are() {
        let party = |name: &str, exposure| Party { id: name.into(), name: name.into(), exposure };
        let loads = Loads {
            parties: vec![
                party("shop.test", "site"),
                party("<script>alert(1)</script>", "content"),
                party("b.test", "tracker"),
                party("island.test", "unknown"),
            ],
            edges: vec![(0, 1), (1, 2), (2, 1), (2, 0)],
            left_out: 0,
        };
        let svg = svg("Who loaded whom", &loads).unwrap();
        assert_eq!((svg.matches("<rect").count(), svg.matches("<path").count()), (5, 5), "{svg}");
        assert!(!svg.contains("<script") && svg.contains("role=\"img\""), "{svg}");
        let places = places(&loads);
        assert_eq!(places.len(), 4);
        assert!(places[&1].0 > places[&0].0 && places[&2].0 > places[&1].0, "{places:?}");
    }
}
