//! A crawl from its task to its result.

use std::time::{Duration, Instant};

use earshot_model::{Crawl, Outcome, PageKind, PageUrl, SeedTask, Target};

use crate::{
    CrawlConfig, CrawlError,
    choice::choose,
    entry::{Entry, Opened},
    failure::Failure,
    fetch::Answer,
    frontier::Frontier,
    links::links,
    sitemap::{MAX_SITEMAP_BYTES, MAX_SITEMAPS, Sitemap},
};

/// What came of a crawl, and how the site wants to be treated.
#[derive(Clone, Debug)]
pub struct Crawled {
    /// What it chose.
    pub crawl: Crawl,
    /// Least time between two visits that its robots.txt asks for, or that we found it to need.
    pub gap: Option<Duration>,
    /// For how long it wants to be left alone (`Retry-After`), if its start said so.
    pub retry_after: Option<Duration>,
}

/// What an exploration brought.
struct Found {
    pages: Vec<(PageUrl, PageKind)>,
    discovered: u32,
    /// Whether the crawl's time ran out before there was enough.
    cut_short: bool,
}

/// Crawls the site of `task` and chooses at most `task.pages` pages of it, the start first.
///
/// The outcome is `Loaded` if the start was read and the choice is what the site has to offer within the limits;
/// `TimedOut` if the crawl's own time ended first, with the pages found so far. If the start answers with a wall,
/// an error, a download or a redirect to another site, or not in time, or if robots.txt answers 5xx (which forbids
/// the crawl, RFC 9309 § 2.3.1.4), the outcome says so and the start is the only page: a browser may fare better.
/// There are no pages at all if we refuse to go there (not a public address, or robots.txt forbids the start), and
/// if nobody answers (no such name, no connection, broken TLS), so that no browser's time is lost on it.
///
/// A target that means one page only is opened, as by a person, and not crawled: robots.txt is not asked, nothing
/// else is read.
///
/// # Errors
/// See [`CrawlError`]: none of them says anything about the site.
pub async fn crawl(config: &CrawlConfig, task: &SeedTask) -> Result<Crawled, CrawlError> {
    let began = Instant::now();
    let target = &task.target;
    let mut entry = Entry::new(config, target.site(), !target.only_this_page)?;
    let (start, opened) = entry.open_either(&target.start, other_scheme(target)).await?;
    let first = (start.clone(), PageKind::guess(&start));
    let retry_after = opened.retry_after();
    let took_ms = || u32::try_from(began.elapsed().as_millis()).unwrap_or(u32::MAX);
    let (outcome, pages, discovered) = match opened {
        Opened::Answered(home) if matches!(home.outcome(), Outcome::Loaded { .. }) => {
            let loaded = home.outcome();
            if target.only_this_page {
                (loaded, vec![first], 1)
            } else {
                let found = explore(&mut entry, &start, *home, task.pages).await?;
                let outcome = if found.cut_short { Outcome::TimedOut { after_ms: took_ms() } } else { loaded };
                (outcome, found.pages, found.discovered)
            }
        }
        opened => match opened.outcome(took_ms()) {
            outcome @ (Outcome::Refused { .. } | Outcome::Unreachable { .. }) => (outcome, Vec::new(), 0),
            outcome => (outcome, vec![first], 1),
        },
    };
    let took_ms = took_ms();
    tracing::debug!(
        run.id = %task.run, site = %target.site(), outcome = outcome.as_str(), pages = pages.len(), discovered, took_ms,
        "crawled"
    );
    let crawl = Crawl { run: task.run, start: target.start.clone(), outcome, pages, discovered, took_ms };
    let gap = Some(entry.fetcher.delay).filter(|delay| *delay > config.delay);
    Ok(Crawled { crawl, gap, retry_after })
}

/// `http` instead of the assumed `https`, unless the scheme was written down.
fn other_scheme(target: &Target) -> Option<PageUrl> {
    if target.scheme_given {
        return None;
    }
    let mut url = target.start.url().clone();
    url.set_scheme("http").ok()?;
    PageUrl::parse(url.as_str()).ok()
}

