//! Holds a scanner's report against the truth.

mod keystrokes;
mod page;
mod report;
mod states;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

pub use report::Report;

use self::report::Page;
use crate::{Expected, PageTruth, SiteTruth};

/// How a report and the truth compare.
#[derive(Debug, Default)]
pub struct Comparison {
    /// Pages of the report that the truth knows.
    pub pages: usize,
    /// Contacts with vendors and strangers that report and truth agree on.
    pub contacts: usize,
    /// Where they do not agree.
    pub differences: Vec<Difference>,
}

/// One point in which a report is wrong.
#[derive(Debug, PartialEq, Eq)]
pub struct Difference {
    /// Where.
    pub page: String,
    /// What is wrong, in words.
    pub what: String,
}

/// Compares page by page, and asks for every site in `portfolio` whether it was visited at all.
#[must_use]
pub fn compare(report: &Report, truth: &[&SiteTruth], portfolio: &[&str]) -> Comparison {
    let homes = truth.iter().filter_map(|site| Some((site.start.as_str(), site.pages.first()?)));
    // A start that redirects is reported under its own address; a page's own truth goes before.
    let pages = truth.iter().flat_map(|site| &site.pages).map(|page| (page.url.as_str(), page));
    let pages: BTreeMap<&str, &PageTruth> = homes.chain(pages).collect();
    let mut comparison = Comparison::default();
    // Under other profiles the page is the same, and what is said of it is about states.
    for page in report.pages.iter().filter(|page| page.profile == report::UNTOUCHED) {
        match find(&pages, &page.url) {
            Some(truth) => comparison.page(page, truth),
            None => comparison.differs(&page.url, "the lab has no such page".to_owned()),
        }
    }
    for site in truth.iter().filter(|site| portfolio.contains(&site.domain.as_str())) {
        comparison.visited(report, site);
    }
    comparison
}

/// Compares what is said of states and choices on the pages of `portfolio`; `contacts` counts the states agreed on.
#[must_use]
pub fn states(report: &Report, truth: &[&SiteTruth], portfolio: &[&str]) -> Comparison {
    let mut comparison = Comparison::default();
    for site in truth.iter().filter(|site| portfolio.contains(&site.domain.as_str())) {
        for page in &site.pages {
            let (wrong, agreed) = states::compare(report, page);
            comparison.pages += 1;
            comparison.contacts += agreed;
            wrong.into_iter().for_each(|what| comparison.differs(&page.url, what));
        }
    }
    comparison
}

impl Comparison {
    fn page(&mut self, page: &Page, truth: &PageTruth) {
        self.pages += 1;
        let (wrong, agreed) = page::compare(page, truth);
        self.contacts += agreed;
        wrong.into_iter().for_each(|what| self.differs(&page.url, what));
    }

    fn visited(&mut self, report: &Report, site: &SiteTruth) {
        let urls: BTreeSet<&str> = site.pages.iter().map(|page| page.url.as_str()).collect();
        let visited = report.pages.iter().any(|page| urls.contains(page.url.as_str()));
        let unvisited = report.unvisited.iter().find(|unvisited| unvisited.start == site.start);
        let expected: BTreeSet<&str> = site.pages.iter().map(|page| name(page.outcome)).collect();
        match unvisited {
            _ if visited => {}
            Some(unvisited) if expected.contains(unvisited.outcome.as_str()) => {
                let home = site.pages.iter().find(|page| page.url == site.start);
                let wrong = home.and_then(|home| page::wrong_failure(home, unvisited.failure.as_deref()));
                wrong.into_iter().for_each(|what| self.differs(&site.start, what));
            }
            Some(unvisited) => self.differs(&site.start, format!("not visited: {}", unvisited.outcome)),
            None => self.differs(&site.start, "not in the report".to_owned()),
        }
    }

    fn differs(&mut self, page: &str, what: String) {
        self.differences.push(Difference { page: page.to_owned(), what });
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.page, self.what)
    }
}

/// The truth of an address. A site that cannot be reached is tried without TLS too, which is the same page.
fn find<'a>(pages: &BTreeMap<&str, &'a PageTruth>, url: &str) -> Option<&'a PageTruth> {
    let secure = || url.strip_prefix("http://").map(|rest| format!("https://{rest}"));
    let unreachable = |page: &&PageTruth| page.outcome == Expected::Unreachable;
    pages.get(url).copied().or_else(|| pages.get(secure()?.as_str()).copied().filter(unreachable))
}

