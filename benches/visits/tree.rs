//! CPU of this process and of everything below it.

use std::collections::{HashMap, HashSet};

use procfs::process::{Stat, all_processes};

/// CPU seconds that this process and all its descendants have used, those that have ended and were waited for among them. Sums of
/// two moments may be compared: whoever ends is counted by its parent.
pub fn cpu_s() -> f64 {
    let stats: HashMap<i32, Stat> = all_processes()
        .into_iter()
        .flatten()
        .filter_map(|process| process.ok()?.stat().ok())
        .map(|stat| (stat.pid, stat))
        .collect();
    let own = std::process::id().cast_signed();
    let ticks: i64 = stats.values().filter(|stat| is_below(stat, own, &stats)).map(ticks).sum();
    ticks as f64 / procfs::ticks_per_second() as f64
}

/// CPU seconds of this process alone.
pub fn own_cpu_s() -> f64 {
    let own = procfs::process::Process::myself().and_then(|process| process.stat());
    own.map_or(0.0, |stat| (stat.utime + stat.stime) as f64 / procfs::ticks_per_second() as f64)
}

fn ticks(stat: &Stat) -> i64 {
    (stat.utime + stat.stime).cast_signed() + stat.cutime + stat.cstime
}

fn is_below(stat: &Stat, own: i32, stats: &HashMap<i32, Stat>) -> bool {
    let (mut at, mut seen) = (stat, HashSet::new());
    while at.pid != own {
        // A list that was read while processes came and went may lead in circles.
        match stats.get(&at.ppid) {
            Some(parent) if seen.insert(at.pid) => at = parent,
            _ => return false,
        }
    }
    true
}
