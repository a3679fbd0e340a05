//! What one run knows of one site, as far as changes are read from it.

use earshot_model::{FindingId, GapKind, Grade, Profile, Rule, VisitId};

use super::{Gating, Gpc, HIDING, Party};

/// What one run knows of one site.
#[derive(Clone, Debug, Default)]
pub struct SiteFacts {
    /// Every recorded visit of its pages.
    pub visits: Vec<VisitFacts>,
    /// Findings of visits that saw their page.
    pub findings: Vec<FindingFacts>,
    /// What each tracker does on each page in each state of consent.
    pub states: Vec<StateFacts>,
    /// How its crawls ended that chose no page: `blocked`, `failed`, …
    pub unvisited: Vec<String>,
    /// Whether the run is complete: then a page without a visit was not planned.
    pub complete: bool,
}

/// One visit.
#[derive(Clone, Debug)]
pub struct VisitFacts {
    /// Its id.
    pub visit: VisitId,
    /// What was opened.
    pub page: String,
    /// How it behaved towards consent.
    pub profile: Profile,
    /// `seen`, `blocked`, `failed`, `refused` or `absent`.
    pub class: String,
    /// Whether it was cut short.
    pub partial: bool,
    /// What it could not look at.
    pub gaps: Vec<GapKind>,
    /// Whether something was typed.
    pub typed: bool,
    /// By which rules it was judged; empty if nobody noted it.
    pub ruleset: String,
}

/// One finding.
#[derive(Clone, Debug)]
pub struct FindingFacts {
    /// Its id.
    pub finding: FindingId,
    /// The visit that it was read from.
    pub visit: VisitId,
    /// The page.
    pub page: String,
    /// What is said.
    pub rule: Rule,
    /// Of whom.
    pub vendor: Party,
    /// First contact: ms since navigation start.
    pub first_contact_ms: f64,
    /// Registrable domain of the request that proves it, if it is not the page's own.
    pub proof_site: Option<String>,
    /// How much the party hears of what was typed, where that is known.
    pub grade: Option<Grade>,
}

/// What a tracker does on a page in each state of consent.
#[derive(Clone, Debug)]
pub struct StateFacts {
    /// The page.
    pub page: String,
    /// The tracker.
    pub vendor: Party,
    /// What its behaviour comes to.
    pub gating: Gating,
    /// Whether it heeds Global Privacy Control.
    pub gpc: Gpc,
    /// Whether a visit that left the banner alone, or one that chose, was watched whole: silence before the choice counts.
    pub before_whole: bool,
    /// Whether a visit that refused was watched whole: silence after the refusal counts.
    pub reject_whole: bool,
}

impl VisitFacts {
    /// Whether the page was shown.
    pub(super) fn is_seen(&self) -> bool {
        self.class == "seen"
    }

    /// Whether it was shown and nothing is known that could have hidden a contact.
    pub(super) fn is_whole(&self) -> bool {
        self.is_seen() && !self.partial && !self.gaps.iter().any(|gap| HIDING.contains(gap))
    }

    /// Whether nothing is known that could have hidden who heard what was typed.
    pub(super) fn is_read_whole(&self) -> bool {
        let hides = |gap: &GapKind| crate::judge::HIDING_TYPING.contains(gap) || UNTYPED.contains(gap);
        self.typed && self.is_whole() && !self.gaps.iter().any(hides)
    }
}

/// Less was typed, searched or waited for than there was.
const UNTYPED: [GapKind; 3] = [GapKind::FieldUntyped, GapKind::SearchCut, GapKind::UploadNotAwaited];
