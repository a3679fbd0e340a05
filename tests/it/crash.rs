//! Processes are killed in the middle of a run: every page is recorded, and once.

use std::{io::Read as _, process::Child};

use super::{
    earshot::{Earshot, Piped as _, finish, interrupt, json, kill, lab, talk, until},
    processes::descendants,
};

/// Enough pages that a run of them can be met in its middle, even with many tabs; none of them is slow.
const SITES: [&str; 12] = [
    "analytics.test",
    "cdp.test",
    "chat.test",
    "clean.test",
    "clinic.test",
    "cmp-gated.test",
    "fonts-only.test",
    "forms.test",
    "ga-only.test",
    "meta-only.test",
    "mixed-pixels.test",
    "replay-vendors.test",
];

fn portfolio(earshot: &Earshot) -> String {
    let known = lab().web().portfolio(true);
    assert!(SITES.iter().all(|site| known.contains(site)), "{known:?}");
    earshot.list(&SITES.join("\n"))
}

fn start(earshot: &Earshot, list: &str, more: &[&str]) -> Child {
    let arguments = [&[list, "--pages", "2", "--concurrency", "4", "--format", "json"], more].concat();
    earshot.scan(&arguments).spawn_piped()
}

/// Waits until the run has begun to record, so that what dies now dies in its middle.
fn until_recording(earshot: &Earshot, scan: &mut Child) {
    until("a page is recorded", || {
        if let Some(status) = scan.try_wait().unwrap() {
            let mut said = String::new();
            scan.stderr.take().unwrap().read_to_string(&mut said).unwrap();
            panic!("the scan ended before anything was recorded: {status}\n{said}");
        }
        let asked = finish(earshot.command(&["sql", "SELECT count() FROM visits", "--format", "TSV"]).spawn_piped());
        String::from_utf8_lossy(&asked.stdout).trim().parse::<u64>().is_ok_and(|pages| pages > 0)
    });
}

fn every_page_is_recorded_once(earshot: &Earshot) {
    let planned: u64 = earshot.sql("SELECT uniqExactArray(pages) FROM seeds FINAL").parse().unwrap();
    let rows: u64 = earshot.sql("SELECT count() FROM visits").parse().unwrap();
    let visits: u64 = earshot.sql("SELECT uniqExact(visit_id) FROM visits").parse().unwrap();
    let pages: u64 = earshot.sql("SELECT uniqExact(page) FROM visits").parse().unwrap();
    assert!(planned >= SITES.len() as u64, "{planned}");
    assert_eq!((rows, visits, pages), (planned, planned, planned), "rows, visits, pages against planned");
    assert_eq!(earshot.sql("SELECT DISTINCT state FROM runs FINAL"), "complete");
}

#[test]
fn killed_browser_and_bus_cost_nothing() {
    let earshot = Earshot::new();
    let list = portfolio(&earshot);
    let mut scan = start(&earshot, &list, &[]);
    let pid = scan.id();
    until_recording(&earshot, &mut scan);
    let browsers = descendants(pid, "--remote-debugging");
    assert!(!browsers.is_empty(), "no browser runs");
    browsers.into_iter().for_each(kill);
    let servers = descendants(pid, "nats-server");
    assert_eq!(servers.len(), 1, "one nats-server runs");
    servers.into_iter().for_each(kill);
    let output = finish(scan);
    assert_eq!(output.status.code(), Some(0), "{}", talk(&output));
    assert_eq!(json(&output)["run"]["state"], "complete");
    every_page_is_recorded_once(&earshot);
}

#[test]
fn killed_engine_costs_nothing() {
    let earshot = Earshot::new();
    let list = portfolio(&earshot);
    let mut scan = start(&earshot, &list, &[]);
    until_recording(&earshot, &mut scan);
    let engines = descendants(scan.id(), " engine");
    assert_eq!(engines.len(), 1, "one engine runs");
    engines.into_iter().for_each(kill);
    let output = finish(scan);
    assert_eq!(output.status.code(), Some(0), "{}", talk(&output));
    every_page_is_recorded_once(&earshot);
}

#[test]
fn a_killed_program_is_resumed() {
    let earshot = Earshot::new();
    let list = portfolio(&earshot);
    let mut scan = start(&earshot, &list, &[]);
    let pid = scan.id();
    until_recording(&earshot, &mut scan);
    let children = [descendants(pid, "nats-server"), descendants(pid, "--remote-debugging")].concat();
    kill(pid);
    finish(scan);
    for child in children {
        until("the children of a killed program are gone", || {
            !std::path::Path::new(&format!("/proc/{child}/exe")).exists()
        });
    }
    let output = finish(start(&earshot, &list, &["--resume"]));
    assert_eq!(output.status.code(), Some(0), "{}", talk(&output));
    every_page_is_recorded_once(&earshot);
}

#[test]
fn an_interrupted_scan_stops_cleanly_and_goes_on() {
    let earshot = Earshot::new();
    let list = portfolio(&earshot);
    let mut scan = start(&earshot, &list, &[]);
    let pid = scan.id();
    until_recording(&earshot, &mut scan);
    interrupt(pid);
    let output = finish(scan);
    assert_eq!(output.status.code(), Some(130), "{}", talk(&output));
    assert_eq!(json(&output)["run"]["state"], "running", "what was found so far is printed");
    assert!(String::from_utf8_lossy(&output.stderr).contains("--resume"));
    let output = finish(start(&earshot, &list, &["--resume"]));
    assert_eq!(output.status.code(), Some(0), "{}", talk(&output));
    every_page_is_recorded_once(&earshot);
    let output = finish(start(&earshot, &list, &["--resume"]));
    assert_eq!(output.status.code(), Some(1), "nothing is left to resume");
}
