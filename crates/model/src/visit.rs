//! Work to do and work done: the tasks on the bus, a crawled site, and a visit.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Event, Gap, Outcome, PageKind, PageUrl, Picture, Profile, Region, RunId, Served, Site, Target, VisitId};

/// Which queue a page waits in: somebody who looks on never waits behind the nightly run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lane {
    /// A person waits for it.
    Interactive,
    /// Portfolio work.
    Bulk,
}

/// "Crawl this target."
#[derive(Clone, Debug, PartialEq)]
pub struct SeedTask {
    /// The run it belongs to.
    pub run: RunId,
    /// What to crawl.
    pub target: Target,
    /// How many pages to choose at most, the start included.
    pub pages: u32,
    /// How the pages are to be visited.
    pub profiles: Vec<Profile>,
    /// Where its pages wait.
    pub lane: Lane,
    /// How often each page is visited under each profile, from 1.
    pub repetitions: u32,
    /// Through which region's exit its pages are found and seen; `None` for the usual one.
    pub region: Option<Region>,
}

impl SeedTask {
    /// Pages of one site that may be asked for: a scan is a sample of a site, no copy of it.
    pub const MAX_PAGES: u32 = 1_000;
}

/// What a crawl of one target found. Decided once per (run, start): a second crawl of the same target in the same
/// run takes over the first one's pages.
#[derive(Clone, Debug, PartialEq)]
pub struct Crawl {
    /// The run it belongs to.
    pub run: RunId,
    /// The address it started from.
    pub start: PageUrl,
    /// How it ended. Anything but `Loaded` means that the pages below were not all found.
    pub outcome: Outcome,
    /// The pages to visit. The start is among them even if the crawler could not read it (a wall for a crawler is
    /// none for a browser), unless we refuse to go there.
    pub pages: Vec<(PageUrl, PageKind)>,
    /// How many distinct pages of the site were seen, chosen or not.
    pub discovered: u32,
    /// How long it took, in ms.
    pub took_ms: u32,
}

/// "Visit this page."
#[derive(Clone, Debug, PartialEq)]
pub struct PageTask {
    /// The run it belongs to.
    pub run: RunId,
    /// The address that the crawl of its site started from: the key of its [`Crawl`].
    pub start: PageUrl,
    /// What to open.
    pub page: PageUrl,
    /// What it looks like.
    pub kind: PageKind,
    /// How to behave there.
    pub profile: Profile,
    /// Which visit of this page under this profile, from 0.
    pub repetition: u32,
    /// Where it waits.
    pub lane: Lane,
    /// Through which region's exit it is seen; `None` for the usual one.
    pub region: Option<Region>,
}

impl PageTask {
    /// The same task under each profile, each so often.
    pub fn repeated<'a>(&'a self, profiles: &'a [Profile], repetitions: u32) -> impl Iterator<Item = Self> + 'a {
        let under = move |profile: &'a Profile| {
            (0..repetitions).map(move |repetition| Self { profile: *profile, repetition, ..self.clone() })
        };
        profiles.iter().flat_map(under)
    }

    /// The derived id of the visit that this task asks for.
    #[must_use]
    pub fn visit_id(&self) -> VisitId {
        VisitId::derive(self.run, &self.page, self.profile, self.repetition)
    }

    /// The registrable domain that is visited.
    #[must_use]
    pub fn site(&self) -> Site {
        self.page.site()
    }
}

/// What the page could know about its visitor, and what watched it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// Product and version of the browser, for instance `HeadlessChrome/156.0.8078.79`.
    pub browser: String,
    /// The user agent that was presented.
    pub user_agent: String,
    /// Whether unpartitioned third-party cookies could be set.
    pub third_party_cookies: bool,
    /// Version of Earshot.
    pub earshot: String,
    /// From where the web was seen: `direct`, or host and port of a proxy; empty where an earlier version did not note it.
    pub egress: String,
}

/// One page opened once under one profile, and everything that it did.
#[derive(Clone, Debug, PartialEq)]
pub struct Visit {
    /// What was asked for.
    pub task: PageTask,
    /// When the navigation began (wall clock). All `at_ms` count from here, on a monotonic clock.
    pub started_at: Timestamp,
    /// From navigation to the end of the visit, in ms.
    pub took_ms: u32,
    /// Where redirects led to.
    pub final_url: Option<PageUrl>,
    /// How it ended.
    pub outcome: Outcome,
    /// Who we were.
    pub identity: Identity,
    /// What happened, in order; `seq` is the position.
    pub events: Vec<Event>,
    /// What could not be seen.
    pub gaps: Vec<Gap>,
    /// Pictures of the page, in the order in which they were taken.
    pub pictures: Vec<Picture>,
    /// Who answered for the document.
    pub served: Served,
}

impl Visit {
    /// The derived id.
    #[must_use]
    pub fn id(&self) -> VisitId {
        self.task.visit_id()
    }
}
