//! How a visit or a crawl ended, as far as the site is concerned. A site's failure is a value, never our error.

use serde::{Deserialize, Serialize};

/// How the opening of one page ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// The page was shown and watched to the end of its dwell.
    Loaded {
        /// HTTP status of the document.
        status: u16,
    },
    /// The site answered with a wall: what stands behind it was not seen, so the page is **not** clean.
    Blocked {
        /// HTTP status of the document.
        status: u16,
        /// What made us call it a wall.
        reason: BlockReason,
    },
    /// The site answered with an error page (4xx or 5xx other than a block).
    HttpError {
        /// HTTP status of the document.
        status: u16,
    },
    /// We did not go there.
    Refused {
        /// Why not.
        reason: RefusalReason,
    },
    /// No connection, name or certificate: nothing was answered.
    Unreachable {
        /// The browser's or resolver's name for it, such as `net::ERR_NAME_NOT_RESOLVED`.
        error: String,
    },
    /// The document did not arrive within the visit's wall.
    TimedOut {
        /// Milliseconds waited.
        after_ms: u32,
    },
    /// The page's renderer, or the whole browser, died under it.
    Crashed {
        /// What was seen of it.
        detail: String,
    },
    /// The answer is a download, or no document that a browser shows.
    NotAPage {
        /// Its MIME type or the reason.
        detail: String,
    },
}

/// What made us call an answer a wall.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BlockReason {
    /// 401, 403, 407, 429, 451 or 503 for the document.
    Status,
    /// An interstitial that waits for proof of humanity.
    Challenge,
}

/// Why we did not go to a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalReason {
    /// The address is not public: private, loopback, link-local, or metadata; or it resolves to one.
    PrivateAddress,
    /// robots.txt forbids the crawler to go there.
    Robots,
}

/// The four classes under which outcomes are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutcomeClass {
    /// Seen: absence of a finding means that there was none within the dwell.
    Seen,
    /// A wall: nothing can be said about the page.
    Blocked,
    /// It did not work.
    Failed,
    /// We did not try.
    Refused,
}

impl Outcome {
    /// The class under which it is counted.
    #[must_use]
    pub fn class(&self) -> OutcomeClass {
        match self {
            Self::Loaded { .. } => OutcomeClass::Seen,
            Self::Blocked { .. } => OutcomeClass::Blocked,
            Self::Refused { .. } => OutcomeClass::Refused,
            Self::HttpError { .. }
            | Self::Unreachable { .. }
            | Self::TimedOut { .. }
            | Self::Crashed { .. }
            | Self::NotAPage { .. } => OutcomeClass::Failed,
        }
    }

    /// The name used in reports and in the store.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Loaded { .. } => "loaded",
            Self::Blocked { .. } => "blocked",
            Self::HttpError { .. } => "http_error",
            Self::Refused { .. } => "refused",
            Self::Unreachable { .. } => "unreachable",
            Self::TimedOut { .. } => "timed_out",
            Self::Crashed { .. } => "crashed",
            Self::NotAPage { .. } => "not_a_page",
        }
    }

    /// What there is to say beyond the name, for people; may be empty.
    #[must_use]
    pub fn detail(&self) -> String {
        match self {
            Self::Loaded { status } | Self::HttpError { status } => format!("HTTP {status}"),
            Self::Blocked { status, reason: BlockReason::Status } => format!("HTTP {status}"),
            Self::Blocked { status, reason: BlockReason::Challenge } => format!("HTTP {status}, a challenge page"),
            Self::Refused { reason: RefusalReason::PrivateAddress } => "not a public address".to_owned(),
            Self::Refused { reason: RefusalReason::Robots } => "forbidden by robots.txt".to_owned(),
            Self::Unreachable { error } => error.clone(),
            Self::TimedOut { after_ms } => format!("no document after {after_ms} ms"),
            Self::Crashed { detail } | Self::NotAPage { detail } => detail.clone(),
        }
    }

    /// HTTP status of the document, where one arrived.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Loaded { status } | Self::Blocked { status, .. } | Self::HttpError { status } => Some(*status),
            _ => None,
        }
    }

    /// What a document's HTTP status means, when nothing else is known.
    #[must_use]
    pub fn of_status(status: u16) -> Self {
        match status {
            401 | 403 | 407 | 429 | 451 | 503 => Self::Blocked { status, reason: BlockReason::Status },
            400..=599 => Self::HttpError { status },
            _ => Self::Loaded { status },
        }
    }
}

impl OutcomeClass {
    /// The name used in reports and in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Seen => "seen",
            Self::Blocked => "blocked",
            Self::Failed => "failed",
            Self::Refused => "refused",
        }
    }
}
