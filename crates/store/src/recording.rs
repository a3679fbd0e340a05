//! What is written: runs and their targets, what crawls found, what visits saw.

use earshot_model::{Crawl, Run, RunId, Target};
use uuid::Uuid;

use crate::{
    Judged, Store, StoreError,
    rows::{self, EventRow, EventRows, FindingRow, RunRow, SeedRow, TargetRow},
};

impl Store {
    /// Writes what a run is asked to scan; before the run itself, so that who sees the run sees all of it.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`], as for all that follow.
    pub async fn put_targets(&self, run: RunId, targets: &[Target]) -> Result<(), StoreError> {
        let rows = targets.iter().map(|target| TargetRow::new(run, target)).collect();
        self.insert("targets", "insert into targets", rows).await
    }

    /// Writes a run, or its new state.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`], as for all that follow.
    pub async fn put_run(&self, run: &Run) -> Result<(), StoreError> {
        self.insert("runs", "insert into runs", vec![RunRow::from(run)]).await
    }

    /// Writes what crawls found.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub async fn put_crawls(&self, crawls: &[Crawl]) -> Result<(), StoreError> {
        self.insert("seeds", "insert into seeds", crawls.iter().map(SeedRow::from).collect()).await
    }

    /// Writes visits. Their rows in `visits` come last: who finds one there finds all that belongs to it. Writing a
    /// visit again replaces it whole, events that it had and has no more included.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`]. What was written until then does not count and does not harm: try again.
    pub async fn put_visits(&self, visits: &[Judged]) -> Result<(), StoreError> {
        let recording = Uuid::new_v4();
        let rows: Vec<EventRows<'_>> = visits.iter().map(|judged| EventRows::of(&judged.visit, recording)).collect();
        let events = self.insert_each::<EventRow<'_>>("events", "insert into events", events(&rows, visits));
        let gaps = visits.iter().flat_map(|judged| gaps(judged, recording)).collect();
        let gaps = self.insert("gaps", "insert into gaps", gaps);
        let findings = visits.iter().flat_map(|judged| findings(judged, recording)).collect();
        let findings = self.insert("findings", "insert into findings", findings);
        // They do not wait for each other; the visits wait for all of them.
        tokio::try_join!(events, gaps, findings)?;
        let visits = visits.iter().map(|judged| rows::VisitRow::new(judged, recording)).collect();
        self.insert("visits", "insert into visits", visits).await
    }
}

fn events<'r>(rows: &'r [EventRows<'r>], visits: &'r [Judged]) -> impl Iterator<Item = EventRow<'r>> {
    let of_visit = |(rows, judged): (&'r EventRows<'r>, &'r Judged)| {
        let events = judged.visit.events.iter().enumerate();
        events.map(move |(index, event)| rows.row(event, judged.events.get(index)))
    };
    rows.iter().zip(visits).flat_map(of_visit)
}

fn findings(judged: &Judged, recording: Uuid) -> impl Iterator<Item = FindingRow> {
    judged.findings.iter().map(move |finding| FindingRow::new(finding, &judged.ruleset, recording))
}

fn gaps(judged: &Judged, recording: Uuid) -> impl Iterator<Item = rows::GapRow> {
    let gaps = judged.visit.gaps.iter().chain(&judged.gaps_added).enumerate();
    gaps.map(move |(seq, gap)| rows::GapRow::new(&judged.visit, seq, gap, recording))
}
