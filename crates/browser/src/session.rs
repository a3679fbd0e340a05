use std::time::Duration;

use chromiumoxide::{
    cdp::browser_protocol::target::SessionId,
    types::{Command, Error as Refusal},
};
use serde_json::Value;
use thiserror::Error;
use tokio::sync::oneshot;

use crate::{
    BrowserError,
    router::{Order, Router},
};

/// A CDP session: the browser's own (no id), or one of a target.
#[derive(Clone)]
pub(crate) struct Session {
    router: Router,
    id: Option<SessionId>,
}

/// Why a call gave nothing.
#[derive(Debug, Error)]
pub(crate) enum CallError {
    #[error("the browser is gone")]
    Gone,
    #[error("no answer after {} ms", after.as_millis())]
    Timeout { method: String, after: Duration },
    #[error("{}", refusal.message)]
    Refused { method: String, refusal: Refusal },
    #[error("{source}")]
    Unreadable { method: String, source: serde_json::Error },
}

impl CallError {
    /// JSON-RPC error of a session that ended.
    const NO_SESSION: i64 = -32_001;

    /// Whether the target ended before it could answer.
    pub(crate) fn is_ended(&self) -> bool {
        matches!(self, Self::Refused { refusal, .. } if refusal.code == Self::NO_SESSION)
    }
}

impl Session {
    /// The browser's own session.
    pub(crate) fn browser(router: Router) -> Self {
        Self { router, id: None }
    }

    /// The session of a target of the same browser.
    pub(crate) fn child(&self, id: impl Into<String>) -> Self {
        Self { router: self.router.clone(), id: Some(SessionId::new(id)) }
    }

    /// Whether this is the session of that id.
    pub(crate) fn is(&self, id: &str) -> bool {
        self.id.as_ref().is_some_and(|own| own.as_ref() == id)
    }

    pub(crate) fn router(&self) -> &Router {
        &self.router
    }

    /// Sends a command at once; the future reads its answer.
    pub(crate) fn call<C: Command>(
        &self,
        command: C,
        limit: Duration,
    ) -> impl Future<Output = Result<C::Response, CallError>> + use<C> {
        let method = command.identifier().into_owned();
        let answer = self.send(&command);
        async move {
            let answer = tokio::time::timeout(limit, answer)
                .await
                .map_err(|_| CallError::Timeout { method: method.clone(), after: limit })?
                .map_err(|_| CallError::Gone)?;
            let value = answer.map_err(|refusal| CallError::Refused { method: method.clone(), refusal })?;
            C::response_from_value(value).map_err(|source| CallError::Unreadable { method, source })
        }
    }

    /// Sends a command whose answer nobody needs: commands of one session are done in order.
    pub(crate) fn fire<C: Command>(&self, command: &C) {
        self.submit(command, None);
    }

    fn send<C: Command>(&self, command: &C) -> oneshot::Receiver<Result<Value, Refusal>> {
        let (reply, answer) = oneshot::channel();
        self.submit(command, Some(reply));
        answer
    }

    fn submit<C: Command>(&self, command: &C, reply: Option<oneshot::Sender<Result<Value, Refusal>>>) {
        // A command is a plain struct: if it has no JSON form, dropping `reply` reports that as well as anything.
        let Ok(params) = serde_json::to_value(command) else { return };
        self.router.order(Order::Call { method: command.identifier(), session: self.id.clone(), params, reply });
    }
}

impl From<CallError> for BrowserError {
    fn from(error: CallError) -> Self {
        let detail = error.to_string();
        match error {
            CallError::Gone => Self::Gone,
            CallError::Timeout { method, .. }
            | CallError::Refused { method, .. }
            | CallError::Unreadable { method, .. } => Self::Protocol { method, detail },
        }
    }
}
