//! A fleet that does nothing but work, for as long as one likes: what every process holds in memory, and how many files it has
//! open, as a table, as a picture, and as slopes.
//!
//! `SOAK_MINUTES` tells for how long, `SOAK_TABLE` and `SOAK_PICTURE` where table and picture go.

use std::{
    collections::BTreeMap,
    env,
    error::Error,
    fmt::Write as _,
    fs,
    time::{Duration, Instant},
};

use plotters::prelude::*;
use procfs::process::{Process, all_processes};

use super::{
    chaos::{OPTIONS, PAGES_A_SITE, number, portfolio},
    whole::Fleet,
};

const SITES: usize = 200;
const LOOK_EVERY: Duration = Duration::from_secs(5);
const PATIENCE: Duration = Duration::from_secs(240);
/// What is in the first part of the time is warming up: caches fill, browsers come to their size.
const WARM_UP: f64 = 0.4;
/// What may be gained between the end of the warm-up and the end of it all, by a straight line through all looks: a part of what there
/// was, and at least so much.
const GAIN: f64 = 0.15;
const LEAST_GAIN: Sample = Sample { mib: 24.0, files: 12.0 };

/// What a process holds at a moment, its browsers apart.
#[derive(Clone, Copy, Debug, Default)]
struct Sample {
    /// Resident memory in MiB.
    mib: f64,
    /// Open files, sockets and pipes.
    files: f64,
}

/// Looks at one process: when, in minutes, and what was seen.
type Series = Vec<(f64, Sample)>;

#[test]
#[ignore = "takes as long as one likes; `make soak` runs it"]
fn whoever_works_for_long_holds_no_more_than_who_has_just_begun() {
    let minutes = number("SOAK_MINUTES", 30);
    let mut fleet = Fleet::start(SITES * 2, 3, OPTIONS);
    let targets: Vec<_> = portfolio(fleet.lab.web(), SITES).into_iter().map(str::to_owned).collect();
    let targets: Vec<_> = targets.iter().map(String::as_str).collect();
    let (began, lasts) = (Instant::now(), Duration::from_secs(60 * minutes as u64));
    let (mut all, mut looked, mut visits) = (BTreeMap::<String, Series>::new(), Instant::now(), 0);
    while began.elapsed() < lasts {
        let run = fleet.submit(&targets, PATIENCE);
        let patience = PATIENCE + Duration::from_secs(3) * u32::try_from(SITES * PAGES_A_SITE).unwrap();
        fleet.watch(run.id, patience, |fleet, _| {
            if looked.elapsed() >= LOOK_EVERY {
                looked = Instant::now();
                let minute = began.elapsed().as_secs_f64() / 60.0;
                look(fleet).into_iter().for_each(|(name, seen)| all.entry(name).or_default().push((minute, seen)));
            }
        });
        visits += SITES * PAGES_A_SITE;
        eprintln!("soak: {:.1} min, {visits} visits", began.elapsed().as_secs_f64() / 60.0);
    }
    let restarted: Vec<_> =
        fleet.processes().filter(|it| !it.ended_alone.is_empty()).map(|it| it.name.clone()).collect();
    drop(fleet);
    if let Some(path) = env::var_os("SOAK_TABLE") {
        fs::write(path, table(&all)).unwrap();
    }
    if let Some(path) = env::var_os("SOAK_PICTURE") {
        let picture = draw(&all, &format!("{visits} visits in {minutes} minutes")).unwrap();
        fs::write(path, picture).unwrap();
    }
    let mut grows = Vec::new();
    for (name, series) in &all {
        for (what, of, least) in [
            ("MiB", (|sample| sample.mib) as fn(&Sample) -> f64, LEAST_GAIN.mib),
            ("files", |sample| sample.files, LEAST_GAIN.files),
        ] {
            let (from, gain) = line(series, of);
            eprintln!("soak: {name}: {from:.0} {what} after warming up, {gain:+.1} from then on");
            if gain > least.max(GAIN * from) {
                grows.push(format!("{name}: {gain:+.1} {what} on {from:.0}"));
            }
        }
    }
    assert!(grows.is_empty(), "{}", grows.join("\n"));
    assert_eq!(restarted, [""; 0], "nobody ended by himself");
}

/// What every process holds now; browsers are told apart from the worker that they belong to.
fn look(fleet: &mut Fleet) -> Vec<(String, Sample)> {
    let all: Vec<_> =
        all_processes().unwrap().flatten().filter_map(|it| it.stat().ok().map(|stat| (it, stat))).collect();
    let parents: BTreeMap<i32, i32> = all.iter().map(|(_, stat)| (stat.pid, stat.ppid)).collect();
    let mut seen = Vec::new();
    for process in fleet.processes() {
        let Some(pid) = process.pid().and_then(|pid| i32::try_from(pid).ok()) else { continue };
        let below = |of: i32| std::iter::successors(parents.get(&of), |pid| parents.get(pid)).any(|it| *it == pid);
        let (mut own, mut browsers) = (Sample::default(), Sample::default());
        for (it, stat) in all.iter().filter(|(_, stat)| stat.pid == pid || below(stat.pid)) {
            let sample = if stat.pid == pid { &mut own } else { &mut browsers };
            sample.add(it);
        }
        seen.push((process.name.clone(), own));
        if process.name.starts_with("browser") {
            seen.push((format!("{} (Chromium)", process.name), browsers));
        }
    }
    seen
}

