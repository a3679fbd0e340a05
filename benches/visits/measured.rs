//! What was measured, and how it is told.

use std::{fmt, fs, thread};

use serde::{Deserialize, Serialize};

use crate::drive::{Driven, Mode};

/// The last measurement of every part.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Measured {
    pub machine: Machine,
    pub cost: Vec<Cost>,
    pub throughput: Vec<Throughput>,
    pub memory: Option<Memory>,
    pub verdict: Vec<Verdict>,
    pub tried: Option<Tried>,
}

/// Where.
#[derive(Default, Serialize, Deserialize)]
pub struct Machine {
    pub cores: usize,
    /// Processes that wanted to run in the minute before.
    pub load: f64,
}

/// CPU seconds a visit of one mode, a number for each round.
#[derive(Serialize, Deserialize)]
pub struct Cost {
    pub mode: Mode,
    pub cpu_s: Vec<f64>,
    /// Of them in the driver: everything but the browser.
    pub own_cpu_s: Vec<f64>,
}

#[derive(Serialize, Deserialize)]
pub struct Throughput {
    pub tabs: usize,
    pub mode: Mode,
    pub visits_a_minute: f64,
    /// How many times longer pages took than they would have taken alone.
    pub slowdown: Option<f64>,
}

#[derive(Serialize, Deserialize)]
pub struct Memory {
    /// The browser with one blank tab.
    pub one_tab_mb: f64,
    /// One more blank tab.
    pub idle_tab_mb: f64,
    /// One more tab at a visit.
    pub busy_tab_mb: f64,
}

/// One page alone, with the usual dwell.
#[derive(Serialize, Deserialize)]
pub struct Verdict {
    pub page: String,
    /// From when a tracker is contacted until whoever watches is told: the longest of the visit.
    pub told_after_ms: f64,
    /// Trackers told of.
    pub told: usize,
    /// From the task to everything that was seen.
    pub seconds: f64,
    /// The same with all of Earshot: `earshot scan` from its start to its report.
    pub scan_seconds: Option<f64>,
}

/// What was tried to have it cheaper or sooner.
#[derive(Serialize, Deserialize)]
pub struct Tried {
    pub time: Vec<Time>,
    pub browsers: Vec<Browsers>,
    pub pictures: Vec<PictureOf>,
    pub hooks: Vec<Hook>,
}

/// Pages with late uploads, watched for real and for virtual seconds.
#[derive(Serialize, Deserialize)]
pub struct Time {
    pub how: String,
    /// Requests that the lab has received of all of them.
    pub requests: usize,
    /// What one of them took, in seconds by the wall.
    pub seconds: f64,
    /// And by the page's own clock.
    pub page_seconds: f64,
}

/// The same tabs in so many browsers.
#[derive(Serialize, Deserialize)]
pub struct Browsers {
    pub browsers: usize,
    pub tabs: usize,
    pub cpu_s_a_visit: f64,
    pub visits_a_minute: f64,
    pub peak_mb: f64,
}

/// A picture of one page: the median of several.
#[derive(Serialize, Deserialize)]
pub struct PictureOf {
    pub how: String,
    pub bytes: usize,
    pub ms: f64,
}

/// One call of a function that is watched like this, as the page feels it.
#[derive(Serialize, Deserialize)]
pub struct Hook {
    pub how: String,
    pub us: f64,
}

impl Machine {
    pub fn here() -> Self {
        let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
        Self {
            cores: thread::available_parallelism().map_or(1, usize::from),
            load: load.split_whitespace().next().and_then(|number| number.parse().ok()).unwrap_or_default(),
        }
    }
}

impl Cost {
    pub fn of(mode: Mode) -> Self {
        Self { mode, cpu_s: Vec::new(), own_cpu_s: Vec::new() }
    }

    pub fn add(&mut self, driven: &Driven) {
        self.cpu_s.push(driven.cpu_s_a_visit());
        self.own_cpu_s.push(driven.own_cpu_s / driven.visits as f64);
    }
}

impl Measured {
    fn cost_of(&self, mode: Mode) -> Option<&Cost> {
        self.cost.iter().find(|cost| cost.mode == mode)
    }

    /// What each round of a mode has cost, as a part of what another has cost in that round: median, least and most.
    fn over(&self, than: Mode, mode: Mode) -> Option<(f64, f64, f64)> {
        let (bare, own) = (self.cost_of(than)?, self.cost_of(mode)?);
        let mut ratios: Vec<f64> = own.cpu_s.iter().zip(&bare.cpu_s).map(|(own, bare)| own / bare).collect();
        ratios.sort_by(f64::total_cmp);
        Some((median(&ratios), *ratios.first()?, *ratios.last()?))
    }
}

