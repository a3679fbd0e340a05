//! The processes of this machine, as tests look for those that a program has started.

use procfs::process::all_processes;

/// Children of `parent`, at any depth, whose command line holds `needle`; in the order of their pids.
pub fn descendants(parent: u32, needle: &str) -> Vec<u32> {
    let mut processes = Vec::new();
    // One that ends while it is looked at is none any more.
    for process in all_processes().unwrap().flatten() {
        if let (Ok(stat), Ok(command)) = (process.stat(), process.cmdline()) {
            processes.push((stat.pid.cast_unsigned(), stat.ppid.cast_unsigned(), command.join(" ")));
        }
    }
    let (mut found, mut waiting) = (Vec::new(), vec![parent]);
    while let Some(parent) = waiting.pop() {
        for (pid, _, command) in processes.iter().filter(|(_, of, _)| *of == parent) {
            waiting.push(*pid);
            found.extend(command.contains(needle).then_some(*pid));
        }
    }
    found.sort_unstable();
    found
}
