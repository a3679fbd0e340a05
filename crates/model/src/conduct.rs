//! What scripts do on a page that leaves no request: listening, reading fields, calling what tells browsers apart.

use serde::{Deserialize, Serialize};

use crate::ScriptFrame;

/// A script asked to be told of events. One fact for each (event, target, script).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listener {
    /// The DOM event's name (`keydown`, `input`, `copy`), or `mutation` for a `MutationObserver`.
    pub event: String,
    /// What it listens on, as a short selector: `window`, `document`, `body`, `input#mail[type=email]`.
    pub target: String,
    /// By which means.
    pub means: ListenMeans,
    /// How often the same script did the same, at least.
    pub count: u32,
    /// The script, innermost first.
    pub stack: Vec<ScriptFrame>,
}

/// How a script asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ListenMeans {
    /// `addEventListener`.
    #[default]
    Listener,
    /// An `on…` property.
    Handler,
    /// `MutationObserver.observe`.
    Observer,
}

/// A script read what stands in a form field. One fact for each (field, script).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldRead {
    /// The field, as a short selector: `input#mail[type=email][name=email]`.
    pub field: String,
    /// How often the same script did, at least.
    pub count: u32,
    /// The script, innermost first.
    pub stack: Vec<ScriptFrame>,
}

/// A script called something by which browsers can be told apart. One fact for each (interface, script).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiCall {
    /// Interface and member: `HTMLCanvasElement.toDataURL`, `Navigator.hardwareConcurrency`.
    pub api: String,
    /// What the call was about, as `key=value` words: `width=240 height=60 text=31 colors=3`. Nothing of the page's
    /// content.
    pub detail: String,
    /// How often the same script did, at least.
    pub count: u32,
    /// The script, innermost first.
    pub stack: Vec<ScriptFrame>,
}

impl ListenMeans {
    /// The name used in reports and in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Listener => "listener",
            Self::Handler => "handler",
            Self::Observer => "observer",
        }
    }
}
