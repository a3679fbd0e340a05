//! Pictures of the dashboards, for the docs: drawn by ourselves from what the real queries give over the made-up web, laid out as
//! Grafana's grid is. Grafana draws them in its own way.

#[path = "pictures/cell.rs"]
mod cell;
#[path = "pictures/chart.rs"]
mod chart;

use std::{env, fs, path::Path, process::Command};

use earshot_grafana::{Asks, Board, Kind, Panel, Query, Vocabulary, folder, queries};
use earshot_local::{Part, parts};

use crate::web::{Frame, Web, scope};

/// CSS pixels of one unit of the grid, across and down, and between panels.
const UNIT: (u32, u32) = (60, 32);
const STYLE: &str = include_str!("pictures/style.css");

#[tokio::test]
#[ignore = "writes the pictures of the docs; `make pictures` runs it"]
async fn dashboards_are_drawn_from_real_answers() {
    let web = Web::new().await;
    let vocabulary = Vocabulary::load(&folder()).unwrap();
    let all = queries(&folder()).unwrap();
    let dir = tempfile::tempdir().unwrap();
    for board in Board::load_all(&folder()).unwrap() {
        let mut page =
            format!("<!doctype html><meta charset=utf-8><style>{STYLE}</style><h1>Earshot: {}</h1>", board.title);
        let mut height = 70;
        for row in &board.rows {
            page += &format!("<h2>{}</h2><div class=grid>", row.title);
            for panel in &row.panels {
                let query = all.iter().find(|query| query.board == board.name && is_of(query, panel));
                let frame = match query {
                    Some(query) => Some(web.frame(query, &scope(query, None)).await.unwrap()),
                    None => None,
                };
                page += &drawn(&vocabulary, panel, frame.as_ref());
            }
            page += "</div>";
            height += 32 + UNIT.1 * lines(&row.panels);
        }
        let file = dir.path().join(format!("{}.html", board.name));
        fs::write(&file, page).unwrap();
        shoot(&file, &board.name, (24 * UNIT.0 + 40, height));
    }
    web.engine.stop().await;
}

fn is_of(query: &Query, panel: &Panel) -> bool {
    query.asks == Asks::Panel(panel.kind) && query.title == panel.title && Some(&query.file) == panel.sql.as_ref()
}

/// How high the panels of a row are together, as they flow.
fn lines(panels: &[Panel]) -> u32 {
    let (mut x, mut line, mut all) = (0, 0, 0);
    for panel in panels {
        if x + panel.width > 24 {
            (x, all, line) = (0, all + line, 0);
        }
        (x, line) = (x + panel.width, line.max(panel.height()));
    }
    all + line
}

fn drawn(vocabulary: &Vocabulary, panel: &Panel, frame: Option<&Frame>) -> String {
    let size = (panel.width * UNIT.0 - 30, panel.height() * UNIT.1 - 50);
    let inner = match (frame, panel.kind) {
        (None, _) => "<p class=none>from Prometheus, which is not there where this is drawn</p>".to_owned(),
        (Some(frame), _) if frame.rows.is_empty() => {
            format!("<p class=none>{}</p>", panel.may_be_empty.as_deref().unwrap_or("no data"))
        }
        (Some(frame), Kind::Trend | Kind::Series | Kind::Stacked) => chart::over_time(vocabulary, panel, frame, size),
        (Some(frame), Kind::Table) => cell::table(vocabulary, panel, frame),
        (Some(frame), Kind::Coverage) => cell::coverage(vocabulary, panel, frame),
        (Some(frame), Kind::Bars) => cell::bars(vocabulary, panel, frame),
        (Some(frame), Kind::Parts) => cell::parts(vocabulary, panel, frame),
        (Some(frame), _) => cell::large(vocabulary, panel, frame),
    };
    let (width, height) = (panel.width, panel.height() * UNIT.1 - 10);
    format!(
        "<div class=panel style='grid-column: span {width}; height: {height}px'><h3>{}</h3>{inner}</div>",
        panel.title
    )
}

/// Takes a picture of a page.
fn shoot(page: &Path, name: &str, (width, height): (u32, u32)) {
    let to = env::var("PICTURES").expect("PICTURES says where to");
    fs::create_dir_all(&to).unwrap();
    let chromium = parts::find(Part::Chromium, None).unwrap_or_else(|error| panic!("{error}")).path;
    let output = Command::new(chromium)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"])
        .arg(format!("--screenshot={to}/{name}.png"))
        .arg(format!("--window-size={width},{height}"))
        .arg(format!("file://{}", page.display()))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
