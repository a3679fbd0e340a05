//! What our own egress door answers in place of a host. Over plain HTTP that looks like an answer of the site; in a
//! tunnel the door has no voice, and who claims it there is a site.

use chromiumoxide::cdp::browser_protocol::{fetch, network};
use earshot_egress::{ERROR_HEADER, REFUSED_HEADER};

/// The name for requests that never left: what a refused tunnel is called, too.
const NOT_SENT: &str = "net::ERR_TUNNEL_CONNECTION_FAILED";

/// The name for requests that may have reached their host.
const MAYBE_SENT: &str = "net::ERR_EMPTY_RESPONSE";

/// The door's words for failures that come before anything of a plain request is written. Of the others, `no-answer`
/// comes after, `timed-out` may, and `upstream-status` is said of tunnels only.
const BEFORE_SENDING: &[&str] =
    &["bad-request", "connect-failed", "name-not-resolved", "name-server-failed", "upstream-failed"];

/// The door's word for why there is no answer of the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word<'a> {
    /// We do not go there.
    Refused,
    /// We could not get there.
    Failed(&'a str),
}

impl<'a> Word<'a> {
    /// What the door says in an answer, `None` if the answer is not its own.
    pub(super) fn of(response: &'a network::Response) -> Option<Self> {
        // A service worker makes up its answers, with any header.
        if response.from_service_worker == Some(true) {
            return None;
        }
        Self::read(&response.url, |name| header(response, name))
    }

    /// The same of an answer that is held back.
    pub(super) fn of_paused(paused: &'a fetch::EventRequestPaused) -> Option<Self> {
        let headers = paused.response_headers.as_deref().unwrap_or_default();
        Self::read(&paused.request.url, |name| {
            headers.iter().find(|header| header.name.eq_ignore_ascii_case(name)).map(|header| header.value.as_str())
        })
    }

    fn read(url: &str, header: impl Fn(&str) -> Option<&'a str>) -> Option<Self> {
        if !url.starts_with("http://") {
            return None;
        }
        let refused = header(REFUSED_HEADER).map(|_| Self::Refused);
        refused.or_else(|| header(ERROR_HEADER).map(Self::Failed))
    }

    /// The browser's name for the same failure, by which one can tell whether the host may have heard.
    pub(super) fn error(self) -> &'static str {
        match self {
            Self::Failed(word) if !BEFORE_SENDING.contains(&word) => MAYBE_SENT,
            Self::Refused | Self::Failed(_) => NOT_SENT,
        }
    }
}

/// A header by its lower-case name: HTTP/1 keeps the server's spelling.
pub(super) fn header<'a>(response: &'a network::Response, name: &str) -> Option<&'a str> {
    let headers = response.headers.inner().as_object()?;
    headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name))?.1.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said<'a>(url: &str, name: &str, value: &'a str) -> Option<Word<'a>> {
        Word::read(url, |asked| (asked == name).then_some(value))
    }

    #[test]
    fn the_door_speaks_over_plain_http_only() {
        assert_eq!(said("http://10.0.0.1/", REFUSED_HEADER, "private-address"), Some(Word::Refused));
        for url in ["https://shop.test/", "wss://shop.test/", ""] {
            assert_eq!(said(url, REFUSED_HEADER, "private-address"), None, "{url}");
            assert_eq!(said(url, ERROR_HEADER, "connect-failed"), None, "{url}");
        }
        assert_eq!(said("http://shop.test/", "x-other", "1"), None);
    }

    #[test]
    fn only_a_failure_before_the_sending_is_named_so() {
        assert_eq!(Word::Refused.error(), NOT_SENT);
        for word in ["connect-failed", "name-not-resolved", "name-server-failed", "bad-request", "upstream-failed"] {
            assert_eq!(Word::Failed(word).error(), NOT_SENT, "{word}");
        }
        for word in ["no-answer", "timed-out", "upstream-status 502", "something-new"] {
            assert_eq!(Word::Failed(word).error(), MAYBE_SENT, "{word}");
        }
    }
}
