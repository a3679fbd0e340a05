//! An event: one observed fact. Facts travel, opinions are made at the end.

use serde::{Deserialize, Serialize};

/// One observed fact of a visit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Its position within the visit, from 0; the order of observation.
    pub seq: u32,
    /// When it happened: ms since navigation start, monotonic. `None` where only the fact is known, not the moment
    /// (a cookie found in the jar at the end).
    pub at_ms: Option<f64>,
    /// Address of the document or worker in which it happened; empty where the browser does not say.
    pub frame: String,
    /// What happened.
    pub fact: Fact,
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
        /// The browser's name for the error, such as `net::ERR_ABORTED`.
        error: String,
    },
    /// A frame passed over a WebSocket.
    SocketFrame(SocketFrame),
    /// A cookie was set, or was there at the end.
    Cookie(Cookie),
    /// A value was written to web storage.
    Storage(StorageWrite),
}

/// By which means a request left the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Transport {
    /// The document itself, or a frame's.
    Document,
    /// A script.
    Script,
    /// A style sheet.
    Style,
    /// A font.
    Font,
    /// An image, or a pixel.
    Image,
    /// Sound or film.
    Media,
    /// `fetch()`.
    Fetch,
    /// `XMLHttpRequest`.
    Xhr,
    /// `navigator.sendBeacon()` and `<a ping>`.
    Beacon,
    /// A WebSocket handshake.
    WebSocket,
    /// Server-sent events.
    EventSource,
    /// WebTransport.
    WebTransport,
    /// A CORS preflight.
    Preflight,
    /// Anything else the browser reports.
    Other,
}

/// The page asked for something.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// The whole address.
    pub url: String,
    /// The method, upper case.
    pub method: String,
    /// By which means.
    pub transport: Transport,
    /// What was sent, if anything was.
    pub body: Option<Body>,
    /// Who caused it.
    pub initiator: Initiator,
    /// `seq` of the request whose redirect this one follows.
    pub redirect_of: Option<u32>,
    /// Whether it was seen while leaving the page.
    pub on_leave: bool,
}

/// What was sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Body {
    /// Its whole length in bytes.
    pub size: u64,
    /// Its beginning: exact bytes, at most [`Body::MAX_EXCERPT`].
    pub excerpt: Vec<u8>,
}

impl Request {
    /// Whether it only asks for leave to ask (CORS preflight, Fetch § 4.8): nothing of the page is in it. Chromium files
    /// some under the kind of the request that they go before, so the method tells.
    #[must_use]
    pub fn is_preflight(&self) -> bool {
        self.transport == Transport::Preflight || self.method == "OPTIONS"
    }
}

impl Body {
    /// How much of a body travels with its event. Recorders' uploads are 1 to 100 KB; more is rare and is a gap.
    pub const MAX_EXCERPT: usize = 256 * 1024;

    /// Whether the excerpt is the whole body.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.excerpt.len() as u64 == self.size
    }
}

/// Who caused a request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Initiator {
    /// The browser's word for it: `parser`, `script`, `preload`, `preflight`, `other`.
    pub kind: String,
    /// The document or script that it names, if it names one.
    pub url: Option<String>,
    /// The stack, innermost first, across async parents; at most [`Initiator::MAX_FRAMES`].
    pub stack: Vec<ScriptFrame>,
}

impl Initiator {
    /// How much of a stack is kept.
    pub const MAX_FRAMES: usize = 32;
}

/// One line of a stack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScriptFrame {
    /// Address of the script; empty for one that was evaluated.
    pub url: String,
    /// The function's name; empty for an anonymous one.
    pub function: String,
    /// Line, from 0 (as CDP counts).
    pub line: u32,
    /// Column, from 0.
    pub column: u32,
}

/// Something was answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Response {
    /// `seq` of the request.
    pub request: u32,
    /// HTTP status.
    pub status: u16,
    /// MIME type.
    pub mime: String,
    /// Whether a service worker or a cache answered, so that nothing went over the wire.
    pub local: bool,
}

/// Which way a frame went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// From the page.
    Sent,
    /// To the page.
    Received,
}

/// A frame passed over a WebSocket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SocketFrame {
    /// `seq` of the handshake's request.
    pub request: u32,
    /// Which way.
    pub direction: Direction,
    /// Its payload.
    pub body: Body,
}

/// A cookie was set, or was there at the end. The value itself stays in the browser: only its length is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cookie {
    /// Its name.
    pub name: String,
    /// Its domain, without the leading dot.
    pub domain: String,
    /// Length of the value in bytes.
    pub value_len: u32,
    /// Lifetime in seconds from the moment of observation; `None` for a session cookie.
    pub lifetime_s: Option<i64>,
    /// Not readable by scripts.
    pub http_only: bool,
    /// `seq` of the request whose answer set it; `None` for one that a script set.
    pub set_by: Option<u32>,
    /// Why the browser did not store it, if it did not (CDP's `blockedReasons`).
    pub blocked: Option<String>,
}

/// Which web storage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StorageArea {
    /// `localStorage`.
    Local,
    /// `sessionStorage`.
    Session,
}

/// A value was written to web storage. The value itself stays in the browser: only its length is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StorageWrite {
    /// Which one.
    pub area: StorageArea,
    /// Origin (or CDP's storage key) it belongs to.
    pub origin: String,
    /// The key.
    pub key: String,
    /// Length of the value in UTF-16 units.
    pub value_len: u32,
}

impl Transport {
    /// The name used in reports and in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Document => "document",
            Self::Script => "script",
            Self::Style => "style",
            Self::Font => "font",
            Self::Image => "image",
            Self::Media => "media",
            Self::Fetch => "fetch",
            Self::Xhr => "xhr",
            Self::Beacon => "beacon",
            Self::WebSocket => "websocket",
            Self::EventSource => "eventsource",
            Self::WebTransport => "webtransport",
            Self::Preflight => "preflight",
            Self::Other => "other",
        }
    }
}

impl Fact {
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
        }
    }
}
