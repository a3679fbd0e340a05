//! What Autoconsent has said on a visit, and in which documents.

use std::collections::HashMap;

use chromiumoxide::cdp::js_protocol::runtime::{EventExecutionContextCreated, ExecutionContextId};
use tokio::time::Instant;

/// Banners that are kept of one visit: a page has one, in layers two.
const POPUPS: usize = 20;

/// Execution contexts that are kept of one visit: three a document.
const CONTEXTS: usize = 2_000;

/// What it has said so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Talk {
    /// Open banners that it knows how to answer, in the order in which they were found.
    pub popups: Vec<Popup>,
    /// What came of each choice that it was told to make.
    pub results: Vec<bool>,
    /// When it had something evaluated in the page's own world.
    pub evals: Vec<Instant>,
}

/// A banner that it knows how to answer.
#[derive(Clone, Debug)]
pub(crate) struct Popup {
    /// The CDP session of its document.
    pub session: String,
    /// Where the script runs in that document.
    pub context: ExecutionContextId,
    /// The rule's name.
    pub cmp: String,
}

/// Where scripts run: a document has a context of its own for each world.
#[derive(Debug, Default)]
pub(crate) struct Contexts {
    /// By session and number: the frame.
    frames: HashMap<(String, i64), String>,
    /// By session and frame: the page's own world.
    own: HashMap<(String, String), ExecutionContextId>,
}

impl Talk {
    pub(crate) fn found(&mut self, popup: Popup) {
        if self.popups.len() < POPUPS {
            self.popups.push(popup);
        }
    }
}

impl Popup {
    /// Whether it was recognised by its words, and not by a platform's own marks.
    pub(crate) fn is_guessed(&self) -> bool {
        self.cmp.starts_with("heuristic")
    }
}

impl Contexts {
    pub(crate) fn on_created(&mut self, session: &str, created: &EventExecutionContextCreated) {
        let context = &created.context;
        let told = |name: &str| context.aux_data.as_ref().and_then(|data| data.get(name).cloned());
        let Some(frame) = told("frameId").and_then(|frame| frame.as_str().map(str::to_owned)) else { return };
        if self.frames.len() >= CONTEXTS {
            return;
        }
        if told("isDefault") == Some(true.into()) {
            self.own.insert((session.to_owned(), frame.clone()), context.id.clone());
        }
        self.frames.insert((session.to_owned(), *context.id.inner()), frame);
    }

    /// The page's own world in the document in which that context is.
    pub(crate) fn own(&self, session: &str, context: &ExecutionContextId) -> Option<ExecutionContextId> {
        let frame = self.frames.get(&(session.to_owned(), *context.inner()))?;
        self.own.get(&(session.to_owned(), frame.clone())).cloned()
    }
}
