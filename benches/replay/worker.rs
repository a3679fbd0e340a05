//! A browser worker without a browser: it takes pages off the bus, keeps the manners and puts visits there, as the role does
//! (`crates/earshot/src/role/browser.rs`).

use std::{path::Path, sync::Arc, time::Duration};

use earshot_bus::{Bus, BusConfig, Delivery, Ended, Manners, Signal, Turn, Turns};
use earshot_evidence::Evidence;
use earshot_model::{Gap, GapKind, PageTask, Picture, Visit};
use jiff::Timestamp;
use tokio::{sync::Semaphore, time::sleep};

use crate::{Failed, tape::Tape};

/// Visits that it has open at once.
const TABS: usize = 4;
/// How long each takes. A browser needs seconds: with this one worker stands for some two hundred.
const LASTS: Duration = Duration::from_millis(40);
/// Bytes of a picture: half of those that the laboratory's scan kept had fewer.
const PICTURE: usize = 15 * 1024;

struct Worker {
    bus: Bus,
    turns: Turns,
    evidence: Evidence,
    tape: Tape,
    tabs: Semaphore,
}

/// Works until somebody ends the process.
pub async fn work(nats: &str, evidence: &str) -> Result<(), Failed> {
    let bus = Bus::connect(BusConfig::at(nats)).await?;
    let mut pages = bus.pages().await?;
    let worker = Arc::new(Worker {
        turns: bus.turns(manners()).await?,
        bus,
        evidence: Evidence::in_directory(Path::new(evidence))?,
        tape: Tape::open()?,
        tabs: Semaphore::new(TABS),
    });
    // As many again wait for their turn at a site.
    let in_hand = Arc::new(Semaphore::new(2 * TABS));
    loop {
        let permit = in_hand.clone().acquire_owned().await?;
        let Some(delivery) = pages.next().await? else { continue };
        let worker = worker.clone();
        tokio::spawn(async move {
            if let Err(error) = worker.take(delivery).await {
                eprintln!("a visit was not made: {error}");
            }
            drop(permit);
        });
    }
}

/// Those of the default configuration, but for the gap: the sites of a fleet are more than those of the tape.
fn manners() -> Manners {
    Manners {
        at_once: 3,
        gap: Duration::ZERO,
        longest_gap: Duration::from_secs(60),
        failures: 0,
        rest: Duration::from_secs(3_600),
        visit_limit: Duration::from_secs(60),
    }
}

impl Worker {
    async fn take(&self, delivery: Delivery<PageTask>) -> Result<(), Failed> {
        let alive = delivery.keep_alive();
        let task = &delivery.item;
        if self.bus.signal(task.run).await? == Signal::Go {
            let visit = self.visit_in_turn(task).await?;
            self.bus.publish_visit(&visit).await?;
        }
        delivery.ack().await?;
        drop(alive);
        Ok(())
    }

    async fn visit_in_turn(&self, task: &PageTask) -> Result<Visit, Failed> {
        let (site, who) = (task.site(), task.visit_id().0);
        loop {
            let tab = self.tabs.acquire().await?;
            match self.turns.ask(&site, who, task.lane).await? {
                Turn::Now => {
                    let visit = self.visit(task).await?;
                    drop(tab);
                    self.turns.end(&site, who, &Ended::Well).await?;
                    return Ok(visit);
                }
                Turn::Later(time) => {
                    drop(tab);
                    sleep(time).await;
                }
                Turn::SetAside(reason) => return Err(reason.into()),
            }
        }
    }

    async fn visit(&self, task: &PageTask) -> Result<Visit, Failed> {
        let started_at = Timestamp::now();
        sleep(LASTS).await;
        let mut visit = Visit { started_at, ..self.tape.visit(task)? };
        for Picture { kind, key, .. } in &mut visit.pictures {
            match self.evidence.put_picture(task.run, task.visit_id(), *kind, vec![0; PICTURE]).await {
                Ok(kept) => *key = kept,
                Err(error) => visit.gaps.push(Gap { kind: GapKind::ScreenshotMissing, detail: error.to_string() }),
            }
        }
        Ok(visit)
    }
}
