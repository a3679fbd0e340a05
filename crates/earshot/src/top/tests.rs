use earshot_bus::{Depth, Worker};
use earshot_store::GoingRow;
use jiff::Timestamp;
use ratatui::{Terminal, backend::TestBackend};
use uuid::Uuid;

use super::{draw::View, *};

fn snapshot(workers: usize) -> Fleet {
    let at: Timestamp = "2026-11-21T20:00:00Z".parse().unwrap();
    let worker = |number: usize| Worker {
        instance: Uuid::from_u128(number as u128),
        role: "browser".to_owned(),
        host: format!("scan-{number:02}"),
        pid: 7,
        version: "0.1.0".to_owned(),
        since: "2026-11-21T16:39:30Z".parse().unwrap(),
        busy: 5,
        limit: 16,
        done: 900,
        failed: 2,
        rss: 300 << 20,
    };
    let run = GoingRow {
        run_id: "01JCX".to_owned(),
        label: "nightly\u{1b}[31m".to_owned(),
        started: at.as_second() - 75,
        seeds: 10,
        crawled: 4,
        planned: 12,
        recorded: 9,
        unseen: 1,
        last_minute: 6,
    };
    Fleet {
        at,
        pages_per_minute: 6,
        dead_letters: 3,
        lanes: vec![Depth { stream: "pages", lane: "bulk", waiting: 41, in_work: 5 }],
        runs: vec![run],
        workers: (0..workers).map(worker).collect(),
    }
}

fn drawn(view: &View, width: u16, height: u16) -> String {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal.draw(|frame| view.draw(frame)).unwrap();
    let buffer = terminal.backend().buffer();
    let line = |row: u16| (0..width).map(|column| buffer[(column, row)].symbol()).collect::<String>();
    (0..height).map(|row| line(row).trim_end().to_owned() + "\n").collect()
}

#[test]
fn the_fleet_is_told_in_tables() {
    let text = text(&snapshot(1));
    for said in [
        "20:00:00 UTC · 6 pages/min · 3 pages left · 1 runs · 1 workers · 2 tried again · 3 dead",
        "nightly[31m",
        "4/10",
        "9/12",
        "1m 15s",
        "scan-00",
        "5/16",
        "3h 20m",
        "300",
    ] {
        assert!(text.contains(said), "{said} is not in\n{text}");
    }
    let empty = Fleet { runs: Vec::new(), workers: Vec::new(), ..snapshot(0) };
    let text = super::text(&empty);
    assert!(text.contains("no run goes on") && text.contains("nobody says that they work"), "{text}");
}

#[test]
fn the_view_fits_any_terminal_and_scrolls() {
    let mut view = View { snapshot: Some(snapshot(30)), ..View::default() };
    let whole = drawn(&view, 120, 30);
    assert!(whole.contains("scan-00") && whole.contains("q quit"), "{whole}");
    view.scroll(100);
    assert_eq!(view.scrolled, 29);
    view.scroll(-1);
    let below = drawn(&view, 120, 30);
    assert!(!below.contains("scan-00") && below.contains("scan-28") && below.contains("scan-29"), "{below}");
    view.error = Some("the bus is away".to_owned());
    assert!(drawn(&view, 120, 30).contains("! the bus is away"));
    // Nothing panics where there is no room.
    for (width, height) in [(1, 1), (10, 3), (40, 8), (300, 100)] {
        drawn(&view, width, height);
    }
    assert!(drawn(&View::default(), 20, 2).contains("looking"));
}
