//! Each page by itself, over a store as large as that of somebody who watches ten thousand sites.

use std::{env, path::Path};

use earshot_corpus::{
    Corpus,
    reading::{PageTime, Pages, Spread},
};
use earshot_store::STATISTICS;

use crate::{Failed, host::ask, role::Role};

/// Sites that are watched if nobody says.
const SITES: usize = 10_000;
const NIGHTS: u32 = 14;
/// Events of a visit: fewer than on the web. No page but those of one site reads them; the disk is spared.
const EVENTS: u32 = 60;
/// How often each page is asked for, the first time among them.
const TIMES: usize = 5;

pub async fn measure(earshot: &Path) -> Result<Pages, Failed> {
    let sites = env::var("BENCH_SITES").ok().map_or(Ok(SITES), |sites| sites.parse())?;
    let corpus = Corpus { sites, nights: NIGHTS, events: EVENTS, copy: 100, ..Corpus::default() };
    let role = Role::over(earshot, Some(&corpus)).await?;
    let mut pages = Vec::new();
    for (page, paths) in all(&role, &corpus).await? {
        let (mut times, mut bytes) = (Vec::new(), 0);
        for path in paths.iter().cycle().take(TIMES.max(paths.len())) {
            let got = role.get(path).await.map_err(|error| format!("{page}: {error}"))?;
            times.push(got.ms);
            bytes = bytes.max(got.bytes);
        }
        pages.push(PageTime { page, asked: times.len(), times: Spread::of(times), bytes });
    }
    pages.sort_by(|one, other| other.times.p50_ms.total_cmp(&one.times.p50_ms));
    let holds = role.holds(&corpus).await?;
    role.stop().await;
    Ok(Pages { holds, pages })
}

/// The name of each page, and its addresses: several where an answer is kept for a while.
async fn all(role: &Role, corpus: &Corpus) -> Result<Vec<(String, Vec<String>)>, Failed> {
    let list = async |query: &str| -> Result<Vec<String>, Failed> {
        Ok(ask(&role.store, query).await?.lines().map(str::to_owned).collect())
    };
    let sites = list("SELECT DISTINCT site FROM counted_sites ORDER BY cityHash64(site) LIMIT 5").await?;
    let vendors = "SELECT toString(vendor) FROM counted_vendors WHERE exposure = 'content' GROUP BY vendor \
                   ORDER BY count() DESC, vendor LIMIT 5";
    let vendors = list(vendors).await?;
    let count = list("SELECT uniqExact(site) FROM counted_sites").await?[0].parse()?;
    let run = corpus.run(corpus.nights - 1, count).id;
    let finding = format!("SELECT toString(finding_id) FROM findings FINAL WHERE run_id = '{run}' LIMIT 5");
    let findings = list(&finding).await?;
    let portfolio = &corpus.portfolio;
    let mut pages: Vec<(String, Vec<String>)> = ["/", "/portfolios", "/runs", "/vendors", "/statistics", "/fleet"]
        .map(|page| (page.to_owned(), vec![page.to_owned()]))
        .into();
    pages.push(("/portfolios/{portfolio}".to_owned(), vec![format!("/portfolios/{portfolio}")]));
    pages.push(("/vendors?portfolio={portfolio}".to_owned(), vec![format!("/vendors?portfolio={portfolio}")]));
    pages.push(("/vendors/{vendor}".to_owned(), vendors.iter().map(|id| format!("/vendors/{id}")).collect()));
    pages.push(("/runs/{run}".to_owned(), vec![format!("/runs/{run}")]));
    let changes = |night| format!("/runs/{}/changes", corpus.run(night, count).id);
    pages.push(("/runs/{run}/changes".to_owned(), (1..corpus.nights).rev().take(3).map(changes).collect()));
    let report = |site: &String| format!("/runs/{run}/sites/{site}");
    pages.push(("/runs/{run}/sites/{site}".to_owned(), sites.iter().map(report).collect()));
    let finding = |id: &String| format!("/runs/{run}/findings/{id}");
    pages.push(("/runs/{run}/findings/{finding}".to_owned(), findings.iter().map(finding).collect()));
    for statistic in STATISTICS {
        let page = format!("/statistics/{}", statistic.name);
        pages.push((page.clone(), vec![page]));
    }
    Ok(pages)
}
