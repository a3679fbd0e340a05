//! The whole: network, services, roles, and the lab for a web.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use earshot::{
    config::{Config, Overrides},
    submit::{self, Wanted},
};
use earshot_bus::{Bus, BusConfig, DeadLetter};
use earshot_lab::{Lab, LabConfig};
use earshot_model::{Portfolio, Run, RunId, RunKind, RunState};
use earshot_store::{Progress, Store, StoreConfig};
use tempfile::TempDir;

use super::{
    net::{self, Host, Net},
    process::Process,
    servers::{PASSWORD, Servers, USER},
};

/// How often the processes are looked after, and the run.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// A fleet at work. Fields are dropped in this order: first who works, then with what.
pub struct Fleet {
    /// Every role twice.
    pub roles: Vec<Process>,
    /// Bus and store.
    pub servers: Servers,
    /// The web.
    pub lab: Lab,
    runtime: tokio::runtime::Runtime,
    config: Config,
    store: Store,
    dir: TempDir,
    /// The network.
    pub net: Net,
    _turn: MutexGuard<'static, ()>,
}

/// How a run ended.
pub struct Ended {
    pub run: Run,
    pub took: Duration,
}

/// Where each role runs.
const ROLES: [(&str, usize); 8] = [
    ("coordinator", 0),
    ("crawler", 0),
    ("browser", 0),
    ("recorder", 0),
    ("recorder", 1),
    ("crawler", 1),
    ("coordinator", 2),
    ("browser", 2),
];

impl Fleet {
    /// Starts everything at once, as machines come up after a power cut. `options` go into every role's configuration.
    pub fn start(sites: usize, seed: u64, options: &str) -> Self {
        static TURN: Mutex<()> = Mutex::new(());
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let net = Net::new();
        let dir =
            tempfile::Builder::new().prefix(&format!("{}-{}-", net::PREFIX, std::process::id())).tempdir().unwrap();
        let logs = env::var_os("CHAOS_LOGS").map_or_else(|| dir.path().join("logs"), PathBuf::from);
        fs::create_dir_all(&logs).unwrap();
        let runtime = runtime(&net.desk);
        let lab = LabConfig {
            listen: (net.desk.ip, 0).into(),
            dns: (net.desk.ip, 0).into(),
            sites,
            seed,
            ..LabConfig::default()
        };
        let lab = runtime.block_on(runtime.spawn(Lab::start(lab))).unwrap();
        let lab = lab.unwrap_or_else(|error| panic!("the lab does not start ({error}); run `make setup`"));
        let servers = Servers::start(&net, dir.path(), &logs);
        let file = configuration(dir.path(), &servers, &lab, options);
        let config = Config::load(Some(&file), &Overrides::default()).unwrap();
        let store = Store::connect(StoreConfig {
            url: servers.clickhouse_url.clone(),
            user: USER.into(),
            password: PASSWORD.into(),
            database: config.database.clone(),
        });
        let roles = ROLES.map(|(role, host)| role_process(role, &net.hosts[host], dir.path(), &logs, &file));
        let mut fleet = Self { roles: roles.into(), servers, lab, runtime, config, store, dir, net, _turn: turn };
        fleet.roles.iter_mut().for_each(Process::start);
        fleet
    }

    /// Every process.
    pub fn processes(&mut self) -> impl Iterator<Item = &mut Process> {
        self.servers.nats.iter_mut().chain([&mut self.servers.engine]).chain(&mut self.roles)
    }

    /// The process of that name.
    pub fn process(&mut self, name: &str) -> &mut Process {
        self.processes().find(|process| process.name == name).unwrap_or_else(|| panic!("no process {name}"))
    }

    /// Submits a run, waiting for the store to be there.
    pub fn submit(&mut self, targets: &[&str], patience: Duration) -> Run {
        let mut portfolio = Portfolio::default();
        portfolio.add_lines("test", &targets.join("\n"));
        let end = Instant::now() + patience;
        loop {
            let (store, config, targets) = (self.store.clone(), self.config.clone(), portfolio.targets.clone());
            let wanted = Wanted { label: "fleet".into(), kind: RunKind::Scan, repetitions: 1, region: None };
            let submitted = self.on_desk(async move {
                store.migrate().await?;
                submit::start(&store, &targets, wanted, &config).await
            });
            match submitted {
                Ok(run) => return run,
                Err(error) => assert!(Instant::now() < end, "the store does not come up: {error:#}"),
            }
            self.look_after();
        }
    }

