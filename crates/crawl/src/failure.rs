//! Why a request got no answer from the site: one place that reads the errors of the client and of the door.

use earshot_model::{Outcome, RefusalReason};
use spider::reqwest;

/// Header of the door's 403: it does not go there. The door removes it from what sites answer.
pub(crate) const REFUSED_HEADER: &str = "x-earshot-refused";

/// Header of the door's 400 and 502: it got no answer, and why. Removed from what sites answer, too.
pub(crate) const ERROR_HEADER: &str = "x-earshot-error";

/// What the door says when its clock ran out.
const DOOR_TIMED_OUT: &str = "timed-out";

/// Longest error text kept: enough for a chain of causes, too short for a page.
const MAX_ERROR_CHARS: usize = 200;

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// We do not go there.
    Refused(RefusalReason),
    /// Nothing came in time, or the crawl's own time or fetches are spent.
    TimedOut,
    /// No name, no connection, no TLS, no HTTP. In the words of who noticed.
    Unreachable(String),
}

impl Failure {
    /// What the door's own answer means; `None` for an answer of the site.
    pub fn of_door(headers: &reqwest::header::HeaderMap) -> Option<Self> {
        if headers.contains_key(REFUSED_HEADER) {
            return Some(Self::Refused(RefusalReason::PrivateAddress));
        }
        match headers.get(ERROR_HEADER)?.to_str() {
            Ok(DOOR_TIMED_OUT) => Some(Self::TimedOut),
            Ok(word) => Some(Self::unreachable(word)),
            Err(_) => Some(Self::unreachable("unnamed")),
        }
    }

    /// What the client's error means, once the door has been asked and had nothing to say against the host.
    pub fn of_client(error: &reqwest::Error) -> Self {
        if error.is_timeout() { Self::TimedOut } else { Self::unreachable(&root_cause(error)) }
    }

    fn unreachable(error: &str) -> Self {
        Self::Unreachable(error.chars().filter(|c| !c.is_control()).take(MAX_ERROR_CHARS).collect())
    }

    /// The outcome of a crawl that ended with this, after `took_ms`.
    pub fn outcome(self, took_ms: u32) -> Outcome {
        match self {
            Self::Refused(reason) => Outcome::Refused { reason },
            Self::TimedOut => Outcome::TimedOut { after_ms: took_ms },
            Self::Unreachable(error) => Outcome::Unreachable { error },
        }
    }
}

/// The innermost error: `invalid peer certificate: UnknownIssuer`, not "error sending request".
fn root_cause(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::{HeaderMap, HeaderValue};

    fn of(name: &'static str, value: &'static str) -> Option<Failure> {
        Failure::of_door(&HeaderMap::from_iter([(name.parse().unwrap(), HeaderValue::from_static(value))]))
    }

    #[test]
    fn the_door_s_words_become_outcomes() {
        assert_eq!(of("x-earshot-refused", "private-address"), Some(Failure::Refused(RefusalReason::PrivateAddress)));
        assert_eq!(of("x-earshot-error", "timed-out"), Some(Failure::TimedOut));
        assert_eq!(of("x-earshot-error", "connect-failed"), Some(Failure::Unreachable("connect-failed".into())));
        assert_eq!(of("server", "nginx"), None);
    }

    #[test]
    fn outcomes_carry_the_reason() {
        assert_eq!(Failure::TimedOut.outcome(7), Outcome::TimedOut { after_ms: 7 });
        assert_eq!(Failure::unreachable(&"x\n".repeat(500)).outcome(0), {
            Outcome::Unreachable { error: "x".repeat(200) }
        });
    }
}
