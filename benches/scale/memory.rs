//! What the system says of the memory of a process.

use std::fs;

/// The most memory that a process has held since [`forget_peak`], in MB.
pub fn peak_mb(pid: u32) -> f64 {
    status(pid, "VmHWM:")
}

/// What it holds now, in MB.
pub fn held_mb(pid: u32) -> f64 {
    status(pid, "VmRSS:")
}

fn status(pid: u32, name: &str) -> f64 {
    let text = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
}

/// Lets the peak begin anew.
pub fn forget_peak(pid: u32) {
    let _ = fs::write(format!("/proc/{pid}/clear_refs"), "5");
}
