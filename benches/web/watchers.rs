//! People who watch one run while it goes on. A worker of this process tells what happens, so that one clock times it.

use std::{
    collections::HashMap,
    path::Path,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use earshot_bus::Narration;
use earshot_corpus::{
    Corpus,
    reading::{Spread, Watchers},
};
use earshot_model::{
    Lane, LiveEvent, LiveFact, Outcome, PageKind, PageTask, PageUrl, Profile, Run, RunState, Transport,
};
use tokio::{
    sync::watch,
    time::{interval, timeout},
};

use crate::{Failed, role::Role};

/// How many watch.
const WATCHERS: usize = 50;
/// Pages that are open at once, and whom each contacts: one of them every so often.
const PAGES: usize = 8;
const CONTACTS: usize = 100;
const EVERY: Duration = Duration::from_millis(5);
/// How long they may wait for something.
const PATIENCE: Duration = Duration::from_secs(30);

/// When each contact happened, by its host.
type Happened = Arc<Mutex<HashMap<String, Instant>>>;

pub async fn measure(earshot: &Path) -> Result<Watchers, Failed> {
    let role = Role::over(earshot, None).await?;
    let corpus = Corpus { sites: 1, ..Corpus::default() };
    let run = Run { state: RunState::Running, ..corpus.run(0, 1) };
    role.store.put_run(&run).await?;
    let narrator = role.bus.narrator();
    let pages = (0..PAGES).map(|number| Ok(narrator.open(&task(&run, number)?))).collect::<Result<Vec<_>, Failed>>()?;
    let (happened, (sat, mut sitting)) = (Happened::default(), watch::channel(0));
    let sat = Arc::new(sat);
    let mut watching = Vec::new();
    for _ in 0..WATCHERS {
        let answer = role.client.get(format!("{}/api/v1/runs/{}/live", role.base, run.id)).send().await?;
        let answer = answer.error_for_status()?;
        watching.push(tokio::spawn(watcher(answer, happened.clone(), sat.clone())));
    }
    // Whoever has been told that the pages were opened hears what comes.
    timeout(PATIENCE, sitting.wait_for(|sat| *sat == WATCHERS)).await??;
    let (began, before) = (Instant::now(), role.cpu());
    let things = tell(&pages, &happened).await?;
    let seconds = began.elapsed().as_secs_f64();
    let mut times = Vec::new();
    for watcher in watching {
        times.extend(timeout(PATIENCE, watcher).await??.map_err(|error| format!("a watcher: {error}"))?);
    }
    let web_cpu_s = role.cpu().web_s - before.web_s;
    if times.len() != things * WATCHERS {
        return Err(format!("of {} tellings {} were had", things * WATCHERS, times.len()).into());
    }
    role.stop().await;
    Ok(Watchers { watchers: WATCHERS, things, seconds, times: Spread::of(times), web_cpu_s })
}

fn task(run: &Run, number: usize) -> Result<PageTask, Failed> {
    let page = PageUrl::parse(&format!("https://page-{number}.example/"))?;
    let (kind, profile, lane) = (PageKind::Home, Profile::Untouched, Lane::Interactive);
    Ok(PageTask { run: run.id, start: page.clone(), page, kind, profile, repetition: 0, lane, region: None })
}

/// What happens on the pages, spread over a few seconds.
async fn tell(pages: &[Narration], happened: &Happened) -> Result<usize, Failed> {
    let mut tick = interval(EVERY);
    for number in 0..PAGES * CONTACTS {
        tick.tick().await;
        let host = format!("host-{number}.example");
        happened.lock().map_err(|_| "a watcher has failed")?.insert(host.clone(), Instant::now());
        let fact = LiveFact::Contact { address: format!("{host}/x.js"), transport: Transport::Script };
        pages[number % PAGES].tell(LiveEvent { at_ms: number as f64, fact });
    }
    for page in pages {
        page.tell(LiveEvent { at_ms: 0.0, fact: LiveFact::Ended(Outcome::Loaded { status: 200 }) });
    }
    Ok(PAGES * CONTACTS)
}

/// Listens until all pages have ended: how many ms after it happened each contact was told.
async fn watcher(
    mut answer: reqwest::Response,
    happened: Happened,
    sat: Arc<watch::Sender<usize>>,
) -> Result<Vec<f64>, Failed> {
    let (mut times, mut text, mut opened, mut ended) = (Vec::new(), String::new(), 0, 0);
    while ended < PAGES {
        let piece = timeout(PATIENCE, answer.chunk()).await??.ok_or("the stream has ended")?;
        let now = Instant::now();
        text.push_str(std::str::from_utf8(&piece)?);
        while let Some((event, rest)) = text.split_once("\n\n") {
            if event.contains("event: opened") {
                opened += 1;
                if opened == PAGES {
                    sat.send_modify(|sat| *sat += 1);
                }
            }
            ended += usize::from(event.contains("event: ended"));
            if let Some((_, host)) = event.split_once("\"host\":\"") {
                let host = host.split('"').next().unwrap_or_default();
                let happened = happened.lock().map_err(|_| "another watcher has failed")?;
                times.extend(happened.get(host).map(|at| (now - *at).as_secs_f64() * 1_000.0));
            }
            text = rest.to_owned();
        }
    }
    Ok(times)
}
