//! CPU and memory of this process and of everything below it.

use std::collections::{HashMap, HashSet};

use procfs::process::{Process, Stat, all_processes};

/// CPU seconds that this process and all its descendants have used, those that have ended and were waited for among them. Sums of
/// two moments may be compared: whoever ends is counted by its parent.
pub fn cpu_s() -> f64 {
    let ticks: i64 = family().iter().map(|(_, stat)| ticks(stat)).sum();
    ticks as f64 / procfs::ticks_per_second() as f64
}

/// Bytes that all descendants of this process hold, pages that several have shared out among them (`Pss` of proc_pid_smaps(5)).
pub fn memory() -> u64 {
    let held =
        |process: &Process| process.smaps_rollup().ok()?.memory_map_rollup.0.first()?.extension.map.get("Pss").copied();
    let own = std::process::id().cast_signed();
    family().iter().filter(|(_, stat)| stat.pid != own).filter_map(|(process, _)| held(process)).sum()
}

/// This process and all its descendants.
fn family() -> Vec<(Process, Stat)> {
    let all: Vec<(Process, Stat)> = all_processes()
        .into_iter()
        .flatten()
        .filter_map(Result::ok)
        .filter_map(|process| process.stat().ok().map(|stat| (process, stat)))
        .collect();
    let parents: HashMap<i32, i32> = all.iter().map(|(_, stat)| (stat.pid, stat.ppid)).collect();
    let own = std::process::id().cast_signed();
    all.into_iter().filter(|(_, stat)| is_below(stat.pid, own, &parents)).collect()
}

/// CPU seconds of this process alone.
pub fn own_cpu_s() -> f64 {
    let own = Process::myself().and_then(|process| process.stat());
    own.map_or(0.0, |stat| (stat.utime + stat.stime) as f64 / procfs::ticks_per_second() as f64)
}

fn ticks(stat: &Stat) -> i64 {
    (stat.utime + stat.stime).cast_signed() + stat.cutime + stat.cstime
}

fn is_below(mut at: i32, own: i32, parents: &HashMap<i32, i32>) -> bool {
    let mut seen = HashSet::new();
    while at != own {
        // A list that was read while processes came and went may lead in circles.
        match parents.get(&at) {
            Some(parent) if seen.insert(at) => at = *parent,
            _ => return false,
        }
    }
    true
}
