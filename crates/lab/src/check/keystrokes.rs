//! What a report says of what is typed, held against the truth.

use std::collections::BTreeMap;

use super::report::{Finding, Heard, Page};
use crate::{OTHER_FIELDS, PageTruth};

/// The rule of findings about what is typed.
const RULE: &str = "keystrokes";
/// The least grade that says that something was sent.
const SENT: &str = "K3";
/// The least grade that says that what was typed was sent.
const CONTENT: &str = "K4";

/// What the truth says of one field: `K4 sha256`, `K5|K6 gzip?`.
struct Said<'a> {
    grades: Vec<&'a str>,
    words: Vec<String>,
    must: bool,
}

/// Every difference, as a sentence.
pub(super) fn compare(page: &Page, truth: &PageTruth) -> Vec<String> {
    let mut wrong = Vec::new();
    for (vendor, fields) in &truth.keystrokes {
        let heard: Vec<&Heard> = of(page, vendor).flat_map(|finding| &finding.heard).collect();
        for (field, said) in fields {
            wrong.extend(one(vendor, field, &Said::read(said), &named(&heard, field, fields)));
        }
    }
    for finding in page.under(RULE).filter(|finding| !own(page, &finding.vendor)) {
        wrong.extend(invented(finding, truth));
    }
    wrong
}

impl<'a> Said<'a> {
    fn read(text: &'a str) -> Self {
        let (text, must) = text.strip_suffix('?').map_or((text, true), |text| (text, false));
        let mut words = text.split_whitespace();
        let grades = words.next().unwrap_or_default().split('|').collect();
        Self { grades, words: words.map(str::to_lowercase).collect(), must }
    }

    fn fits(&self, heard: &Heard) -> bool {
        let chain = heard.proof.iter().flat_map(|proof| &proof.chain).map(String::as_str);
        let how = chain.chain([heard.form.as_str()]).collect::<Vec<_>>().join(" ").to_lowercase();
        self.grades.contains(&heard.grade.as_str()) && self.words.iter().all(|word| how.contains(word))
    }
}

/// What is heard of one field, or of all that have no word of their own.
fn named<'a>(heard: &[&'a Heard], field: &str, fields: &BTreeMap<String, String>) -> Vec<&'a Heard> {
    let own = |heard: &&&Heard| match field {
        OTHER_FIELDS => !fields.keys().any(|name| is(heard, name)),
        name => is(heard, name),
    };
    heard.iter().filter(own).copied().collect()
}

/// Whether a selector is that of the field with that name or id.
fn is(heard: &Heard, name: &str) -> bool {
    let field = &heard.field;
    let id = field.split_once('#').map(|(_, rest)| rest.split('[').next().unwrap_or(rest));
    field == name || field.contains(&format!("[name={name}]")) || id == Some(name)
}

fn one(vendor: &str, field: &str, said: &Said<'_>, heard: &[&Heard]) -> Option<String> {
    let wanted = || format!("{} {}", said.grades.join("|"), said.words.join(" ")).trim_end().to_owned();
    // Below what is sent, nothing is held against anybody: that somebody listens is told by another rule.
    let other = heard.iter().find(|heard| !said.fits(heard) && heard.grade.as_str() >= SENT);
    match (heard.iter().any(|heard| said.fits(heard)), other) {
        (true, None) => None,
        (_, Some(other)) => Some(format!("{vendor} hears {field} as {}, reported as {}", wanted(), words(other))),
        (false, None) if said.must => Some(format!("{vendor} hears {field} as {}, not reported", wanted())),
        (false, None) => None,
    }
}

fn words(heard: &Heard) -> String {
    let chain = heard.proof.as_ref().map(|proof| proof.chain.join(" > ")).unwrap_or_default();
    format!("{} ({}; {chain})", heard.grade, heard.form)
}

/// What is reported and not in the truth. That recorders know when somebody types is tolerated where the truth does not
/// speak of them.
fn invented(finding: &Finding, truth: &PageTruth) -> Vec<String> {
    let fields = truth.keystrokes.get(&finding.vendor);
    let stranger = truth.unknown.contains(&finding.vendor);
    let least = if fields.is_some() || stranger { SENT } else { CONTENT };
    let told = |heard: &&Heard| {
        fields.is_some_and(|fields| fields.contains_key(OTHER_FIELDS) || fields.keys().any(|name| is(heard, name)))
    };
    let heard = finding.heard.iter().filter(|heard| heard.grade.as_str() >= least && !told(heard));
    heard
        .map(|heard| format!("{} is reported to hear {} as {}, does not", finding.vendor, heard.field, words(heard)))
        .collect()
}

fn of<'a>(page: &'a Page, vendor: &'a str) -> impl Iterator<Item = &'a Finding> {
    page.under(RULE).filter(move |finding| finding.vendor == vendor)
}

