//! What a run has found, for people and for programs.

mod conduct;
mod consent;
mod finding;
mod provenance;
pub(crate) mod read;
mod risk;

use std::collections::BTreeMap;

use earshot_detect::changes::HIDING;
use earshot_model::{Finding, Rule};
use schemars::JsonSchema;
use serde::Serialize;

pub use conduct::{
    AccountSites, Bringer, Failures, Fingerprinter, KeyListener, KeystrokeHearer, RouteCount, SiteCoverage,
};

pub use consent::{ConsentSignal, GATINGS, PageChoice, VendorState, VisitConsent};

pub use provenance::{PictureFile, Provenance};

pub(crate) use risk::assess;
pub use risk::{Estimate, Score, ScorePart, Sensitive, SiteExposure, Theory};

/// The name and version of the JSON form. Fields are added, never changed; a change would make it `/2`.
pub const SCHEMA: &str = "earshot.report/1";
/// The class of a page that was shown and watched.
pub(crate) const SEEN: &str = "seen";
/// The category of what a site's own scripts and servers do.
const FIRST_PARTY: &str = "first_party";
/// What a report is not.
pub const NOTICE: &str = "Earshot states what was observed. Findings relate to laws such as CIPA § 631, CCPA and \
                          ePrivacy Art. 5(3); whether they are a violation is for counsel. This is not legal advice.";

/// What a run has found.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Report {
    /// Always `earshot.report/1`.
    pub schema: &'static str,
    /// Version of the program that wrote the report.
    pub earshot: &'static str,
    /// The run.
    pub run: RunSummary,
    /// Its numbers, with their denominators.
    pub totals: Totals,
    /// Every third party that was contacted before any choice about consent, most exposed first.
    pub vendors: Vec<VendorExposure>,
    /// Who tells browsers apart before any choice about consent, on most sites first.
    pub fingerprinters: Vec<Fingerprinter>,
    /// Whose scripts listen to keys or read fields before any choice about consent, on most sites first.
    pub listeners: Vec<KeyListener>,
    /// Who hears what is typed, or when and how long something is, before any choice about consent; worst first.
    pub keystrokes: Vec<KeystrokeHearer>,
    /// What each page asks its visitors, and what answering takes.
    pub choices: Vec<PageChoice>,
    /// What each tracker does on each page before a choice, after a refusal, after agreeing and under Global Privacy
    /// Control.
    pub states: Vec<VendorState>,
    /// Legal theories to which findings relate: what somebody may argue. Whether one holds is for counsel.
    pub theories: Vec<Theory>,
    /// How much of every site was seen, by name.
    pub sites: Vec<SiteCoverage>,
    /// Every visit of a page, by site, address and profile.
    pub pages: Vec<PageReport>,
    /// Targets of which no page could be visited.
    pub unvisited: Vec<Unvisited>,
    /// Lines of the input that name nothing to scan. Empty for a past run.
    pub bad_lines: Vec<BadInput>,
    /// What this report is not.
    pub notice: &'static str,
}

/// The run.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RunSummary {
    /// Its id, a ULID.
    pub id: String,
    /// What it was called.
    pub label: String,
    /// When it was started (RFC 3339, UTC).
    pub started_at: String,
    /// `running`, `complete` or `cancelled`.
    pub state: String,
    /// The portfolio whose targets it has.
    pub portfolio: Option<String>,
    /// The night that it is the crawl of (a date).
    pub night: Option<String>,
    /// The region through whose exit the web was seen.
    pub region: Option<String>,
    /// Pages of each site at most.
    pub pages_per_site: u32,
    /// How its visits behaved towards consent.
    pub profiles: Vec<String>,
}

