//! What a run has found on one site. Only that site is read: a run may have ten thousand.

mod history;
mod keystrokes;
mod loads;
mod sentences;

use std::collections::BTreeSet;

use earshot_model::Run;
use earshot_store::{ContactRow, Store, StoredRow, TypedFieldRow};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    Assessment, NOTICE, PageChoice, PageReport, ReportError, RunSummary, SiteCoverage, Theory, Unvisited, VendorState,
    expired,
    report::{self, assess, read},
};

pub use history::{History, Night};
pub use keystrokes::{Heard, KeystrokeMatrix, KeystrokeRow};
pub use loads::{Load, Loads, Party};

/// What a run has found on one site.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct SiteReport {
    /// Always `earshot.site/1`.
    pub schema: &'static str,
    /// Version of the program that wrote it.
    pub earshot: &'static str,
    /// The run.
    pub run: RunSummary,
    /// How much of the site was seen, and what it is exposed to.
    pub coverage: SiteCoverage,
    /// What each page asks its visitors, and what answering takes.
    pub choices: Vec<PageChoice>,
    /// What each tracker does on each page in each state of consent.
    pub states: Vec<VendorState>,
    /// Legal theories to which findings relate: what somebody may argue. Whether one holds is for counsel.
    pub theories: Vec<Theory>,
    /// Every visit of a page, by address and profile. Pictures are named by their keys in the evidence store.
    pub pages: Vec<PageReport>,
    /// Targets on the site of which no page could be visited.
    pub unvisited: Vec<Unvisited>,
    /// When each vendor was asked for something on each visit.
    pub contacts: Vec<Contact>,
    /// Who made the pages ask whom.
    pub loads: Vec<Load>,
    /// What the pages leave in cookies and storage.
    pub stored: Vec<Stored>,
    /// Into which fields was typed.
    pub typed: Vec<TypedField>,
    /// Visits whose events have left the store by their age: of those, what is told of contacts, loads, storage and typing is gone.
    pub visits_without_events: u64,
    /// What this report is not.
    pub notice: &'static str,
}

/// When a vendor was asked for something on a visit.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Contact {
    /// Id of the visit.
    pub visit: String,
    /// Catalogue id of the vendor, or its registrable domain.
    pub vendor: String,
    /// The first 200 times, in ms since navigation start.
    pub at_ms: Vec<f64>,
}

/// A cookie, or a key of a storage.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Stored {
    /// `cookie`, `local`, `session`, `indexeddb` or `cache`.
    pub area: String,
    /// Its name.
    pub name: String,
    /// Domain of the cookie, or host of the storage.
    pub host: String,
    /// Whose it is: catalogue id or registrable domain; empty for the site itself.
    pub vendor: String,
    /// Whether it belongs to another site than the page.
    pub third_party: bool,
    /// On how many pages.
    pub pages: u64,
    /// When it was written first: ms since navigation start, where that is known.
    pub first_ms: Option<f64>,
    /// The longest lifetime of a cookie in seconds; none for one of the session, and for storage.
    pub lifetime_s: Option<i64>,
    /// Whether scripts cannot read the cookie.
    pub http_only: bool,
    /// Where the visitor stood with consent when it was written: `pre_choice`, …
    pub phases: Vec<String>,
}

/// A field into which was typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TypedField {
    /// The page.
    pub page: String,
    /// The field, as a short selector.
    pub field: String,
    /// What it asks for.
    pub kind: String,
    /// Characters that were typed, at most; 0 for a choice.
    pub characters: u32,
}

/// The name and version of the JSON form. Fields are added, never changed.
const SCHEMA: &str = "earshot.site/1";
/// Phases in which nobody has agreed to anything.
const BEFORE_CHOICE: [&str; 3] = ["pre_banner", "pre_choice", "no_banner"];

