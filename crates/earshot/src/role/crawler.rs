//! The crawler: takes a target, finds its pages, puts them on the bus.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc, time::Duration};

use anyhow::{Context as _, Result};
use earshot_bus::{Ability, Bus, Delivery, Ended, Signal, Turns, crawl_key, topology::PAGES};
use earshot_crawl::{CrawlConfig, Crawled, crawl};
use earshot_egress::{Egress, Exits};
use earshot_model::{Crawl, Outcome, PageKind, PageTask, PageUrl, Profile, RefusalReason, Region, SeedTask};
use tokio::{sync::Semaphore, time::sleep};
use tokio_util::sync::CancellationToken;
use tracing::{Instrument as _, Span, info, warn};

use super::{
    away::{give_back, opened},
    gate::Gate,
    manners::{self, Visitor, Waited},
    pool,
};
use crate::{cli::RoleName, config::DoNotScan, explain::explain, metrics, telemetry::span};

/// The name under which the crawler introduces itself; robots.txt may speak to `Earshot`.
const USER_AGENT: &str = concat!("Mozilla/5.0 (compatible; Earshot/", env!("CARGO_PKG_VERSION"), ")");
/// Requests that one crawl may make. Links of 40 pages are plenty to choose a few pages from.
const MAX_FETCHES: u32 = 40;
/// A page longer than this is cut: links stand near the top.
const MAX_PAGE_BYTES: usize = 2 * 1024 * 1024;
/// What is said of a target that no crawler has finished.
const GIVEN_UP: &str = "no crawler finished this site, although it was tried again and again";
/// While so many pages wait for a browser, no more are looked for: half a day's work of a dozen machines.
const PAGES_AHEAD: u64 = 100_000;
/// What is said of a target that is to be seen from a region, where no crawler can.
const NO_EXIT: &str = "no crawler that took this site knows the exit of its region";
/// What another crawler is able to do is left to it after this, so that the two do not pass it on without end.
const PASS_ON_AFTER: Duration = Duration::from_secs(1);
/// A crawl that failed is delivered again after this.
const RETRY_AFTER: Duration = Duration::from_secs(2);

/// What the crawler works with.
pub struct Crawler {
    /// Where tasks come from and pages go.
    pub bus: Bus,
    /// The doors to the web.
    pub exits: Exits,
    /// One more CA to trust.
    pub ca_cert: Option<PathBuf>,
    /// Another one in some regions.
    pub region_ca: BTreeMap<Region, PathBuf>,
    /// Between two requests to one site.
    pub delay: Duration,
    /// Hard limit of one crawl.
    pub limit: Duration,
    /// Sites crawled at once.
    pub at_once: usize,
    /// Turns at sites.
    pub turns: Turns,
    /// What is not scanned.
    pub do_not_scan: DoNotScan,
    /// What it tells of itself.
    pub metrics: metrics::Crawler,
}

/// Crawls until `shutdown`; then what is under way is handed back.
///
/// # Errors
/// If the queue cannot be opened, and that does not pass.
pub async fn run(crawler: Crawler, shutdown: CancellationToken) -> Result<()> {
    let Some(seeds) = opened("crawler", &shutdown, || crawler.bus.seeds()).await? else { return Ok(()) };
    let seeds = seeds.beating(crawler.metrics.work.pulse.clone());
    let permits = Arc::new(Semaphore::new(crawler.at_once));
    let crawler = Arc::new(crawler);
    let gate = Gate::new(crawler.bus.clone(), &PAGES, PAGES_AHEAD);
    pool::drain(seeds, permits, gate, &shutdown, |delivery| {
        let (crawler, shutdown, span) = (crawler.clone(), shutdown.clone(), span::crawl(&delivery));
        async move { crawler.take(delivery, &shutdown).await }.instrument(span)
    })
    .await;
    Ok(())
}

/// What came of a piece of work.
enum Served {
    /// All of it is safe.
    Done,
    /// It was not its turn.
    Later,
}

impl Crawler {
    async fn take(&self, delivery: Delivery<SeedTask>, shutdown: &CancellationToken) {
        let (run, start) = (delivery.item.run, delivery.item.target.start.clone());
        let (alive, work) = (delivery.keep_alive(), &self.metrics.work);
        let busy = work.begin(1);
        let settled = match shutdown.run_until_cancelled(self.serve(&delivery)).await {
            // Nothing failed: we merely stop, or the site wants to be asked later.
            None | Some(Ok(Served::Later)) => delivery.defer().await,
            Some(Ok(Served::Done)) if delivery.is_exhausted() => {
                work.exhausted();
                delivery.bury(GIVEN_UP).await
            }
            Some(Ok(Served::Done)) => {
                work.done(1);
                delivery.ack().await
            }
            Some(Err(error)) => {
                work.failed(1, &error);
                warn!(run.id = %run, %start, error = explain(&error), "crawl failed, will be tried again");
                span::failed(&Span::current(), "crawl failed");
                give_back(delivery, &error, RETRY_AFTER).await
            }
        };
        drop((alive, busy));
        if let Err(error) = settled {
            work.bus_failed();
            warn!(run.id = %run, %start, %error, "a crawl was not settled; it will be delivered again");
        }
    }

