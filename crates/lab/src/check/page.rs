//! One page of a report, held against its truth: a sentence for every point in which they differ.

use std::collections::{BTreeMap, BTreeSet};

use super::report::{Finding, Page};
use crate::truth::{ByVendor, Wall};
use crate::{Expected, PageTruth};

/// What of a finding is a list of texts.
type List = fn(&Finding) -> &[String];

/// A page and what is true of it.
pub(super) struct Pair<'a> {
    page: &'a Page,
    truth: &'a PageTruth,
    wrong: Vec<String>,
}

/// Every difference, and how many contacts the two agree on.
pub(super) fn compare(page: &Page, truth: &PageTruth) -> (Vec<String>, usize) {
    let mut pair = Pair { page, truth, wrong: Vec::new() };
    if truth.outcome == Expected::Any || !pair.outcome() {
        return (pair.wrong, 0);
    }
    let agreed = pair.contacts();
    pair.disguises();
    pair.uploads();
    pair.stored();
    pair.accounts();
    pair.installs();
    pair.contained("brought by", &truth.brought_by, |finding| &finding.brought_by);
    pair.contained("in a frame of", &truth.frames, |finding| &finding.frames);
    pair.contained("listening to", &truth.listens, |finding| &finding.listens);
    pair.contained("reading", &truth.reads, |finding| &finding.reads);
    pair.details();
    pair.conduct();
    pair.wrong.extend(super::keystrokes::compare(page, truth));
    (pair.wrong, agreed)
}

