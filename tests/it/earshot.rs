//! The binary, started as a person starts it, with a data directory of its own and the lab for a web.

use std::{
    io::Write as _,
    path::Path,
    process::{Child, Command, Output, Stdio},
    sync::OnceLock,
    time::{Duration, Instant},
};

use earshot_lab::{Lab, LabConfig, Web};
use serde_json::Value;
use tempfile::TempDir;

use super::turns::Turns;

/// No scan of these tests takes half of this on a busy machine with two cores.
pub const PATIENCE: Duration = Duration::from_secs(300);
/// How often a condition is looked at that nothing announces (rows in another process's store).
pub const LOOK_EVERY: Duration = Duration::from_millis(100);

/// An installation of Earshot with nothing in it yet.
pub struct Earshot {
    dir: TempDir,
    /// Where the shared one will not do.
    lab: Option<OwnLab>,
}

/// A lab and what it runs on.
struct OwnLab {
    lab: Lab,
    _runtime: tokio::runtime::Runtime,
}

/// Each of these tests has services and a browser of its own.
static TURNS: Turns = Turns::new(4);

/// Waits for a turn: for a test that has services of its own, and no installation.
pub fn turn() {
    TURNS.beside();
}

/// The lab that most tests share: it does not care who asks.
pub fn lab() -> &'static Lab {
    static LAB: OnceLock<OwnLab> = OnceLock::new();
    &LAB.get_or_init(OwnLab::start).lab
}

impl OwnLab {
    fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let sites = Web::demo_generated().unwrap();
        let lab = runtime.block_on(Lab::start(LabConfig { sites, ..LabConfig::default() }));
        let lab = lab.unwrap_or_else(|error| panic!("the lab does not start ({error}); run `make setup`"));
        Self { lab, _runtime: runtime }
    }
}

impl Earshot {
    /// For a test of a few pages.
    pub fn new() -> Self {
        TURNS.beside();
        Self::without_turn(None)
    }

    /// For a test that works.
    pub fn busy() -> Self {
        TURNS.busy();
        Self::without_turn(None)
    }

    /// The same with a lab of its own: for a test that changes what the lab says, or asks what the lab has received.
    pub fn apart() -> Self {
        TURNS.busy();
        Self::without_turn(Some(OwnLab::start()))
    }

    /// The same while no other scan goes on: for a test of so many pages, each to be seen as a person sees it, that it keeps all
    /// cores busy.
    pub fn alone() -> Self {
        TURNS.alone();
        Self::without_turn(Some(OwnLab::start()))
    }

    fn without_turn(lab: Option<OwnLab>) -> Self {
        Self { dir: tempfile::tempdir().unwrap(), lab }
    }