/// The numbers of a run. Pages that were visited under several profiles are those of the first: of `untouched`, if the run
/// has it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Totals {
    /// Targets that the run was given.
    pub targets: u64,
    /// Sites of which at least one page was seen: the denominator of every share.
    pub sites_seen: u64,
    /// Of those, sites with at least one tracker before consent.
    pub sites_with_tracker: u64,
    /// Of those, sites on which somebody listens to keys or reads fields before consent.
    pub sites_with_listener: u64,
    /// Of those, sites on which somebody tells browsers apart before consent.
    pub sites_with_fingerprinter: u64,
    /// Sites on which something was typed into at least one page that was seen: of the others nobody knows who would hear
    /// it.
    pub sites_typed: u64,
    /// Of those, sites on which a third party took what was typed, or a hash or checksum of it (K4 to K6).
    pub sites_with_keystrokes: u64,
    /// Seen pages on which something was typed.
    pub pages_typed: u64,
    /// Pages recorded.
    pub pages: u64,
    /// Pages that were shown and watched.
    pub pages_seen: u64,
    /// Of those, pages whose watching was cut short: what was seen happened, what was not seen may have.
    pub pages_partial: u64,
    /// Pages behind a wall: not seen, not clean.
    pub pages_blocked: u64,
    /// Pages that did not work.
    pub pages_failed: u64,
    /// Pages that were not gone to.
    pub pages_refused: u64,
    /// Pages that are no page of their site: parked, or leading elsewhere.
    pub pages_absent: u64,
    /// Pages watched to the end on which no tracker was contacted within that time, as far as could be seen: pages with a
    /// gap that can hide a contact are not among them.
    pub pages_without_tracker: u64,
    /// Seen pages that were recorded by a version that noted no witnesses: nobody looked there for what scripts listen to,
    /// for who tells browsers apart and for other names.
    pub pages_without_witness: u64,
    /// Visits whose events have left the store by their age: what was typed there, and with it who heard it, is not known any
    /// more, nor every step to a finding.
    pub visits_without_events: u64,
    /// Things within seen pages that could not be observed.
    pub gaps: u64,
}

/// One third party over the whole run.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct VendorExposure {
    /// Catalogue id, or the registrable domain of a stranger.
    pub vendor: String,
    /// What people call it.
    pub name: String,
    /// What it does.
    pub category: String,
    /// `content`, `tracker`, `unknown` or `none`.
    pub exposure: String,
    /// Sites on which it was contacted before any choice.
    pub sites: u64,
    /// That number over `totals.sites_seen`, from 0 to 1.
    pub pre_consent_share: f64,
    /// Pages on which it was contacted.
    pub pages: u64,
    /// Median over those pages of the first contact, in ms since navigation start.
    pub median_first_contact_ms: f64,
    /// How many requests it got.
    pub requests: u64,
    /// How many request bodies and socket frames it got.
    pub uploads: u64,
    /// Their bytes as sent.
    pub upload_bytes: u64,
    /// Their bytes once unpacked.
    pub upload_decoded_bytes: u64,
    /// What it stored, with the area in front: `cookie:_clck`.
    pub stored: Vec<String>,
    /// Whose accounts it works for, and where.
    pub accounts: Vec<AccountSites>,
    /// How it came into the pages, where that was seen; most sites first.
    pub routes: Vec<RouteCount>,
    /// Which scripts and tag containers brought it; most sites first.
    pub brought_by: Vec<Bringer>,
    /// Sites on which it hides under another name.
    pub disguised_sites: u64,
    /// Kinds of the pages it was on: `home`, `checkout`, …; sorted.
    pub page_kinds: Vec<String>,
}

/// One visit of a page.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PageReport {
    /// The registrable domain.
    pub site: String,
    /// The address that was opened.
    pub url: String,
    /// Where redirects led to, if the page was reached.
    pub final_url: Option<String>,
    /// What kind of page it looks like.
    pub kind: String,
    /// Id of the visit.
    pub visit: String,
    /// How it behaved towards consent: `untouched`, `reject`, `accept` or `gpc`.
    pub profile: String,
    /// How it stood with consent.
    pub consent: VisitConsent,
    /// How opening it ended: `loaded`, `blocked`, `http_error`, …
    pub outcome: String,
    /// `seen`, `blocked`, `failed`, `refused` or `absent`.
    pub class: String,
    /// Where it failed if nothing was answered: `dns`, `tls` or `connection`.
    pub failure: Option<String>,
    /// What there is to say about the outcome.
    pub detail: String,
    /// How long the visit took, in ms.
    pub took_ms: u32,
    /// Where the last picture lies: a file, or its key in the evidence store.
    pub screenshot: Option<String>,
    /// Which visit of this page under this profile, from 0.
    pub repetition: u32,
    /// From where it was seen, and what proves it.
    pub provenance: Provenance,
    /// Third parties contacted, whose scripts tell browsers apart or listen, and who hears what is typed, in the order of
    /// their first contact.
    #[schemars(with = "Vec<finding::FindingForm>")]
    pub findings: Vec<Finding>,
    /// Ids of the theories to which findings relate, by the finding's id.
    pub theories: BTreeMap<String, Vec<String>>,
    /// What could not be observed.
    pub gaps: Vec<GapReport>,
}