/// Whether a party is the page's own site: what it hears is told apart, and no third party's. Names of the lab have no
/// public suffix of two parts.
fn own(page: &Page, vendor: &str) -> bool {
    let host = page.url.split("://").nth(1).and_then(|rest| rest.split('/').next()).unwrap_or_default();
    host == vendor || host.ends_with(&format!(".{vendor}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Vendor, field, grade, form and chain.
    type Told<'a> = (&'a str, &'a str, &'a str, &'a str, &'a [&'a str]);

    /// What is wrong with a report.
    fn compared(truth: &str, heard: &[Told<'_>]) -> Vec<String> {
        let mut whole = serde_json::to_value(PageTruth::default()).unwrap();
        let given: serde_json::Value = toml::from_str(truth).unwrap();
        whole.as_object_mut().unwrap().extend(given.as_object().unwrap().clone());
        let findings: Vec<_> = heard
            .iter()
            .map(|(vendor, field, grade, form, chain)| {
                serde_json::json!({
                    "rule": "keystrokes", "vendor": vendor, "stored": [], "upload": { "count": 0, "wire_bytes": 0 },
                    "heard": [{ "field": field, "grade": grade, "form": form, "proof": { "chain": chain } }],
                })
            })
            .collect();
        let page = serde_json::json!({ "url": "https://www.a.test/x", "outcome": "loaded", "detail": "", "findings": findings });
        compare(&serde_json::from_value(page).unwrap(), &serde_json::from_value(whole).unwrap())
    }

    const MAIL: &str = "input#mail[type=email][name=email]";

    #[test]
    fn grade_form_and_chain_must_be_those_of_the_truth() {
        let truth = "keystrokes = { 'v.test' = { email = 'K4 sha256 gzip' } }";
        let right = compared(truth, &[("v.test", MAIL, "K4", "SHA256 of the value", &["gzip", "json string"])]);
        assert_eq!(right, Vec::<String>::new());
        assert_eq!(
            compared(truth, &[("v.test", MAIL, "K5", "whole", &["gzip"])]),
            ["v.test hears email as K4 sha256 gzip, reported as K5 (whole; gzip)"]
        );
        assert_eq!(compared(truth, &[]), ["v.test hears email as K4 sha256 gzip, not reported"]);
    }

    #[test]
    fn what_may_be_so_need_not_and_either_of_two_grades_will_do() {
        let truth = "keystrokes = { 'v.test' = { email = 'K5|K6?' } }";
        for grade in ["K5", "K6"] {
            assert_eq!(compared(truth, &[("v.test", MAIL, grade, "", &[])]), Vec::<String>::new());
        }
        assert_eq!(compared(truth, &[("v.test", MAIL, "K4", "md5", &[])]).len(), 1);
        assert_eq!(compared(truth, &[]), Vec::<String>::new());
        assert_eq!(compared(truth, &[("v.test", MAIL, "K1", "", &[])]), Vec::<String>::new());
    }

    #[test]
    fn other_fields_are_those_without_a_word_of_their_own() {
        let truth = "keystrokes = { recorder = { email = 'K4', '*' = 'K3' } }";
        let mail = ("recorder", MAIL, "K4", "", &[][..]);
        let name = |grade| ("recorder", "input[name=name]", grade, "", &[][..]);
        assert_eq!(compared(truth, &[mail, name("K3")]), Vec::<String>::new());
        assert_eq!(compared(truth, &[mail]), ["recorder hears * as K3, not reported"]);
        assert_eq!(compared(truth, &[mail, name("K5")]), ["recorder hears * as K3, reported as K5 (; )"]);
    }

    #[test]
    fn what_nobody_hears_is_invented_but_for_a_recorder_that_knows_when() {
        let truth = "unknown = ['v.test']";
        assert_eq!(compared(truth, &[("v.test", MAIL, "K3", "", &[])]).len(), 1);
        assert_eq!(compared(truth, &[("recorder", MAIL, "K3", "", &[])]), Vec::<String>::new());
        assert_eq!(
            compared(truth, &[("recorder", MAIL, "K4", "checksum", &[])]),
            [format!("recorder is reported to hear {MAIL} as K4 (checksum; ), does not")]
        );
        assert_eq!(compared(truth, &[("a.test", MAIL, "K6", "", &[])]), Vec::<String>::new(), "the site's own");
    }

    #[test]
    fn a_field_goes_by_its_name_or_its_id() {
        let heard = |field: &str| Heard { field: field.into(), grade: "K5".into(), form: String::new(), proof: None };
        assert!(is(&heard(MAIL), "email") && is(&heard(MAIL), "mail") && is(&heard("div#composer"), "composer"));
        assert!(!is(&heard(MAIL), "ema") && !is(&heard("input#mail2"), "mail"));
    }
}
