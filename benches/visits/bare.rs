//! Chromium driven barely: contexts and pages as ours have them, and nothing that watches.

use std::{
    collections::HashMap,
    os::unix::process::CommandExt as _,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    time::Duration,
};

use chromiumoxide::{
    Method,
    cdp::{
        CdpEvent, CdpEventMessage,
        browser_protocol::{
            browser::BrowserContextId,
            emulation::{SetDeviceMetricsOverrideParams, SetVirtualTimePolicyParams, VirtualTimePolicy},
            input::{DispatchMouseEventParams, DispatchMouseEventType},
            page::{self, GetLayoutMetricsParams, NavigateParams},
            target::{
                AttachToTargetParams, CreateBrowserContextParams, CreateTargetParams, DisposeBrowserContextParams,
                SessionId,
            },
        },
    },
    conn::Connection,
    types::{CallId, Command as CdpCommand, Message},
};
use earshot_browser::Browser;
use earshot_egress::{Door, Egress};
use futures::StreamExt as _;
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    sync::{Notify, mpsc, oneshot},
    time::{Instant, sleep, sleep_until, timeout},
};

use crate::Failed;

/// How long a page may take until its document is parsed.
const PATIENCE: Duration = Duration::from_secs(45);

/// The screen of Earshot's visits, in pixels.
const SCREEN: (i64, i64) = (1366, 768);
/// How long Earshot's visits wait at least for what a page sends on leaving.
const LEFT: Duration = Duration::from_millis(350);

/// A Chromium of the bench's own, started as Earshot starts its own.
pub struct Bare {
    calls: mpsc::UnboundedSender<Call>,
    waiting: Waiting,
    egress: Egress,
    process: Child,
    _profile: tempfile::TempDir,
    _door: Door,
}

/// A page in a context of its own.
pub struct Tab {
    pub session: SessionId,
    context: BrowserContextId,
    came: Arc<Notify>,
    door: Door,
}

/// Who waits for something of a session: its document to be parsed, or its virtual time to be spent.
type Waiting = Arc<Mutex<HashMap<String, Arc<Notify>>>>;

struct Call {
    method: std::borrow::Cow<'static, str>,
    session: Option<SessionId>,
    params: Value,
    reply: oneshot::Sender<Value>,
}

impl Bare {
    /// With the switches that a browser of Earshot's was started with, and as the same user.
    pub async fn like(browser: &Browser, egress: Egress) -> Result<Self, Failed> {
        let id = browser.process_id().await.ok_or("the browser has ended")?;
        let like = procfs::process::Process::new(id.cast_signed())?;
        let (line, status) = (like.cmdline()?, like.status()?);
        let (profile, door) = (tempfile::tempdir()?, egress.open().await?);
        std::os::unix::fs::chown(profile.path(), Some(status.euid), Some(status.egid))?;
        let arguments = line.iter().skip(1).map(|argument| match argument.split_once('=') {
            Some(("--user-data-dir", _)) => format!("--user-data-dir={}", profile.path().display()),
            Some(("--proxy-server", _)) => format!("--proxy-server=http://{}", door.addr()),
            _ => argument.clone(),
        });
        let mut process = Command::new(&line[0])
            .args(arguments)
            .env_clear()
            .envs(like.environ()?)
            .uid(status.euid)
            .gid(status.egid)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()?;
        let stderr = process.stderr.take().ok_or("no stderr")?;
        let mut lines = BufReader::new(tokio::process::ChildStderr::from_std(stderr)?).lines();
        let address = loop {
            let line = lines.next_line().await?.ok_or("Chromium ended")?;
            if let Some(address) = line.strip_prefix("DevTools listening on ") {
                break address.trim().to_owned();
            }
        };
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        let (calls, received) = mpsc::unbounded_channel();
        let waiting = Waiting::default();
        tokio::spawn(route(Connection::connect(&address).await?, received, waiting.clone()));
        Ok(Self { calls, waiting, egress, process, _profile: profile, _door: door })
    }

    /// Opens a page, and stays for the dwell from when its document is parsed. If it `acts`, the screen is the one of Earshot's
    /// visits, and the page is scrolled and left as they do it.
    pub async fn visit(&self, page: &str, dwell: Duration, acts: bool) -> Result<(), Failed> {
        let tab = self.tab().await?;
        if acts {
            let (width, height) = SCREEN;
            self.call(Some(&tab.session), SetDeviceMetricsOverrideParams::new(width, height, 1.0, false)).await?;
        }
        self.go(&tab, page).await?;
        if acts {
            sleep(dwell / 4).await;
            self.scroll(&tab.session, dwell / 2).await?;
            sleep(dwell / 4).await;
            self.call(Some(&tab.session), NavigateParams::new("about:blank")).await?;
            sleep(LEFT).await;
        } else {
            sleep(dwell).await;
        }
        self.close(tab).await
    }

