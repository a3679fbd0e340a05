//! A nats-server of one's own.

use std::{
    env,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use async_nats::jetstream;
use earshot_bus::{Bus, BusConfig};
use tempfile::TempDir;

/// Long enough that nothing is delivered twice by accident.
pub const UNHURRIED: Duration = Duration::from_secs(30);

/// A running nats-server with JetStream in a directory of its own.
pub struct Broker {
    child: Child,
    port: u16,
    store: TempDir,
}

impl Broker {
    pub fn start() -> Self {
        let store = tempfile::tempdir().unwrap();
        let (child, port) = spawn(store.path(), None);
        Self { child, port, store }
    }

    /// Starts one as the configuration in that directory says, with these variables in its environment.
    pub fn start_configured(store: TempDir, config: &Path, variables: &[(&str, &str)]) -> Self {
        let mut command = Command::new(binary());
        command.arg("--config").arg(config).envs(variables.iter().copied());
        let (child, port) = ready(command);
        Self { child, port, store }
    }

    /// Where its files lie.
    pub fn dir(&self) -> &Path {
        self.store.path()
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Starts it again where it was, on what it had stored.
    pub fn restart(&mut self) {
        (self.child, _) = spawn(self.store.path(), Some(self.port));
    }

    pub fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    /// A bus with its topology set up.
    pub async fn bus(&self, ack_wait: Duration) -> Bus {
        let bus = Bus::connect(BusConfig { ack_wait, ..BusConfig::at(self.url()) }).await.unwrap();
        bus.ensure_topology().await.unwrap();
        bus
    }

    /// The broker as others see it.
    pub async fn jetstream(&self) -> jetstream::Context {
        jetstream::new(async_nats::connect(self.url()).await.unwrap())
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn spawn(store: &Path, port: Option<u16>) -> (Child, u16) {
    let port = port.map_or("-1".to_owned(), |port| port.to_string());
    let mut command = Command::new(binary());
    command.args(["-a", "127.0.0.1", "-p", &port, "-js", "-sd"]).arg(store);
    ready(command)
}

/// Starts a server and returns when it says that it is ready.
fn ready(mut command: Command) -> (Child, u16) {
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
    let (mut listening, mut said) = (None, Vec::new());
    for line in &mut lines {
        if let Some((_, address)) = line.split_once("client connections on ") {
            listening = address.rsplit(':').next().and_then(|port| port.trim().parse().ok());
        }
        if line.contains("Server is ready") {
            break;
        }
        said.push(line);
    }
    std::thread::spawn(move || lines.for_each(drop));
    let port = listening.unwrap_or_else(|| panic!("nats-server did not say where it listens: {}", said.join("\n")));
    (child, port)
}

fn binary() -> PathBuf {
    if let Some(path) = env::var_os("EARSHOT_NATS") {
        return path.into();
    }
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .map(|folder| folder.join(".parts/bin/nats-server"))
        .find(|path| path.exists())
        .expect("no nats-server: run `make setup`, or set EARSHOT_NATS to its path")
}
