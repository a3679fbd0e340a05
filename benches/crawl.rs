//! How fast pages are discovered: our crawl, whose order, manners and judgements are ours while `spider` reads the links, against
//! spider's own loop. Both crawl the same sites on loopback through the same door, one request at a time for each site and without a
//! pause, as many sites at once; they take turns. The web that answers runs in this process, and is paid for by both.
//!
//! What is measured goes to `benches/results/crawl.json` and, as a table, into docs/performance.md.

#[path = "page.rs"]
mod page;
#[allow(dead_code, reason = "the tests take more of it")]
#[path = "../crates/crawl/tests/it/web.rs"]
mod web;

use std::{error::Error, fmt, fs, time::Duration};

use cpu_time::ProcessTime;
use earshot_crawl::{CrawlConfig, crawl};
use page::Place;
use serde::Serialize;
use spider::website::Website;
use tokio::{task::JoinSet, time::Instant};
use web::{Reply, Web, missing, task, text};

type Failed = Box<dyn Error + Send + Sync>;

/// Sites that are crawled, all at once.
const SITES: &[&str] = &[
    "one.example",
    "two.example",
    "three.example",
    "four.example",
    "five.example",
    "six.example",
    "seven.example",
    "eight.example",
];
/// Every page links to so many of its own, three deep, and to the home page and its sections; a page is named by letters, one for each
/// of the pages above it and itself: of pages that differ by numbers alone ours reads two.
const FANS: [usize; 3] = [6, 6, 5];
/// Pages of a site.
const PAGES: usize = 1 + 6 + 6 * 6 + 6 * 6 * 5;
/// Bytes of text beside the links: pages of the web have some tens of KB of HTML.
const TEXT: usize = 20 << 10;
const ROUNDS: usize = 5;

const PLACE: Place =
    Place { page: "docs/performance.md", begin: "<!-- crawled: written by make bench -->", end: "<!-- crawled -->" };

/// What both came to in the middle round.
#[derive(Serialize)]
struct Measured {
    sites: usize,
    pages_a_site: usize,
    rounds: usize,
    ours: Speed,
    spider: Speed,
    /// Requests a second of ours over those of spider, in one round: least, median, most.
    ratio: [f64; 3],
}

#[derive(Clone, Copy, Serialize)]
struct Speed {
    /// Of all sites. Spider's own loop, one request at a time, ends before it has read all.
    pages: usize,
    pages_a_second: f64,
    /// Ours does not read what it need not to know all pages.
    requests: usize,
    requests_a_second: f64,
    /// Of the whole process, the web that answers included.
    cpu_ms_a_request: f64,
}

fn main() -> Result<(), Failed> {
    tokio::runtime::Runtime::new()?.block_on(async {
        let web = Web::start(&[], SITES, answer).await;
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for round in 1..=ROUNDS {
            ours.push(timed(&web, our_crawl).await?);
            theirs.push(timed(&web, spiders_crawl).await?);
            let [own, other] = [&ours, &theirs].map(|speeds| speeds[round - 1].requests_a_second);
            eprintln!("round {round}: {own:.0} requests/s, spider alone {other:.0}");
        }
        let ratios = ours.iter().zip(&theirs).map(|(own, other)| own.requests_a_second / other.requests_a_second);
        let ratios = sorted(ratios.collect());
        let measured = Measured {
            sites: SITES.len(),
            pages_a_site: PAGES,
            rounds: ROUNDS,
            ours: median(&ours),
            spider: median(&theirs),
            ratio: [ratios[0], ratios[ROUNDS / 2], ratios[ROUNDS - 1]],
        };
        println!("{measured}");
        let results = concat!(env!("CARGO_MANIFEST_DIR"), "/../../benches/results/crawl.json");
        fs::write(results, serde_json::to_string_pretty(&measured)? + "\n")?;
        PLACE.put(&measured.to_string())
    })
}

