//! `visit.json`: which page was opened, how, by whom, who answered, what was typed, and what could not be seen.

use earshot_model::{
    Canary, ConsentClock, Event, Fact, FieldKind, Gap, Identity, Outcome, PageKind, PageUrl, PictureKind, Profile,
    RunId, Served, VisitId,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{bundle::Case, manifest};

/// The page and the circumstances of a visit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct About {
    /// [`About::SCHEMA`].
    pub schema: String,
    /// The run.
    pub run: RunId,
    /// The visit; derived from run, page, profile and repetition.
    pub visit: VisitId,
    /// What was opened.
    pub page: PageUrl,
    /// What it looks like.
    pub kind: PageKind,
    /// How the visit behaved.
    pub profile: Profile,
    /// Which visit of the page under that profile, from 0.
    pub repetition: u32,
    /// When the navigation began (wall clock). All `at_ms` count from here.
    pub started_at: Timestamp,
    /// How long it took, in ms.
    pub took_ms: u32,
    /// Where redirects led to.
    pub final_url: Option<PageUrl>,
    /// How it ended.
    pub outcome: Outcome,
    /// Versions of the browser and of Earshot, user agent, and from where the web was seen.
    pub identity: Identity,
    /// Address and certificate of who answered for the document.
    pub served: Served,
    /// The moments that matter for consent.
    pub consent: ConsentClock,
    /// How many events were seen.
    pub events: usize,
    /// What was typed. All of it is made up: derived from the visit's id.
    pub typed: Vec<Typed>,
    /// Pictures, in the order in which they were taken.
    pub pictures: Vec<Shown>,
    /// What could not be seen.
    pub gaps: Vec<Gap>,
}

/// What was typed into one field.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Typed {
    /// `seq` of the event.
    pub event: u32,
    /// When the first key went down: ms since navigation start.
    pub at_ms: Option<f64>,
    /// The field, as a short selector.
    pub field: String,
    /// What it asks for.
    pub kind: FieldKind,
    /// Which of the visit's canaries.
    pub ordinal: u32,
    /// How many characters of it.
    pub characters: u32,
    /// They themselves.
    pub value: String,
}

/// A picture.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Shown {
    /// What it shows.
    pub kind: PictureKind,
    /// When it was taken: ms since navigation start.
    pub at_ms: Option<f64>,
    /// Its file in the bundle.
    pub file: String,
}

impl About {
    /// The form of the file.
    pub const SCHEMA: &str = "earshot.visit/1";

    pub(crate) fn of(case: &Case<'_>) -> Self {
        let (visit, task) = (case.visit, &case.visit.task);
        let pictures = visit.pictures.iter().map(|picture| Shown {
            kind: picture.kind,
            at_ms: picture.at_ms,
            file: manifest::file_name(&picture.key).to_owned(),
        });
        Self {
            schema: Self::SCHEMA.to_owned(),
            run: task.run,
            visit: visit.id(),
            page: task.page.clone(),
            kind: task.kind,
            profile: task.profile,
            repetition: task.repetition,
            started_at: visit.started_at,
            took_ms: visit.took_ms,
            final_url: visit.final_url.clone(),
            outcome: visit.outcome.clone(),
            identity: visit.identity.clone(),
            served: visit.served.clone(),
            consent: ConsentClock::of(&visit.events),
            events: visit.events.len(),
            typed: visit.events.iter().filter_map(|event| Typed::of(visit.id(), event)).collect(),
            pictures: pictures.collect(),
            gaps: visit.gaps.iter().chain(case.gaps_added).cloned().collect(),
        }
    }

    /// What of it is not derived from the visit, and so might be somebody's: the fields.
    #[must_use]
    pub fn not_synthetic(&self) -> Vec<&str> {
        let ours = |typed: &&Typed| typed.value != typed.derived(self.visit);
        self.typed.iter().filter(ours).map(|typed| typed.field.as_str()).collect()
    }
}

impl Typed {
    fn of(visit: VisitId, event: &Event) -> Option<Self> {
        let Fact::Entry(entry) = &event.fact else { return None };
        let typed = Self {
            event: event.seq,
            at_ms: event.at_ms,
            field: entry.field.clone(),
            kind: entry.kind,
            ordinal: entry.ordinal,
            characters: entry.characters,
            value: String::new(),
        };
        Some(Self { value: typed.derived(visit), ..typed })
    }

    fn derived(&self, visit: VisitId) -> String {
        Canary::derive(visit, self.ordinal, self.kind).cut(self.characters as usize).text().to_owned()
    }
}