    /// A blank page in a context behind a door of its own.
    pub async fn tab(&self) -> Result<Tab, Failed> {
        let door = self.egress.open().await?;
        let create = CreateBrowserContextParams {
            dispose_on_detach: Some(true),
            proxy_server: Some(format!("http://{}", door.addr())),
            proxy_bypass_list: Some("<-loopback>".to_owned()),
            origins_with_universal_network_access: None,
        };
        let context = self.call(None, create).await?.browser_context_id;
        let create =
            CreateTargetParams { browser_context_id: Some(context.clone()), ..CreateTargetParams::new("about:blank") };
        let target = self.call(None, create).await?.target_id;
        let attach = AttachToTargetParams { target_id: target, flatten: Some(true) };
        let session = self.call(None, attach).await?.session_id;
        self.call(Some(&session), page::EnableParams::default()).await?;
        let came = Arc::new(Notify::new());
        self.sessions()?.insert(session.as_ref().to_owned(), came.clone());
        Ok(Tab { session, context, came, door })
    }

    /// Opens a page, and waits until its document is parsed.
    pub async fn go(&self, tab: &Tab, page: &str) -> Result<(), Failed> {
        let navigated = self.call(Some(&tab.session), NavigateParams::new(page)).await?;
        if let Some(error) = navigated.error_text {
            return Err(format!("{page}: {error}").into());
        }
        if page != "about:blank" {
            timeout(PATIENCE, tab.came.notified()).await?;
        }
        Ok(())
    }

    /// Gives the page so much virtual time, during whose fetches its clock stands, and waits until it is spent. `false` if that
    /// does not come about: a page whose connections never end stops its clock for ever.
    pub async fn virtually(&self, tab: &Tab, time: Duration) -> Result<bool, Failed> {
        let policy = SetVirtualTimePolicyParams {
            budget: Some(time.as_secs_f64() * 1e3),
            max_virtual_time_task_starvation_count: Some(10_000),
            ..SetVirtualTimePolicyParams::new(VirtualTimePolicy::PauseIfNetworkFetchesPending)
        };
        self.call(Some(&tab.session), policy).await?;
        Ok(timeout(PATIENCE, tab.came.notified()).await.is_ok())
    }

    /// And away with it.
    pub async fn close(&self, tab: Tab) -> Result<(), Failed> {
        self.sessions()?.remove(tab.session.as_ref());
        self.call(None, DisposeBrowserContextParams::new(tab.context)).await?;
        tab.door.close().await;
        Ok(())
    }

    /// Down to the bottom, at the pace of Earshot's visits.
    async fn scroll(&self, session: &SessionId, time: Duration) -> Result<(), Failed> {
        const TURNS: u32 = 24;
        let until = Instant::now() + time;
        for _ in 0..TURNS {
            let wheel = DispatchMouseEventParams {
                delta_x: Some(0.0),
                delta_y: Some(700.0),
                ..DispatchMouseEventParams::new(DispatchMouseEventType::MouseWheel, 683.0, 384.0)
            };
            self.call(Some(session), wheel).await?;
            sleep(time / TURNS).await;
            let layout = self.call(Some(session), GetLayoutMetricsParams::default()).await?;
            let view = layout.css_visual_viewport;
            if view.page_y + view.client_height + 4.0 >= layout.css_content_size.height {
                break;
            }
        }
        sleep_until(until).await;
        Ok(())
    }

    pub async fn call<C: CdpCommand + Method>(
        &self,
        session: Option<&SessionId>,
        command: C,
    ) -> Result<C::Response, Failed> {
        let (reply, answer) = oneshot::channel();
        let (method, params) = (command.identifier(), serde_json::to_value(&command)?);
        let call = Call { method, session: session.cloned(), params, reply };
        self.calls.send(call).map_err(|_| "Chromium is gone")?;
        Ok(serde_json::from_value(timeout(PATIENCE, answer).await??)?)
    }

    fn sessions(&self) -> Result<std::sync::MutexGuard<'_, HashMap<String, Arc<Notify>>>, Failed> {
        self.waiting.lock().map_err(|_| "another visit panicked".into())
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

async fn route(
    mut connection: Connection<CdpEventMessage>,
    mut calls: mpsc::UnboundedReceiver<Call>,
    sessions: Waiting,
) -> Option<()> {
    let mut waiting: HashMap<CallId, oneshot::Sender<Value>> = HashMap::new();
    loop {
        tokio::select! {
            call = calls.recv() => {
                let Call { method, session, params, reply } = call?;
                waiting.insert(connection.submit_command(method, session, params).ok()?, reply);
            }
            message = connection.next() => match message? {
                Ok(Message::Response(response)) => {
                    if let (Some(reply), Some(result)) = (waiting.remove(&response.id), response.result) {
                        let _ = reply.send(result);
                    }
                }
                Ok(Message::Event(event)) => {
                    let came = matches!(
                        event.params,
                        CdpEvent::PageDomContentEventFired(_) | CdpEvent::EmulationVirtualTimeBudgetExpired(_)
                    );
                    if let (true, Some(session)) = (came, &event.session_id)
                        && let Some(tab) = sessions.lock().ok()?.get(session)
                    {
                        tab.notify_one();
                    }
                }
                Err(_) => {}
            },
        }
    }
}
