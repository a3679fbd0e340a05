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
/// Pages of a site, each of which links to the next ones and to some others.
const PAGES: usize = 200;
const LINKS: usize = 60;
/// Bytes of text beside the links: pages of the web have some tens of KB of HTML.
const TEXT: usize = 20 << 10;
const ROUNDS: usize = 5;

const PLACE: Place =
    Place { page: "docs/performance.md", begin: "<!-- crawled: written by make bench -->", end: "<!-- crawled -->" };

/// What both came to; each number is the median of the rounds.
#[derive(Serialize)]
struct Measured {
    sites: usize,
    pages_a_site: usize,
    rounds: usize,
    ours: Speed,
    spider: Speed,
    /// Pages a second of ours over those of spider, in one round: least, median, most.
    ratio: [f64; 3],
}

#[derive(Clone, Copy, Serialize)]
struct Speed {
    pages_a_second: f64,
    /// Of the whole process, the web that answers included.
    cpu_ms_a_page: f64,
}

fn main() -> Result<(), Failed> {
    tokio::runtime::Runtime::new()?.block_on(async {
        let web = Web::start(&[], SITES, answer).await;
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for round in 1..=ROUNDS {
            ours.push(timed(&web, our_crawl).await?);
            theirs.push(timed(&web, spiders_crawl).await?);
            let [own, other] = [&ours, &theirs].map(|speeds| speeds[round - 1].pages_a_second);
            eprintln!("round {round}: {own:.0} pages/s, spider alone {other:.0}");
        }
        let ratios = ours.iter().zip(&theirs).map(|(own, other)| own.pages_a_second / other.pages_a_second);
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
    let (began, cpu) = (Instant::now(), ProcessTime::now());
    let mut crawls = JoinSet::new();
    for site in SITES {
        let limits = CrawlConfig { timeout: Duration::from_secs(120), max_fetches: 4 * PAGES as u32, ..web.config() };
        crawls.spawn(crawl(limits, site));
    }
    let mut pages = 0;
    while let Some(found) = crawls.join_next().await {
        pages += found??;
    }
    let expected = SITES.len() * PAGES;
    if pages != expected {
        return Err(format!("{pages} pages were found, not {expected}").into());
    }
    Ok(Speed {
        pages_a_second: pages as f64 / began.elapsed().as_secs_f64(),
        cpu_ms_a_page: cpu.elapsed().as_secs_f64() * 1e3 / pages as f64,
    })
}

async fn our_crawl(config: CrawlConfig, site: &'static str) -> Result<usize, Failed> {
    let crawled = crawl(&config, &task(&format!("http://{site}/"), PAGES as u32)).await?;
    Ok(crawled.crawl.pages.len())
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

/// A site whose pages link to the pages that follow, and around.
fn answer(url: &str) -> Reply {
    let path = url.splitn(4, '/').nth(3).unwrap_or_default();
    let number = match path {
        "robots.txt" => return text(200, "User-agent: *\nAllow: /\n"),
        "" => 0,
        page => match page.strip_prefix("page/").and_then(|number| number.parse().ok()) {
            Some(number) if (1..PAGES).contains(&number) => number,
            _ => return missing(),
        },
    };
    // A page of each site is its start, under whatever address it is linked.
    let links: String = (1..=LINKS)
        .map(|step| (number + step) % PAGES)
        .map(|page| if page == 0 { "/".to_owned() } else { format!("/page/{page}") })
        .map(|to| format!("<li><a class=\"link\" href=\"{to}\">What else there is</a></li>"))
        .collect();
    let words = "<p>Lamps of brass, made by hand, sent to wherever they are wanted.</p>";
    let body = words.repeat(TEXT / words.len());
    let page =
        format!("<!doctype html><html><head><title>{number}</title></head><body><ul>{links}</ul>{body}</body></html>");
    Reply(200, vec![("content-type", "text/html; charset=utf-8".into())], page)
}

fn sorted(mut numbers: Vec<f64>) -> Vec<f64> {
    numbers.sort_by(f64::total_cmp);
    numbers
}

fn median(speeds: &[Speed]) -> Speed {
    let middle = |take: fn(&Speed) -> f64| sorted(speeds.iter().map(take).collect())[speeds.len() / 2];
    Speed { pages_a_second: middle(|speed| speed.pages_a_second), cpu_ms_a_page: middle(|speed| speed.cpu_ms_a_page) }
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { sites, pages_a_site, rounds, ours, spider, ratio: [least, middle, most] } = self;
        writeln!(f, "| {sites} sites of {pages_a_site} pages at once | pages/s | CPU-ms a page |\n|---|--:|--:|")?;
        for (who, Speed { pages_a_second, cpu_ms_a_page }) in [("our crawl", ours), ("spider alone", spider)] {
            writeln!(f, "| {who} | {pages_a_second:.0} | {cpu_ms_a_page:.2} |")?;
        }
        writeln!(f, "\nOurs over spider alone: {middle:.2} ({least:.2} to {most:.2} in {rounds} rounds).")
    }
}
