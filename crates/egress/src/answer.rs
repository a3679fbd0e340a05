//! What the door itself answers, and how callers can tell it from a site's answer.

use std::fmt;

use http::{HeaderValue, Response, StatusCode, header};
use http_body_util::{BodyExt, Full, combinators::UnsyncBoxBody};
use hyper::body::Bytes;

use crate::RefusalReason;

/// On a 403 of the door: we do not go there. The value is [`RefusalReason::as_str`]. Removed from what sites
/// answer, so that no site can pretend.
pub const REFUSED_HEADER: &str = "x-earshot-refused";

/// On a 400, 502 or 504 of the door: it could not get there. The value begins with [`Failure::as_str`]. Removed
/// from what sites answer.
pub const ERROR_HEADER: &str = "x-earshot-error";

/// A body on its way through.
pub(crate) type Body = UnsyncBoxBody<Bytes, hyper::Error>;

/// Why nothing was reached that could have answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The request names no host, or is not one for a proxy.
    BadRequest,
    /// The name has no address.
    NameNotResolved,
    /// The name servers did not answer, or with a failure of theirs.
    NameServer,
    /// No address of the host took the connection.
    ConnectFailed,
    /// The host took the connection and closed it without an answer, or answered no HTTP.
    NoAnswer,
    /// No connection, or no head of an answer, in time.
    TimedOut,
    /// The upstream proxy could not be reached or broke off.
    Upstream,
    /// The upstream proxy would not open the tunnel.
    UpstreamStatus(StatusCode),
}

/// Why a request gets an answer from the door instead of the site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Denial {
    Refused(RefusalReason),
    Failed(Failure),
}

impl Failure {
    /// The word for it in the header.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BadRequest => "bad-request",
            Self::NameNotResolved => "name-not-resolved",
            Self::NameServer => "name-server-failed",
            Self::ConnectFailed => "connect-failed",
            Self::NoAnswer => "no-answer",
            Self::TimedOut => "timed-out",
            Self::Upstream => "upstream-failed",
            Self::UpstreamStatus(_) => "upstream-status",
        }
    }

    /// Whether it says nothing about the host: what stands between us and it failed. That an upstream got no answer
    /// (502 to 504) is said of the host.
    #[must_use]
    pub fn is_ours(self) -> bool {
        match self {
            Self::NameServer | Self::Upstream => true,
            Self::UpstreamStatus(status) => !matches!(status.as_u16(), 502..=504),
            Self::BadRequest | Self::NameNotResolved | Self::ConnectFailed | Self::NoAnswer | Self::TimedOut => false,
        }
    }

    fn status(self) -> StatusCode {
        match self {
            Self::BadRequest => StatusCode::BAD_REQUEST,
            _ => StatusCode::BAD_GATEWAY,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UpstreamStatus(status) => write!(f, "{} {}", self.as_str(), status.as_u16()),
            other => f.write_str(other.as_str()),
        }
    }
}

impl From<Failure> for Denial {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl Denial {
    /// 403 for a refusal, 400 or 502 for a failure; one line of text for people.
    pub fn answer(self) -> Response<Body> {
        let (status, name, value, text) = match self {
            Self::Refused(reason) => (StatusCode::FORBIDDEN, REFUSED_HEADER, reason.as_str().to_owned(), {
                format!("Earshot does not go there: {reason}.\n")
            }),
            Self::Failed(failure) => {
                (failure.status(), ERROR_HEADER, failure.to_string(), format!("Earshot got no answer: {failure}.\n"))
            }
        };
        let mut response = Response::new(body(text));
        *response.status_mut() = status;
        if let Ok(value) = HeaderValue::try_from(value) {
            response.headers_mut().insert(name, value);
        }
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain"));
        response
    }
}

/// A short body of our own.
pub(crate) fn body(text: impl Into<Bytes>) -> Body {
    Full::new(text.into()).map_err(|never| match never {}).boxed_unsync()
}