    /// Nothing is settled before it is safe: pages first, then the crawl that counts them.
    async fn serve(&self, delivery: &Delivery<SeedTask>) -> Result<Served> {
        let task = &delivery.item;
        // A run that goes on later is planned anew then.
        if self.bus.signal(task.run).await? != Signal::Go {
            return Ok(Served::Done);
        }
        let found = match () {
            () if delivery.is_exhausted() => {
                let detail = if self.exit(task).is_ok() { GIVEN_UP } else { NO_EXIT };
                without_pages(task, Outcome::Lost { detail: detail.to_owned() })
            }
            () if self.do_not_scan.holds(task.target.start.host()) => {
                without_pages(task, Outcome::Refused { reason: RefusalReason::DoNotScan })
            }
            () if self.is_for_another(task).await? => {
                sleep(PASS_ON_AFTER).await;
                return Ok(Served::Later);
            }
            () => match self.crawl_in_turn(task).await? {
                Some(crawl) => crawl,
                None => return Ok(Served::Later),
            },
        };
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
        Ok(Served::Done)
    }

    /// A crawl counts as a visit of the site; `None` if its turn does not come.
    async fn crawl_in_turn(&self, task: &SeedTask) -> Result<Option<Crawl>> {
        let site = task.target.site();
        let visitor =
            Visitor { turns: &self.turns, site: &site, who: crawl_key(task.run, &task.target.start), lane: task.lane };
        match visitor.wait(|| std::future::ready(Ok(()))).await? {
            (Waited::Go { waited }, _) => {
                // What was told the run in the meantime counts.
                if waited && self.bus.signal(task.run).await? != Signal::Go {
                    visitor.end(&Ended::Unknown).await;
                    return Ok(None);
                }
            }
            (Waited::TooLong, _) => return Ok(None),
            (Waited::SetAside(detail), _) => return Ok(Some(without_pages(task, Outcome::SetAside { detail }))),
        }
        match self.crawl(task).await {
            Ok(crawled) => {
                if manners::is_silence(&crawled.crawl.outcome) {
                    self.bus.signal(task.run).await?;
                }
                if let Some(gap) = crawled.gap {
                    self.turns.slow_down(&site, gap).await?;
                }
                visitor.end(&manners::ended(&crawled.crawl.outcome, crawled.retry_after)).await;
                Ok(Some(crawled.crawl))
            }
            Err(error) => {
                visitor.end(&Ended::Unknown).await;
                Err(error)
            }
        }
    }

    /// Whether it lies in a region that others know, and this one does not.
    async fn is_for_another(&self, task: &SeedTask) -> Result<bool> {
        let Some(region) = task.region.clone().filter(|_| self.exit(task).is_err()) else { return Ok(false) };
        Ok(self.bus.is_anybody_able(RoleName::Crawler.as_str(), &Ability::Region(region)).await?)
    }

    /// Through which the target is seen. A target that goes back to the queue may be taken by who knows its region.
    fn exit(&self, task: &SeedTask) -> Result<&Egress> {
        let region = task.region.as_ref().map(Region::as_str);
        self.exits.of(region).with_context(|| format!("no region '{}' is known here", region.unwrap_or_default()))
    }

    async fn crawl(&self, task: &SeedTask) -> Result<Crawled> {
        let door = self.exit(task)?.open().await?;
        let ca_cert = task.region.as_ref().and_then(|region| self.region_ca.get(region)).or(self.ca_cert.as_ref());
        let config = CrawlConfig {
            proxy: door.proxy_url(),
            ca_cert: ca_cert.cloned(),
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

/// A target of which nothing is to be visited, for reasons of ours: the run must not wait for it for ever.
fn without_pages(task: &SeedTask, outcome: Outcome) -> Crawl {
    let (run, start) = (task.run, task.target.start.clone());
    Crawl { run, start, outcome, pages: Vec::new(), discovered: 0, took_ms: 0 }
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
            region: seed.region.clone(),
        };
        first.repeated(&seed.profiles, seed.repetitions).collect::<Vec<_>>()
    };
    crawl.pages.iter().flat_map(of_page).collect()
}
