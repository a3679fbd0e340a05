//! One measurement, in a process of its own: so many visits of one mode, and what they took.

use std::{
    net::SocketAddr,
    path::PathBuf,
    sync::atomic::{AtomicU64, AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use earshot_browser::{Browser, BrowserConfig, Dwell, Typing};
use earshot_egress::{Egress, EgressConfig};
use earshot_model::{Lane, OutcomeClass, PageKind, PageTask, PageUrl, Profile, RunId};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use serde::{Deserialize, Serialize};

use crate::{Failed, bare::Bare, tree};

/// The argument by which this program is told to be a driver.
pub const DRIVE: &str = "drive";

/// How a page is visited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// A blank page by the bare driver: what nobody can do without.
    Blank,
    /// The page by the bare driver: opened, stayed at, gone.
    Bare,
    /// The same on the screen that Earshot presents, scrolled down and left for a blank page, as its visits are: what pages do then
    /// is the pages' own work, and a bare driver that closes them spares it.
    Acted,
    /// Everything is observed; no pictures, nothing is typed.
    Watched,
    /// And a picture is taken at the end.
    Pictured,
    /// And its fields are typed into.
    Typed,
}

impl Mode {
    pub const ALL: [Self; 6] = [Self::Blank, Self::Bare, Self::Acted, Self::Watched, Self::Pictured, Self::Typed];
}

/// What a driver is told.
#[derive(Serialize, Deserialize)]
pub struct Job {
    pub mode: Mode,
    pub tabs: usize,
    /// Browsers that share the tabs; a bare driver has one.
    pub browsers: usize,
    pub visits: usize,
    pub dwell_ms: u64,
    /// Whether to look at the memory after each visit, which costs some CPU.
    pub memory: bool,
    pub chromium: Option<PathBuf>,
    pub proxy: String,
    pub dns: SocketAddr,
    pub spki: String,
    pub pages: Vec<String>,
}

/// What it says.
#[derive(Serialize, Deserialize)]
pub struct Driven {
    pub visits: usize,
    pub seconds: f64,
    /// Of the driver and the browser.
    pub cpu_s: f64,
    /// Of the driver.
    pub own_cpu_s: f64,
    /// The most that the browsers held, if that was asked for.
    pub peak_mb: f64,
    /// How many times longer pages took than they would have taken alone; a bare driver does not look.
    pub slowdown: Option<f64>,
}

impl Driven {
    pub fn cpu_s_a_visit(&self) -> f64 {
        self.cpu_s / self.visits as f64
    }

    pub fn visits_a_minute(&self) -> f64 {
        self.visits as f64 / self.seconds * 60.0
    }
}

/// Does the job and says on stdout what it took.
pub async fn main(job: &str) -> Result<(), Failed> {
    let job: Job = serde_json::from_str(job)?;
    let egress =
        Egress::new(EgressConfig { upstream: Some(job.proxy.parse()?), dns: Some(job.dns), allow_private: true })?;
    let config = job.config();
    let lives = config.lives.clone();
    let mut browsers = Vec::new();
    for _ in 0..job.browsers {
        browsers.push(Browser::launch(config.clone(), egress.clone()).await?);
    }
    let driven = match job.mode {
        Mode::Blank | Mode::Bare | Mode::Acted => {
            let bare = Bare::like(&browsers[0], egress).await?;
            close(browsers).await;
            job.take(async |page| bare.visit(page, job.dwell(), job.mode == Mode::Acted).await).await?
        }
        Mode::Watched | Mode::Pictured | Mode::Typed => {
            let (before, turn) = (lives.pace(), AtomicUsize::new(0));
            let next = || &browsers[turn.fetch_add(1, Ordering::Relaxed) % browsers.len()];
            let driven = job.take(async |page| watched(next(), page).await).await?;
            close(browsers).await;
            Driven { slowdown: lives.pace().slowdown_since(before), ..driven }
        }
    };
    println!("{}", serde_json::to_string(&driven)?);
    Ok(())
}

async fn close(browsers: Vec<Browser>) {
    for browser in browsers {
        browser.close().await;
    }
}

impl Job {
    fn dwell(&self) -> Duration {
        Duration::from_millis(self.dwell_ms)
    }

    fn config(&self) -> BrowserConfig {
        let usual = BrowserConfig::default();
        BrowserConfig {
            executable: self.chromium.clone().unwrap_or(usual.executable),
            ca_spki: Some(self.spki.clone()),
            dwell: Dwell { min: self.dwell(), max: self.dwell(), quiet: Duration::ZERO },
            screenshot: matches!(self.mode, Mode::Pictured | Mode::Typed),
            typing: (self.mode == Mode::Typed).then(Typing::default),
            tabs: self.tabs.div_ceil(self.browsers),
            ..usual
        }
    }

    /// All visits, a page's turn after the other's; what came before the first round is over is not counted.
    async fn take(&self, visit: impl AsyncFn(&str) -> Result<(), Failed>) -> Result<Driven, Failed> {
        let blank = ["about:blank".to_owned()];
        let pages = if self.mode == Mode::Blank { &blank[..] } else { &self.pages[..] };
        let peak = AtomicU64::new(0);
        let round = |visits: usize| {
            let all = stream::iter(pages.iter().cycle().take(visits)).map(|page| async {
                visit(page).await?;
                if self.memory {
                    peak.fetch_max(tree::memory(), Ordering::Relaxed);
                }
                Ok::<_, Failed>(())
            });
            all.buffer_unordered(self.tabs).try_collect::<Vec<()>>()
        };
        // The first visits fill the browser's caches of compiled code.
        round(pages.len()).await?;
        let (began, before, own) = (Instant::now(), tree::cpu_s(), tree::own_cpu_s());
        round(self.visits).await?;
        let seconds = began.elapsed().as_secs_f64();
        Ok(Driven {
            visits: self.visits,
            seconds,
            cpu_s: tree::cpu_s() - before,
            own_cpu_s: tree::own_cpu_s() - own,
            slowdown: None,
            peak_mb: peak.into_inner() as f64 / 1e6,
        })
    }
}

/// Opens a page with everything that watches it. A page that was not seen is no measurement.
async fn watched(browser: &Browser, page: &str) -> Result<(), Failed> {
    let task = task(page)?;
    let seen = browser.visit(&task).await?;
    match seen.visit.outcome.class() {
        OutcomeClass::Seen => Ok(()),
        _ => Err(format!("{}: {:?}", task.page, seen.visit.outcome).into()),
    }
}

/// A page of a run of its own.
pub fn task(page: &str) -> Result<PageTask, Failed> {
    let page = PageUrl::parse(page)?;
    Ok(PageTask {
        run: RunId::new(),
        start: page.clone(),
        kind: PageKind::guess(&page),
        page,
        profile: Profile::Untouched,
        repetition: 0,
        lane: Lane::Bulk,
        region: None,
    })
}
