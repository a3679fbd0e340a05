//! A child process that dies with us, and whose files nobody else opens while it lives.

use std::{
    fmt,
    fs::{self, File},
    io,
    os::unix::{fs::OpenOptionsExt, process::CommandExt},
    path::Path,
    process::{ChildStderr, ChildStdin, ChildStdout, Command, ExitStatus},
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::Duration,
};

use nix::{
    fcntl::{FcntlArg, FdFlag, fcntl},
    sys::{
        prctl,
        signal::{Signal, kill},
        wait::{Id, WaitPidFlag, waitid},
    },
    unistd::{Pid, getppid},
};
use tokio::sync::{oneshot, watch};

use crate::LocalError;

/// How a child ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exit {
    /// Its status; `None` if the system would not say.
    pub status: Option<ExitStatus>,
}

/// A running child.
///
/// The kernel ends it (`PR_SET_PDEATHSIG`, SIGKILL) when the *thread* that made it ends, not the process. So each
/// child has a thread of its own that makes it and then does nothing but wait for its end: that thread ends
/// before the child only if our whole process does.
pub(crate) struct Child {
    name: &'static str,
    pid: Pid,
    /// `true` once the pid is free for others: held while signalling, so that nobody else is ever hit.
    reaped: Arc<Mutex<bool>>,
    exit: watch::Receiver<Option<Exit>>,
}

/// The ends of a child's pipes that were asked for.
#[derive(Debug)]
pub(crate) struct Pipes {
    pub(crate) stdin: Option<ChildStdin>,
    pub(crate) stdout: Option<ChildStdout>,
    pub(crate) stderr: Option<ChildStderr>,
}

impl Child {
    /// How long a child may take to end by itself after SIGTERM. JetStream and MergeTree write what they have well
    /// within a second; a child that takes ten is stuck.
    pub(crate) const GRACE: Duration = Duration::from_secs(10);

    /// Starts `command`. It inherits `lock` and so holds it until it is gone, even if we go first.
    pub(crate) async fn spawn(
        name: &'static str,
        mut command: Command,
        lock: File,
    ) -> Result<(Self, Pipes), LocalError> {
        let parent = Pid::this();
        // Ctrl-C reaches a whole process group; only we decide when a service ends.
        command.process_group(0);
        // SAFETY: between fork and exec only async-signal-safe calls are made: prctl, getppid, fcntl.
        unsafe { command.pre_exec(move || before_exec(parent, &lock)) };
        let (made, making) = oneshot::channel();
        let (ended, exit) = watch::channel(None);
        let reaped = Arc::new(Mutex::new(false));
        let waiter = Arc::clone(&reaped);
        thread::Builder::new()
            .name(format!("{name}-parent"))
            .spawn(move || attend(command, made, &waiter, &ended))
            .map_err(|source| LocalError::Spawn { name, source })?;
        let gone = || io::Error::other("its thread ended");
        let (pid, pipes) =
            making.await.unwrap_or_else(|_| Err(gone())).map_err(|source| LocalError::Spawn { name, source })?;
        tracing::debug!(child.name = name, child.pid = pid.as_raw(), "started");
        Ok((Self { name, pid, reaped, exit }, pipes))
    }

    /// The process id.
    pub(crate) fn pid(&self) -> u32 {
        self.pid.as_raw().unsigned_abs()
    }

    /// Resolves when the child is gone.
    pub(crate) fn exited(&self) -> impl Future<Output = Exit> + Send + 'static {
        let mut exit = self.exit.clone();
        async move {
            let ended = exit.wait_for(Option::is_some).await;
            ended.ok().and_then(|exit| exit.clone()).unwrap_or(Exit { status: None })
        }
    }

    /// Asks it to end, waits, and ends it.
    pub(crate) async fn stop(&self, grace: Duration) -> Exit {
        self.signal(Signal::SIGTERM);
        if let Ok(exit) = tokio::time::timeout(grace, self.exited()).await {
            return exit;
        }
        tracing::warn!(child.name = self.name, child.pid = self.pid.as_raw(), "did not end when asked to; killed");
        self.signal(Signal::SIGKILL);
        self.exited().await
    }

    fn signal(&self, signal: Signal) {
        let reaped = self.reaped.lock().unwrap_or_else(PoisonError::into_inner);
        if !*reaped {
            // It can only fail for a process that is gone, which is what we want.
            let _ = kill(self.pid, signal);
        }
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        self.signal(Signal::SIGKILL);
    }
}