fn name(outcome: Expected) -> &'static str {
    match outcome {
        Expected::Loaded => "loaded",
        Expected::Partial => "partial",
        Expected::Parked => "parked",
        Expected::OffSite => "off_site",
        Expected::Blocked => "blocked",
        Expected::HttpError => "http_error",
        Expected::Refused => "refused",
        Expected::Unreachable => "unreachable",
        Expected::TimedOut => "timed_out",
        Expected::Any => "any",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn truth() -> SiteTruth {
        let page = PageTruth {
            url: "https://a.test/".into(),
            vendors: ["hotjar".to_owned()].into(),
            uploads: ["hotjar".to_owned()].into(),
            cookies: ["_hj".to_owned()].into(),
            storage: ["hj*".to_owned()].into(),
            ..PageTruth::default()
        };
        SiteTruth { domain: "a.test".into(), start: page.url.clone(), pages: vec![page], ..SiteTruth::default() }
    }

    fn compared(findings: &str) -> Vec<String> {
        let json = format!(
            r#"{{"unvisited":[],"pages":[{{"url":"https://a.test/","outcome":"loaded","detail":"","findings":[{findings}]}}]}}"#
        );
        let comparison = compare(&Report::parse(json.as_bytes()).unwrap(), &[&truth()], &["a.test"]);
        comparison.differences.iter().map(|difference| difference.what.clone()).collect()
    }

    #[test]
    fn a_right_report_has_no_differences() {
        let right = r#"{"vendor":"hotjar","stored":["cookie:_hj","local:hjX"],
            "upload":{"count":1,"wire_bytes":5}}"#;
        assert_eq!(compared(right), Vec::<String>::new());
    }

    #[test]
    fn what_is_missed_or_invented_is_named() {
        let wrong = r#"{"vendor":"drift","stored":[],"upload":{"count":0,"wire_bytes":0}}"#;
        assert_eq!(
            compared(wrong),
            [
                "hotjar is contacted, not reported",
                "drift is reported, not contacted",
                "cookie _hj is set, not reported",
                "storage key hj* is written, not reported"
            ]
        );
    }

    #[test]
    fn a_site_that_is_left_out_is_named() {
        let report = Report::parse(br#"{"pages":[],"unvisited":[]}"#).unwrap();
        assert_eq!(compare(&report, &[&truth()], &["a.test"]).differences.len(), 1);
        assert_eq!(compare(&report, &[&truth()], &[]).differences.len(), 0);
    }

    #[test]
    fn a_site_that_cannot_be_reached_is_held_against_the_step_at_which_it_fails() {
        let mut truth = truth();
        let failure = Some("tls".to_owned());
        let home =
            PageTruth { url: truth.start.clone(), outcome: Expected::Unreachable, failure, ..PageTruth::default() };
        truth.pages[0] = home;
        let said = |json: &str| {
            let comparison = compare(&Report::parse(json.as_bytes()).unwrap(), &[&truth], &["a.test"]);
            comparison.differences.into_iter().map(|difference| difference.what).collect::<Vec<_>>()
        };
        for (failure, expected) in [
            ("\"tls\"", &[][..]),
            ("\"dns\"", &["fails by tls, reported as dns"]),
            ("null", &["fails by tls, reported as nothing"]),
        ] {
            let target = format!(r#"{{"start":"https://a.test/","outcome":"unreachable","failure":{failure}}}"#);
            assert_eq!(said(&format!(r#"{{"pages":[],"unvisited":[{target}]}}"#)), expected);
            let page = format!(
                r#"{{"url":"https://a.test/","outcome":"unreachable","detail":"","failure":{failure},"findings":[]}}"#
            );
            assert_eq!(said(&format!(r#"{{"pages":[{page}],"unvisited":[]}}"#)), expected);
        }
    }

    #[test]
    fn a_site_that_cannot_be_reached_is_the_same_without_tls() {
        let mut truth = truth();
        truth.pages[0] = PageTruth { url: truth.start.clone(), outcome: Expected::Unreachable, ..PageTruth::default() };
        let page = r#"{"url":"http://a.test/","outcome":"unreachable","detail":"net::ERR_CERT","findings":[]}"#;
        let report = Report::parse(format!(r#"{{"pages":[{page}],"unvisited":[]}}"#).as_bytes()).unwrap();
        assert_eq!(compare(&report, &[&truth], &[]).differences, []);
        truth.pages[0].outcome = Expected::Loaded;
        assert_eq!(compare(&report, &[&truth], &[]).differences[0].what, "the lab has no such page");
    }
}
