//! A process of the fleet, started again whenever it ends, as a machine's service manager would do it.

use std::{
    fs::File,
    io::Write as _,
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use nix::sys::{prctl, signal::Signal};

use super::net::Host;

/// A process that ends by itself is started again after this.
const RESTART_AFTER: Duration = Duration::from_millis(500);

/// A process of the fleet.
pub struct Process {
    /// What it is called in logs.
    pub name: String,
    /// Where it runs.
    pub host: Host,
    /// How it is started.
    make: Box<dyn Fn() -> Command>,
    /// What it is told on standard input.
    errand: Vec<u8>,
    log: PathBuf,
    child: Option<Child>,
    /// When it is to be started again.
    due: Option<Instant>,
    /// How it ended when nobody had killed it.
    pub ended_alone: Vec<String>,
}

impl Process {
    /// It is started by [`Process::start`]; what it says goes into a file of `logs`.
    pub fn new(name: &str, host: &Host, logs: &Path, make: impl Fn() -> Command + 'static) -> Self {
        let (name, log) = (name.to_owned(), logs.join(format!("{name}.log")));
        let (make, errand) = (Box::new(make), Vec::new());
        Self { name, host: host.clone(), make, errand, log, child: None, due: None, ended_alone: Vec::new() }
    }

    /// What it is told on standard input whenever it is started.
    pub fn told(mut self, errand: Vec<u8>) -> Self {
        self.errand = errand;
        self
    }

    pub fn start(&mut self) {
        let log = File::options().create(true).append(true).open(&self.log).unwrap();
        let mut command = (self.make)();
        let stdin = if self.errand.is_empty() { Stdio::null() } else { Stdio::piped() };
        command.stdin(stdin).stdout(log.try_clone().unwrap()).stderr(log);
        let host = self.host.clone();
        // SAFETY: between fork and exec only two system calls are made.
        unsafe {
            command.pre_exec(move || {
                prctl::set_pdeathsig(Signal::SIGKILL)?;
                host.enter()
            });
        }
        let mut child = command.spawn().unwrap_or_else(|error| panic!("{}: {error}", self.name));
        if let Some(mut stdin) = child.stdin.take() {
            stdin.write_all(&self.errand).unwrap();
        }
        (self.child, self.due) = (Some(child), None);
    }

    /// `None` while it is down.
    pub fn pid(&self) -> Option<u32> {
        self.child.as_ref().map(Child::id)
    }

    /// Kills it; it is started again after `down`.
    pub fn kill(&mut self, down: Duration) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
        self.due = Some(Instant::now() + down);
    }

    /// Starts it again if that is due; notes if it has ended although nobody killed it.
    pub fn tend(&mut self) {
        if let Some(status) = self.child.as_mut().and_then(|child| child.try_wait().unwrap()) {
            eprintln!("fleet: {} ended by itself: {status}", self.name);
            self.ended_alone.push(status.to_string());
            (self.child, self.due) = (None, Some(Instant::now() + RESTART_AFTER));
        }
        if self.due.is_some_and(|due| Instant::now() >= due) {
            self.start();
        }
    }

    /// The end of what it said.
    pub fn tail(&self, lines: usize) -> String {
        let text = String::from_utf8_lossy(&std::fs::read(&self.log).unwrap_or_default()).into_owned();
        let all: Vec<&str> = text.lines().collect();
        all[all.len().saturating_sub(lines)..].join("\n")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
        if std::thread::panicking() {
            eprintln!("--- {} on {}:\n{}", self.name, self.host.name, self.tail(12));
        }
    }
}
