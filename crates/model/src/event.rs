//! An event: one observed fact. Facts travel, opinions are made at the end.

use serde::{Deserialize, Serialize};

use crate::{
    Alias, ApiCall, Consent, Cookie, Entry, FieldRead, Listener, Mark, Request, Response, ScriptFrame, SocketFrame,
    StorageWrite, Witnesses,
};

/// One observed fact of a visit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Its position within the visit, from 0; the order of observation.
    pub seq: u32,
    /// When it happened: ms since navigation start, monotonic. `None` where only the fact is known, not the moment
    /// (a cookie found in the jar at the end).
    pub at_ms: Option<f64>,
    /// Where the visitor stood with consent at that moment.
    pub phase: Phase,
    /// Address of the document or worker in which it happened; empty where the browser does not say.
    pub frame: String,
    /// Who saw it.
    pub seen_by: Witnesses,
    /// What happened.
    pub fact: Fact,
}

/// Where the visitor stands with consent ([`crate::ConsentClock::phase`]).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// No choice was made yet: a banner could be seen, or nobody knows whether one could.
    #[default]
    PreChoice,
    /// Nothing asked for a choice yet; something did later.
    PreBanner,
    /// The visitor has refused.
    PostReject,
    /// The visitor has agreed.
    PostAccept,
    /// Nothing asked for a choice during the whole visit.
    NoBanner,
    /// The visitor's browser says by Global Privacy Control all the time that it opts out.
    Gpc,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case")]
pub enum Fact {
    /// The page asked for something.
    Request(Request),
    /// Something was answered.
    Response(Response),
    /// A request got no answer.
    Failed {
        /// `seq` of the request.
        request: u32,
        /// The browser's name for the error, such as `net::ERR_ABORTED`; or [`Fact::PREFLIGHT_REFUSED`], [`Fact::UNCONNECTED`].
        error: String,
    },
    /// A frame passed over a WebSocket.
    SocketFrame(SocketFrame),
    /// A cookie was set, or was there at the end.
    Cookie(Cookie),
    /// Something was written to a storage.
    Storage(StorageWrite),
    /// A script listens.
    Listener(Listener),
    /// A script read a form field.
    FieldRead(FieldRead),
    /// A script called what tells browsers apart.
    ApiCall(ApiCall),
    /// A host of the page's own site is another name for somebody else's.
    Alias(Alias),
    /// Something about how the page is built.
    Mark(Mark),
    /// We put something into a field.
    Entry(Entry),
    /// Something that matters for where the visitor stands with consent.
    Consent(Consent),
}

impl Event {
    /// An event that nobody in particular saw, before any choice.
    #[must_use]
    pub fn new(seq: u32, at_ms: Option<f64>, frame: impl Into<String>, fact: Fact) -> Self {
        Self { seq, at_ms, phase: Phase::default(), frame: frame.into(), seen_by: Witnesses::default(), fact }
    }
}

impl Phase {
    /// The name used in reports and in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PreChoice => "pre_choice",
            Self::PreBanner => "pre_banner",
            Self::PostReject => "post_reject",
            Self::PostAccept => "post_accept",
            Self::NoBanner => "no_banner",
            Self::Gpc => "gpc",
        }
    }

    /// Whether it is before any choice, and none was signalled.
    #[must_use]
    pub fn is_before_choice(self) -> bool {
        matches!(self, Self::PreChoice | Self::PreBanner | Self::NoBanner)
    }
}

impl Fact {
    /// The error of a request that never left, because the preflight before it was not granted (Fetch § 3.2.5).
    pub const PREFLIGHT_REFUSED: &'static str = "its CORS preflight was not granted";

    /// The error of a request that never left, because no connection to its host was opened.
    pub const UNCONNECTED: &'static str = "no connection to its host was opened";

    /// The name used in the store.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Request(_) => "request",
            Self::Response(_) => "response",
            Self::Failed { .. } => "failed",
            Self::SocketFrame(_) => "socket_frame",
            Self::Cookie(_) => "cookie",
            Self::Storage(_) => "storage",
            Self::Listener(_) => "listener",
            Self::FieldRead(_) => "field_read",
            Self::ApiCall(_) => "api_call",
            Self::Alias(_) => "alias",
            Self::Mark(_) => "mark",
            Self::Entry(_) => "entry",
            Self::Consent(_) => "consent",
        }
    }

    /// The scripts that did it, innermost first; empty for what no script did, or none that was seen.
    #[must_use]
    pub fn stack(&self) -> &[ScriptFrame] {
        match self {
            Self::Request(request) => &request.initiator.stack,
            Self::Cookie(cookie) => &cookie.stack,
            Self::Storage(write) => &write.stack,
            Self::Listener(listener) => &listener.stack,
            Self::FieldRead(read) => &read.stack,
            Self::ApiCall(call) => &call.stack,
            Self::Response(_)
            | Self::Failed { .. }
            | Self::SocketFrame(_)
            | Self::Alias(_)
            | Self::Mark(_)
            | Self::Entry(_)
            | Self::Consent(_) => &[],
        }
    }
}
