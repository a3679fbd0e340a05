//! One task that owns the WebSocket: answers go to whoever called, events to the visit whose session they are of.

use std::{
    borrow::Cow,
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use chromiumoxide::{
    cdp::{CdpEvent, CdpEventMessage, browser_protocol::target::SessionId},
    conn::Connection,
    error::CdpError,
    types::{CallId, Error as Refusal, Message, Response},
};
use futures::StreamExt;
use serde_json::Value;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use crate::message::{self, Unparsed, Unread};

/// Who a visit is, towards the router: the id of its browser context.
pub(crate) type ContextId = String;

/// What a command came to.
pub(crate) type Answer = Result<Value, Refusal>;

/// What the router is asked to do.
pub(crate) enum Order {
    /// Send a command; the answer is dropped if nobody waits for it.
    Call {
        method: Cow<'static, str>,
        session: Option<SessionId>,
        params: Value,
        reply: Option<oneshot::Sender<Answer>>,
    },
    /// Send what happens in a context there.
    Listen { context: ContextId, listener: Listener },
    /// A context is no more.
    Forget { context: ContextId },
}

/// What a visit hears.
#[derive(Debug)]
pub(crate) enum Heard {
    /// An event of one of its sessions, or about one of its targets.
    Event(Box<CdpEventMessage>),
    /// An event of one of its sessions that could not be read.
    Unparsed(Unparsed),
}

/// Where a visit hears it. Never waited for: what does not fit is counted.
pub(crate) struct Listener {
    pub heard: mpsc::Sender<Heard>,
    pub dropped: Arc<AtomicU64>,
}

/// The way to the router's task; cheap to clone.
///
/// Orders are not bounded: each is the answer to an event that was, or one step of a visit, and the router never waits.
#[derive(Clone)]
pub(crate) struct Router {
    orders: mpsc::UnboundedSender<Order>,
    closed: CancellationToken,
}

/// The task's state.
struct Routing {
    connection: Connection<CdpEventMessage>,
    waiting: HashMap<CallId, oneshot::Sender<Answer>>,
    contexts: HashMap<ContextId, Listener>,
    sessions: HashMap<String, ContextId>,
    targets: HashMap<String, ContextId>,
    unread: Unread,
}

impl Router {
    /// Starts the task. It ends, and `closed` with it, when the connection does or when `closed` is cancelled.
    pub(crate) fn start(connection: Connection<CdpEventMessage>, unread: Unread, closed: CancellationToken) -> Self {
        let (orders, received) = mpsc::unbounded_channel();
        let routing = Routing {
            connection,
            waiting: HashMap::new(),
            contexts: HashMap::new(),
            sessions: HashMap::new(),
            targets: HashMap::new(),
            unread,
        };
        tokio::spawn(routing.run(received, closed.clone()));
        Self { orders, closed }
    }

    /// Hands an order over. After the end it is dropped, and with it its `reply`.
    pub(crate) fn order(&self, order: Order) {
        let _ = self.orders.send(order);
    }

    /// Cancelled when the browser cannot be reached any more.
    pub(crate) fn closed(&self) -> &CancellationToken {
        &self.closed
    }
}

impl Routing {
    async fn run(mut self, mut orders: mpsc::UnboundedReceiver<Order>, closed: CancellationToken) {
        let _at_the_end = closed.clone().drop_guard();
        loop {
            tokio::select! {
                () = closed.cancelled() => break,
                order = orders.recv() => match order {
                    Some(order) => self.obey(order),
                    None => break,
                },
                message = self.connection.next() => match message {
                    Some(Ok(Message::Response(response))) => self.answer(response),
                    Some(Ok(Message::Event(event))) => self.route(event),
                    Some(Err(CdpError::InvalidMessage(raw, _))) => self.puzzle(&raw),
                    // After its first error the stream stays silent for ever: an error is the end.
                    Some(Err(_)) | None => break,
                },
            }
        }
    }

    fn obey(&mut self, order: Order) {
        match order {
            Order::Call { method, session, params, reply } => {
                let Ok(id) = self.connection.submit_command(method, session, params) else { return };
                if let Some(reply) = reply {
                    self.waiting.insert(id, reply);
                }
            }
            Order::Listen { context, listener } => {
                self.contexts.insert(context, listener);
            }
            Order::Forget { context } => {
                self.contexts.remove(&context);
                self.sessions.retain(|_, of| *of != context);
                self.targets.retain(|_, of| *of != context);
            }
        }
    }

    fn answer(&mut self, response: Response) {
        if let Some(reply) = self.waiting.remove(&response.id) {
            let answer = response.error.map_or(Ok(response.result.unwrap_or_default()), Err);
            // Whoever gave up waiting has recorded that already.
            let _ = reply.send(answer);
        }
    }

    fn puzzle(&mut self, raw: &str) {
        match message::repair(raw) {
            Ok(event) => self.route(event),
            Err(unparsed) => {
                self.unread.count(&unparsed.method);
                tracing::warn!(cdp.method = unparsed.method, "a CDP message could not be read");
                let context = unparsed.session.as_ref().and_then(|session| self.sessions.get(session)).cloned();
                if let Some(context) = context {
                    self.tell(&context, Heard::Unparsed(unparsed));
                }
            }
        }
    }

    fn route(&mut self, event: CdpEventMessage) {
        let Some(context) = self.context_of(&event) else { return };
        if let CdpEvent::TargetAttachedToTarget(attached) = &event.params {
            self.sessions.insert(attached.session_id.as_ref().to_owned(), context.clone());
            self.targets.insert(attached.target_info.target_id.as_ref().to_owned(), context.clone());
        }
        if is_wanted(&event.params) {
            self.tell(&context, Heard::Event(Box::new(event)));
        }
    }

    fn context_of(&self, event: &CdpEventMessage) -> Option<ContextId> {
        if let Some(session) = &event.session_id {
            return self.sessions.get(session).cloned();
        }
        let named = |info: &chromiumoxide::cdp::browser_protocol::target::TargetInfo| {
            let context = info.browser_context_id.as_ref()?.as_ref();
            self.contexts.contains_key(context).then(|| context.to_owned())
        };
        match &event.params {
            CdpEvent::TargetAttachedToTarget(attached) => named(&attached.target_info),
            CdpEvent::TargetTargetCreated(created) => named(&created.target_info),
            CdpEvent::TargetTargetCrashed(crashed) => self.targets.get(crashed.target_id.as_ref()).cloned(),
            _ => None,
        }
    }

    fn tell(&self, context: &str, heard: Heard) {
        let Some(listener) = self.contexts.get(context) else { return };
        if listener.heard.try_send(heard).is_err() {
            listener.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Most events, `Debugger.scriptParsed` before all, are the price of a domain that is needed for something else.
fn is_wanted(event: &CdpEvent) -> bool {
    use CdpEvent as E;
    matches!(
        event,
        E::NetworkRequestWillBeSent(_)
            | E::NetworkRequestWillBeSentExtraInfo(_)
            | E::NetworkRequestServedFromCache(_)
            | E::NetworkResponseReceived(_)
            | E::NetworkResponseReceivedExtraInfo(_)
            | E::NetworkLoadingFailed(_)
            | E::NetworkWebSocketCreated(_)
            | E::NetworkWebSocketWillSendHandshakeRequest(_)
            | E::NetworkWebSocketHandshakeResponseReceived(_)
            | E::NetworkWebSocketFrameSent(_)
            | E::NetworkWebSocketFrameReceived(_)
            | E::NetworkWebSocketFrameError(_)
            | E::NetworkWebTransportCreated(_)
            | E::DomStorageDomStorageItemAdded(_)
            | E::DomStorageDomStorageItemUpdated(_)
            | E::FetchRequestPaused(_)
            | E::RuntimeBindingCalled(_)
            | E::RuntimeExecutionContextCreated(_)
            | E::RuntimeExecutionContextDestroyed(_)
            | E::RuntimeExecutionContextsCleared(_)
            | E::InspectorTargetCrashed(_)
            | E::PageDomContentEventFired(_)
            | E::PageLoadEventFired(_)
            | E::PageJavascriptDialogOpening(_)
            | E::PageWindowOpen(_)
            | E::TargetAttachedToTarget(_)
            | E::TargetTargetCreated(_)
            | E::TargetTargetCrashed(_)
    )
}
