//! Getting in: requests under robots.txt, with redirects inside the site.

use std::{collections::HashMap, time::Duration};

use earshot_model::{Outcome, PageUrl, RefusalReason, Site};

use crate::{
    CrawlConfig, CrawlError,
    failure::Failure,
    fetch::{Answer, Fetcher},
    robots::{self, MAX_ROBOTS_BYTES, Robots},
};

/// Redirects followed for one page, and for robots.txt (RFC 9309 § 2.3.1.2 asks for at least five).
const MAX_REDIRECTS: usize = 5;

/// Hosts of one site whose robots.txt is asked for. Pages on further hosts are left alone.
const MAX_HOSTS: usize = 5;

/// The crawler's way into one site.
pub(crate) struct Entry {
    pub fetcher: Fetcher,
    site: Site,
    max_page_bytes: usize,
    /// By origin.
    robots: HashMap<String, Robots>,
    /// Whether robots.txt is asked. Not for a single page that a person named: that is no crawl.
    obeys_robots: bool,
}

/// How the opening of a page ended.
#[derive(Debug)]
pub(crate) enum Opened {
    /// The site answered, after redirects within it.
    Answered(Box<Answer>),
    /// It redirects, with this status, to another site.
    OffSite(u16, Site),
    /// It redirects to what is no page, or without end.
    NoPage(String),
    /// robots.txt answered 5xx, which forbids everything.
    RobotsError(u16),
    /// It gave no answer, or we do not go there.
    Failed(Failure),
}

impl Entry {
    pub fn new(config: &CrawlConfig, site: Site, obeys_robots: bool) -> Result<Self, CrawlError> {
        let fetcher = Fetcher::new(config)?;
        Ok(Self { fetcher, site, max_page_bytes: config.max_page_bytes, robots: HashMap::new(), obeys_robots })
    }

    /// Opens `page`: asks the robots.txt of each host on the way, follows redirects within the site.
    pub async fn open(&mut self, page: &PageUrl) -> Result<Opened, CrawlError> {
        let mut page = page.clone();
        for _ in 0..=MAX_REDIRECTS {
            if let Some(closed) = self.closed(&page).await? {
                return Ok(closed);
            }
            let mut answer = match self.fetcher.get(&page, self.max_page_bytes).await? {
                Ok(answer) => answer,
                Err(failure) => return Ok(Opened::Failed(failure)),
            };
            match answer.location.take() {
                None => return Ok(Opened::Answered(Box::new(answer))),
                Some(Ok(next)) if next.site() == self.site => page = next,
                Some(Ok(next)) => return Ok(Opened::OffSite(answer.status, next.site())),
                Some(Err(text)) => return Ok(Opened::NoPage(format!("redirects to {text}"))),
            }
        }
        Ok(Opened::NoPage(format!("more than {MAX_REDIRECTS} redirects")))
    }

    /// Whether the crawler may ask for `page`, by the robots.txt of its host.
    pub async fn allows(&mut self, page: &PageUrl) -> Result<bool, CrawlError> {
        Ok(self.closed(page).await?.is_none())
    }

    /// Whether the robots.txt files read so far forbid `page`.
    pub fn is_known_to_be_forbidden(&self, page: &PageUrl) -> bool {
        self.robots.get(&origin(page)).is_some_and(|robots| !robots.allows(page))
    }

    /// Why `page` may not be asked for; `None` if it may.
    async fn closed(&mut self, page: &PageUrl) -> Result<Option<Opened>, CrawlError> {
        if !self.obeys_robots {
            return Ok(None);
        }
        Ok(match self.robots(page).await? {
            Robots::ServerError(status) => Some(Opened::RobotsError(*status)),
            Robots::Failed(failure) => Some(Opened::Failed(failure.clone())),
            robots if robots.allows(page) => None,
            _ => Some(Opened::Failed(Failure::Refused(RefusalReason::Robots))),
        })
    }

    /// The rules of the host of `page`, asked for once.
    pub async fn robots(&mut self, page: &PageUrl) -> Result<&Robots, CrawlError> {
        let origin = origin(page);
        if !self.robots.contains_key(&origin) {
            let robots = match self.robots.len() < MAX_HOSTS {
                true => self.fetch_robots(page).await?,
                false => Robots::Failed(Failure::Refused(RefusalReason::Robots)),
            };
            self.slow_down(robots.delay());
            self.robots.insert(origin.clone(), robots);
        }
        Ok(&self.robots[&origin])
    }

    /// One pace for the whole site: its slowest host's.
    fn slow_down(&mut self, delay: Option<Duration>) {
        self.fetcher.delay = self.fetcher.delay.max(delay.unwrap_or_default());
    }

    async fn fetch_robots(&mut self, page: &PageUrl) -> Result<Robots, CrawlError> {
        let Some(mut address) = robots::address(page) else { return Ok(Robots::None) };
        for _ in 0..=MAX_REDIRECTS {
            match self.fetcher.get(&address, MAX_ROBOTS_BYTES).await? {
                Ok(Answer { location: Some(Ok(next)), .. }) => address = next,
                Ok(answer) => return Ok(Robots::of_answer(answer.status, &answer.body)),
                Err(failure) => return Ok(Robots::Failed(failure)),
            }
        }
        Ok(Robots::None)
    }

    /// Opens `start`, or `fallback` if nothing answers there. If nothing answers at either, the first one's failure
    /// is told: the other scheme was only our guess.
    pub async fn open_either(
        &mut self,
        start: &PageUrl,
        fallback: Option<PageUrl>,
    ) -> Result<(PageUrl, Opened), CrawlError> {
        let first = self.open(start).await?;
        let Some(fallback) = fallback.filter(|_| first.is_silence()) else { return Ok((start.clone(), first)) };
        let second = self.open(&fallback).await?;
        if second.is_silence() || second.is_gateway_error() {
            return Ok((start.clone(), first));
        }
        Ok((fallback, second))
    }
}

fn origin(page: &PageUrl) -> String {
    page.url().origin().ascii_serialization()
}

impl Opened {
    fn is_silence(&self) -> bool {
        matches!(self, Self::Failed(Failure::Unreachable(_) | Failure::TimedOut))
    }

    /// Where an upstream proxy stands between, this is how it says over plain HTTP that nobody is there.
    fn is_gateway_error(&self) -> bool {
        match self {
            Self::Answered(answer) => matches!(answer.status, 502 | 504),
            Self::RobotsError(status) => matches!(status, 502 | 504),
            _ => false,
        }
    }

    /// For how long the site wants to be left alone.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Answered(answer) => answer.retry_after,
            _ => None,
        }
    }

    /// How a crawl that got no further than this ended, after `took_ms`.
    pub fn outcome(self, took_ms: u32) -> Outcome {
        match self {
            Self::Answered(answer) => answer.outcome(),
            Self::OffSite(status, to) => Outcome::OffSite { status, to: to.to_string() },
            Self::NoPage(detail) => Outcome::NotAPage { detail },
            Self::RobotsError(status) => Outcome::of_status(status),
            Self::Failed(failure) => failure.outcome(took_ms),
        }
    }
}