/// Opens and locks `path` for a child to inherit. The predecessor of a program that was killed may need a moment
/// to die, so the lock is awaited for a bounded time.
pub(crate) async fn lock_for_child(path: &Path) -> Result<File, LocalError> {
    const WAIT: Duration = Duration::from_secs(10);
    let file = fs::OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)
        .map_err(LocalError::file("create", path))?;
    if file.try_lock().is_ok() {
        return Ok(file);
    }
    let waiting = tokio::task::spawn_blocking(move || file.lock().map(|()| file));
    match tokio::time::timeout(WAIT, waiting).await {
        Ok(Ok(Ok(file))) => Ok(file),
        Ok(Ok(Err(source))) => Err(LocalError::file("lock", path)(source)),
        Ok(Err(_)) | Err(_) => Err(LocalError::StillInUse(path.to_owned())),
    }
}

/// A log larger than this is set aside when its service starts again: what an operator reads fits in it.
const MAX_LOG_BYTES: u64 = 8 << 20;

/// How much of a log is shown when a service does not come up.
const TAIL_BYTES: usize = 2000;

/// Opens a service's log for appending; an overlong one is kept as `log.old`.
pub(crate) fn open_log(path: &Path) -> Result<File, LocalError> {
    if fs::metadata(path).is_ok_and(|log| log.len() > MAX_LOG_BYTES) {
        fs::rename(path, path.with_extension("old")).map_err(LocalError::file("write", path))?;
    }
    fs::OpenOptions::new().create(true).append(true).mode(0o600).open(path).map_err(LocalError::file("create", path))
}

/// The last lines of a log.
pub(crate) fn tail(path: &Path) -> String {
    let bytes = fs::read(path).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes[bytes.len().saturating_sub(TAIL_BYTES)..]).into_owned();
    text.trim_end().to_owned()
}

fn before_exec(parent: Pid, lock: &File) -> io::Result<()> {
    prctl::set_pdeathsig(Signal::SIGKILL)?;
    // The parent may have died before the line above took effect.
    if getppid() != parent {
        return Err(io::Error::from_raw_os_error(nix::libc::ESRCH));
    }
    // Without close-on-exec the lock lives as long as the child.
    fcntl(lock, FcntlArg::F_SETFD(FdFlag::empty()))?;
    Ok(())
}

/// The life of a child's thread.
fn attend(
    mut command: Command,
    made: oneshot::Sender<io::Result<(Pid, Pipes)>>,
    reaped: &Mutex<bool>,
    ended: &watch::Sender<Option<Exit>>,
) {
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => {
            let _ = made.send(Err(error));
            return;
        }
    };
    // The lock's file is owned by the command: from here on only the child holds it.
    drop(command);
    let pid = Pid::from_raw(child.id().cast_signed());
    let pipes = Pipes { stdin: child.stdin.take(), stdout: child.stdout.take(), stderr: child.stderr.take() };
    let _ = made.send(Ok((pid, pipes)));
    // Wait without reaping, so that the pid stays ours until the flag is set.
    while let Err(nix::Error::EINTR) = waitid(Id::Pid(pid), WaitPidFlag::WEXITED | WaitPidFlag::WNOWAIT) {}
    let mut reaped = reaped.lock().unwrap_or_else(PoisonError::into_inner);
    *reaped = true;
    let exit = Exit { status: child.wait().ok() };
    drop(reaped);
    ended.send_replace(Some(exit));
}

impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.status {
            Some(status) => status.fmt(f),
            None => f.write_str("unknown exit status"),
        }
    }
}

impl fmt::Debug for Child {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Child").field("name", &self.name).field("pid", &self.pid).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn sleeper(dir: &Path) -> Child {
        let mut command = Command::new("sleep");
        command.arg("600");
        let lock = lock_for_child(&dir.join("lock")).await.unwrap();
        Child::spawn("sleep", command, lock).await.unwrap().0
    }

    #[tokio::test]
    async fn a_child_ends_when_asked_to_and_says_how() {
        let dir = tempfile::tempdir().unwrap();
        let child = sleeper(dir.path()).await;
        let exit = child.stop(Child::GRACE).await;
        assert_eq!(exit.to_string(), "signal: 15 (SIGTERM)");
        assert_eq!(child.exited().await, exit);
    }

    #[tokio::test]
    async fn the_child_holds_the_lock_until_it_is_gone() {
        let dir = tempfile::tempdir().unwrap();
        let child = sleeper(dir.path()).await;
        let lock = File::open(dir.path().join("lock")).unwrap();
        assert!(lock.try_lock().is_err(), "the child should hold it");
        drop(child);
        lock_for_child(&dir.path().join("lock")).await.unwrap();
    }

    #[tokio::test]
    async fn a_program_that_is_not_there_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let lock = lock_for_child(&dir.path().join("lock")).await.unwrap();
        let error = Child::spawn("nats-server", Command::new("/nonexistent/nats"), lock).await.unwrap_err();
        assert!(error.to_string().starts_with("cannot start nats-server: No such file"), "{error}");
    }
}
