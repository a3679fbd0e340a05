//! Verify: the pages of an earlier run once more, and a verdict for each vendor.

mod plan;
mod read;

use std::collections::BTreeMap;

use earshot_detect::verdict::{Conclusion, Side, Verdict, verdicts};
use earshot_model::Run;
use earshot_store::Store;
use schemars::JsonSchema;
use serde::Serialize;

pub use plan::{Plan, find};

use crate::{NOTICE, ReportError, expired, words::count};

/// The name and version of the JSON form. Fields are added, never changed.
pub const SCHEMA: &str = "earshot.verify/1";

/// What has become of what a run has found.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Verification {
    /// Always `earshot.verify/1`.
    pub schema: &'static str,
    /// Version of the program that gave the verdicts.
    pub earshot: &'static str,
    /// The run of the visits after.
    pub run: RunName,
    /// The run that it is held against.
    pub against: RunName,
    /// From where both saw the web.
    pub egress: String,
    /// Visits of each page under each profile.
    pub visits: u32,
    /// The only vendor that was looked at, if one was asked for.
    pub vendor: Option<String>,
    /// What should be known beside the verdicts.
    pub notes: Vec<String>,
    /// The numbers.
    pub totals: VerdictTotals,
    /// Every page on which something was found before or is now.
    pub pages: Vec<PageVerdict>,
    /// What this is not.
    pub notice: &'static str,
}

/// A run, as it is called here.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RunName {
    /// Its id.
    pub id: String,
    /// What it was called.
    pub label: String,
    /// When it was started (RFC 3339, UTC).
    pub started_at: String,
    /// Versions of catalogue and rules by which its visits were judged.
    pub rulesets: Vec<String>,
}

/// How many verdicts there are of each kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct VerdictTotals {
    /// Pages that were visited again.
    pub pages: u64,
    /// Vendors on pages: every visit after was whole and clean.
    pub fixed: u64,
    /// Seen again.
    pub still_firing: u64,
    /// Seen again under another name.
    pub moved: u64,
    /// Not there before.
    pub new: u64,
    /// Cannot be said.
    pub inconclusive: u64,
}

/// The verdicts of one page.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PageVerdict {
    /// The registrable domain.
    pub site: String,
    /// The page.
    pub url: String,
    /// One for each vendor, worst first.
    pub verdicts: Vec<Verdict>,
}

impl Verification {
    /// Holds the two runs against each other, site by site.
    ///
    /// # Errors
    /// If the store cannot be asked.
    pub async fn read(store: &Store, run: &Run, against: &Run, plan: &Plan) -> Result<Self, ReportError> {
        let mut all = Self {
            schema: SCHEMA,
            earshot: env!("CARGO_PKG_VERSION"),
            run: name(run),
            against: name(against),
            egress: run.egress.clone(),
            visits: run.repetitions,
            vendor: plan.vendor.clone(),
            notes: plan.notes.clone(),
            totals: VerdictTotals { pages: plan.pages.len() as u64, ..VerdictTotals::default() },
            pages: Vec::new(),
            notice: NOTICE,
        };
        for run in [against.id, run.id] {
            expired::refuse(store, run).await?;
        }
        for site in plan.sites() {
            let before = read::sightings(store, against.id, &site, &mut all.against.rulesets).await?;
            let after = read::sightings(store, run.id, &site, &mut all.run.rulesets).await?;
            all.add(&site, plan, &before, &after, run.repetitions as usize);
        }
        all.note_rulesets();
        Ok(all)
    }

    fn add(&mut self, site: &str, plan: &Plan, before: &read::ByPage, after: &read::ByPage, least: usize) {
        for page in plan.pages.iter().filter(|page| page.site().as_str() == site) {
            let none = Vec::new();
            let of = |side: &'_ read::ByPage| side.get(page.as_str()).unwrap_or(&none).clone();
            let wanted = |verdict: &Verdict| plan.vendor.as_ref().is_none_or(|vendor| verdict.vendor == *vendor);
            let verdicts: Vec<_> = verdicts(&of(before), &of(after), least).into_iter().filter(wanted).collect();
            for verdict in &verdicts {
                *self.totals.of(verdict.conclusion) += 1;
            }
            if !verdicts.is_empty() {
                self.pages.push(PageVerdict { site: site.to_owned(), url: page.to_string(), verdicts });
            }
        }
    }

    /// Verdicts between rules that differ are no less careful, but somebody may want to judge the earlier run again first.
    fn note_rulesets(&mut self) {
        if self.against.rulesets != self.run.rulesets {
            let id = &self.against.id;
            self.notes.push(format!(
                "the two runs were judged by different rules; `earshot rejudge {id}` judges the earlier one by today's"
            ));
        }
    }

    /// The worst of all verdicts; `None` if there is none.
    #[must_use]
    pub fn conclusion(&self) -> Option<Conclusion> {
        self.pages.iter().flat_map(|page| &page.verdicts).map(|verdict| verdict.conclusion).max()
    }
}

impl VerdictTotals {
    fn of(&mut self, conclusion: Conclusion) -> &mut u64 {
        match conclusion {
            Conclusion::Fixed => &mut self.fixed,
            Conclusion::Inconclusive => &mut self.inconclusive,
            Conclusion::New => &mut self.new,
            Conclusion::Moved => &mut self.moved,
            Conclusion::StillFiring => &mut self.still_firing,
        }
    }

    /// How many there are of each kind, worst first.
    #[must_use]
    pub fn each(&self) -> BTreeMap<std::cmp::Reverse<Conclusion>, u64> {
        let mut totals = self.clone();
        Conclusion::ALL.iter().map(|kind| (std::cmp::Reverse(*kind), *totals.of(*kind))).collect()
    }
}

fn name(run: &Run) -> RunName {
    let (id, label, started_at) = (run.id.to_string(), run.label.clone(), run.started_at.to_string());
    RunName { id, label, started_at, rulesets: Vec::new() }
}

/// A conclusion as people say it.
#[must_use]
pub fn word(conclusion: Conclusion) -> &'static str {
    match conclusion {
        Conclusion::StillFiring => "still firing",
        other => other.as_str(),
    }
}

/// What was seen of a vendor on one side, in words.
#[must_use]
pub fn side(side: &Side) -> String {
    let visits = count(side.visits, "visit");
    if side.firing == 0 {
        return match side.seen {
            0 => format!("page not seen in {visits}"),
            seen => format!("nothing in {seen} of {visits}"),
        };
    }
    let mut said = format!("{} of {visits}", side.firing);
    if let Some(first) = side.first_contact_ms {
        said.push_str(&format!(", first at {first:.0} ms"));
    }
    said.push_str(&format!(", {}", count(side.requests, "request")));
    if let Some(grade) = side.grade.as_ref().filter(|grade| *grade != "K0") {
        said.push_str(&format!(", {grade}"));
    }
    said
}

/// The JSON Schema of the JSON form.
#[must_use]
pub fn json_schema() -> serde_json::Value {
    schemars::schema_for!(Verification).to_value()
}
