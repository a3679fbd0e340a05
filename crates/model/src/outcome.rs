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
    /// The page was shown, but the visit's wall came before its dwell was over: what was seen happened, what was not
    /// seen may have.
    Partial {
        /// HTTP status of the document.
        status: u16,
        /// How far it got.
        detail: String,
    },
    /// Nobody lives there: a domain that is parked or for sale. What it loads is the parking company's.
    Parked {
        /// HTTP status of the document.
        status: u16,
        /// By what one can tell.
        sign: String,
    },
    /// The address leads to another registrable domain, whose page is not this site's.
    OffSite {
        /// HTTP status of the document there; of the redirect, where it was not followed.
        status: u16,
        /// That registrable domain.
        to: String,
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
    /// We failed, not the site: whatever was tried came to nothing. Nothing can be said about the page; trying it again
    /// may show it.
    Lost {
        /// What was tried.
        detail: String,
    },
    /// We did not go there any more: the site had failed too often in a row.
    SetAside {
        /// How it had failed.
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
    /// A CAPTCHA in place of the page.
    Captcha,
}

/// At which step nothing was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureCause {
    /// The name leads nowhere.
    Dns,
    /// The certificate or the handshake is bad.
    Tls,
    /// Nobody answers at the address, or stops in the middle.
    Connection,
}

/// Why we did not go to a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalReason {
    /// The address is not public: private, loopback, link-local, or metadata; or it resolves to one.
    PrivateAddress,
    /// robots.txt forbids the crawler to go there.
    Robots,
    /// Somebody asked that it is not scanned, or we decided so: it is on the list of what is not.
    DoNotScan,
}

/// The classes under which outcomes are counted.
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
    /// There is no page of this site: it is parked, or leads elsewhere.
    Absent,
}

impl Outcome {
    /// The class under which it is counted.
    #[must_use]
    pub fn class(&self) -> OutcomeClass {
        match self {
            Self::Loaded { .. } | Self::Partial { .. } => OutcomeClass::Seen,
            Self::Parked { .. } | Self::OffSite { .. } => OutcomeClass::Absent,
            Self::Blocked { .. } => OutcomeClass::Blocked,
            Self::Refused { .. } | Self::SetAside { .. } => OutcomeClass::Refused,
            Self::HttpError { .. }
            | Self::Unreachable { .. }
            | Self::TimedOut { .. }
            | Self::Crashed { .. }
            | Self::Lost { .. }
            | Self::NotAPage { .. } => OutcomeClass::Failed,
        }
    }

    /// The name used in reports and in the store.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Loaded { .. } => "loaded",
            Self::Partial { .. } => "partial",
            Self::Parked { .. } => "parked",
            Self::OffSite { .. } => "off_site",
            Self::Blocked { .. } => "blocked",
            Self::HttpError { .. } => "http_error",
            Self::Refused { .. } => "refused",
            Self::Unreachable { .. } => "unreachable",
            Self::TimedOut { .. } => "timed_out",
            Self::Crashed { .. } => "crashed",
            Self::Lost { .. } => "lost",
            Self::SetAside { .. } => "set_aside",
            Self::NotAPage { .. } => "not_a_page",
        }
    }

    /// What there is to say beyond the name, for people; may be empty.
    #[must_use]
    pub fn detail(&self) -> String {
        match self {
            Self::Loaded { status } | Self::HttpError { status } => format!("HTTP {status}"),
            Self::Partial { status, detail } => format!("HTTP {status}, {detail}"),
            Self::Parked { status, sign } => format!("HTTP {status}, {sign}"),
            Self::OffSite { to, .. } => format!("leads to {to}"),
            Self::Blocked { status, reason: BlockReason::Captcha } => format!("HTTP {status}, a CAPTCHA"),
            Self::Blocked { status, reason: BlockReason::Status } => format!("HTTP {status}"),
            Self::Blocked { status, reason: BlockReason::Challenge } => format!("HTTP {status}, a challenge page"),
            Self::Refused { reason: RefusalReason::PrivateAddress } => "not a public address".to_owned(),
            Self::Refused { reason: RefusalReason::Robots } => "forbidden by robots.txt".to_owned(),
            Self::Unreachable { error } => error.clone(),
            Self::TimedOut { after_ms } => format!("no document after {after_ms} ms"),
            Self::Refused { reason: RefusalReason::DoNotScan } => "on the list of what is not scanned".to_owned(),
            Self::SetAside { detail } => format!("set aside: {detail}"),
            Self::Crashed { detail } | Self::Lost { detail } | Self::NotAPage { detail } => detail.clone(),
        }
    }

    /// HTTP status of the document, where one arrived.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Loaded { status }
            | Self::Partial { status, .. }
            | Self::Parked { status, .. }
            | Self::OffSite { status, .. }
            | Self::Blocked { status, .. }
            | Self::HttpError { status } => Some(*status),
            _ => None,
        }
    }

    /// At which step nothing was answered; `None` for every other outcome, and where the error's name does not say.
    /// Names are Chromium's (`net/base/net_error_list.h`) and our own egress door's.
    #[must_use]
    pub fn failure(&self) -> Option<FailureCause> {
        let Self::Unreachable { error } = self else { return None };
        let says = |words: &[&str]| words.iter().any(|word| error.contains(word));
        if says(&["NAME_NOT_RESOLVED", "NAME_RESOLUTION", "ICANN_NAME", "DNS_", "name-not-resolved", "name-server"]) {
            Some(FailureCause::Dns)
        } else if says(&["ERR_CERT", "ERR_SSL", "BAD_SSL", "ECH_", "certificate"]) {
            Some(FailureCause::Tls)
        } else if says(&[
            "CONNECTION",
            "ADDRESS_",
            "EMPTY_RESPONSE",
            "TIMED_OUT",
            "TUNNEL",
            "connect",
            "answer",
            "timed-out",
            "upstream",
        ]) {
            Some(FailureCause::Connection)
        } else {
            None
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
            Self::Absent => "absent",
        }
    }
}

impl FailureCause {
    /// The name used in reports and in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Dns => "dns",
            Self::Tls => "tls",
            Self::Connection => "connection",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_tells_at_which_step() {
        for (error, cause) in [
            ("net::ERR_NAME_NOT_RESOLVED", Some(FailureCause::Dns)),
            ("name-not-resolved", Some(FailureCause::Dns)),
            ("net::ERR_CERT_DATE_INVALID", Some(FailureCause::Tls)),
            ("net::ERR_SSL_PROTOCOL_ERROR", Some(FailureCause::Tls)),
            ("net::ERR_CONNECTION_REFUSED", Some(FailureCause::Connection)),
            ("net::ERR_TUNNEL_CONNECTION_FAILED", Some(FailureCause::Connection)),
            ("connect-failed", Some(FailureCause::Connection)),
            ("timed-out", Some(FailureCause::Connection)),
            ("upstream-status 502", Some(FailureCause::Connection)),
            ("net::ERR_FAILED", None),
        ] {
            assert_eq!(Outcome::Unreachable { error: error.into() }.failure(), cause, "{error}");
        }
        assert_eq!(Outcome::Loaded { status: 200 }.failure(), None);
    }
}