/// Reads sitemaps and links from `home` on until there is enough for `wanted` pages, or time or budget is spent.
async fn explore(entry: &mut Entry, start: &PageUrl, home: Answer, wanted: u32) -> Result<Found, CrawlError> {
    let mut frontier = Frontier::new(start, &home.url);
    read_links(&mut frontier, &home.url.clone(), home.body, 0).await;
    if !frontier.is_enough(wanted) {
        read_sitemaps(entry, &mut frontier, &home.url).await?;
    }
    while !frontier.is_enough(wanted) && !entry.fetcher.spent() {
        let Some((page, hops)) = frontier.next() else { break };
        match entry.open(&page).await? {
            Opened::Answered(answer) if matches!(answer.outcome(), Outcome::Loaded { .. }) => {
                if answer.url != page {
                    frontier.moved(&page, &answer.url, hops);
                }
                read_links(&mut frontier, &answer.url.clone(), answer.body, hops).await;
            }
            // A wall for a crawler may be none for a browser, and silence may pass.
            Opened::Answered(answer) if matches!(answer.outcome(), Outcome::Blocked { .. }) => {}
            Opened::Failed(Failure::TimedOut | Failure::Unreachable(_)) => {}
            _ => frontier.void(&page),
        }
    }
    let cut_short = !frontier.is_enough(wanted) && entry.fetcher.out_of_time();
    Ok(Found { pages: choice(entry, &frontier, start, wanted).await?, discovered: frontier.discovered(), cut_short })
}

/// Offers every link of a document that lies `hops` away from the start.
async fn read_links(frontier: &mut Frontier, page: &PageUrl, body: Vec<u8>, hops: u8) {
    for link in links(page, body).await {
        frontier.offer(&link, hops + 1);
    }
}

/// Reads the sitemaps that robots.txt names, else `/sitemap.xml`, and those of an index: one level, a few files.
/// What a sitemap lists counts as linked from the start.
async fn read_sitemaps(entry: &mut Entry, frontier: &mut Frontier, home: &PageUrl) -> Result<(), CrawlError> {
    let mut waiting = entry.robots(home).await?.sitemaps();
    if waiting.is_empty() {
        waiting.extend(home.url().join("/sitemap.xml").ok().and_then(|url| PageUrl::parse(url.as_str()).ok()));
    }
    let listed = waiting.len();
    let mut number = 0;
    while number < waiting.len().min(MAX_SITEMAPS) && !entry.fetcher.spent() {
        let address = waiting[number].clone();
        number += 1;
        if address.site() != home.site() || !entry.allows(&address).await? {
            continue;
        }
        let Ok(answer) = entry.fetcher.get(&address, MAX_SITEMAP_BYTES).await? else { continue };
        if answer.status != 200 {
            continue;
        }
        let map = Sitemap::parse(&answer.body);
        for page in &map.pages {
            frontier.offer(page, 1);
        }
        if number <= listed {
            waiting.extend(map.sitemaps);
        }
    }
    Ok(())
}

/// The best `wanted` pages that robots.txt leaves to us. A host that was not met yet is asked only if a page of it
/// would be chosen.
async fn choice(
    entry: &mut Entry,
    frontier: &Frontier,
    start: &PageUrl,
    wanted: u32,
) -> Result<Vec<(PageUrl, PageKind)>, CrawlError> {
    let found = frontier.usable().filter(|page| !entry.is_known_to_be_forbidden(page)).cloned().collect::<Vec<_>>();
    let mut chosen = Vec::new();
    for (page, kind) in choose(start, found, u32::MAX) {
        if chosen.len() >= wanted.max(1) as usize {
            break;
        }
        if page == *start || entry.allows(&page).await? {
            chosen.push((page, kind));
        }
    }
    Ok(chosen)
}
