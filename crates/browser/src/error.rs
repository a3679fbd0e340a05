use std::{io, path::PathBuf};

use thiserror::Error;

/// Why we could not look at a page. Never the site's fault: that is an [`earshot_model::Outcome`].
#[derive(Debug, Error)]
pub enum BrowserError {
    /// The binary could not be started.
    #[error("cannot start {}: {source}", executable.display())]
    Start {
        /// What was to be started.
        executable: PathBuf,
        /// Why it was not.
        source: io::Error,
    },
    /// The binary runs, but is no Chromium that can be driven.
    #[error("{} is no working Chromium: {detail}", executable.display())]
    NotChromium {
        /// What was started.
        executable: PathBuf,
        /// What it said, or did not say.
        detail: String,
    },
    /// The sandbox was demanded, and there is none.
    #[error(
        "no sandbox for the browser: {0}; allow user namespaces here, name another user (browser.user), or let it run without \
         (browser.sandbox = \"auto\")"
    )]
    NoSandbox(String),
    /// The browser died, hung or was closed while it was needed.
    #[error("the browser is gone")]
    Gone,
    /// The browser refused a command that always works, or did not answer it in time.
    #[error("{method}: {detail}")]
    Protocol {
        /// The CDP command.
        method: String,
        /// The browser's message.
        detail: String,
    },
    /// A file of Autoconsent, which knows how banners are answered, cannot be read.
    #[error("{}: {detail}", file.display())]
    Autoconsent {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        detail: String,
    },
    /// A visit is to choose, and the browser was given nothing that knows how banners are answered.
    #[error("visits that refuse or agree need Autoconsent, and this browser was started without it")]
    NoChooser,
    /// A visit is to be made through the exit of a region that this browser does not know.
    #[error("no exit of the region '{0}' is known here")]
    NoExit(String),
    /// No egress door could be opened.
    #[error("no egress for the visit: {0}")]
    Egress(#[from] earshot_egress::EgressError),
}

impl BrowserError {
    /// Whether the same visit may succeed if it is tried again.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Gone | Self::Protocol { .. } | Self::Egress(_) => true,
            Self::NoSandbox(_)
            | Self::Start { .. }
            | Self::NotChromium { .. }
            | Self::Autoconsent { .. }
            | Self::NoChooser
            | Self::NoExit(_) => false,
        }
    }
}
