//! A `nats-server` with JetStream that only we can talk to.

use std::{
    fmt,
    fs::File,
    io::{BufRead, BufReader, Write},
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    process::{ChildStderr, Command, Stdio},
    thread,
    time::Duration,
};

use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt},
    net::TcpStream,
    sync::oneshot,
};

use crate::{
    Exit, LocalError,
    child::{self, Child},
    secret,
};

const NAME: &str = "nats-server";

/// The one user.
const USER: &str = "earshot";

/// The largest message taken. Visits are split far below it; the server's own default is 1 MiB.
const MAX_PAYLOAD_BYTES: u64 = 8 << 20;

/// How long it may take to be ready. An empty one takes 0.1 s; one that recovers a large stream reads it once.
const READY_WITHIN: Duration = Duration::from_secs(60);

/// The line of INFO is about 400 bytes.
const MAX_INFO_BYTES: u64 = 64 << 10;

/// What `nats-server` needs to know.
#[derive(Clone, Debug)]
pub struct NatsOptions {
    /// The folder that it keeps its files in; made if it is not there.
    pub dir: PathBuf,
    /// The port on 127.0.0.1; any free one if none is given. A restart passes the first one's, so that clients find
    /// it again.
    pub port: Option<u16>,
}

/// A running `nats-server`. Stop it before the program ends, or it is killed with it.
pub struct Nats {
    child: Child,
    port: u16,
    password: String,
}

impl fmt::Debug for Nats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Nats").field("child", &self.child).field("port", &self.port).finish_non_exhaustive()
    }
}

impl Nats {
    /// Starts the server and waits until it takes clients and JetStream is on.
    ///
    /// # Errors
    /// [`LocalError`] with the end of its log if it does not come up.
    pub async fn start(exe: &Path, options: NatsOptions) -> Result<Self, LocalError> {
        secret::private_dir(&options.dir)?;
        let password = secret::kept_in(&options.dir.join("password"))?;
        let config = options.dir.join("nats.conf");
        secret::write_private(&config, configuration(&options, &password).as_bytes())?;
        let log = options.dir.join("log");
        let log_file = child::open_log(&log)?;
        let lock = child::lock_for_child(&options.dir.join("lock")).await?;
        let mut command = Command::new(exe);
        command.arg("--config").arg(&config).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let (child, pipes) = Child::spawn(NAME, command, lock).await?;
        let ready = keep_log(pipes.stderr, log_file)?;
        match tokio::time::timeout(READY_WITHIN, ready).await {
            Ok(Ok(port)) => {
                check(port).await.map_err(|reason| LocalError::Unusable { name: NAME, reason })?;
                Ok(Self { child, port, password })
            }
            Ok(Err(_)) => {
                let exit = child.stop(Child::GRACE).await;
                let tail = child::tail(&log);
                Err(LocalError::EndedEarly { name: NAME, exit, log, tail })
            }
            Err(_) => Err(LocalError::NotReady { name: NAME, after: READY_WITHIN, log }),
        }
    }

    /// `nats://user:password@127.0.0.1:port`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("nats://{USER}:{}@127.0.0.1:{}", self.password, self.port)
    }

    /// The port that it listens on.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Its process id.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.pid()
    }

    /// Resolves when it is gone, for whatever reason: a supervisor starts it again then.
    pub fn exited(&self) -> impl Future<Output = Exit> + Send + 'static {
        self.child.exited()
    }

    /// Lets it close its files, or ends it after a bounded time.
    pub async fn stop(self) -> Exit {
        self.child.stop(Child::GRACE).await
    }
}

/// The configuration file. `-1` is any free port. JSON strings are valid NATS strings.
fn configuration(options: &NatsOptions, password: &str) -> String {
    let port = options.port.map_or_else(|| "-1".to_owned(), |port| port.to_string());
    let store = serde_json::Value::from(options.dir.join("store").to_string_lossy());
    format!(
        "server_name: earshot\n\
         listen: \"127.0.0.1:{port}\"\n\
         max_payload: {MAX_PAYLOAD_BYTES}\n\
         jetstream {{ store_dir: {store} }}\n\
         authorization {{ user: {USER}, password: \"{password}\" }}\n"
    )
}

/// Copies the server's log to its file for as long as it lives, on a thread of its own. Resolves with the port once
/// the log says that the server is ready; fails if the log ends before.
fn keep_log(stderr: Option<ChildStderr>, mut file: File) -> Result<oneshot::Receiver<u16>, LocalError> {
    let (tell, ready) = oneshot::channel();
    let copy = move || {
        let (mut tell, mut port) = (Some(tell), None);
        for line in stderr.map(BufReader::new).into_iter().flat_map(|lines| lines.split(b'\n')).map_while(Result::ok) {
            // A full disk must not stop the server.
            let _ = file.write_all(&line).and_then(|()| file.write_all(b"\n"));
            let line = String::from_utf8_lossy(&line);
            port = port.or_else(|| listening_port(&line));
            if let Some(port) = port.filter(|_| line.ends_with("Server is ready"))
                && let Some(tell) = tell.take()
            {
                let _ = tell.send(port);
            }
        }
    };
    let thread = thread::Builder::new().name("nats-server-log".to_owned()).spawn(copy);
    thread.map_err(|source| LocalError::Spawn { name: NAME, source })?;
    Ok(ready)
}

fn listening_port(line: &str) -> Option<u16> {
    let (_, address) = line.split_once("Listening for client connections on ")?;
    address.rsplit_once(':')?.1.trim().parse().ok()
}

/// Reads the server's greeting and looks for JetStream in it.
async fn check(port: u16) -> Result<(), String> {
    #[derive(serde::Deserialize)]
    struct Info {
        #[serde(default)]
        jetstream: bool,
        version: String,
    }
    let greeting = async {
        let stream = TcpStream::connect(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await?;
        let mut line = String::new();
        tokio::io::BufReader::new(stream.take(MAX_INFO_BYTES)).read_line(&mut line).await?;
        Ok::<_, std::io::Error>(line)
    };
    let line = tokio::time::timeout(READY_WITHIN, greeting)
        .await
        .map_err(|_| "it did not greet".to_owned())?
        .map_err(|error| error.to_string())?;
    let info = line.strip_prefix("INFO ").ok_or("it is no NATS server")?;
    let info: Info = serde_json::from_str(info).map_err(|error| format!("its greeting does not parse: {error}"))?;
    tracing::debug!(nats.port = port, nats.version = info.version, "ready");
    if info.jetstream { Ok(()) } else { Err("JetStream is off".to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_is_read_from_the_log() {
        let line = "[7] 2026/11/21 20:00:00.000000 [INF] Listening for client connections on 127.0.0.1:40321";
        assert_eq!(listening_port(line), Some(40321));
        assert_eq!(listening_port("[INF] Server is ready"), None);
    }

    #[test]
    fn odd_paths_are_quoted() {
        let options = NatsOptions { dir: PathBuf::from("/da\"ta"), port: Some(4222) };
        let text = configuration(&options, "pw");
        assert!(text.contains(r#"store_dir: "/da\"ta/store""#), "{text}");
        assert!(text.contains("listen: \"127.0.0.1:4222\""), "{text}");
    }
}
