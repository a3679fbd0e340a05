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
    /// What came of what it was told, in order.
    pub answers: Vec<(Place, Answer)>,
    /// What it had evaluated in the page's own world.
    pub evals: Vec<Eval>,
}

/// A document in which it runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// The CDP session.
    pub session: String,
    /// Where the script runs in that document.
    pub context: ExecutionContextId,
}

/// What came of something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// It chose, and can test that.
    Testable,
    /// It chose.
    Chose,
    /// It could not choose.
    Failed,
    /// It has nothing more to do: after a choice, not after one layer of several.
    Done,
    /// Whether what it did can be seen.
    Tested(bool),
}

/// Something that it had evaluated in the page's own world.
#[derive(Clone, Debug)]
pub(crate) struct Eval {
    pub place: Place,
    /// When it asked for that: what follows from it comes later.
    pub asked: Instant,
    /// When it was done.
    pub answered: Option<Instant>,
}

/// A banner that it knows how to answer.
#[derive(Clone, Debug)]
pub(crate) struct Popup {
    pub place: Place,
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
    /// By the number that no other context of the browser has.
    unique: HashMap<String, i64>,
}

impl Talk {
    pub(crate) fn found(&mut self, popup: Popup) {
        if self.popups.len() < POPUPS {
            self.popups.push(popup);
        }
    }

    /// What it said in a document since `from`.
    pub(crate) fn answers_of<'a>(&'a self, place: &'a Place, from: usize) -> impl Iterator<Item = Answer> + 'a {
        self.answers.iter().skip(from).filter(move |(of, _)| of == place).map(|(_, answer)| *answer)
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
            self.own.insert((session.to_owned(), frame.clone()), context.id);
        }
        self.unique.insert(context.unique_id.clone(), *context.id.inner());
        self.frames.insert((session.to_owned(), *context.id.inner()), frame);
    }

    /// The number in its session of a context that is gone.
    pub(crate) fn on_destroyed(&mut self, unique: &str) -> Option<i64> {
        self.unique.remove(unique)
    }

    /// The page's own world in the document in which that context is.
    pub(crate) fn own(&self, session: &str, context: &ExecutionContextId) -> Option<ExecutionContextId> {
        let frame = self.frames.get(&(session.to_owned(), *context.inner()))?;
        self.own.get(&(session.to_owned(), frame.clone())).cloned()
    }
}