impl Sample {
    /// Memory that comes from files is counted once for all: it is not the process's own.
    #[allow(clippy::cast_precision_loss)] // far below 2^52
    fn add(&mut self, process: &Process) {
        if let Ok(status) = process.status() {
            self.mib += (status.rssanon.unwrap_or_default() + status.rssshmem.unwrap_or_default()) as f64 / 1024.0;
        }
        self.files += process.fd_count().unwrap_or_default() as f64;
    }
}

/// The straight line through what was seen after the warm-up, by least squares: where it begins, and what it gains.
#[allow(clippy::cast_precision_loss)]
fn line(series: &Series, of: fn(&Sample) -> f64) -> (f64, f64) {
    let end = series.last().map_or(0.0, |(minute, _)| *minute);
    let late: Vec<_> = series.iter().filter(|(minute, _)| *minute >= end * WARM_UP).collect();
    let count = late.len().max(1) as f64;
    let mean = |f: &dyn Fn(&(f64, Sample)) -> f64| late.iter().map(|it| f(it)).sum::<f64>() / count;
    let (x, y) = (mean(&|it| it.0), mean(&|it| of(&it.1)));
    let (cov, var) = (mean(&|it| (it.0 - x) * (of(&it.1) - y)), mean(&|it| (it.0 - x).powi(2)));
    let slope = if var > 0.0 { cov / var } else { 0.0 };
    (y + slope * (end * WARM_UP - x), slope * end * (1.0 - WARM_UP))
}

fn table(all: &BTreeMap<String, Series>) -> String {
    let mut text = "minute,process,mib,files\n".to_owned();
    for (name, series) in all {
        for (minute, sample) in series {
            let _ = writeln!(text, "{minute:.2},{name},{:.1},{:.0}", sample.mib, sample.files);
        }
    }
    text
}

/// How much wider than the time the picture is: room for what the lines are called.
const LABELS: f64 = 1.25;
/// Colours that people with any colour vision tell apart (Okabe and Ito, 2008), and one more.
const COLOURS: [RGBColor; 8] = [
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(230, 159, 0),
    RGBColor(86, 180, 233),
    RGBColor(110, 110, 110),
    RGBColor(0, 0, 0),
];

/// Memory above, files below, each by time; on scales of powers of ten, since a browser has a hundred times what a crawler has.
fn draw(all: &BTreeMap<String, Series>, title: &str) -> Result<String, Box<dyn Error>> {
    let mut svg = String::new();
    {
        let root = SVGBackend::with_string(&mut svg, (1000, 900)).into_drawing_area();
        root.fill(&WHITE)?;
        let (above, below) = root.split_vertically(450);
        chart(&above, all, &format!("memory in MiB: {title}"), |sample| sample.mib)?;
        chart(&below, all, &format!("open files: {title}"), |sample| sample.files)?;
        root.present()?;
    }
    Ok(svg)
}

fn chart<B: DrawingBackend>(
    area: &DrawingArea<B, plotters::coord::Shift>,
    all: &BTreeMap<String, Series>,
    title: &str,
    of: fn(&Sample) -> f64,
) -> Result<(), Box<dyn Error>>
where
    B::ErrorType: 'static,
{
    let every = || all.values().flatten();
    let end = every().map(|(minute, _)| *minute).fold(0.1, f64::max);
    let most = every().map(|(_, sample)| of(sample)).fold(10.0, f64::max);
    let mut chart = ChartBuilder::on(area)
        .caption(title, ("sans-serif", 18))
        .margin(8)
        .x_label_area_size(30)
        .y_label_area_size(56)
        .build_cartesian_2d(0.0..end * LABELS, (1.0..most * 1.3).log_scale())?;
    chart.configure_mesh().x_desc("minutes").light_line_style(TRANSPARENT).draw()?;
    for (index, (name, series)) in all.iter().enumerate() {
        let colour = COLOURS[index % COLOURS.len()];
        let points: Vec<_> = series.iter().map(|(minute, sample)| (*minute, of(sample).max(1.0))).collect();
        chart
            .draw_series(std::iter::once(PathElement::new(points, colour)))?
            .label(name)
            .legend(move |(x, y)| PathElement::new(vec![(x, y), (x + 14, y)], colour));
    }
    chart.configure_series_labels().position(SeriesLabelPosition::UpperRight).label_font(("sans-serif", 11)).draw()?;
    Ok(())
}
