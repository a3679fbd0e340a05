//! What a visit costs: Chromium with everything that watches it, against Chromium driven barely (the same switches, contexts,
//! egress doors, pages and dwell; nothing observed). Both visit the lab's pages; each measurement is a process of its own, and its
//! CPU is that of the process with everything below it. The lab is beside them and not counted.
//!
//! Ratios are of one round: bare and watched visits take turns, so that what else the machine does falls on both. `BENCH_ONLY`
//! names the parts (`cost`, `throughput`, `memory`, `verdict`, `tried`), `BENCH_ROUNDS` the rounds (default 3), `BENCH_CHROMIUM` the
//! browser. What is measured goes to `benches/results/visits.json` and, as tables, into
//! docs/performance.md.

#[path = "visits/bare.rs"]
mod bare;
#[path = "visits/drive.rs"]
mod drive;
#[path = "visits/measured.rs"]
mod measured;
#[path = "page.rs"]
mod page;
#[path = "visits/tree.rs"]
mod tree;
#[path = "visits/tried.rs"]
mod tried;
#[path = "visits/verdict.rs"]
mod verdict;

use std::{env, error::Error, fs, path::PathBuf, process::Stdio};

use earshot_lab::{Lab, LabConfig};

use crate::{
    drive::{DRIVE, Driven, Job, Mode},
    measured::{Cost, Machine, Measured, Memory, Throughput},
    page::Place,
};

type Failed = Box<dyn Error + Send + Sync>;

/// Pages of the lab with real SDKs, forms, frames, workers, pixels and storage: 20 to 90 requests each. None that hangs or floods.
const PAGES: &[&str] = &[
    "shop-clarity.test",
    "app-posthog.test",
    "app-sentry.test",
    "app-mixpanel.test",
    "mixed-pixels.test",
    "gtm-clarity.test",
    "wordpress.test",
    "brand-a.test",
    "clinic.test",
    "replay-vendors.test",
    "clarity-frames.test",
    "analytics.test",
];

const PLACE: Place =
    Place { page: "docs/performance.md", begin: "<!-- measured: written by make bench -->", end: "<!-- end -->" };

/// Tabs at once where cost is measured: enough to keep two cores busy, and no more.
const TABS: usize = 4;
/// Visits of one measurement of cost.
const VISITS: usize = 4 * PAGES.len();
/// Tabs at once where throughput is measured.
const MANY_TABS: &[usize] = &[8, 16, 24];

fn main() -> Result<(), Failed> {
    let mut arguments = env::args().skip(1);
    let runtime = tokio::runtime::Runtime::new()?;
    if arguments.next().as_deref() == Some(DRIVE) {
        return runtime.block_on(drive::main(&arguments.next().ok_or("no job")?));
    }
    runtime.block_on(measure())
}

async fn measure() -> Result<(), Failed> {
    let only = env::var("BENCH_ONLY").unwrap_or_default();
    let wanted = |part: &str| only.is_empty() || only.split(',').any(|name| name == part);
    let rounds: usize = env::var("BENCH_ROUNDS").map_or(Ok(3), |rounds| rounds.parse())?;
    let lab = Lab::start(LabConfig::default()).await?;
    let mut measured = read()?;
    measured.machine = Machine::here();
    if wanted("cost") {
        measured.cost = cost(&lab, rounds).await?;
        write(&measured)?;
    }
    if wanted("throughput") {
        measured.throughput = throughput(&lab).await?;
        write(&measured)?;
    }
    if wanted("memory") {
        measured.memory = Some(memory(&lab).await?);
        write(&measured)?;
    }
    if wanted("verdict") {
        measured.verdict = verdict::measure(&lab).await?;
        write(&measured)?;
    }
    if wanted("tried") {
        measured.tried = Some(tried::measure(&lab).await?);
        write(&measured)?;
    }
    lab.stop().await;
    println!("{measured}");
    Ok(())
}

/// Every mode in turn, for so many rounds.
async fn cost(lab: &Lab, rounds: usize) -> Result<Vec<Cost>, Failed> {
    let mut costs: Vec<Cost> = Mode::ALL.map(Cost::of).into();
    for round in 1..=rounds {
        for cost in &mut costs {
            let driven = start(&job(lab, cost.mode, TABS, VISITS)).await?;
            eprintln!("round {round}: {:?} {:.3} CPU-s a visit", cost.mode, driven.cpu_s_a_visit());
            cost.add(&driven);
        }
    }
    Ok(costs)
}

/// Pages a minute of bare and watched visits with so many tabs.
async fn throughput(lab: &Lab) -> Result<Vec<Throughput>, Failed> {
    let mut all = Vec::new();
    for &tabs in MANY_TABS {
        for mode in [Mode::Bare, Mode::Acted, Mode::Watched, Mode::Pictured] {
            let driven = start(&job(lab, mode, tabs, 6 * tabs.max(PAGES.len()))).await?;
            let Driven { slowdown, .. } = driven;
            eprintln!("{tabs} tabs: {mode:?} {:.0} visits a minute, slowdown {slowdown:?}", driven.visits_a_minute());
            all.push(Throughput { tabs, mode, visits_a_minute: driven.visits_a_minute(), slowdown });
        }
    }
    Ok(all)
}

/// What the browser holds with no tab, and what one more holds.
async fn memory(lab: &Lab) -> Result<Memory, Failed> {
    let mut peaks = Vec::new();
    for (mode, tabs) in [(Mode::Blank, 1), (Mode::Blank, 17), (Mode::Pictured, 1), (Mode::Pictured, 17)] {
        let driven = start(&Job { memory: true, ..job(lab, mode, tabs, 3 * tabs) }).await?;
        eprintln!("{tabs} tabs, {mode:?}: {:.0} MB", driven.peak_mb);
        peaks.push(driven.peak_mb);
    }
    Ok(Memory {
        one_tab_mb: peaks[0],
        idle_tab_mb: (peaks[1] - peaks[0]) / 16.0,
        busy_tab_mb: (peaks[3] - peaks[2]) / 16.0,
    })
}

fn job(lab: &Lab, mode: Mode, tabs: usize, visits: usize) -> Job {
    Job {
        mode,
        tabs,
        browsers: 1,
        visits,
        dwell_ms: 2_000,
        memory: false,
        chromium: env::var_os("BENCH_CHROMIUM").map(PathBuf::from),
        proxy: lab.proxy_url(),
        dns: lab.dns_addr(),
        spki: lab.ca_spki_sha256_base64().to_owned(),
        pages: PAGES.iter().map(|page| format!("https://{page}/")).collect(),
    }
}

/// Has a process of its own do it.
async fn start(job: &Job) -> Result<Driven, Failed> {
    let output = tokio::process::Command::new(env::current_exe()?)
        .args([DRIVE, &serde_json::to_string(job)?])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?
        .wait_with_output()
        .await?;
    if !output.status.success() {
        return Err(format!("{:?} visits failed: {}", job.mode, output.status).into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// What an earlier run has measured: parts that are not asked for keep what they had.
fn read() -> Result<Measured, Failed> {
    match fs::read(results()) {
        Ok(text) => Ok(serde_json::from_slice(&text)?),
        Err(_) => Ok(Measured::default()),
    }
}

/// Into the file of results, and as tables into the documentation.
fn write(measured: &Measured) -> Result<(), Failed> {
    fs::write(results(), serde_json::to_string_pretty(measured)? + "\n")?;
    PLACE.put(&measured.to_string())
}

fn results() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../benches/results/visits.json"))
}