    /// Looks after the processes until the run has ended, calling `meanwhile` with how far it is, if that is known.
    pub fn watch(
        &mut self,
        run: RunId,
        patience: Duration,
        mut meanwhile: impl FnMut(&mut Self, Option<&Progress>),
    ) -> Ended {
        let began = Instant::now();
        loop {
            let store = self.store.clone();
            let looked = self.on_desk(async move {
                let asked =
                    async { Ok::<_, earshot_store::StoreError>((store.run(run).await?, store.progress(run).await?)) };
                tokio::time::timeout(Duration::from_secs(2), asked).await
            });
            let known = looked.ok().and_then(Result::ok);
            if let Some((Some(run), _)) =
                known.clone().filter(|(run, _)| run.as_ref().is_some_and(|run| run.state != RunState::Running))
            {
                return Ended { run, took: began.elapsed() };
            }
            meanwhile(self, known.as_ref().map(|(_, progress)| progress));
            assert!(began.elapsed() < patience, "the run has not ended after {patience:?}; it is at {known:?}");
            self.look_after();
        }
    }

    /// Starts again what has ended, and passes some time.
    pub fn look_after(&mut self) {
        self.processes().for_each(Process::tend);
        std::thread::sleep(LOOK_EVERY);
    }

    /// Rows of a question, tab-separated.
    pub fn sql(&self, query: &str) -> String {
        let (store, query) = (self.store.clone(), query.to_owned());
        self.on_desk(async move {
            let mut answer = store.sql(&query, "TSV").unwrap();
            let mut text = Vec::new();
            while let Some(piece) = answer.next().await.unwrap_or_else(|error| panic!("{query}: {error}")) {
                text.extend_from_slice(&piece);
            }
            String::from_utf8(text).unwrap().trim_end().to_owned()
        })
    }

    /// What was given up, with reasons.
    pub fn dead_letters(&mut self, patience: Duration) -> Vec<DeadLetter> {
        let end = Instant::now() + patience;
        loop {
            let url = self.servers.nats_url.clone();
            let read = self.on_desk(async move { Bus::connect(BusConfig::at(url)).await?.dead_letters(0, 1000).await });
            match read {
                Ok(letters) => return letters,
                Err(error) => assert!(Instant::now() < end, "{error}"),
            }
            self.look_after();
        }
    }

    /// `earshot ARGUMENTS` at the desk, with a data directory of its own.
    pub fn earshot(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_earshot"));
        command.args(arguments).arg("--data-dir").arg(self.dir.path().join("desk"));
        let desk = self.net.desk.clone();
        // SAFETY: between fork and exec only one system call is made.
        unsafe { std::os::unix::process::CommandExt::pre_exec(&mut command, move || desk.enter()) };
        command
    }

    /// Runs `work` on the desk's side of the network.
    pub fn on_desk<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> T {
        self.runtime.block_on(self.runtime.spawn(work)).unwrap()
    }

    /// Where the fleet keeps its files.
    pub fn dir(&self) -> &Path {
        self.dir.path()
    }
}

/// A runtime whose threads are on that host.
fn runtime(host: &Host) -> tokio::runtime::Runtime {
    let host = host.clone();
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder.worker_threads(2).enable_all().on_thread_start(move || host.enter().unwrap()).build().unwrap()
}

/// What all roles are configured by, as an operator would write it.
fn configuration(dir: &Path, servers: &Servers, lab: &Lab, options: &str) -> PathBuf {
    let key = dir.join("key.pem");
    let made =
        Command::new(env!("CARGO_BIN_EXE_earshot")).args(["evidence", "keygen", "-o"]).arg(&key).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let text = format!(
        "nats = \"{}\"\nclickhouse = \"{}\"\nclickhouse_user = \"{USER}\"\nclickhouse_password = \"{PASSWORD}\"\n\
         proxy = \"{}\"\ndns = \"{}\"\nca_cert = \"{}\"\n{options}\n\
         [evidence]\nstore = \"{}\"\nkey = \"{}\"\n[bus]\nreplicas = 3\n",
        servers.nats_url,
        servers.clickhouse_url,
        lab.proxy_url(),
        lab.dns_addr(),
        lab.ca_path().display(),
        dir.join("evidence").display(),
        key.display(),
    );
    let file = dir.join("earshot.toml");
    fs::write(&file, text).unwrap();
    file
}

fn role_process(role: &'static str, host: &Host, dir: &Path, logs: &Path, file: &Path) -> Process {
    let name = format!("{role}-{}", host.name);
    let (data, file) = (dir.join(&name), file.to_owned());
    Process::new(&name, host, logs, move || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_earshot"));
        command.args(["-v", "run", "--role", role, "--config"]).arg(&file).arg("--data-dir").arg(&data);
        command.env("NO_COLOR", "1");
        command
    })
}
