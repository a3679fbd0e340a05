//! What runs on this machine, as the kernel tells it.

use std::{collections::HashMap, iter, path::PathBuf};

use earshot_browser::Browser;
use nix::unistd::Pid;
use procfs::process::{Process, Stat, all_processes};

/// Every process that can be read.
fn all() -> Vec<(Process, Stat)> {
    let all = all_processes().unwrap().flatten();
    all.filter_map(|process| process.stat().ok().map(|stat| (process, stat))).collect()
}

/// The process of `browser`. Other tests have browsers of their own in this process.
pub async fn process_of(browser: &Browser) -> Pid {
    Pid::from_raw(browser.process_id().await.unwrap().try_into().unwrap())
}

pub fn is_there(pid: Pid) -> bool {
    all().iter().any(|(_, stat)| stat.pid == pid.as_raw())
}

/// What `browser` started in turn, to render pages.
pub fn renderers(browser: Pid) -> Vec<Pid> {
    // In the sandbox they have a process group of their own.
    let all = all();
    let parents: HashMap<i32, i32> = all.iter().map(|(_, stat)| (stat.pid, stat.ppid)).collect();
    let below =
        |pid: i32| iter::successors(Some(pid), |pid| parents.get(pid).copied()).any(|pid| pid == browser.as_raw());
    let its = all.into_iter().filter(|(_, stat)| below(stat.pid));
    let renders = |process: &Process| {
        process
            .cmdline()
            .is_ok_and(|line| line.iter().any(|word| word.split(' ').any(|word| word == "--type=renderer")))
    };
    its.filter(|(process, _)| renders(process)).map(|(_, stat)| Pid::from_raw(stat.pid)).collect()
}

/// Where `browser` keeps its files.
pub fn scratch(browser: Pid) -> PathBuf {
    let line = Process::new(browser.as_raw()).unwrap().cmdline().unwrap();
    line.iter().find_map(|argument| argument.strip_prefix("--user-data-dir=")).unwrap().into()
}

/// Children of this process that are no browser of the given group, and what is dead of all below it and not reaped.
pub fn strays(browser: Option<Pid>) -> Vec<String> {
    let own = std::process::id().cast_signed();
    let all = all();
    let parent = |pid: i32| all.iter().find(|(_, stat)| stat.pid == pid).map(|(_, stat)| stat.ppid);
    let below = |pid: i32| iter::successors(parent(pid), |pid| parent(*pid)).any(|pid| pid == own);
    let its = |pid: i32| {
        browser.is_some_and(|its| iter::successors(Some(pid), |pid| parent(*pid)).any(|pid| pid == its.as_raw()))
    };
    let strays = all.iter().filter(|(_, stat)| below(stat.pid)).filter(|(_, stat)| stat.state == 'Z' || !its(stat.pid));
    strays.map(|(_, stat)| format!("{} {} {}", stat.pid, stat.comm, stat.state)).collect()
}

/// Files, sockets and pipes that this process has open.
pub fn descriptors() -> usize {
    Process::myself().unwrap().fd_count().unwrap()
}
