//! The web role as a process of its own, with an engine and a broker.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use earshot_bus::Bus;
use earshot_corpus::{Corpus, reading::Holds};
use earshot_local::{Engine, Nats};
use earshot_store::Store;
use reqwest::Client;

use crate::{
    Failed,
    broker::broker,
    host::{self, Host, ask},
    settle::settle,
};

/// The web role, and what it works with.
pub struct Role {
    pub store: Store,
    pub bus: Bus,
    /// Where it answers, without a slash at its end.
    pub base: String,
    pub client: Client,
    web: Web,
    nats: Nats,
    host: Host,
}

/// Its process: it ends with this, whatever happens.
struct Web(Child);

/// A page that was asked for.
#[derive(Clone, Copy)]
pub struct Got {
    /// From asking first until the last byte.
    pub ms: f64,
    pub bytes: u64,
    /// How often it was said to come again.
    pub come_again: usize,
}

/// How long somebody goes on asking.
const PATIENCE: Duration = Duration::from_secs(120);

/// CPU seconds that processes have used.
#[derive(Clone, Copy)]
pub struct Cpu {
    pub web_s: f64,
    pub store_s: f64,
    /// This one.
    pub own_s: f64,
}

impl Role {
    /// Starts it over a store that holds what `corpus` says.
    pub async fn over(earshot: &Path, corpus: Option<&Corpus>) -> Result<Self, Failed> {
        let host = Host::start().await?;
        let store = host.store("earshot").await?;
        if let Some(corpus) = corpus {
            corpus.fill(&store).await?;
            settle(&store).await?;
        }
        let (nats, bus) = broker(&host).await?;
        let (web, base) = web(earshot, &host, &nats.url())?;
        let client = Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build()?;
        Ok(Self { store, bus, base, client, web: Web(web), nats, host })
    }

    pub async fn stop(self) {
        drop(self.web);
        drop(self.bus);
        self.nats.stop().await;
        self.host.stop().await;
    }

    /// Asks for a page, and again when told to: how long that took in ms, and its bytes.
    pub async fn get(&self, path: &str) -> Result<Got, Failed> {
        let (began, mut come_again) = (Instant::now(), 0);
        loop {
            let answer = self.client.get(format!("{}{path}", self.base)).send().await?;
            let (status, wait) = (answer.status(), answer.headers().get("retry-after").cloned());
            let bytes = answer.bytes().await?.len() as u64;
            match wait {
                _ if status == 200 => {
                    return Ok(Got { ms: began.elapsed().as_secs_f64() * 1_000.0, bytes, come_again });
                }
                Some(wait) if status == 503 && began.elapsed() < PATIENCE => {
                    come_again += 1;
                    tokio::time::sleep(Duration::from_secs(wait.to_str()?.parse()?)).await;
                }
                _ => return Err(format!("{path}: {status}").into()),
            }
        }
    }

    pub fn cpu(&self) -> Cpu {
        let [web_s, store_s, own_s] = [self.web.0.id(), self.host.engine.pid(), std::process::id()].map(host::cpu_s);
        Cpu { web_s, store_s, own_s }
    }

    pub async fn holds(&self, corpus: &Corpus) -> Result<Holds, Failed> {
        let count = async |query: &str| -> Result<u64, Failed> { Ok(ask(&self.store, query).await?.trim().parse()?) };
        Ok(Holds {
            sites: count("SELECT uniqExact(site) FROM counted_sites").await?,
            nights: corpus.nights,
            visits: count("SELECT count() FROM visits FINAL").await?,
            events: count("SELECT count() FROM events").await?,
        })
    }
}

/// Reading is as it is configured for many people behind one address: with no limit to their requests.
fn web(earshot: &Path, host: &Host, nats: &str) -> Result<(Child, String), Failed> {
    let mut web = Command::new(earshot)
        .args(["run", "--role", "web", "--listen", "127.0.0.1:0", "--nats", nats, "--clickhouse", &host.engine.url()])
        .arg("--data-dir")
        .arg(host.dir().join("data"))
        .env("EARSHOT_CLICKHOUSE_USER", Engine::USER)
        .env("EARSHOT_CLICKHOUSE_PASSWORD", host.engine.password())
        .env("EARSHOT_WEB__REQUESTS_PER_SECOND", "0")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()?;
    let mut lines = BufReader::new(web.stderr.take().ok_or("no stderr")?).lines().map_while(Result::ok);
    let base = lines.find_map(|line| line.strip_prefix("pages at ").map(|at| at.trim_end_matches('/').to_owned()));
    let mut log = fs::File::create(host.dir().join("web.log"))?;
    std::thread::spawn(move || lines.for_each(|line| drop(std::io::Write::write_all(&mut log, line.as_bytes()))));
    match base {
        Some(base) => Ok((web, base)),
        None => Err(format!("the web role did not start: {}", web.wait()?).into()),
    }
}

impl Drop for Web {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