/// Something within a page that could not be observed.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct GapReport {
    /// What kind of thing: `body_unread`, `cut_short`, …
    pub kind: String,
    /// What exactly.
    pub detail: String,
}

/// A target of which no page could be visited.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Unvisited {
    /// Where the crawl started.
    pub start: String,
    /// How it ended.
    pub outcome: String,
    /// `blocked`, `failed`, `refused` or `absent`.
    pub class: String,
    /// Where it failed if nothing was answered: `dns`, `tls` or `connection`.
    pub failure: Option<String>,
    /// What there is to say about it.
    pub detail: String,
}

/// A line of the input that names nothing to scan.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct BadInput {
    /// File, `-` or "argument".
    pub source: String,
    /// Line, from 1.
    pub line: usize,
    /// What stands there, shortened.
    pub text: String,
    /// Why it is no target.
    pub error: String,
}

impl Report {
    /// The profile that stands for the whole: the one that leaves banners alone, if the run has it.
    #[must_use]
    pub fn main_profile(&self) -> &str {
        self.run.main_profile()
    }

    /// Each page once: its first visits under that profile.
    pub fn main_pages(&self) -> impl Iterator<Item = &PageReport> {
        main_pages(&self.run, &self.pages)
    }

    /// What was found on any visit.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.pages.iter().flat_map(|page| &page.findings)
    }

    /// The third parties that were contacted on any visit before a choice.
    pub fn contacts(&self) -> impl Iterator<Item = &Finding> {
        self.pages.iter().flat_map(PageReport::contacts)
    }
}

impl RunSummary {
    /// The profile that stands for the whole: the one that leaves banners alone, if the run has it.
    #[must_use]
    pub fn main_profile(&self) -> &str {
        self.profiles.first().map_or("untouched", String::as_str)
    }
}

/// Each page once: its first visits under the main profile.
pub(crate) fn main_pages<'a>(run: &'a RunSummary, pages: &'a [PageReport]) -> impl Iterator<Item = &'a PageReport> {
    pages.iter().filter(|page| page.profile == run.main_profile() && page.repetition == 0)
}

/// Whether it speaks against somebody: what happens once a visitor has agreed does not, and that consent is denied may be told.
#[must_use]
pub fn speaks(finding: &Finding) -> bool {
    !finding.rule.is_neutral() && finding.rule != Rule::CookielessPing
}

/// Whether a third party was sent what was typed, or what can be tested against it.
#[must_use]
pub fn is_taken(finding: &Finding) -> bool {
    finding.rule == Rule::Keystrokes
        && finding.category != FIRST_PARTY
        && finding.heard.iter().any(earshot_model::Heard::is_taken)
}

impl PageReport {
    /// The third parties that it contacted.
    pub fn contacts(&self) -> impl Iterator<Item = &Finding> {
        self.under(Rule::PreConsentContact)
    }

    /// What was found of one kind.
    pub fn under(&self, rule: Rule) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(move |finding| finding.rule == rule)
    }

    /// Whether nothing is known that could have hidden a contact.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        let hides = |gap: &GapReport| HIDING.iter().any(|kind| kind.as_str() == gap.kind);
        self.class == "seen" && self.outcome != "partial" && !self.gaps.iter().any(hides)
    }

    /// Whether it contacted a tracker.
    #[must_use]
    pub fn is_tracked(&self) -> bool {
        self.contacts().any(|finding| finding.exposure.is_tracker())
    }
}

/// The JSON Schema of the JSON form.
#[must_use]
pub fn json_schema() -> serde_json::Value {
    schemars::schema_for!(Report).to_value()
}

#[cfg(test)]
mod tests {
    use earshot_model::GapKind;

    use super::*;
    use crate::sample;

    #[test]
    fn a_page_is_whole_if_no_gap_could_hide_a_contact() {
        let mut page = sample::report().pages.remove(0);
        let gap = |kind: GapKind| GapReport { kind: kind.as_str().to_owned(), detail: String::new() };
        page.gaps = vec![gap(GapKind::ScreenshotMissing), gap(GapKind::BodyCut)];
        assert!(page.is_whole());
        page.gaps.push(gap(GapKind::TargetUnwatched));
        assert!(!page.is_whole());
        assert!(!sample::report().pages[1].is_whole(), "partial");
    }
}
