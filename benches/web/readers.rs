//! People who read reports of sites, all at once.

use std::{path::Path, sync::Arc, time::Instant};

use earshot_corpus::{
    Corpus,
    reading::{Readers, Round, Spread},
};
use tokio::{sync::Barrier, task::JoinSet};

use crate::{Failed, host::ask, role::Role};

/// How many read.
const READERS: usize = 200;
/// What there is to read: a report for each site and night.
const SITES: usize = 200;
const NIGHTS: u32 = 2;
/// How often each asks, where all read the same.
const TIMES: usize = 20;

pub async fn measure(earshot: &Path) -> Result<Readers, Failed> {
    let corpus = Corpus { sites: SITES, nights: NIGHTS, copy: SITES, ..Corpus::default() };
    let role = Arc::new(Role::over(earshot, Some(&corpus)).await?);
    let sites = ask(&role.store, "SELECT DISTINCT site FROM counted_sites ORDER BY site").await?;
    let sites: Vec<&str> = sites.lines().collect();
    let run = |night| corpus.run(night, sites.len() as u64).id;
    let report = |night, site: &str| format!("/runs/{}/sites/{site}", run(night));
    let last = NIGHTS - 1;
    // The first answers find nothing warm.
    role.get(&report(last, sites[0])).await?;
    let earlier = |reader: usize| vec![report(0, sites[reader % sites.len()])];
    let same = |_| vec![report(last, sites[1]); TIMES];
    let own = |reader: usize| vec![report(last, sites[reader % sites.len()]); TIMES];
    let rounds = vec![
        round(&role, "one and the same report", same).await?,
        round(&role, "each a report of his own, again and again", own).await?,
        round(&role, "each one that nobody has asked for yet", earlier).await?,
    ];
    let holds = role.holds(&corpus).await?;
    if let Some(role) = Arc::into_inner(role) {
        role.stop().await;
    }
    Ok(Readers { holds, readers: READERS, rounds })
}

/// Everybody begins at once, over a connection of his own that is there already.
async fn round(role: &Arc<Role>, what: &str, paths: impl Fn(usize) -> Vec<String>) -> Result<Round, Failed> {
    let (begin, mut reading) = (Arc::new(Barrier::new(READERS + 1)), JoinSet::new());
    for reader in 0..READERS {
        let (role, begin, paths) = (role.clone(), begin.clone(), paths(reader));
        reading.spawn(async move {
            // Whoever fails is waited for all the same.
            let connected = role.get("/healthz").await;
            begin.wait().await;
            connected?;
            let mut answers = Vec::with_capacity(paths.len());
            for path in paths {
                answers.push(role.get(&path).await?);
            }
            Ok::<_, Failed>(answers)
        });
    }
    begin.wait().await;
    let (began, before) = (Instant::now(), role.cpu());
    let mut answers = Vec::new();
    while let Some(read) = reading.join_next().await {
        answers.extend(read??);
    }
    let (seconds, after) = (began.elapsed().as_secs_f64(), role.cpu());
    Ok(Round {
        what: what.to_owned(),
        answers: answers.len(),
        come_again: answers.iter().map(|got| got.come_again).sum(),
        bytes: answers.iter().map(|got| got.bytes).sum(),
        seconds,
        times: Spread::of(answers.into_iter().map(|got| got.ms).collect()),
        web_cpu_s: after.web_s - before.web_s,
        store_cpu_s: after.store_s - before.store_s,
        readers_cpu_s: after.own_s - before.own_s,
    })
}