fn median(numbers: &[f64]) -> f64 {
    let mut sorted = numbers.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = |at: usize| sorted.get(at).copied().unwrap_or_default();
    let half = sorted.len() / 2;
    if sorted.len().is_multiple_of(2) { middle(half.saturating_sub(1)).midpoint(middle(half)) } else { middle(half) }
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Machine { cores, load } = self.machine;
        writeln!(
            f,
            "Measured last on {cores} cores; {load:.1} other processes wanted to run when it began.\n\n### Cost\n"
        )?;
        writeln!(
            f,
            "| a visit | CPU-s | of them ours | over bare | over bare with its acts (least to most of {} rounds) |",
            self.rounds()
        )?;
        writeln!(f, "|---|--:|--:|--:|--:|")?;
        for cost in &self.cost {
            let (bare, ..) = self.over(Mode::Bare, cost.mode).unwrap_or_default();
            let (middle, least, most) = self.over(Mode::Acted, cost.mode).unwrap_or_default();
            let (cpu, own) = (median(&cost.cpu_s), median(&cost.own_cpu_s));
            writeln!(
                f,
                "| {} | {cpu:.3} | {own:.3} | {bare:.2} | {middle:.2} ({least:.2} to {most:.2}) |",
                cost.mode.words()
            )?;
        }
        if !self.throughput.is_empty() {
            writeln!(
                f,
                "\n### Throughput\n\n| tabs | a visit | visits/min | of bare with its acts | slowed down |\n|--:|---|--:|--:|--:|"
            )?;
        }
        for one in &self.throughput {
            let bare = self.throughput.iter().find(|bare| bare.tabs == one.tabs && bare.mode == Mode::Acted);
            let share = bare.map_or(1.0, |bare| one.visits_a_minute / bare.visits_a_minute);
            let Throughput { tabs, mode, visits_a_minute, slowdown } = one;
            let slowdown = slowdown.map(|times| format!("{times:.1} times")).unwrap_or_default();
            writeln!(f, "| {tabs} | {} | {visits_a_minute:.0} | {share:.2} | {slowdown} |", mode.words())?;
        }
        if let Some(Memory { one_tab_mb, idle_tab_mb, busy_tab_mb }) = self.memory {
            writeln!(
                f,
                "\nMemory: the browser with one blank tab {one_tab_mb:.0} MB, one more blank tab {idle_tab_mb:.0} MB, one more at a visit {busy_tab_mb:.0} MB."
            )?;
        }
        if !self.verdict.is_empty() {
            writeln!(
                f,
                "\n| one page alone, usual dwell | told of a contact within | seen after | `earshot scan` takes |\n|---|--:|--:|--:|"
            )?;
        }
        for Verdict { page, told_after_ms, told, seconds, scan_seconds } in &self.verdict {
            let scan = scan_seconds.map(|seconds| format!("{seconds:.1} s")).unwrap_or_default();
            writeln!(f, "| {page}, {told} contacts | {told_after_ms:.0} ms | {seconds:.1} s | {scan} |")?;
        }
        self.tried.as_ref().map_or(Ok(()), |tried| tried.fmt(f))
    }
}

impl fmt::Display for Tried {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "\n### Tried\n\n| time | requests of all pages | a page took | by its own clock |\n|---|--:|--:|--:|"
        )?;
        for Time { how, requests, seconds, page_seconds } in &self.time {
            writeln!(f, "| {how} | {requests} | {seconds:.1} s | {page_seconds:.1} s |")?;
        }
        writeln!(f, "\n| browsers | tabs | CPU-s a visit | visits/min | memory at most |\n|--:|--:|--:|--:|--:|")?;
        for Browsers { browsers, tabs, cpu_s_a_visit, visits_a_minute, peak_mb } in &self.browsers {
            writeln!(f, "| {browsers} | {tabs} | {cpu_s_a_visit:.3} | {visits_a_minute:.0} | {peak_mb:.0} MB |")?;
        }
        writeln!(f, "\n| picture | bytes | ms |\n|---|--:|--:|")?;
        for PictureOf { how, bytes, ms } in &self.pictures {
            writeln!(f, "| {how} | {bytes} | {ms:.0} |")?;
        }
        writeln!(f, "\n| one call of a function | \u{b5}s |\n|---|--:|")?;
        for Hook { how, us } in &self.hooks {
            writeln!(f, "| {how} | {us:.2} |")?;
        }
        Ok(())
    }
}

impl Measured {
    fn rounds(&self) -> usize {
        self.cost.first().map_or(0, |cost| cost.cpu_s.len())
    }
}

impl Mode {
    fn words(self) -> &'static str {
        match self {
            Self::Blank => "blank, bare",
            Self::Bare => "bare",
            Self::Acted => "bare, same screen, scrolled and left",
            Self::Watched => "watched",
            Self::Pictured => "watched, picture",
            Self::Typed => "watched, picture, typed into",
        }
    }
}