    /// What it has for a web.
    pub fn lab(&self) -> &Lab {
        self.lab.as_ref().map_or_else(|| lab(), |own| &own.lab)
    }

    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// The binary with this installation's data directory.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = bare();
        command.args(arguments).arg("--data-dir").arg(self.dir.path().join("data"));
        // Most tests are not about what a page does late.
        command.env("EARSHOT_DWELL__MIN", "1s").env("EARSHOT_DWELL__MAX", "3s").env("EARSHOT_DWELL__QUIET", "500ms");
        // Nor about manners: one lab plays many sites.
        command.env("EARSHOT_POLITENESS__AT_ONCE", "8").env("EARSHOT_POLITENESS__GAP", "50ms");
        command.env("EARSHOT_POLITENESS__LONGEST_GAP", "2s");
        // Nor about what it hears.
        command.env("EARSHOT_TYPING__ENABLED", "false");
        command
    }

    /// `earshot scan` through the lab.
    pub fn scan(&self, arguments: &[&str]) -> Command {
        self.through_the_lab("scan", arguments)
    }

    /// `earshot up`, with the lab for a web.
    pub fn up(&self, arguments: &[&str]) -> Command {
        self.through_the_lab("up", arguments)
    }

    fn through_the_lab(&self, what: &str, arguments: &[&str]) -> Command {
        let lab = self.lab();
        let mut command = self.command(&[what]);
        command.args(arguments).args(["--dns", &lab.dns_addr().to_string()]);
        if !arguments.contains(&"--proxy") {
            command.args(["--proxy", &lab.proxy_url()]);
        }
        command.arg("--ca-cert").arg(lab.ca_path());
        command
    }

    /// The same as somebody who has configured nothing would do it: watched for the usual time, and typed into.
    pub fn usual_scan(&self, arguments: &[&str]) -> Command {
        as_usual(self.scan(arguments))
    }

    /// `earshot verify` through the lab, watched and typed into as by somebody who has configured nothing.
    pub fn usual_verify(&self, arguments: &[&str]) -> Command {
        as_usual(self.through_the_lab("verify", arguments))
    }

    /// Writes a list of targets; gives back its path.
    pub fn list(&self, text: &str) -> String {
        let path = self.dir.path().join("list.txt");
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// Asks the store.
    pub fn sql(&self, query: &str) -> String {
        let output = finish(self.command(&["sql", query, "--format", "TSV"]).spawn_piped());
        assert!(output.status.success(), "{query}: {}", talk(&output));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }
}

/// Without what these tests shorten.
fn as_usual(mut command: Command) -> Command {
    for ours in ["EARSHOT_DWELL__MIN", "EARSHOT_DWELL__MAX", "EARSHOT_DWELL__QUIET", "EARSHOT_TYPING__ENABLED"] {
        command.env_remove(ours);
    }
    command
}

/// The binary, untouched by what this machine's user has configured.
pub fn bare() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_earshot"));
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        if name.starts_with("EARSHOT_")
            && !["EARSHOT_PARTS", "EARSHOT_CHROMIUM", "EARSHOT_NATS"].contains(&name.as_str())
        {
            command.env_remove(name);
        }
    }
    let nowhere = Path::new("/nonexistent");
    command.env("XDG_CONFIG_HOME", nowhere).env("NO_COLOR", "1");
    command
}

/// `Command` with pipes, so that a test that fails shows what the program said.
pub trait Piped {
    fn spawn_piped(&mut self) -> Child;
}

impl Piped for Command {
    fn spawn_piped(&mut self) -> Child {
        self.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }
}

/// Gives the child `text` on standard input, and closes it.
pub fn feed(child: &mut Child, text: &[u8]) {
    child.stdin.take().unwrap().write_all(text).unwrap();
}

/// Waits for the end; a child that does not end is killed and fails the test.
pub fn finish(child: Child) -> Output {
    let pid = child.id();
    let waiting = std::thread::spawn(move || child.wait_with_output().unwrap());
    let end = Instant::now() + PATIENCE;
    while !waiting.is_finished() {
        if Instant::now() > end {
            kill(pid);
            panic!("process {pid} did not end: {}", talk(&waiting.join().unwrap()));
        }
        std::thread::sleep(LOOK_EVERY);
    }
    waiting.join().unwrap()
}

/// Waits until `condition` holds; panics with `what` if it never does.
pub fn until(what: &str, mut condition: impl FnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !condition() {
        assert!(Instant::now() < end, "never: {what}");
        std::thread::sleep(LOOK_EVERY);
    }
}

/// SIGKILL.
pub fn kill(pid: u32) {
    let pid = nix::unistd::Pid::from_raw(i32::try_from(pid).unwrap());
    let _ = nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGKILL);
}

/// SIGINT: what Ctrl-C sends.
pub fn interrupt(pid: u32) {
    let pid = nix::unistd::Pid::from_raw(i32::try_from(pid).unwrap());
    nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGINT).unwrap();
}

pub fn talk(output: &Output) -> String {
    format!("{}\n{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// stdout as JSON.
pub fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", talk(output)))
}