impl Pair<'_> {
    fn differs(&mut self, what: String) {
        self.wrong.push(what);
    }

    /// Whether the outcome is right; if it is not, nothing else can be.
    fn outcome(&mut self) -> bool {
        let (page, expected) = (self.page, super::name(self.truth.outcome));
        if page.outcome != expected {
            self.differs(format!("is {expected}, reported as {} ({})", page.outcome, page.detail));
            return false;
        }
        if let Some(wall) = self.truth.wall.filter(|wall| *wall != wall_of(&page.detail)) {
            self.differs(format!("is a wall by {wall:?}, reported as {}", page.detail));
        }
        if let Some(detail) = self.truth.detail.as_ref().filter(|detail| !page.detail.contains(*detail)) {
            self.differs(format!("the outcome's detail is {detail}, reported as {}", page.detail));
        }
        if let Some(wrong) = wrong_failure(self.truth, page.failure.as_deref()) {
            self.differs(wrong);
        }
        true
    }

    fn contacts(&mut self) -> usize {
        let (page, truth) = (self.page, self.truth);
        let seen: BTreeSet<&str> = page.contacts().map(|finding| finding.vendor.as_str()).collect();
        let there = truth.vendors.iter().chain(&truth.unknown).chain(truth.disguised.keys());
        let there: BTreeSet<&str> = there.map(String::as_str).collect();
        // What a wall contacts is the wall's: a report need not say it.
        if truth.outcome != Expected::Blocked {
            for missed in there.difference(&seen) {
                self.differs(format!("{missed} is contacted, not reported"));
            }
        }
        // Whom a parking company or another site contacts is nothing that the truth of this site knows.
        if !matches!(truth.outcome, Expected::Parked | Expected::OffSite) {
            for invented in seen.difference(&there) {
                self.differs(format!("{invented} is reported, not contacted"));
            }
        }
        seen.intersection(&there).count()
    }

    fn disguises(&mut self) {
        let (page, truth) = (self.page, self.truth);
        for finding in page.contacts() {
            let vendor = &finding.vendor;
            let reported = finding.disguise.as_ref().map(|disguise| disguise.kind.as_str());
            match (truth.disguised.get(vendor).map(String::as_str), reported) {
                (kind, reported) if kind == reported => {}
                (Some(kind), reported) => {
                    let reported = reported.unwrap_or("under its own name");
                    self.differs(format!("{vendor} hides by {kind}, reported as {reported}"));
                }
                (None, Some(reported)) if truth.vendors.contains(vendor) || truth.unknown.contains(vendor) => {
                    self.differs(format!("{vendor} does not hide, reported as {reported}"));
                }
                (None, _) => {}
            }
        }
    }

    fn uploads(&mut self) {
        let page = self.page;
        for finding in page.contacts() {
            let upload = &finding.upload;
            if self.truth.uploads.contains(&finding.vendor) && (upload.count == 0 || upload.wire_bytes == 0) {
                self.differs(format!("{} uploads, no upload reported", finding.vendor));
            }
        }
    }

    /// What the truth names must be reported as stored, by whomever.
    fn stored(&mut self) {
        let (page, truth) = (self.page, self.truth);
        let stored: BTreeSet<&str> =
            page.findings.iter().flat_map(|finding| &finding.stored).map(String::as_str).collect();
        for cookie in &truth.cookies {
            if !stored.contains(format!("cookie:{cookie}").as_str()) {
                self.differs(format!("cookie {cookie} is set, not reported"));
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
                self.differs(format!("storage key {key} is written, not reported"));
            }
        }
        for kept in truth.stored.iter().filter(|kept| !stored.contains(kept.as_str())) {
            self.differs(format!("{kept} is stored, not reported"));
        }
    }

    /// Accounts are compared whole for the vendors that the truth names. One without a kind fits any kind.
    fn accounts(&mut self) {
        let (page, truth) = (self.page, self.truth);
        let fits = |named: &str, reported: &str| {
            named == reported || (!named.contains(':') && reported.split_once(':').is_some_and(|(_, id)| id == named))
        };
        for (vendor, named) in &truth.accounts {
            let reported: BTreeSet<&String> = page.of(vendor).flat_map(|finding| &finding.accounts).collect();
            for missed in named.iter().filter(|named| !reported.iter().any(|reported| fits(named, reported))) {
                self.differs(format!("{vendor} works for {missed}, not reported"));
            }
            for invented in reported.iter().filter(|reported| !named.iter().any(|named| fits(named, reported))) {
                self.differs(format!("{vendor} is reported to work for {invented}, does not"));
            }
        }
    }

    fn installs(&mut self) {
        let (page, truth) = (self.page, self.truth);
        for (vendor, way) in &truth.install {
            // That it is not reported at all was said before.
            let Some(finding) = page.contacts().find(|finding| finding.vendor == *vendor) else { continue };
            let reported = finding.install.as_ref().map(|install| format!("{}:{}", install.route, install.name));
            let route = finding.install.as_ref().map(|install| &install.route);
            // Names are written as their owners do: Shopify, shopify.
            if route != Some(way) && !reported.as_ref().is_some_and(|reported| reported.eq_ignore_ascii_case(way)) {
                let reported = reported.unwrap_or_else(|| "nothing".to_owned());
                self.differs(format!("{vendor} came by {way}, reported as {reported}"));
            }
        }
    }

    /// Each text that the truth names is contained in one of those reported of the vendor.
    fn contained(&mut self, what: &str, named: &ByVendor, list: List) {
        let page = self.page;
        for (vendor, texts) in named {
            let reported: Vec<&String> = page.of(vendor).flat_map(list).collect();
            for text in texts.iter().filter(|text| !reported.iter().any(|reported| reported.contains(text.as_str()))) {
                self.differs(format!("{vendor} is {what} {text}, not reported"));
            }
        }
    }

    fn details(&mut self) {
        let (page, truth) = (self.page, self.truth);
        for (vendor, keys) in &truth.details {
            for (key, values) in keys {
                let reported: Vec<&String> =
                    page.of(vendor).filter_map(|finding| finding.details.get(key)).flatten().collect();
                for value in values.iter().filter(|value| !reported.contains(value)) {
                    self.differs(format!("{vendor} says {key} {value}, reported are {reported:?}"));
                }
            }
        }
    }

    fn conduct(&mut self) {
        let (page, truth) = (self.page, self.truth);
        let prints = page.under("fingerprinting");
        let prints = prints.flat_map(|one| one.fingerprints.iter().map(move |how| format!("{} {how}", one.vendor)));
        self.exactly("fingerprinting", prints.collect(), &truth.fingerprints);
        let listening = page.under("listening").map(|finding| finding.vendor.clone());
        self.exactly("listening", listening.collect(), &truth.listening);
        let grows = page.under("keystrokes").filter(|finding| finding.details.contains_key("grows"));
        self.exactly("growing with what is typed", grows.map(|one| one.vendor.clone()).collect(), &truth.grows);
    }

    fn exactly(&mut self, what: &str, seen: BTreeSet<String>, truth: &BTreeSet<String>) {
        let may: BTreeMap<&str, bool> =
            truth.iter().map(|one| one.strip_suffix('?').map_or((one.as_str(), true), |one| (one, false))).collect();
        for (missed, _) in may.iter().filter(|(one, must)| **must && !seen.contains(**one)) {
            self.differs(format!("{what}: {missed} is so, not reported"));
        }
        for invented in seen.iter().filter(|one| !may.contains_key(one.as_str())) {
            self.differs(format!("{what}: {invented} is reported, not so"));
        }
    }
}