/// Has every site crawled at once.
async fn timed<C>(web: &Web, crawl: impl Fn(CrawlConfig, &'static str) -> C) -> Result<Speed, Failed>
where
    C: Future<Output = Result<usize, Failed>> + Send + 'static,
{
    let (began, cpu, asked) = (Instant::now(), ProcessTime::now(), web.asked().len());
    let mut crawls = JoinSet::new();
    for site in SITES {
        let limits = CrawlConfig { timeout: Duration::from_secs(120), max_fetches: 4 * PAGES as u32, ..web.config() };
        crawls.spawn(crawl(limits, site));
    }
    let mut pages = 0;
    while let Some(found) = crawls.join_next().await {
        pages += found??;
    }
    let (seconds, cpu_s) = (began.elapsed().as_secs_f64(), cpu.elapsed().as_secs_f64());
    let requests = web.asked().len() - asked;
    Ok(Speed {
        pages,
        pages_a_second: pages as f64 / seconds,
        requests,
        requests_a_second: requests as f64 / seconds,
        cpu_ms_a_request: cpu_s * 1e3 / requests as f64,
    })
}

async fn our_crawl(config: CrawlConfig, site: &'static str) -> Result<usize, Failed> {
    let crawled = crawl(&config, &task(&format!("http://{site}/"), PAGES as u32)).await?;
    match crawled.crawl.pages.len() {
        PAGES => Ok(PAGES),
        pages => Err(format!("{pages} pages of {site} were found, not {PAGES}").into()),
    }
}

async fn spiders_crawl(config: CrawlConfig, site: &'static str) -> Result<usize, Failed> {
    let mut website = Website::new(&format!("http://{site}/"));
    website
        .with_proxies(Some(vec![config.proxy.to_string()]))
        .with_user_agent(Some(&config.user_agent))
        .with_respect_robots_txt(true)
        .with_concurrency_limit(Some(1))
        .with_delay(0);
    website.crawl().await;
    Ok(website.get_links().len())
}

/// A site whose pages link to those below them, and to the sections.
fn answer(url: &str) -> Reply {
    let path = url.splitn(4, '/').nth(3).unwrap_or_default();
    let name = match path {
        "robots.txt" => return text(200, "User-agent: *\nAllow: /\n"),
        "" => "",
        page => match page.strip_prefix("on-") {
            Some(name) if is_page(name) => name,
            _ => return missing(),
        },
    };
    let below = FANS.get(name.len()).map_or(0, |fan| *fan);
    let below = letters(below).map(|letter| format!("/on-{name}{letter}"));
    let sections = letters(FANS[0]).map(|letter| format!("/on-{letter}"));
    let links: String = std::iter::once("/".to_owned())
        .chain(sections)
        .chain(below)
        .map(|to| format!("<li><a class=\"link\" href=\"{to}\">What else there is</a></li>"))
        .collect();
    let words = "<p>Lamps of brass, made by hand, sent to wherever they are wanted.</p>";
    let body = words.repeat(TEXT / words.len());
    let page =
        format!("<!doctype html><html><head><title>{name}</title></head><body><ul>{links}</ul>{body}</body></html>");
    Reply(200, vec![("content-type", "text/html; charset=utf-8".into())], page)
}

fn letters(count: usize) -> impl Iterator<Item = char> {
    ('a'..='z').take(count)
}

fn is_page(name: &str) -> bool {
    let depth = name.chars().count();
    (1..=FANS.len()).contains(&depth)
        && name.chars().zip(FANS).all(|(letter, fan)| letters(fan).any(|known| known == letter))
}

fn sorted(mut numbers: Vec<f64>) -> Vec<f64> {
    numbers.sort_by(f64::total_cmp);
    numbers
}

/// Of the middle round, by requests a second.
fn median(speeds: &[Speed]) -> Speed {
    let mut speeds = speeds.to_vec();
    speeds.sort_by(|one, other| one.requests_a_second.total_cmp(&other.requests_a_second));
    speeds[speeds.len() / 2]
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { sites, pages_a_site, rounds, ours, spider, ratio: [least, middle, most] } = self;
        writeln!(
            f,
            "| {sites} sites of {pages_a_site} pages at once | pages found | pages found/s | requests | requests/s | CPU-ms a request |\n|---|--:|--:|--:|--:|--:|"
        )?;
        for (who, speed) in [("our crawl", ours), ("spider alone", spider)] {
            let Speed { pages, pages_a_second, requests, requests_a_second, cpu_ms_a_request } = speed;
            writeln!(
                f,
                "| {who} | {pages} | {pages_a_second:.0} | {requests} | {requests_a_second:.0} | {cpu_ms_a_request:.2} |"
            )?;
        }
        writeln!(
            f,
            "\nRequests a second, ours over spider alone: {middle:.2} ({least:.2} to {most:.2} in {rounds} rounds)."
        )
    }
}
