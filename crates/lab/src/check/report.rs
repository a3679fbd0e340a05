//! What of a report is compared: the JSON of `earshot scan --format json`.

use std::collections::BTreeMap;

use serde::Deserialize;

/// The rule of reports that know only one.
const CONTACT: &str = "pre_consent_contact";

/// The profile of reports that know only one.
pub(super) const UNTOUCHED: &str = "untouched";

/// What of a report is compared: the JSON of `earshot scan --format json`.
#[derive(Debug, Deserialize)]
pub struct Report {
    pub(super) pages: Vec<Page>,
    pub(super) unvisited: Vec<Unvisited>,
    #[serde(default)]
    pub(super) states: Vec<State>,
    #[serde(default)]
    pub(super) choices: Vec<Choice>,
}

/// How one party behaves on one page, over all profiles.
#[derive(Debug, Deserialize)]
pub(super) struct State {
    pub(super) page: String,
    pub(super) vendor: String,
    pub(super) gating: String,
    pub(super) gpc: String,
}

/// The banner of one page, and what a choice costs there.
#[derive(Debug, Deserialize)]
pub(super) struct Choice {
    pub(super) page: String,
    pub(super) banner: bool,
    #[serde(default)]
    pub(super) cmp: String,
    pub(super) no_reject: bool,
    pub(super) presses_reject: Option<u32>,
    pub(super) presses_accept: Option<u32>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Page {
    pub(super) url: String,
    pub(super) outcome: String,
    pub(super) detail: String,
    #[serde(default)]
    pub(super) failure: Option<String>,
    #[serde(default = "untouched")]
    pub(super) profile: String,
    #[serde(default)]
    pub(super) gaps: Vec<Gap>,
    pub(super) findings: Vec<Finding>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Gap {
    pub(super) kind: String,
    #[serde(default)]
    pub(super) detail: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Unvisited {
    pub(super) start: String,
    pub(super) outcome: String,
    #[serde(default)]
    pub(super) failure: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Finding {
    #[serde(default = "contact")]
    pub(super) rule: String,
    pub(super) vendor: String,
    pub(super) upload: Upload,
    pub(super) stored: Vec<String>,
    #[serde(default)]
    pub(super) accounts: Vec<String>,
    #[serde(default)]
    pub(super) install: Option<Install>,
    #[serde(default)]
    pub(super) brought_by: Vec<String>,
    #[serde(default)]
    pub(super) disguise: Option<Disguise>,
    #[serde(default)]
    pub(super) frames: Vec<String>,
    #[serde(default)]
    pub(super) listens: Vec<String>,
    #[serde(default)]
    pub(super) reads: Vec<String>,
    #[serde(default)]
    pub(super) fingerprints: Vec<String>,
    #[serde(default)]
    pub(super) details: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    pub(super) heard: Vec<Heard>,
}

/// What a party hears of one field.
#[derive(Debug, Deserialize)]
pub(super) struct Heard {
    pub(super) field: String,
    pub(super) grade: String,
    #[serde(default)]
    pub(super) form: String,
    #[serde(default)]
    pub(super) proof: Option<Proof>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Proof {
    #[serde(default)]
    pub(super) chain: Vec<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Upload {
    pub(super) count: u32,
    pub(super) wire_bytes: u64,
}

#[derive(Debug, Deserialize)]
pub(super) struct Install {
    pub(super) route: String,
    pub(super) name: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Disguise {
    pub(super) kind: String,
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

impl Page {
    /// Findings under one rule.
    pub(super) fn under<'a>(&'a self, rule: &'a str) -> impl Iterator<Item = &'a Finding> {
        self.findings.iter().filter(move |finding| finding.rule == rule)
    }

    /// Findings that somebody was contacted.
    pub(super) fn contacts(&self) -> impl Iterator<Item = &Finding> {
        self.under(CONTACT)
    }

    /// Everything that is said of one vendor, under whatever rule.
    pub(super) fn of<'a>(&'a self, vendor: &'a str) -> impl Iterator<Item = &'a Finding> {
        self.findings.iter().filter(move |finding| finding.vendor == vendor)
    }
}

fn untouched() -> String {
    UNTOUCHED.to_owned()
}

fn contact() -> String {
    CONTACT.to_owned()
}
