//! What every target is told before its first line of script runs.

mod script;

use std::pin::Pin;

use chromiumoxide::cdp::{
    browser_protocol::{
        dom_storage, inspector, network,
        page::{self, AddScriptToEvaluateOnNewDocumentParams},
        target::SetAutoAttachParams,
    },
    js_protocol::{
        debugger::SetAsyncCallStackDepthParams,
        runtime::{self, AddBindingParams, EvaluateParams, RunIfWaitingForDebuggerParams},
    },
};
use futures::try_join;

pub(crate) use self::script::{Script, random_name};
use crate::{
    bounds,
    context::Page,
    identity::Presented,
    session::{CallError, Session},
};

/// Prepares a page whose document is still blank, and waits until all of it is done: a navigation that overtakes its
/// set-up loses frames.
pub(crate) async fn page(page: &Page, presented: &Presented) -> Result<(), CallError> {
    let (session, limit) = (&page.session, bounds::CALL);
    try_join!(
        session.call(page::EnableParams::default(), limit),
        session.call(network(), limit),
        session.call(runtime::EnableParams::default(), limit),
        session.call(inspector::EnableParams::default(), limit),
        session.call(dom_storage::EnableParams::default(), limit),
    )?;
    // For asynchronous stacks the runtime is enough; the debugger would hash every script of the page (docs/performance.md).
    try_join!(
        session.call(SetAsyncCallStackDepthParams::new(bounds::ASYNC_STACK), limit),
        session.call(presented.user_agent(), limit),
        session.call(presented.screen(), limit),
        session.call(channel(&page.script), limit),
        session.call(script(&page.script), limit),
        session.call(page.watcher.binding(), limit),
        session.call(page.watcher.script(), limit),
        session.call(children(), limit),
    )?;
    if let Some(agent) = &page.agent {
        try_join!(session.call(agent.binding(), limit), session.call(agent.script(), limit))?;
    }
    Ok(())
}

/// Whether a child's requests will be told.
pub(crate) type Watched = Pin<Box<dyn Future<Output = Result<(), CallError>> + Send>>;

/// Prepares a frame that runs in a process of its own, and lets it go. It is paused: nothing may be awaited before.
pub(crate) fn frame(session: &Session, presented: &Presented, page: &Page) -> Watched {
    session.fire(&page::EnableParams::default());
    session.fire(&dom_storage::EnableParams::default());
    session.fire(&runtime::EnableParams::default());
    session.fire(&channel(&page.script));
    session.fire(&script(&page.script));
    session.fire(&page.watcher.binding());
    session.fire(&page.watcher.script());
    if let Some(agent) = &page.agent {
        session.fire(&agent.binding());
        session.fire(&agent.script());
    }
    any(session, presented)
}

/// Prepares a worker of any kind, and lets it go. It is paused: nothing may be awaited before.
pub(crate) fn worker(session: &Session, presented: &Presented, ours: &Script) -> Watched {
    session.fire(&runtime::EnableParams::default());
    session.fire(&channel(ours));
    session.fire(&EvaluateParams::new(ours.source()));
    any(session, presented)
}

/// Cuts a popup off the network and lets it go, so that it can be closed. It waits for us because browser-level
/// auto-attach pauses every window that is opened, whatever its filter; and while it waits, so does the page that
/// opened it, even after it is closed.
pub(crate) fn popup(session: &Session) {
    session.fire(&network());
    #[expect(deprecated, reason = "its successor is younger than the oldest Chromium that we drive")]
    session.fire(&network::EmulateNetworkConditionsParams::new(true, 0.0, -1.0, -1.0));
    session.fire(&RunIfWaitingForDebuggerParams::default());
}

fn any(session: &Session, presented: &Presented) -> Watched {
    let watched = session.call(network(), bounds::CALL);
    session.fire(&SetAsyncCallStackDepthParams::new(bounds::ASYNC_STACK));
    session.fire(&presented.user_agent());
    session.fire(&children());
    session.fire(&RunIfWaitingForDebuggerParams::default());
    Box::pin(async move { watched.await.map(drop) })
}

fn network() -> network::EnableParams {
    network::EnableParams { max_post_data_size: Some(bounds::INLINE_BODY), ..network::EnableParams::default() }
}

/// Frames in other processes, dedicated workers, and their children in turn.
fn children() -> SetAutoAttachParams {
    SetAutoAttachParams { flatten: Some(true), ..SetAutoAttachParams::new(true, true) }
}

/// The function by which our script tells us. It is heard only where the runtime is enabled.
fn channel(ours: &Script) -> AddBindingParams {
    AddBindingParams::new(&ours.channel)
}

fn script(ours: &Script) -> AddScriptToEvaluateOnNewDocumentParams {
    AddScriptToEvaluateOnNewDocumentParams {
        run_immediately: Some(true),
        ..AddScriptToEvaluateOnNewDocumentParams::new(ours.source())
    }
}
