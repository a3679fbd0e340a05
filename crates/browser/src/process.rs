//! The Chromium process: in a group of its own, dead when we are, and with a profile directory that goes with it.

use std::{
    io,
    os::unix::process::CommandExt,
    path::Path,
    process::{ChildStderr, Command, Stdio},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use nix::{
    errno::Errno,
    sys::{
        prctl,
        signal::{Signal, killpg},
        wait::{Id, WaitPidFlag, waitid},
    },
    unistd::{Pid, getpid, getppid},
};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio_util::sync::CancellationToken;

use crate::{BrowserConfig, BrowserError, Sandbox, bounds, scratch::Scratch};

/// What Chromium prints on stderr before the address of its DevTools socket.
const DEVTOOLS: &str = "DevTools listening on ";

/// How much of stderr is kept for the error message, in lines.
const STDERR_LINES: usize = 20;

/// A running Chromium. Dropping it kills the whole process group.
pub(crate) struct Process {
    group: Group,
    /// What the group holds in memory, in bytes, when it was last looked at.
    memory: AtomicU64,
    /// Cancelled when the process has been reaped and its directory removed.
    ended: CancellationToken,
}

/// The process group while its leader is not reaped: after that its number may be somebody else's.
#[derive(Clone)]
struct Group(Arc<Mutex<Option<Pid>>>);

/// What the keeper thread reports once Chromium runs.
type Started = (Group, ChildStderr);

impl Process {
    /// Starts Chromium with `arguments` and waits until it gives its DevTools address.
    pub(crate) async fn start(
        config: &BrowserConfig,
        sandbox: &Sandbox,
        arguments: Vec<String>,
    ) -> Result<(Self, String), BrowserError> {
        let failed = |source| BrowserError::Start { executable: config.executable.clone(), source };
        let scratch = Scratch::create().map_err(failed)?;
        let command = command(&config.executable, arguments, sandbox, scratch.path()).map_err(failed)?;
        let ended = CancellationToken::new();
        let (group, stderr) = keep(command, scratch, ended.clone()).await.map_err(failed)?;
        let process = Self { group, memory: AtomicU64::default(), ended };
        let address = tokio::time::timeout(bounds::LAUNCH, devtools_address(stderr))
            .await
            .unwrap_or_else(|_| Err(format!("no DevTools address within {} s", bounds::LAUNCH.as_secs())))
            .map_err(|detail| BrowserError::NotChromium { executable: config.executable.clone(), detail })?;
        Ok((process, address))
    }

    /// Kills the whole group; at once, without waiting.
    pub(crate) fn kill(&self) {
        self.group.kill();
    }

    /// The id of its leader; `None` once that is reaped.
    pub(crate) fn id(&self) -> Option<u32> {
        self.group.leader().and_then(|leader| u32::try_from(leader.as_raw()).ok())
    }

    /// Notes what it was seen to hold in memory, with its children, in bytes.
    pub(crate) fn holds(&self, bytes: u64) {
        self.memory.store(bytes, Ordering::Relaxed);
    }

    /// What it was last seen to hold in memory, with its children, in bytes.
    pub(crate) fn memory(&self) -> u64 {
        self.memory.load(Ordering::Relaxed)
    }

    /// Cancelled when nothing is left of the process.
    pub(crate) fn ended(&self) -> &CancellationToken {
        &self.ended
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

impl Group {
    fn leader(&self) -> Option<Pid> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn kill(&self) {
        // Held while the signal is sent: a leader that is reaped in between would lend its number to somebody else.
        if let Some(leader) = *self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            // The only possible failure is that nobody is left to be killed.
            let _ = killpg(leader, Signal::SIGKILL);
        }
    }
}

/// The version of a binary, such as `156.0.8078.79`: it is part of the command line that the browser is started with.
pub(crate) async fn version(executable: &Path) -> Result<String, BrowserError> {
    let not_chromium = |detail: String| BrowserError::NotChromium { executable: executable.to_owned(), detail };
    let asked = tokio::process::Command::new(executable)
        .arg("--version")
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .output();
    let said = tokio::time::timeout(bounds::LAUNCH, asked)
        .await
        .map_err(|_| not_chromium("no answer to --version".to_owned()))?
        .map_err(|source| BrowserError::Start { executable: executable.to_owned(), source })?;
    let said = String::from_utf8_lossy(&said.stdout);
    let version = said.split_whitespace().find(|word| is_version(word));
    version.map(str::to_owned).ok_or_else(|| not_chromium(format!("its version is '{}'", said.trim())))
}

/// Four numbers with dots between.
fn is_version(word: &str) -> bool {
    word.split('.').count() == 4 && word.split('.').all(|part| part.parse::<u32>().is_ok())
}

fn command(executable: &Path, arguments: Vec<String>, sandbox: &Sandbox, scratch: &Path) -> io::Result<Command> {
    let mut command = Command::new(executable);
    let own = sandbox.confine(&mut command, scratch)?;
    command
        .args(arguments)
        .arg(format!("--user-data-dir={}", own.display()))
        .arg("about:blank")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .process_group(0);
    let parent = getpid();
    let die_with_parent = move || {
        prctl::set_pdeathsig(Signal::SIGKILL)?;
        // The parent may have died before the line above.
        if getppid() == parent { Ok(()) } else { Err(io::ErrorKind::Other.into()) }
    };
    // SAFETY: between fork and exec only prctl(2) and getppid(2) are called, both async-signal-safe; no allocation.
    // The change of the user comes before it: that would take the signal back.
    unsafe { command.pre_exec(die_with_parent) };
    Ok(command)
}

/// Starts the command on a thread that lives as long as the process: the parent-death signal is sent when the
/// **thread** that forked ends, and the threads of an async runtime come and go.
async fn keep(command: Command, scratch: Scratch, ended: CancellationToken) -> io::Result<Started> {
    let (report, started) = tokio::sync::oneshot::channel();
    std::thread::Builder::new()
        .name("chromium-keeper".to_owned())
        .spawn(move || keeper(command, scratch, ended, report))?;
    started.await.unwrap_or_else(|_| Err(io::ErrorKind::BrokenPipe.into()))
}

fn keeper(
    mut command: Command,
    scratch: Scratch,
    ended: CancellationToken,
    report: tokio::sync::oneshot::Sender<io::Result<Started>>,
) {
    let _at_the_end = ended.drop_guard();
    // Processes whose parent has died become children of the next subreaper above: without this they are left to the
    // system's first process, which in a container may be one that reaps nobody.
    if let Err(error) = prctl::set_child_subreaper(true) {
        tracing::warn!(%error, "what a dead browser leaves behind is reaped by others, if at all");
    }
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => {
            let _ = report.send(Err(error));
            return;
        }
    };
    let leader = Pid::from_raw(child.id().cast_signed());
    let group = Group(Arc::new(Mutex::new(Some(leader))));
    let stderr = child.stderr.take().ok_or_else(|| io::ErrorKind::BrokenPipe.into());
    if report.send(stderr.map(|stderr| (group.clone(), stderr))).is_err() {
        group.kill();
    }
    reap(leader, &group);
    if let Err(error) = scratch.close() {
        tracing::warn!(%error, "a browser's directory could not be removed");
    }
}

/// Waits for the end of the leader, kills what is left of its group, and then reaps all of it: what the leader has
/// started is ours once it is dead. When this returns none of them is left, not even as a zombie.
fn reap(leader: Pid, group: &Group) {
    let _ = waitid(Id::Pid(leader), WaitPidFlag::WEXITED | WaitPidFlag::WNOWAIT);
    group.kill();
    *group.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    // Fails when no child of ours is in the group any more.
    while matches!(waitid(Id::PGid(leader), WaitPidFlag::WEXITED), Ok(_) | Err(Errno::EINTR)) {}
    tracing::debug!(browser.pid = leader.as_raw(), "browser ended");
}

/// Reads stderr up to the DevTools address, and leaves a task behind that reads on, so that Chromium never blocks.
async fn devtools_address(stderr: ChildStderr) -> Result<String, String> {
    let stderr = tokio::process::ChildStderr::from_std(stderr).map_err(|error| error.to_string())?;
    let mut lines = BufReader::new(stderr).lines();
    let mut said = Vec::new();
    while let Some(line) = lines.next_line().await.map_err(|error| error.to_string())? {
        if let Some(address) = line.strip_prefix(DEVTOOLS) {
            tokio::spawn(discard(lines.into_inner()));
            return Ok(address.trim().to_owned());
        }
        if said.len() < STDERR_LINES {
            said.push(line);
        }
    }
    Err(format!("it ended without a DevTools address: {}", said.join("\n")))
}

async fn discard(mut stderr: BufReader<tokio::process::ChildStderr>) {
    let mut buffer = vec![0; 8 * 1024];
    while stderr.read(&mut buffer).await.is_ok_and(|read| read > 0) {}
}
