use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use chromiumoxide::cdp::browser_protocol::{
    browser::{BrowserContextId, SetDownloadBehaviorBehavior, SetDownloadBehaviorParams},
    target::{
        AttachToTargetParams, CreateBrowserContextParams, CreateTargetParams, DisposeBrowserContextParams, TargetId,
    },
};
use earshot_egress::Door;
use tokio::sync::mpsc;

use crate::{
    bounds,
    consent::{Agent, Watcher},
    router::{Heard, Listener, Order},
    session::{CallError, Session},
    setup::Script,
};

/// A clean browser context with one page: cookies, cache and storage of its own. Disposed of on drop, always.
pub(crate) struct Context {
    browser: Session,
    pub id: BrowserContextId,
    dropped: Arc<AtomicU64>,
    disposed: bool,
}

/// The page of a context.
pub(crate) struct Page {
    pub session: Session,
    /// Also the id of the main frame.
    pub target: TargetId,
    /// Our own script in it and in its children.
    pub script: Script,
    /// What watches consent in it and in its frames.
    pub watcher: Watcher,
    /// What answers banners in it; only where that is wanted.
    pub agent: Option<Agent>,
}

impl Context {
    /// A context behind `door`, and what is heard of it.
    pub(crate) async fn open(browser: &Session, door: &Door) -> Result<(Self, mpsc::Receiver<Heard>), CallError> {
        Self::behind(browser, door.addr()).await
    }

    /// A context from which nothing gets out: behind a port that nobody listens at (tcpmux, RFC 1078).
    pub(crate) async fn sealed(browser: &Session) -> Result<Self, CallError> {
        let (context, _) = Self::behind(browser, SocketAddr::from(([127, 0, 0, 1], 1))).await?;
        context.forget();
        Ok(context)
    }

    async fn behind(browser: &Session, proxy: SocketAddr) -> Result<(Self, mpsc::Receiver<Heard>), CallError> {
        let create = CreateBrowserContextParams {
            dispose_on_detach: Some(true),
            proxy_server: Some(format!("http://{proxy}")),
            proxy_bypass_list: Some("<-loopback>".to_owned()),
            origins_with_universal_network_access: None,
        };
        let (created, dropped) = (browser.call(create, bounds::CALL), Arc::<AtomicU64>::default());
        let (browser_, dropped_) = (browser.clone(), dropped.clone());
        // In a task of its own: if this future is dropped before the answer is there, the context is disposed of all the
        // same when it comes.
        let created = tokio::spawn(async move {
            let id = created.await?.browser_context_id;
            Ok::<_, CallError>(Self { browser: browser_, id, dropped: dropped_, disposed: false })
        });
        let context = created.await.map_err(|_| CallError::Gone)??;
        let (heard, messages) = mpsc::channel(bounds::MESSAGES);
        let listener = Listener { heard, dropped };
        browser.router().order(Order::Listen { context: context.id.as_ref().to_owned(), listener });
        Ok((context, messages))
    }

    /// Its only page, blank and attached.
    pub(crate) async fn page(&self) -> Result<Page, CallError> {
        let deny = SetDownloadBehaviorParams {
            browser_context_id: Some(self.id.clone()),
            ..SetDownloadBehaviorParams::new(SetDownloadBehaviorBehavior::Deny)
        };
        self.browser.fire(&deny);
        let create =
            CreateTargetParams { browser_context_id: Some(self.id.clone()), ..CreateTargetParams::new("about:blank") };
        let target = self.browser.call(create, bounds::CALL).await?.target_id;
        let attach = AttachToTargetParams { target_id: target.clone(), flatten: Some(true) };
        let session = self.browser.call(attach, bounds::CALL).await?.session_id;
        let script = Script::new();
        let watcher = Watcher::new(&script.mark, &script.tick);
        Ok(Page { session: self.browser.child(session.as_ref()), target, script, watcher, agent: None })
    }

    /// The session of the browser that it is in.
    pub(crate) fn browser(&self) -> &Session {
        &self.browser
    }

    /// Messages that were lost because the visit did not keep up.
    pub(crate) fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    /// Disposes of it and waits for that: its tabs are free again.
    pub(crate) async fn dispose(mut self) -> Result<(), CallError> {
        self.disposed = true;
        self.forget();
        self.browser.call(DisposeBrowserContextParams::new(self.id.clone()), bounds::CALL).await.map(drop)
    }

    fn forget(&self) {
        self.browser.router().order(Order::Forget { context: self.id.as_ref().to_owned() });
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        if !self.disposed {
            self.forget();
            self.browser.fire(&DisposeBrowserContextParams::new(self.id.clone()));
        }
    }
}