impl SiteReport {
    /// Reads what `run` has found on `site`, and assesses it as `assessment` says.
    ///
    /// # Errors
    /// [`ReportError::NotVisited`], [`ReportError::Expired`], [`ReportError::Store`].
    pub async fn read(store: &Store, run: &Run, site: &str, assessment: &Assessment) -> Result<Self, ReportError> {
        // Nobody of these waits for another.
        let (events_gone, mut pages, assessment, choices, coverage, unvisited) = tokio::try_join!(
            expired::refuse_of(store, run.id, site),
            read::pages(store, run.id, site, |key| key),
            assessed_by(store, run, site, assessment),
            read::choices(store, run.id, site),
            async { Ok::<_, ReportError>(store.coverage_of(run.id, site)?.next().await?) },
            async { Ok::<_, ReportError>(store.unvisited_of(run.id, site)?.all().await?) },
        )?;
        let coverage = coverage.ok_or_else(|| ReportError::NotVisited { run: run.id, site: site.to_owned() })?;
        let (states, contacts, loads, stored, typed) = tokio::try_join!(
            read::states(store, run.id, site, &choices),
            async { Ok::<_, ReportError>(store.contacts_of(run.id, site)?.all().await?) },
            async { Ok::<_, ReportError>(store.loads_of(run.id, site)?.all().await?) },
            async { Ok::<_, ReportError>(store.stored_of(run.id, site)?.all().await?) },
            async { Ok::<_, ReportError>(store.typed_of(run.id, site)?.all().await?) },
        )?;
        let mut risk = assess(&mut pages, &assessment);
        Ok(Self {
            schema: SCHEMA,
            earshot: env!("CARGO_PKG_VERSION"),
            run: read::summary(run),
            coverage: read::site(coverage, &mut risk),
            choices,
            states,
            theories: risk.theories,
            pages,
            unvisited: unvisited.into_iter().map(read::target).collect(),
            contacts: contacts.into_iter().map(Contact::from).collect(),
            loads: loads.into_iter().map(Load::from).collect(),
            stored: stored.into_iter().map(Stored::from).collect(),
            typed: typed.into_iter().map(TypedField::from).collect(),
            visits_without_events: events_gone,
            notice: NOTICE,
        })
    }

    /// Each page once: its first visits under the profile that stands for the whole.
    pub fn main_pages(&self) -> impl Iterator<Item = &PageReport> {
        report::main_pages(&self.run, &self.pages)
    }

    /// The different texts of all visits, such as the browsers that made them.
    pub fn each(&self, take: impl Fn(&PageReport) -> &str) -> String {
        let all: BTreeSet<&str> = self.pages.iter().map(take).filter(|text| !text.is_empty()).collect();
        all.into_iter().collect::<Vec<_>>().join(", ")
    }

    /// What was seen, in sentences, worst first.
    #[must_use]
    pub fn sentences(&self) -> Vec<String> {
        sentences::of(self)
    }

    /// Who hears what of which field.
    #[must_use]
    pub fn keystrokes(&self) -> KeystrokeMatrix {
        KeystrokeMatrix::of(self)
    }
}

impl Stored {
    /// Whether it was written while nobody had agreed to anything.
    #[must_use]
    pub fn is_before_choice(&self) -> bool {
        self.phases.iter().any(|phase| BEFORE_CHOICE.contains(&phase.as_str()))
    }
}

/// With what a portfolio says of the site.
async fn assessed_by(store: &Store, run: &Run, site: &str, assessment: &Assessment) -> Result<Assessment, ReportError> {
    let notes = match &run.portfolio {
        Some(portfolio) => store.site_notes_of(portfolio, run.id, site).await?,
        None => Vec::new(),
    };
    Ok(assessment.with_notes(notes))
}

impl From<ContactRow> for Contact {
    fn from(row: ContactRow) -> Self {
        Self { visit: row.visit_id.to_string(), vendor: row.vendor, at_ms: row.at_ms }
    }
}

impl From<StoredRow> for Stored {
    fn from(row: StoredRow) -> Self {
        let StoredRow { area, name, host, vendor, third_party, pages, first_ms, lifetime_s, http_only, phases } = row;
        Self { area, name, host, vendor, third_party, pages, first_ms, lifetime_s, http_only, phases }
    }
}

impl From<TypedFieldRow> for TypedField {
    fn from(row: TypedFieldRow) -> Self {
        let TypedFieldRow { page, field, kind, characters } = row;
        Self { page, field, kind, characters }
    }
}
