//! A request: what a page asked for, by which means, who caused it, and what came back.

use serde::{Deserialize, Serialize};

/// By which means a request left the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
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
    #[default]
    Other,
}

/// The page asked for something.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// The whole address.
    pub url: String,
    /// The method, upper case.
    pub method: String,
    /// By which means.
    pub transport: Transport,
    /// What was said beside it, as it went over the wire where the browser tells that.
    pub headers: Vec<Header>,
    /// What was sent, if anything was.
    pub body: Option<Body>,
    /// Who caused it.
    pub initiator: Initiator,
    /// `seq` of the request whose redirect this one follows.
    pub redirect_of: Option<u32>,
    /// Whether it was seen while leaving the page.
    pub on_leave: bool,
}

/// One header of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Its name, lower case.
    pub name: String,
    /// Its value; `None` where it is nobody's business: cookies and credentials ([`Header::WITHHELD`]).
    pub value: Option<String>,
}

/// What was sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Body {
    /// Its whole length in bytes.
    pub size: u64,
    /// Its beginning: exact bytes, at most [`Body::MAX_EXCERPT`]; base64 in JSON.
    #[serde(with = "base64_text")]
    pub excerpt: Vec<u8>,
}

/// Bytes as base64 (RFC 4648, § 4).
mod base64_text {
    use base64::{Engine as _, prelude::BASE64_STANDARD};
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&base64::display::Base64Display::new(bytes, &BASE64_STANDARD))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        BASE64_STANDARD.decode(String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

impl Header {
    /// The headers whose values never travel.
    pub const WITHHELD: &[&str] = &["authorization", "cookie", "proxy-authorization"];

    /// A header, without its value if that is to be withheld.
    #[must_use]
    pub fn new(name: &str, value: &str) -> Self {
        let name = name.to_ascii_lowercase();
        let withheld = Self::WITHHELD.contains(&name.as_str());
        Self { name, value: (!withheld).then(|| value.to_owned()) }
    }
}

impl Request {
    /// How many headers are kept.
    pub const MAX_HEADERS: usize = 64;

    /// The value of a header by its lower-case name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|header| header.name == name)?.value.as_deref()
    }

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
    /// `seq` of the request on whose behalf this one is made: what a CORS preflight asks leave for.
    pub request: Option<u32>,
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
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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
