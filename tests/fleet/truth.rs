//! What stands in the store once a run has ended.

use std::fmt;

use earshot_model::RunId;

/// Asks a store, and gets rows, tab-separated.
pub type Ask<'a> = &'a dyn Fn(&str) -> String;

/// What a run says of its pages, without what differs each time: moments, ids, and how often something was asked.
#[derive(Debug, PartialEq, Eq)]
pub struct Said {
    /// Page, profile and outcome.
    pub visits: String,
    /// Page, rule, vendor and grade.
    pub findings: String,
    /// Page and kind.
    pub gaps: String,
}

impl Said {
    pub fn of(ask: Ask, run: &str) -> Self {
        let counts =
            format!("(visit_id, recording) IN (SELECT visit_id, recording FROM visits FINAL WHERE run_id = '{run}')");
        Self {
            visits: ask(&format!(
                "SELECT page, profile, repetition, class, outcome, status FROM visits FINAL WHERE run_id = '{run}' ORDER BY ALL"
            )),
            findings: ask(&format!("SELECT page, rule, vendor, grade FROM findings WHERE {counts} ORDER BY ALL")),
            gaps: ask(&format!("SELECT DISTINCT page, kind FROM gaps WHERE {counts} ORDER BY ALL")),
        }
    }
}

/// How many of what there are, to see whether anything is missing or there twice.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Targets, as submitted.
    pub targets: u64,
    /// Targets with a crawl.
    pub crawled: u64,
    /// Pages that those crawls chose, each once.
    pub planned: u64,
    /// Visits that count.
    pub visits: u64,
    /// Pages that they are of, each once.
    pub pages: u64,
    /// Those of them that were seen to the end.
    pub loaded: u64,
    /// Those that nobody finished: each is among the dead letters.
    pub lost: u64,
    /// Findings that count.
    pub findings: u64,
    /// Their ids, each once.
    pub finding_ids: u64,
    /// As many findings as the visits say that they have.
    pub findings_said: u64,
    /// Events that count, each once.
    pub events: u64,
    /// As many events as the visits say that they have.
    pub events_said: u64,
    /// Rows of visits, those included that do not count: a visit that two have recorded has two.
    pub rows: u64,
}

impl Counts {
    pub fn of(ask: Ask, run: RunId) -> Self {
        let number = |query: String| -> u64 {
            let text = ask(&query);
            text.parse().unwrap_or_else(|_| panic!("{query}: {text:?}"))
        };
        let visits = format!("FROM visits FINAL WHERE run_id = '{run}'");
        let counts = format!("WHERE (visit_id, recording) IN (SELECT visit_id, recording {visits})");
        Self {
            targets: number(format!("SELECT uniqExact(start) FROM targets WHERE run_id = '{run}'")),
            crawled: number(format!("SELECT count() FROM seeds FINAL WHERE run_id = '{run}'")),
            planned: number(format!("SELECT uniqExactArray(pages) FROM seeds FINAL WHERE run_id = '{run}'")),
            visits: number(format!("SELECT count() {visits}")),
            pages: number(format!("SELECT uniqExact(page) {visits}")),
            loaded: number(format!("SELECT countIf(outcome = 'loaded') {visits}")),
            lost: number(format!("SELECT countIf(outcome = 'lost') {visits}")),
            findings: number(format!("SELECT count() FROM findings {counts}")),
            finding_ids: number(format!("SELECT uniqExact(finding_id) FROM findings {counts}")),
            findings_said: number(format!("SELECT sum(findings) {visits}")),
            events: number(format!("SELECT uniqExact(visit_id, seq) FROM events {counts}")),
            events_said: number(format!("SELECT sum(events) {visits}")),
            rows: number(format!("SELECT count() FROM visits WHERE run_id = '{run}'")),
        }
    }

    /// Panics unless every one of `pages` was visited, and everything counts once.
    pub fn are_exact(&self, targets: usize, pages: usize) {
        let expected = (targets as u64, targets as u64, pages as u64, pages as u64, pages as u64);
        let found = (self.targets, self.crawled, self.planned, self.visits, self.pages);
        assert_eq!(found, expected, "targets, crawls, planned pages, visits, visited pages: {self}");
        assert_eq!(self.lost, 0, "pages that nobody finished: {self}");
        let once = (self.findings_said, self.findings_said, self.events_said);
        assert_eq!((self.findings, self.finding_ids, self.events), once, "findings, their ids, events: {self}");
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} targets, {} crawled, {} pages planned, {} visited, {} of them loaded, {} lost, {} findings, {} events, {} rows that do not count",
            self.targets,
            self.crawled,
            self.planned,
            self.visits,
            self.loaded,
            self.lost,
            self.findings,
            self.events,
            self.rows - self.visits.min(self.rows)
        )
    }
}
