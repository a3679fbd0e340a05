use earshot_model::{Consent, ConsentButton, ConsentMeans};
use serde::Deserialize;

use crate::{bounds, message::paired};

/// Longest message that is read: sixteen buttons, an address, a selector.
const LONGEST: usize = 64 * 1024;

/// Longest words of a button that are kept, in characters.
const WORDS: usize = 120;

/// One message of the watcher.
#[derive(Debug, Deserialize)]
pub(super) struct Message {
    /// Milliseconds since the epoch, on the page's clock.
    pub time: f64,
    /// The document.
    pub address: String,
    /// Whether it is the page's own, and no frame's.
    pub top: bool,
    /// Which document it is, whatever it is called.
    pub realm: String,
    #[serde(flatten)]
    pub what: What,
}

/// What it tells.
#[derive(Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum What {
    /// The document was looked at after it was parsed.
    Looked,
    /// A banner can be seen now.
    Banner { platform: String, selector: String, buttons: Vec<ConsentButton> },
    /// It cannot be seen any more.
    Gone,
    /// The button of the mouse went down.
    Down,
    /// Something was clicked.
    Press {
        selector: String,
        banner: bool,
        #[serde(default)]
        means: ConsentMeans,
    },
    /// Something may ask for consent, in words that are not known.
    Unclear,
    /// The watcher failed, and why.
    Failed { why: String },
}

impl Message {
    /// `None` if it is none of ours.
    pub(super) fn parse(payload: &str) -> Option<Self> {
        if payload.len() > LONGEST {
            return None;
        }
        let mut message: Self =
            serde_json::from_str(payload).or_else(|_| serde_json::from_str(&paired(payload))).ok()?;
        if let What::Banner { platform, selector, buttons } = &mut message.what {
            *platform = bounds::cut(platform, bounds::NAME).to_owned();
            *selector = bounds::cut(selector, bounds::NAME).to_owned();
            buttons.truncate(Consent::BUTTONS);
            for button in buttons {
                button.text = button.text.chars().take(WORDS).collect();
            }
        }
        message.time.is_finite().then_some(message)
    }
}
