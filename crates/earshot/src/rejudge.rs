//! A run judged once more, by today's rules, from the facts that its evidence holds. No browser is opened, and what was said
//! before stays: under the recording that counted then, in the tables and in the signed bundles.

mod change;
mod text;

use std::{collections::HashMap, sync::Arc};

use anyhow::{Context as _, Result};
use earshot_detect::{Catalogue, FilterList, ruleset};
use earshot_evidence::{Evidence, EvidenceError, ManifestKey};
use earshot_model::{Finding, Run, RunState, VisitId};
use earshot_store::{Judged, Store};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

pub use change::{Change, ChangeKind, Side};
pub use text::render;

use crate::judging::judged;

/// Visits that are read, judged and written at a time: what fits into memory with all their bodies.
const BATCH: usize = 16;

/// With what is judged.
pub struct Rejudge<'a> {
    /// Where judgements are kept.
    pub store: &'a Store,
    /// Where facts are.
    pub evidence: &'a Evidence,
    /// Who is who, today.
    pub catalogue: Arc<Catalogue>,
    /// What else is known about strangers.
    pub list: Option<Arc<FilterList>>,
    /// Whether the new judgement is written, and not only compared.
    pub writes: bool,
}

/// What came of judging a run once more.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct Rejudged {
    /// The run.
    pub run: String,
    /// Rule-sets by which its visits were judged before.
    pub before: Vec<String>,
    /// Today's.
    pub ruleset: String,
    /// Whether the new judgement counts from now on.
    pub written: bool,
    /// Visits of the run.
    pub visits: u64,
    /// Of those, visits that were judged once more.
    pub rejudged: u64,
    /// Visits that today's rules had judged already.
    pub current: u64,
    /// Visits of which no facts are kept: they stay as they are.
    pub without_facts: u64,
    /// Visits whose facts are damaged or gone: they stay as they are. Each with the reason.
    pub unreadable: Vec<String>,
    /// What is said otherwise now.
    pub changes: Vec<Change>,
}

impl Rejudge<'_> {
    /// Judges every visit of a run that today's rules have not judged yet. `told` is called with the number of visits so far.
    ///
    /// # Errors
    /// If the store cannot be asked, or the new judgement not be written: what was written counts, and the same command goes on.
    pub async fn run(&self, run: &Run, mut told: impl FnMut(u64)) -> Result<Rejudged> {
        let ruleset = ruleset(self.list.as_deref());
        let mut done = Rejudged { run: run.id.to_string(), ruleset, written: self.writes, ..Rejudged::default() };
        let mut work: Vec<(VisitId, ManifestKey)> = Vec::new();
        for visit in self.store.visits(run.id)?.all().await? {
            done.visits += 1;
            if !done.before.contains(&visit.ruleset) {
                done.before.push(visit.ruleset.clone());
            }
            match visit.evidence.parse::<ManifestKey>() {
                _ if visit.ruleset == done.ruleset => done.current += 1,
                Ok(key) => work.push((VisitId(visit.visit_id), key)),
                Err(_) => done.without_facts += 1,
            }
        }
        let mut said: HashMap<Uuid, Vec<Finding>> = HashMap::new();
        for finding in self.store.findings(run.id)?.all().await? {
            said.entry(finding.visit.0).or_default().push(finding);
        }
        for batch in work.chunks(BATCH) {
            let judged = self.judge(batch, &mut done).await?;
            for judged in &judged {
                let before = said.remove(&judged.visit.id().0).unwrap_or_default();
                done.changes.extend(change::between(&before, &judged.findings));
            }
            done.rejudged += judged.len() as u64;
            if self.writes && !judged.is_empty() {
                self.store.put_visits(&judged).await?;
            }
            told(done.rejudged + done.current);
        }
        if self.writes && run.state == RunState::Complete {
            self.store.roll_up(run.id).await?;
        }
        Ok(done)
    }

    async fn judge(&self, batch: &[(VisitId, ManifestKey)], done: &mut Rejudged) -> Result<Vec<Judged>> {
        let mut facts = Vec::new();
        for (visit, key) in batch {
            match self.evidence.facts(key).await {
                Ok(found) => facts.push((found, key.to_string())),
                // One that is damaged is named; a store that is away fails the whole, which can be repeated.
                Err(error @ EvidenceError::Damaged { .. }) => done.unreadable.push(format!("{visit}: {error}")),
                Err(error) if error.is_absent() => done.unreadable.push(format!("{visit}: {error}")),
                Err(error) => return Err(error.into()),
            }
        }
        let (catalogue, list) = (self.catalogue.clone(), self.list.clone());
        let all = move || {
            let judge = |(visit, key)| Judged { evidence: Some(key), ..judged(visit, &catalogue, list.as_deref()) };
            facts.into_iter().map(judge).collect()
        };
        tokio::task::spawn_blocking(all).await.context("judging")
    }
}
