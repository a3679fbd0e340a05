//! What a browser's processes hold in memory, and what becomes of a page that takes too much; and how its pages fare.

use std::{collections::HashMap, iter, sync::Arc};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use procfs::process::{self, Status};
use tokio::time::sleep;

use crate::{Lives, bounds, process::Process};

/// What a browser's processes hold.
#[derive(Debug, Default)]
struct Footprint {
    /// All of them together, in bytes: anonymous and shared memory of each, and once the pages of files (programs and
    /// libraries), which they have in common. That is close to the sum of PSS, which cannot be read of a sandboxed
    /// process and takes the kernel a hundred times longer.
    bytes: u64,
    /// Those that render pages, each with its own share of it.
    renderers: Vec<(process::Process, u64)>,
}

/// For how many ns each process that renders pages has run, and has waited for a processor.
type Paces = HashMap<i32, (u64, u64)>;

/// Looks at the memory of a browser for as long as it lives, and ends the renderer of a page that takes more than
/// `page_limit` bytes: browser contexts share none, so one page crashes, and the others live on.
pub(crate) async fn watch(process: Arc<Process>, page_limit: Option<u64>, lives: Lives) {
    let looking = async {
        let mut paces = Paces::default();
        loop {
            sleep(bounds::MEMORY_LOOK).await;
            let (process, lives) = (process.clone(), lives.clone());
            // Reading /proc is quick, but there may be thousands of processes.
            let looked = tokio::task::spawn_blocking(move || look(&process, page_limit, paces, &lives));
            match looked.await {
                Ok(looked) => paces = looked,
                Err(_) => return,
            }
        }
    };
    process.ended().clone().run_until_cancelled(looking).await;
}

fn look(process: &Process, page_limit: Option<u64>, before: Paces, lives: &Lives) -> Paces {
    let Some(leader) = process.id().and_then(|id| i32::try_from(id).ok()) else { return before };
    let footprint = Footprint::of(leader);
    process.holds(footprint.bytes);
    let paces = paces(&footprint.renderers);
    for (renderer, (ran, waited)) in &paces {
        let (ran_before, waited_before) = before.get(renderer).copied().unwrap_or_default();
        lives.fared(ran.saturating_sub(ran_before), waited.saturating_sub(waited_before));
    }
    for (renderer, bytes) in footprint.renderers {
        if page_limit.is_some_and(|limit| bytes > limit) && renderer.is_alive() {
            tracing::warn!(browser.pid = leader, memory.bytes = bytes, "a page takes too much memory: ended");
            // It may have ended by itself meanwhile.
            let _ = kill(Pid::from_raw(renderer.pid()), Signal::SIGKILL);
        }
    }
    paces
}

/// Of the first thread of each, which is the one that runs a page's scripts: the others wait for it.
fn paces(renderers: &[(process::Process, u64)]) -> Paces {
    let of = |(renderer, _): &(process::Process, u64)| {
        let told = renderer.schedstat().ok()?;
        Some((renderer.pid(), (told.sum_exec_runtime, told.run_delay)))
    };
    renderers.iter().filter_map(of).collect()
}

impl Footprint {
    /// A process that ends meanwhile holds nothing.
    fn of(leader: i32) -> Self {
        let Ok(all) = process::all_processes() else { return Self::default() };
        let (mut footprint, mut files) = (Self::default(), 0);
        for process in family(leader, all.flatten().collect()) {
            let Ok(status) = process.status() else { continue };
            let own = own(&status);
            footprint.bytes += own;
            files = files.max(kibibytes(status.rssfile));
            if renders(&process) {
                footprint.renderers.push((process, own));
            }
        }
        footprint.bytes += files;
        footprint
    }
}

/// The memory of this process, in bytes, without the pages of files, which the kernel can drop; 0 if that cannot be read.
#[must_use]
pub fn own_memory() -> u64 {
    process::Process::myself().and_then(|process| process.status()).map_or(0, |status| own(&status))
}

/// Whether it renders pages. In the sandbox its command line is one word with spaces in it.
fn renders(process: &process::Process) -> bool {
    let is = |word: &String| word.split(' ').any(|word| word == "--type=renderer");
    process.cmdline().is_ok_and(|line| line.iter().any(is))
}

/// The process and what it started in turn. Not its group: in the sandbox, what renders pages has one of its own.
fn family(leader: i32, all: Vec<process::Process>) -> Vec<process::Process> {
    let parents: HashMap<i32, i32> =
        all.iter().filter_map(|process| process.stat().ok().map(|stat| (stat.pid, stat.ppid))).collect();
    // Numbers that are used anew meanwhile could make a circle; no line is as long.
    let line = |pid| iter::successors(Some(pid), |pid| parents.get(pid).copied()).take(parents.len());
    all.into_iter().filter(|process| line(process.pid()).any(|pid| pid == leader)).collect()
}

fn own(status: &Status) -> u64 {
    kibibytes(status.rssanon) + kibibytes(status.rssshmem)
}

fn kibibytes(field: Option<u64>) -> u64 {
    field.unwrap_or_default() * 1024
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_allocated_is_counted() {
        const MUCH: usize = 64 * 1024 * 1024;
        let before = own_memory();
        let much = std::hint::black_box(vec![1_u8; MUCH]);
        let more = own_memory() - before;
        assert!(more > MUCH as u64 / 10 * 9, "{more}");
        drop(much);
        let this = nix::unistd::getpid().as_raw();
        assert!(Footprint::of(this).bytes >= own_memory() / 2);
    }
}
