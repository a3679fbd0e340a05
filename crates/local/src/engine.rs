//! The embedded ClickHouse engine: a child process of our own binary that loads `libchdb.so` and serves it over HTTP.
//!
//! In a child, because the library is 550 MB that most commands do not need, and because it brings its own
//! allocator, threads and aborts: what it does to itself it does not do to us.

mod errand;
mod exception;
mod library;
mod serve;
pub(crate) mod session;

use std::{
    ffi::OsString,
    fmt, io,
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use tokio::io::{AsyncBufReadExt, BufReader};

use self::errand::{Errand, Reply};
use crate::{
    Exit, LocalError,
    child::{self, Child},
    secret,
};

pub use self::serve::child_main;
pub(crate) use self::{exception::Exception, session::Database};

const NAME: &str = "the ClickHouse engine";

/// How to start our own binary such that it calls [`child_main`].
#[derive(Clone, Debug)]
pub struct EngineCommand {
    /// The binary.
    pub exe: PathBuf,
    /// The hidden subcommand.
    pub args: Vec<OsString>,
}

/// What the engine needs to know.
#[derive(Clone, Debug)]
pub struct EngineOptions {
    /// `libchdb.so`.
    pub library: PathBuf,
    /// The folder that it keeps its files in; made if it is not there.
    pub dir: PathBuf,
    /// The port on 127.0.0.1; any free one if none is given.
    pub port: Option<u16>,
}

/// A running engine. Stop it before the program ends, or it is killed with it.
pub struct Engine {
    child: Child,
    address: SocketAddr,
    password: String,
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").field("child", &self.child).field("address", &self.address).finish_non_exhaustive()
    }
}

impl Engine {
    /// The one user.
    pub const USER: &'static str = "earshot";
    /// How long the engine may take to open its data. 0.2 s when it was closed well; parts and detached tables of
    /// a large directory after a crash take longer.
    const READY_WITHIN: Duration = Duration::from_secs(60);

    /// Starts the engine and waits until it answers.
    ///
    /// # Errors
    /// [`LocalError`] with the end of its log if it does not come up.
    pub async fn start(command: &EngineCommand, options: EngineOptions) -> Result<Self, LocalError> {
        secret::private_dir(&options.dir)?;
        let password = secret::kept_in(&options.dir.join("password"))?;
        let data = options.dir.join("data");
        secret::private_dir(&data)?;
        let errand = Errand::Serve {
            library: options.library,
            data,
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, options.port.unwrap_or(0))),
            user: Self::USER.to_owned(),
            password: password.clone(),
        };
        let log = options.dir.join("log");
        let lock = child::lock_for_child(&options.dir.join("lock")).await?;
        let mut process = command.process();
        process.stderr(child::open_log(&log)?);
        let (child, pipes) = Child::spawn(NAME, process, lock).await?;
        let reply = errand::run(&errand, pipes);
        match tokio::time::timeout(Self::READY_WITHIN, reply).await {
            Ok(Ok(Reply::Ready { address })) => Ok(Self { child, address, password }),
            Ok(_) => Err(ended_early(&child, log).await),
            Err(_) => Err(LocalError::NotReady { name: NAME, after: Self::READY_WITHIN, log }),
        }
    }

    /// `http://127.0.0.1:port`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The port that it listens on.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// The password of [`Engine::USER`].
    #[must_use]
    pub fn password(&self) -> &str {
        &self.password
    }

    /// Its process id.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.pid()
    }

    /// Resolves when it is gone, for whatever reason.
    pub fn exited(&self) -> impl Future<Output = Exit> + Send + 'static {
        self.child.exited()
    }

    /// Lets it finish what it does and close its files, or ends it after a bounded time.
    pub async fn stop(self) -> Exit {
        self.child.stop(Child::GRACE).await
    }
}

impl EngineCommand {
    fn process(&self) -> Command {
        let mut process = Command::new(&self.exe);
        process.args(&self.args).stdin(Stdio::piped()).stdout(Stdio::piped());
        process
    }

    /// Version of the library at `path`: loads it in a child, which never touches any data.
    ///
    /// # Errors
    /// What the child said, if it is no usable library.
    pub(crate) async fn version_of(&self, path: &Path) -> Result<String, String> {
        let mut process = tokio::process::Command::from(self.process());
        process.stderr(Stdio::piped()).kill_on_drop(true);
        let mut child = process.spawn().map_err(|error| format!("cannot start {}: {error}", self.exe.display()))?;
        let stdin = child.stdin.take();
        let asked = errand::write(&Errand::Version { library: path.to_owned() }, stdin).await;
        asked.map_err(|error| error.to_string())?;
        let output = child.wait_with_output().await.map_err(|error| error.to_string())?;
        match serde_json::from_slice(&output.stdout) {
            Ok(Reply::Version { version }) => Ok(version),
            _ => Err(String::from_utf8_lossy(&output.stderr).trim().to_owned()),
        }
    }
}

/// It has closed its output: it is ending, or about to.
async fn ended_early(child: &Child, log: PathBuf) -> LocalError {
    let exit = child.stop(Child::GRACE).await;
    let tail = child::tail(&log);
    LocalError::EndedEarly { name: NAME, exit, log, tail }
}

/// Reads the line that a child answers with.
async fn reply_line(stdout: impl tokio::io::AsyncRead + Unpin) -> io::Result<Reply> {
    let mut line = String::new();
    BufReader::new(stdout).read_line(&mut line).await?;
    Ok(serde_json::from_str(&line)?)
}