/// At which step nothing is answered, if the truth has it and it is reported otherwise.
pub(super) fn wrong_failure(truth: &PageTruth, reported: Option<&str>) -> Option<String> {
    let failure = truth.failure.as_deref().filter(|failure| reported != Some(failure))?;
    Some(format!("fails by {failure}, reported as {}", reported.unwrap_or("nothing")))
}

/// What an outcome's detail says of a wall.
fn wall_of(detail: &str) -> Wall {
    if detail.contains("CAPTCHA") {
        Wall::Captcha
    } else if detail.contains("challenge") {
        Wall::Challenge
    } else {
        Wall::Status
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A report of one page with these fields, held against the truth.
    fn compared(truth: &PageTruth, outcome: &str, detail: &str, findings: &str) -> Vec<String> {
        let findings: Vec<serde_json::Value> = serde_json::from_str(findings).unwrap();
        let whole = |mut finding: serde_json::Value| {
            for (key, usual) in [("stored", "[]"), ("upload", r#"{"count":0,"wire_bytes":0}"#)] {
                if finding.get(key).is_none() {
                    finding[key] = serde_json::from_str(usual).unwrap();
                }
            }
            finding
        };
        let findings: Vec<_> = findings.into_iter().map(whole).collect();
        let page = serde_json::json!({ "url": "", "outcome": outcome, "detail": detail, "findings": findings });
        compare(&serde_json::from_value(page).unwrap(), truth).0
    }

    fn truth(toml: &str) -> PageTruth {
        let mut whole = serde_json::to_value(PageTruth::default()).unwrap();
        let given: serde_json::Value = toml::from_str(toml).unwrap();
        whole.as_object_mut().unwrap().extend(given.as_object().unwrap().clone());
        serde_json::from_value(whole).unwrap()
    }

    #[test]
    fn a_disguise_is_a_contact_only_under_its_kind() {
        let truth = truth("vendors = ['hotjar']\n[disguised]\nposthog = 'proxy'");
        let hotjar = r#"{"vendor":"hotjar","disguise":null}"#;
        let posthog = |kind: &str| format!(r#"{{"vendor":"posthog","disguise":{kind}}}"#);
        let said = |one: &str, other: &str| compared(&truth, "loaded", "", &format!("[{one},{other}]"));
        assert_eq!(said(hotjar, &posthog(r#"{"kind":"proxy"}"#)), Vec::<String>::new());
        assert_eq!(said(hotjar, &posthog(r#"{"kind":"cname"}"#)), ["posthog hides by proxy, reported as cname"]);
        assert_eq!(said(hotjar, &posthog("null")), ["posthog hides by proxy, reported as under its own name"]);
        let hidden = r#"{"vendor":"hotjar","disguise":{"kind":"cname"}}"#;
        let right = posthog(r#"{"kind":"proxy"}"#);
        assert_eq!(said(hidden, &right), ["hotjar does not hide, reported as cname"]);
        assert_eq!(compared(&truth, "loaded", "", &format!("[{hotjar}]")), ["posthog is contacted, not reported"]);
    }

    #[test]
    fn accounts_are_compared_whole_and_a_bare_one_fits_any_kind() {
        let truth = truth("vendors = ['v']\n[accounts]\nv = ['project:a1', 'b2']");
        let said =
            |accounts: &str| compared(&truth, "loaded", "", &format!(r#"[{{"vendor":"v","accounts":{accounts}}}]"#));
        assert_eq!(said(r#"["project:a1","pixel:b2"]"#), Vec::<String>::new());
        assert_eq!(
            said(r#"["pixel:a1","pixel:b2"]"#),
            ["v works for project:a1, not reported", "v is reported to work for pixel:a1, does not"]
        );
    }

    #[test]
    fn an_install_is_compared_by_route_and_by_name_where_the_truth_has_one() {
        let said = |way: &str, install: &str| {
            let truth = truth(&format!("vendors = ['v']\n[install]\nv = '{way}'"));
            compared(&truth, "loaded", "", &format!(r#"[{{"vendor":"v","install":{install}}}]"#))
        };
        let gtm = r#"{"route":"tag_manager","name":"GTM-1"}"#;
        assert!(said("tag_manager", gtm).is_empty() && said("tag_manager:GTM-1", gtm).is_empty());
        assert_eq!(said("tag_manager:GTM-2", gtm), ["v came by tag_manager:GTM-2, reported as tag_manager:GTM-1"]);
        assert_eq!(said("inline", "null"), ["v came by inline, reported as nothing"]);
    }

    #[test]
    fn lists_and_details_must_hold_what_the_truth_names() {
        let truth = truth(
            "vendors = ['v']\n[brought_by]\nv = ['gtm.js?id=GTM-1']\n[frames]\nv = ['f.test']\n[listens]\nv = ['keydown']\n\
             [reads]\nv = ['input#mail']\n[details.v]\nversion = ['1']",
        );
        let right = r#"[{"vendor":"v","brought_by":["https://g/gtm.js?id=GTM-1&l=x"],"frames":["f.test"],
            "details":{"version":["1","2"]}},
            {"rule":"listening","vendor":"v","listens":["keydown document"],"reads":["input#mail[type=email]"]}]"#;
        let differences = compared(&truth, "loaded", "", right);
        assert_eq!(differences, ["listening: v is reported, not so"]);
        let differences = compared(&truth, "loaded", "", r#"[{"vendor":"v"}]"#);
        assert_eq!(
            differences,
            [
                "v is brought by gtm.js?id=GTM-1, not reported",
                "v is in a frame of f.test, not reported",
                "v is listening to keydown, not reported",
                "v is reading input#mail, not reported",
                "v says version 1, reported are []"
            ]
        );
    }

    #[test]
    fn conduct_is_compared_exactly_but_for_what_may_be() {
        let truth = truth("fingerprints = ['p.test canvas', 'p.test fonts?']\nlistening = ['q.test']");
        let canvas = r#"{"rule":"fingerprinting","vendor":"p.test","fingerprints":["canvas","fonts"]}"#;
        let listening = r#"{"rule":"listening","vendor":"q.test"}"#;
        assert!(compared(&truth, "loaded", "", &format!("[{canvas},{listening}]")).is_empty());
        let invented = r#"[{"rule":"fingerprinting","vendor":"r.test","fingerprints":["webgl"]}]"#;
        assert_eq!(
            compared(&truth, "loaded", "", invented),
            [
                "fingerprinting: p.test canvas is so, not reported",
                "fingerprinting: r.test webgl is reported, not so",
                "listening: q.test is so, not reported"
            ]
        );
    }

    #[test]
    fn a_database_and_a_cache_must_be_reported() {
        let truth = truth("stored = ['indexeddb:visits', 'cache:v1']");
        let wrong = compared(&truth, "loaded", "", r#"[{"rule":"x","vendor":"v","stored":["indexeddb:visits"]}]"#);
        assert_eq!(wrong, ["cache:v1 is stored, not reported"]);
    }

    #[test]
    fn a_wall_a_parked_page_and_another_site_are_told_by_their_details() {
        let captcha = truth("outcome = 'blocked'\nwall = 'captcha'");
        assert!(compared(&captcha, "blocked", "HTTP 403, a CAPTCHA", "[]").is_empty());
        assert_eq!(compared(&captcha, "blocked", "HTTP 403", "[]"), ["is a wall by Captcha, reported as HTTP 403"]);
        let captcha_of_somebody = PageTruth { unknown: ["c.test".to_owned()].into(), ..captcha.clone() };
        assert!(compared(&captcha_of_somebody, "blocked", "HTTP 403, a CAPTCHA", "[]").is_empty());
        let invented = compared(&captcha, "blocked", "HTTP 403, a CAPTCHA", r#"[{"vendor":"hotjar"}]"#);
        assert_eq!(invented, ["hotjar is reported, not contacted"]);
        assert_eq!(compared(&captcha, "loaded", "HTTP 200", "[]"), ["is blocked, reported as loaded (HTTP 200)"]);
        let elsewhere = truth("outcome = 'off_site'\ndetail = 'other.test'");
        let contact = r#"[{"vendor":"hotjar"}]"#;
        assert!(compared(&elsewhere, "off_site", "leads to other.test", contact).is_empty());
        assert_eq!(compared(&elsewhere, "off_site", "leads to x.test", contact).len(), 1);
        assert!(compared(&truth("outcome = 'parked'"), "parked", "HTTP 200, a frame", contact).is_empty());
        assert!(compared(&truth("outcome = 'partial'"), "partial", "", "[]").is_empty());
    }
}
