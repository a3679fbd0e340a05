//! One launched browser: its process, the router to it, and the heartbeat that kills it when it hangs.

use std::{
    collections::HashSet,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Instant,
};

use chromiumoxide::{
    cdp::browser_protocol::{
        browser::GetVersionParams,
        target::{FilterEntry, SetAutoAttachParams, SetDiscoverTargetsParams, TargetFilter},
    },
    conn::Connection,
};
use earshot_egress::{Door, Egress};
use tokio::sync::OnceCell;

use crate::{
    BrowserConfig, BrowserError, Lives, bounds,
    consent::Signal,
    identity::{self, Presented},
    inventory, memory,
    message::Unread,
    process::{self, Process},
    router::Router,
    sandbox::Sandbox,
    session::{CallError, Session},
};

/// Switches for a quiet browser that phones nobody and looks like any other. `--disable-gpu` is not among them: it
/// takes WebGL away, and with it WebGL fingerprinting.
const SWITCHES: &[&str] = &[
    "--remote-debugging-port=0",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--disable-breakpad",
    "--disable-crash-reporter",
    "--metrics-recording-only",
    "--password-store=basic",
    "--use-mock-keychain",
    "--disable-hang-monitor",
    "--disable-field-trial-config",
    "--disable-blink-features=AutomationControlled",
    "--mute-audio",
    // V8 notes where each line of a script is as it compiles it. Otherwise it parses every function once more that stands in
    // a stack, and we take many (docs/performance.md).
    "--js-flags=--no-enable-lazy-source-positions",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--proxy-bypass-list=<-loopback>",
    // A second lock: whatever escapes the proxy finds no name. Only the proxy's own address is let through.
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
];

/// One launched browser. It ends when the last visit that uses it lets go of it.
pub(crate) struct Instance {
    process: Arc<Process>,
    session: Session,
    presented: Presented,
    launched: Instant,
    visits: AtomicU32,
    /// What a blank page's `window` has: computed by the first visit.
    clean: OnceCell<HashSet<String>>,
    /// For what is outside of every context: nobody may use it, so its ledger must stay empty.
    _nobodys_door: Door,
}

impl Instance {
    /// Starts one whose visits all give that signal.
    pub(crate) async fn launch(
        config: &BrowserConfig,
        egress: &Egress,
        unread: Unread,
        signal: Signal,
        sandbox: &Sandbox,
    ) -> Result<Self, BrowserError> {
        let door = egress.open().await?;
        let version = process::version(&config.executable).await?;
        let (process, address) =
            Process::start(config, sandbox, arguments(config, &door, &version, signal, sandbox)).await?;
        let connection = tokio::time::timeout(bounds::CALL, Connection::connect(&address)).await;
        let connection = connection.map_err(|_| BrowserError::Gone)?.map_err(|_| BrowserError::Gone)?;
        let closed = process.ended().child_token();
        let session = Session::browser(Router::start(connection, unread, closed));
        let presented = prepare(&session).await?;
        let process = Arc::new(process);
        tokio::spawn(heartbeat(session.clone(), process.clone(), config.lives.clone()));
        tokio::spawn(memory::watch(process.clone(), config.max_page_memory, config.lives.clone()));
        tracing::info!(browser.version = presented.identity.browser, %sandbox, "browser launched");
        Ok(Self {
            process,
            session,
            presented,
            launched: Instant::now(),
            visits: AtomicU32::new(0),
            clean: OnceCell::new(),
            _nobodys_door: door,
        })
    }

    /// The browser's own session.
    pub(crate) fn session(&self) -> &Session {
        &self.session
    }

    pub(crate) fn presented(&self) -> &Presented {
        &self.presented
    }

    /// The names of the own properties that `window` has in a blank page of this browser; `page` is one.
    pub(crate) async fn clean_globals(&self, page: &Session) -> Result<&HashSet<String>, CallError> {
        self.clean.get_or_try_init(|| inventory::clean_globals(page)).await
    }

    /// Takes a visit in, unless it is dead or has had its share.
    pub(crate) fn admit(&self, config: &BrowserConfig) -> bool {
        let is_alive = self.is_alive();
        let is_heavy = config.max_memory.is_some_and(|limit| self.process.memory() > limit);
        let is_old = self.launched.elapsed() > config.max_age;
        if is_alive && (is_heavy || is_old) {
            tracing::info!(memory.bytes = self.process.memory(), is_old, "the browser has had its share");
        }
        is_alive && !is_heavy && !is_old && self.visits.fetch_add(1, Ordering::Relaxed) < config.recycle_after
    }

    /// Whether it still answers, as far as is known.
    pub(crate) fn is_alive(&self) -> bool {
        !self.session.router().closed().is_cancelled()
    }

    /// The process, which may outlive this.
    pub(crate) fn process(&self) -> Arc<Process> {
        self.process.clone()
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        self.process.kill();
    }
}

fn arguments(config: &BrowserConfig, door: &Door, version: &str, signal: Signal, sandbox: &Sandbox) -> Vec<String> {
    let mut arguments: Vec<String> = SWITCHES.iter().map(|&switch| switch.to_owned()).collect();
    arguments.push(format!("--proxy-server=http://{}", door.addr()));
    // Overriding it by CDP is too late for the scripts of workers.
    arguments.push(format!("--user-agent={}", identity::user_agent(version)));
    arguments.extend(signal.switch().map(str::to_owned));
    if let Some(spki) = &config.ca_spki {
        arguments.push(format!("--ignore-certificate-errors-spki-list={spki}"));
    }
    if config.site_isolation {
        arguments.push("--site-per-process".to_owned());
    }
    arguments.extend(sandbox.switch().map(str::to_owned));
    arguments
}

/// Watches for popups, and for the workers that no page owns.
async fn prepare(session: &Session) -> Result<Presented, BrowserError> {
    let version = session.call(GetVersionParams::default(), bounds::CALL).await?;
    session.call(SetDiscoverTargetsParams { discover: true, filter: Some(only(&["page"])) }, bounds::CALL).await?;
    session
        .call(
            SetAutoAttachParams {
                auto_attach: true,
                wait_for_debugger_on_start: true,
                flatten: Some(true),
                filter: Some(only(&["service_worker", "shared_worker"])),
            },
            bounds::CALL,
        )
        .await?;
    Ok(Presented::new(&version.product))
}

/// A filter lets through what it names.
fn only(types: &[&str]) -> TargetFilter {
    let entry = |r#type: &&str| FilterEntry { exclude: None, r#type: Some((*r#type).to_owned()) };
    TargetFilter::new(types.iter().map(entry).collect::<Vec<_>>())
}

/// A frozen browser answers nobody: it is killed, so that its visits can be tried again elsewhere.
async fn heartbeat(session: Session, process: Arc<Process>, lives: Lives) {
    let closed = session.router().closed().clone();
    let beating = async {
        loop {
            tokio::time::sleep(bounds::HEARTBEAT).await;
            let asked = Instant::now();
            match session.call(GetVersionParams::default(), bounds::HEARTBEAT_LIMIT).await {
                Ok(_) => lives.answered(asked.elapsed()),
                Err(error) => {
                    tracing::warn!(%error, "the browser does not answer: killed");
                    process.kill();
                }
            }
        }
    };
    closed.run_until_cancelled(beating).await;
}
