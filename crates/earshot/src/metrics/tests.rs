use std::collections::BTreeSet;

use super::*;

/// Name and kind of each number that a process with all roles tells.
fn told() -> BTreeSet<(String, String)> {
    let mut metrics = Metrics::default();
    let _service = metrics.service();
    let _roles = (
        metrics.coordinator(),
        metrics.crawler(8, Duration::from_secs(60)),
        metrics.browser(16, Duration::from_secs(75)),
        metrics.recorder(64),
    );
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
