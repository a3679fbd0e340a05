//! The crawler: takes a target, finds its pages, puts them on the bus.

use std::{path::PathBuf, sync::Arc, time::Duration};

use anyhow::{Context as _, Result};
use earshot_bus::{Bus, BusError, Delivery};
use earshot_crawl::{CrawlConfig, crawl};
use earshot_egress::Egress;
use earshot_model::{Crawl, Outcome, PageKind, PageTask, PageUrl, Profile, SeedTask};
use tokio_util::sync::CancellationToken;
use tracing::{Instrument as _, Span, info, warn};

use super::pool;
use crate::{explain::explain, metrics, telemetry::span};

/// The name under which the crawler introduces itself; robots.txt may speak to `Earshot`.
const USER_AGENT: &str = concat!("Mozilla/5.0 (compatible; Earshot/", env!("CARGO_PKG_VERSION"), ")");
/// Requests that one crawl may make. Links of 40 pages are plenty to choose a few pages from.
const MAX_FETCHES: u32 = 40;
/// A page longer than this is cut: links stand near the top.
const MAX_PAGE_BYTES: usize = 2 * 1024 * 1024;
/// What is said of a target that no crawler has finished.
const GIVEN_UP: &str = "no crawler finished this site, although it was tried again and again";
/// A crawl that failed is delivered again after this.
const RETRY_AFTER: Duration = Duration::from_secs(2);

/// What the crawler works with.
pub struct Crawler {
    /// Where tasks come from and pages go.
    pub bus: Bus,
    /// The door to the web.
    pub egress: Egress,
    /// One more CA to trust.
    pub ca_cert: Option<PathBuf>,
    /// Between two requests to one site.
    pub delay: Duration,
    /// Hard limit of one crawl.
    pub limit: Duration,
    /// Sites crawled at once.
    pub at_once: usize,
    /// What it tells of itself.
    pub metrics: metrics::Crawler,
}

/// Crawls until `shutdown`; then what is under way is handed back.
///
/// # Errors
/// If the queue cannot be opened.
pub async fn run(crawler: Crawler, shutdown: CancellationToken) -> Result<()> {
    let seeds = crawler.bus.seeds().await.context("crawler")?.beating(crawler.metrics.work.pulse.clone());
    let at_once = crawler.at_once;
    let crawler = Arc::new(crawler);
    pool::drain(seeds, at_once, &shutdown, |delivery| {
        let (crawler, shutdown, span) = (crawler.clone(), shutdown.clone(), span::crawl(&delivery));
        async move { crawler.take(delivery, &shutdown).await }.instrument(span)
    })
    .await;
    Ok(())
}

impl Crawler {
    async fn take(&self, delivery: Delivery<SeedTask>, shutdown: &CancellationToken) {
        let (run, start) = (delivery.item.run, delivery.item.target.start.clone());
        let (alive, busy) = (delivery.keep_alive(), self.metrics.work.begin(1));
        let settled = match shutdown.run_until_cancelled(self.serve(&delivery)).await {
            None => self.hand_back(delivery).await,
            Some(Ok(())) if delivery.is_exhausted() => {
                self.metrics.work.exhausted();
                delivery.bury(GIVEN_UP).await
            }
            Some(Ok(())) => {
                self.metrics.work.done(1);
                delivery.ack().await
            }
            Some(Err(error)) => {
                self.metrics.work.failed(1, &error);
                warn!(run.id = %run, %start, error = explain(&error), "crawl failed, will be tried again");
                span::failed(&Span::current(), "crawl failed");
                delivery.retry(RETRY_AFTER).await
            }
        };
        drop((alive, busy));
        if let Err(error) = settled {
            self.metrics.work.bus_failed();
            warn!(run.id = %run, %start, %error, "a crawl was not settled; it will be delivered again");
        }
    }

    /// Work that we merely stop doing is published anew: given back, it would count as having failed.
    async fn hand_back(&self, delivery: Delivery<SeedTask>) -> Result<(), BusError> {
        match self.bus.afresh().publish_seed(&delivery.item).await {
            Ok(()) => delivery.ack().await,
            Err(_) => delivery.retry(Duration::ZERO).await,
        }
    }

    /// Nothing is settled before it is safe: pages first, then the crawl that counts them.
    async fn serve(&self, delivery: &Delivery<SeedTask>) -> Result<()> {
        let task = &delivery.item;
        if self.bus.is_cancelled(task.run).await? {
            return Ok(());
        }
        let found = if delivery.is_exhausted() { given_up(task) } else { self.crawl(task).await? };
        let crawl = self.bus.decide_crawl(&found).await?;
        // Afresh: an earlier crawl of this target may have published them, and its work may have been withdrawn since.
        self.bus.afresh().publish_pages(&page_tasks(task, &crawl)).await?;
        self.bus.publish_crawl(&crawl).await?;
        span::outcome(&Span::current(), crawl.outcome.as_str());
        self.metrics.crawled(&crawl);
        info!(
            run.id = %crawl.run, start = %crawl.start, outcome = crawl.outcome.as_str(),
            pages = crawl.pages.len(), discovered = crawl.discovered, took_ms = crawl.took_ms, "site crawled"
        );
        Ok(())
    }

    async fn crawl(&self, task: &SeedTask) -> Result<Crawl> {
        let door = self.egress.open().await?;
        let config = CrawlConfig {
            proxy: door.proxy_url(),
            ca_cert: self.ca_cert.clone(),
            user_agent: USER_AGENT.to_owned(),
            delay: self.delay,
            timeout: self.limit,
            max_fetches: MAX_FETCHES,
            max_page_bytes: MAX_PAGE_BYTES,
            fetches: self.metrics.fetches.clone(),
        };
        let crawl = crawl(&config, task).await;
        door.close().await;
        Ok(crawl?)
    }
}

/// Every crawl of it failed for reasons of ours; the run must not wait for it for ever.
fn given_up(task: &SeedTask) -> Crawl {
    let (run, start, pages) = (task.run, task.target.start.clone(), Vec::new());
    Crawl { run, start, outcome: Outcome::Crashed { detail: GIVEN_UP.to_owned() }, pages, discovered: 0, took_ms: 0 }
}

/// The tasks of each page.
fn page_tasks(seed: &SeedTask, crawl: &Crawl) -> Vec<PageTask> {
    let of_page = |(page, kind): &(PageUrl, PageKind)| {
        let first = PageTask {
            run: crawl.run,
            start: crawl.start.clone(),
            page: page.clone(),
            kind: *kind,
            profile: Profile::Untouched,
            repetition: 0,
            lane: seed.lane,
        };
        first.repeated(&seed.profiles, seed.repetitions).collect::<Vec<_>>()
    };
    crawl.pages.iter().flat_map(of_page).collect()
}
