use std::collections::BTreeSet;

use earshot_bus::{Depth, Worker};
use earshot_model::{
    Crawl, Identity, Lane, Outcome, PageKind, PageTask, PageUrl, Profile, RunId, RunState, Served, Visit,
};
use jiff::Timestamp;

use super::*;

fn worker() -> Worker {
    Worker {
        instance: uuid::Uuid::nil(),
        role: "browser".to_owned(),
        host: "here".to_owned(),
        pid: 1,
        version: String::new(),
        since: Timestamp::UNIX_EPOCH,
        busy: 0,
        limit: 0,
        done: 0,
        failed: 0,
        rss: 0,
    }
}

/// Of the page that the crawl began with.
fn visit(Crawl { run, start, outcome, .. }: Crawl) -> Visit {
    let (page, kind, profile) = (start.clone(), PageKind::Home, Profile::Untouched);
    Visit {
        task: PageTask { run, start, page, kind, profile, repetition: 0, lane: Lane::Bulk, region: None },
        started_at: Timestamp::UNIX_EPOCH,
        took_ms: 0,
        final_url: None,
        outcome,
        identity: Identity::default(),
        events: Vec::new(),
        gaps: Vec::new(),
        pictures: Vec::new(),
        served: Served::default(),
    }
}

/// Name and kind of each number that a process with all roles tells.
fn told() -> BTreeSet<(String, String)> {
    let mut metrics = Metrics::default();
    let service = metrics.service();
    let (coordinator, recorder) = (metrics.coordinator(), metrics.recorder(64));
    let crawler = metrics.crawler(8, Duration::from_secs(60));
    let browser = metrics.browser(16, Duration::from_secs(75));
    // What has labels is told once there is something to tell.
    service.tell(&[Depth { stream: "pages", lane: "bulk", waiting: 1, in_work: 0 }], 0, &[worker()], &[]);
    coordinator.ended(RunState::Complete);
    recorder.crawls(1);
    let (run, start) = (RunId::new(), PageUrl::parse("https://shop.test/").unwrap());
    let outcome = Outcome::Lost { detail: String::new() };
    let crawl = Crawl { run, start, outcome, pages: Vec::new(), discovered: 0, took_ms: 0 };
    crawler.crawled(&crawl);
    browser.visited(&visit(crawl));
    let text = metrics.text().unwrap();
    let types = text.lines().filter_map(|line| line.strip_prefix("# TYPE "));
    let named = |line: &str| {
        let (name, kind) = line.split_once(' ').unwrap();
        let ending = match kind {
            "counter" => "_total",
            "info" => "_info",
            _ => "",
        };
        (format!("{name}{ending}"), kind.to_owned())
    };
    types.map(named).collect()
}

#[test]
fn the_list_names_what_is_told_and_nothing_else() {
    let list = include_str!("../../../../docs/metrics.md");
    let rows = list.lines().filter_map(|line| line.strip_prefix("| `"));
    let listed: BTreeSet<_> = rows
        .map(|row| {
            let mut cells = row.split('|').map(|cell| cell.trim().trim_matches('`').to_owned());
            (cells.next().unwrap(), cells.next().unwrap())
        })
        .collect();
    assert_eq!(listed, told());
}

#[test]
fn work_is_counted_as_it_comes_and_goes() {
    let mut metrics = Metrics::default();
    let crawler = metrics.crawler(8, Duration::from_secs(60));
    let busy = crawler.work.begin(2);
    assert_eq!(crawler.work.numbers(), [2, 8, 0, 0]);
    drop(busy);
    crawler.work.done(2);
    let away = earshot_store::StoreError::Row { table: "seeds", reason: "it is none".into() };
    crawler.work.failed(1, &anyhow::Error::from(away).context("recording"));
    assert_eq!(crawler.work.numbers(), [0, 8, 2, 1]);
    assert!(crawler.work.hangs().is_none());
    let text = metrics.text().unwrap();
    assert!(text.contains("earshot_store_failures_total{role=\"crawler\"} 1"), "{text}");
    assert!(text.contains("earshot_bus_failures_total{role=\"crawler\"} 0"), "{text}");
    assert!(text.ends_with("# EOF\n"));
}
