//! Holds a scanner's report against the truth.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Deserialize;

use crate::{Expected, PageTruth, SiteTruth};

/// What of a report is compared: the JSON of `earshot scan --format json`.
#[derive(Debug, Deserialize)]
pub struct Report {
    pages: Vec<Page>,
    unvisited: Vec<Unvisited>,
}

#[derive(Debug, Deserialize)]
struct Page {
    url: String,
    outcome: String,
    detail: String,
    findings: Vec<Finding>,
}

#[derive(Debug, Deserialize)]
struct Unvisited {
    start: String,
    outcome: String,
}

#[derive(Debug, Deserialize)]
struct Finding {
    vendor: String,
    upload: Upload,
    stored: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Upload {
    count: u32,
    wire_bytes: u64,
}

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

impl Report {
    /// Reads the JSON form of a report.
    ///
    /// # Errors
    /// If it is none.
    pub fn parse(json: &[u8]) -> serde_json::Result<Self> {
        serde_json::from_slice(json)
    }
}

/// Compares page by page, and asks for every site in `portfolio` whether it was visited at all.
#[must_use]
pub fn compare(report: &Report, truth: &[&SiteTruth], portfolio: &[&str]) -> Comparison {
    let homes = truth.iter().filter_map(|site| Some((site.start.as_str(), site.pages.first()?)));
    // A start that redirects is reported under its own address; a page's own truth goes before.
    let pages = truth.iter().flat_map(|site| &site.pages).map(|page| (page.url.as_str(), page));
    let pages: BTreeMap<&str, &PageTruth> = homes.chain(pages).collect();
    let mut comparison = Comparison::default();
    for page in &report.pages {
        match pages.get(page.url.as_str()) {
            Some(truth) => comparison.page(page, truth),
            None => comparison.differs(&page.url, "the lab has no such page".to_owned()),
        }
    }
    for site in truth.iter().filter(|site| portfolio.contains(&site.domain.as_str())) {
        comparison.visited(report, site);
    }
    comparison
}

impl Comparison {
    fn page(&mut self, page: &Page, truth: &PageTruth) {
        self.pages += 1;
        if truth.outcome == Expected::Any {
            return;
        }
        let expected = name(truth.outcome);
        if page.outcome != expected {
            self.differs(&page.url, format!("is {expected}, reported as {} ({})", page.outcome, page.detail));
            return;
        }
        let seen: BTreeSet<&str> = page.findings.iter().map(|finding| finding.vendor.as_str()).collect();
        let there: BTreeSet<&str> = truth.vendors.iter().chain(&truth.unknown).map(String::as_str).collect();
        self.contacts += seen.intersection(&there).count();
        for missed in there.difference(&seen) {
            self.differs(&page.url, format!("{missed} is contacted, not reported"));
        }
        for invented in seen.difference(&there) {
            self.differs(&page.url, format!("{invented} is reported, not contacted"));
        }
        self.uploads(page, truth);
        self.stored(page, truth);
    }

    fn uploads(&mut self, page: &Page, truth: &PageTruth) {
        for finding in &page.findings {
            let upload = &finding.upload;
            if truth.uploads.contains(&finding.vendor) && (upload.count == 0 || upload.wire_bytes == 0) {
                self.differs(&page.url, format!("{} uploads, no upload reported", finding.vendor));
            }
        }
    }

    /// What the truth names must be reported as stored, by whomever.
    fn stored(&mut self, page: &Page, truth: &PageTruth) {
        let stored: BTreeSet<&str> =
            page.findings.iter().flat_map(|finding| &finding.stored).map(String::as_str).collect();
        for cookie in &truth.cookies {
            if !stored.contains(format!("cookie:{cookie}").as_str()) {
                self.differs(&page.url, format!("cookie {cookie} is set, not reported"));
            }
        }
        for key in &truth.storage {
            let holds = |stored: &&str| {
                let stored = stored.strip_prefix("local:").or_else(|| stored.strip_prefix("session:"));
                stored.is_some_and(|stored| {
                    key.strip_suffix('*').map_or(stored == key, |start| stored.starts_with(start))
                })
            };
            if !stored.iter().any(holds) {
                self.differs(&page.url, format!("storage key {key} is written, not reported"));
            }
        }
    }

    fn visited(&mut self, report: &Report, site: &SiteTruth) {
        let urls: BTreeSet<&str> = site.pages.iter().map(|page| page.url.as_str()).collect();
        let visited = report.pages.iter().any(|page| urls.contains(page.url.as_str()));
        let unvisited = report.unvisited.iter().find(|unvisited| unvisited.start == site.start);
        let expected: BTreeSet<&str> = site.pages.iter().map(|page| name(page.outcome)).collect();
        match unvisited {
            _ if visited => {}
            Some(unvisited) if expected.contains(unvisited.outcome.as_str()) => {}
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

fn name(outcome: Expected) -> &'static str {
    match outcome {
        Expected::Loaded => "loaded",
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
}
