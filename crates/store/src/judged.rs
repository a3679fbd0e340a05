//! What the recorder hands over: a visit with what was concluded from it.

use earshot_model::{Finding, Gap, Visit};

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
