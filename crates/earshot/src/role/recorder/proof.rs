//! Visits judged and proved, several at a time.

use std::{num::NonZero, sync::Arc, thread};

use anyhow::{Context as _, Result};
use earshot_detect::{Catalogue, FilterList, ruleset};
use earshot_evidence::{Bundle, Case, Evidence, SigningKey};
use earshot_model::Visit;
use earshot_store::Judged;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use tokio::task::spawn_blocking;

use crate::{config::Keep, judging::judged};

/// What judges visits and keeps what proves them.
#[derive(Clone)]
pub struct Prover {
    /// Who is who.
    pub catalogue: Arc<Catalogue>,
    /// What else is known about strangers.
    pub list: Option<Arc<FilterList>>,
    /// Where their proof goes.
    pub evidence: Evidence,
    /// What signs it.
    pub key: Arc<SigningKey>,
    /// Of which visits it is kept.
    pub keep: Keep,
}

impl Prover {
    /// Judges visits and keeps their bundles, in their order; as many at a time as there are cores. If the evidence store is
    /// away, the visits are delivered again, as if the other one were.
    pub(super) async fn prove_all(&self, visits: Vec<Visit>) -> Result<Vec<Judged>> {
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        stream::iter(visits).map(|visit| self.prove(visit)).buffered(cores).try_collect().await
    }

    /// Judging unpacks bodies and matches filter lists: work for a thread that nobody waits on.
    async fn prove(&self, visit: Visit) -> Result<Judged> {
        let prover = self.clone();
        let (mut judged, bundle) = spawn_blocking(move || prover.judge(visit)).await.context("judging")?;
        if let Some(bundle) = bundle {
            judged.evidence = Some(self.evidence.keep(bundle, &self.key).await?.to_string());
        }
        Ok(judged)
    }

    fn judge(&self, visit: Visit) -> (Judged, Option<Bundle>) {
        let judged = judged(visit, &self.catalogue, self.list.as_deref());
        let bundle = self.keep.wants(judged.findings.len()).then(|| bundle(&judged));
        (judged, bundle)
    }

    /// Version of catalogue and rules.
    pub(super) fn ruleset(&self) -> String {
        ruleset(self.list.as_deref())
    }
}

fn bundle(judged: &Judged) -> Bundle {
    let vendors: Vec<_> = judged.events.iter().map(|note| note.vendor.clone()).collect();
    Bundle::of(&Case {
        visit: &judged.visit,
        findings: &judged.findings,
        gaps_added: &judged.gaps_added,
        vendors: &vendors,
        ruleset: &judged.ruleset,
    })
}
