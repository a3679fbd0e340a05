//! This process, as others know it.

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

/// Namespace of the names of processes: a fixed random UUID.
const NAMESPACE: Uuid = Uuid::from_u128(0x6f1b_52c8_0d3e_4e19_9a77_41c5_d208_be63);

/// A process among all of the fleet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Process {
    /// Names it, as long as it lives.
    pub instance: Uuid,
    /// Name of the machine, or of the container.
    pub host: String,
    /// Its number there.
    pub pid: u32,
    /// When it started.
    pub since: Timestamp,
}

/// What it uses at a moment; zero where the system does not say.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Usage {
    /// Memory that is in use, in bytes, without that of children.
    pub rss: u64,
    /// Address space in bytes.
    pub virtual_memory: u64,
    /// Open file descriptors.
    pub fds: u64,
    /// How many it may have.
    pub max_fds: u64,
    /// Threads.
    pub threads: u64,
    /// Time on the processor in seconds, user and system.
    pub cpu_seconds: f64,
}

impl Process {
    /// The one that asks.
    #[must_use]
    pub fn this() -> Self {
        let host = nix::unistd::gethostname().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let (pid, since) = (std::process::id(), started().unwrap_or_else(Timestamp::now));
        // Derived, so that whoever asks in this process gets the same.
        let ticks = procfs::process::Process::myself().and_then(|it| it.stat()).map_or(0, |stat| stat.starttime);
        let instance = Uuid::new_v5(&NAMESPACE, format!("{host}\0{pid}\0{ticks}").as_bytes());
        Self { instance, host, pid, since }
    }
}

fn started() -> Option<Timestamp> {
    let stat = procfs::process::Process::myself().ok()?.stat().ok()?;
    let boot = Timestamp::from_second(i64::try_from(procfs::boot_time_secs().ok()?).ok()?).ok()?;
    let after = SignedDuration::from_secs(i64::try_from(stat.starttime / procfs::ticks_per_second()).ok()?);
    boot.checked_add(after).ok()
}

impl Usage {
    /// Of this process, now.
    #[must_use]
    pub fn now() -> Self {
        Self::read().unwrap_or_default()
    }

    #[allow(clippy::cast_precision_loss)] // seconds on a processor are far below 2^52 ticks
    fn read() -> procfs::ProcResult<Self> {
        let process = procfs::process::Process::myself()?;
        let (stat, limits) = (process.stat()?, process.limits()?);
        let max_fds = match limits.max_open_files.soft_limit {
            procfs::process::LimitValue::Value(limit) => limit,
            procfs::process::LimitValue::Unlimited => 0,
        };
        Ok(Self {
            rss: stat.rss * procfs::page_size(),
            virtual_memory: stat.vsize,
            fds: process.fd_count()? as u64,
            max_fds,
            threads: u64::try_from(stat.num_threads).unwrap_or_default(),
            cpu_seconds: (stat.utime + stat.stime) as f64 / procfs::ticks_per_second() as f64,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_the_same_whenever_it_is_asked() {
        let (one, two) = (Process::this(), Process::this());
        assert_eq!(one.instance, two.instance);
        assert_eq!(one.pid, std::process::id());
        let age = Timestamp::now().duration_since(one.since);
        assert!(age > SignedDuration::from_secs(-2) && age < SignedDuration::from_hours(1), "{age}");
    }

    #[test]
    fn what_it_uses_is_read() {
        let usage = Usage::now();
        assert!(usage.rss > 1 << 20 && usage.virtual_memory > usage.rss, "{usage:?}");
        assert!(usage.fds >= 3 && usage.threads >= 1, "{usage:?}");
    }
}
