//! What the recorder hands over: a visit with what was concluded from it.

use earshot_model::{ConsentClock, Finding, Gap, Visit};

/// A visit and the opinions about it.
#[derive(Clone, Debug)]
pub struct Judged {
    /// What was observed.
    pub visit: Visit,
    /// What was concluded.
    pub findings: Vec<Finding>,
    /// One note for each of the visit's events, in their order; events without one count as notable for nobody.
    pub events: Vec<EventNote>,
    /// Gaps that only judging showed, in addition to the visit's own.
    pub gaps_added: Vec<Gap>,
    /// What the visit saw of consent.
    pub course: Course,
    /// Where the manifest of its evidence lies in the evidence store, if any is kept.
    pub evidence: Option<String>,
    /// Version of the catalogue and rules by which it was judged.
    pub ruleset: String,
}

/// What a visit saw of consent, and whether that is all.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Course {
    /// Its moments.
    pub clock: ConsentClock,
    /// Platform of the banner, or the rule by which it was answered; empty if no banner was seen.
    pub cmp: String,
    /// Whether a banner would have been noticed.
    pub watched: bool,
    /// Whether everything that the profile asks for was done and watched.
    pub whole: bool,
    /// What the consent interfaces of the page said last: the interface, and in words what.
    pub signals: Vec<(String, String)>,
}

/// What judging added to one event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventNote {
    /// Catalogue id of the third party, or its registrable domain; `None` for the first party.
    pub vendor: Option<String>,
    /// Length of its body after unpacking, in bytes.
    pub decoded_bytes: u64,
    /// `seq` of the request for the script or document that made it; `None` for the page's document, for what is no
    /// request, and where that was not seen.
    pub cause: Option<u32>,
}
