//! Cookies: those that answers set, and those that the jar holds at the end. No value is ever kept, only its length.

use std::{
    collections::{HashMap, HashSet},
    time::{SystemTime, UNIX_EPOCH},
};

use chromiumoxide::cdp::browser_protocol::network;
use cookie::{Cookie as SetCookie, Expiration};
use earshot_model::{Cookie, Fact};
use tokio::time::Instant;

use super::{
    Source,
    clock::Clock,
    draft::{Draft, reference},
    requests::{Hop, Requests},
};
use crate::bounds;

/// Cookies that answers set, until it is known which answer belongs to which request: the browser tells the two
/// apart and in any order.
#[derive(Debug, Default)]
pub(super) struct Cookies {
    set: Vec<Set>,
    /// The session that told of a request's answers first. Others may tell of them too.
    sessions: HashMap<String, String>,
}

/// One `Set-Cookie`.
#[derive(Debug)]
struct Set {
    request: String,
    status: u16,
    heard: Instant,
    cookie: Cookie,
}

impl Cookies {
    pub(super) fn on_answer(&mut self, extra: &network::EventResponseReceivedExtraInfo, source: Source<'_>) {
        let request = extra.request_id.as_ref();
        let first = self.sessions.entry(request.to_owned()).or_insert_with(|| source.session.to_owned());
        if first != source.session {
            return;
        }
        for line in set_cookie_lines(&extra.headers) {
            let blocked = extra.blocked_cookies.iter().find(|blocked| blocked.cookie_line.trim() == line);
            let blocked = blocked.map(|blocked| reasons(&blocked.blocked_reasons));
            if let Some(cookie) = parse(line, blocked)
                && self.set.len() < bounds::EVENTS
            {
                let status = u16::try_from(extra.status_code).unwrap_or_default();
                self.set.push(Set { request: request.to_owned(), status, heard: source.heard, cookie });
            }
        }
    }

    /// Writes down what answers set, and then what else the jar holds: set by scripts, at a time unknown.
    pub(super) fn finish(self, jar: &[network::Cookie], requests: &Requests, clock: &Clock, draft: &mut Draft) {
        let mut seen = HashSet::new();
        for Set { request, status, heard, mut cookie } in self.set {
            let hop = requests.trail(&request).and_then(|trail| hop_of(&trail.hops, status));
            if cookie.domain.is_empty() {
                cookie.domain = hop.map(|hop| hop.host.clone()).unwrap_or_default();
            }
            if cookie.blocked.is_none() {
                seen.insert((cookie.name.clone(), cookie.domain.clone()));
            }
            cookie.set_by = hop.map(|hop| reference(hop.slot));
            let (asked_ms, frame) = hop.map(|hop| draft.place(hop.slot)).unwrap_or_default();
            let at_ms = clock.heard(heard).max(asked_ms.unwrap_or_default());
            draft.add(Some(at_ms), frame, Fact::Cookie(cookie));
        }
        for cookie in jar.iter().map(of_jar) {
            if !seen.contains(&(cookie.name.clone(), cookie.domain.clone())) {
                draft.add(None, "", Fact::Cookie(cookie));
            }
        }
    }
}

/// Which of a request's redirects was answered with this status. An answer that never came over the wire (a cache,
/// HSTS) has no headers of its own, so their numbers cannot be matched.
fn hop_of(hops: &[Hop], status: u16) -> Option<&Hop> {
    hops.iter().find(|hop| hop.status == Some(status)).or(hops.last())
}

/// CDP joins headers of the same name by a newline.
fn set_cookie_lines(headers: &network::Headers) -> impl Iterator<Item = &str> {
    let headers = headers.inner().as_object().into_iter().flatten();
    headers
        .filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie"))
        .filter_map(|(_, value)| value.as_str())
        .flat_map(|lines| lines.split('\n'))
        .map(str::trim)
}

/// What a `Set-Cookie` sets: `None` if it deletes, or is none. The domain is empty where the line names none.
fn parse(line: &str, blocked: Option<String>) -> Option<Cookie> {
    let set = SetCookie::parse(line).ok()?;
    let lifetime_s = match (set.max_age(), set.expires()) {
        (Some(age), _) => Some(age.whole_seconds()),
        (None, Some(Expiration::DateTime(at))) => Some(at.unix_timestamp() - now_s()),
        (None, Some(Expiration::Session) | None) => None,
    };
    let deletes = lifetime_s.is_some_and(|lifetime| lifetime <= 0);
    (!deletes).then(|| Cookie {
        name: named(set.name()),
        domain: bare(set.domain().unwrap_or_default()),
        value_len: length(set.value()),
        lifetime_s,
        http_only: set.http_only() == Some(true),
        blocked,
        ..Cookie::default()
    })
}

fn of_jar(cookie: &network::Cookie) -> Cookie {
    #[allow(clippy::cast_possible_truncation, reason = "seconds; `as` saturates")]
    let lifetime_s = (!cookie.session).then(|| cookie.expires as i64 - now_s());
    Cookie {
        name: named(&cookie.name),
        domain: bare(&cookie.domain),
        value_len: length(&cookie.value),
        lifetime_s,
        http_only: cookie.http_only,
        ..Cookie::default()
    }
}

fn reasons(reasons: &[network::SetCookieBlockedReason]) -> String {
    reasons.iter().map(AsRef::as_ref).collect::<Vec<&str>>().join(",")
}

fn bare(domain: &str) -> String {
    named(domain.trim_start_matches('.')).to_ascii_lowercase()
}

fn named(name: &str) -> String {
    bounds::cut(name, bounds::NAME).to_owned()
}

fn length(value: &str) -> u32 {
    u32::try_from(value.len()).unwrap_or(u32::MAX)
}

fn now_s() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_secs().cast_signed())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_without_its_value() {
        let cookie = parse("_fbp=fb.1.2.3; Domain=.Shop.test; Max-Age=7776000; HttpOnly", None).unwrap();
        let expected = Cookie {
            name: "_fbp".into(),
            domain: "shop.test".into(),
            value_len: 8,
            lifetime_s: Some(7_776_000),
            http_only: true,
            ..Cookie::default()
        };
        assert_eq!(cookie, expected);
        assert_eq!(parse("sid=1; Path=/", None).unwrap().lifetime_s, None);
    }

    #[test]
    fn a_long_name_is_cut_in_the_answer_as_in_the_jar() {
        let long = "n".repeat(2 * bounds::NAME);
        let name = parse(&format!("{long}=1; Domain={long}"), None).map(|cookie| (cookie.name, cookie.domain)).unwrap();
        assert_eq!((name.0.len(), name.1.len()), (bounds::NAME, bounds::NAME));
        assert_eq!(name.0, named(&long));
    }

    #[test]
    fn a_deletion_is_not_a_cookie() {
        assert_eq!(parse("_clck=; Max-Age=0", None), None);
        assert_eq!(parse("_clck=x; Expires=Thu, 01 Jan 1970 00:00:00 GMT", None), None);
        assert_eq!(parse("no cookie at all", None), None);
    }
}
