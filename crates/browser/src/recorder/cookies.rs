//! Cookies: those that answers and scripts set, and those that the jar holds at the end. No value is ever kept, only
//! its length.

use std::{
    collections::HashMap,
    time::{SystemTime, UNIX_EPOCH},
};

use chromiumoxide::cdp::browser_protocol::network;
use cookie::{Cookie as SetCookie, Expiration};
use earshot_model::{Cookie, Fact, Witness};
use tokio::time::Instant;
use url::Url;

use super::{
    Source,
    clock::Clock,
    draft::{Draft, Slot, reference},
    page::Scene,
    requests::{Hop, Requests},
};
use crate::bounds;

/// Cookies that answers set, until it is known which answer belongs to which request: the browser tells the two
/// apart and in any order.
///
/// What is set while leaving is set after the jar was read.
#[derive(Debug, Default)]
pub(super) struct Cookies {
    set: Vec<Set>,
    scripted: Vec<Written>,
    leaving: bool,
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
    leaving: bool,
}

/// A cookie that somebody set at a known moment.
#[derive(Debug)]
struct Written {
    at_ms: f64,
    frame: String,
    witness: Witness,
    cookie: Cookie,
    leaving: bool,
}

/// Name and domain.
type Key = (String, String);

/// How far a lifetime may have shrunk until the jar is read; more means that the browser cut it.
const SHRINKING_S: i64 = 3_600;

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
                && self.set.len() < bounds::REST
            {
                let status = u16::try_from(extra.status_code).unwrap_or_default();
                let (request, heard, leaving) = (request.to_owned(), source.heard, self.leaving);
                self.set.push(Set { request, status, heard, cookie, leaving });
            }
        }
    }

    /// A script set a cookie; `attributes` are those of a `Set-Cookie` line.
    pub(super) fn on_script(&mut self, scene: Scene, name: String, value_len: u32, attributes: &str) {
        let Some(mut cookie) = parse(&format!("n=v{attributes}"), None) else { return };
        if self.scripted.len() >= bounds::REST {
            return;
        }
        if cookie.domain.is_empty() {
            let host = |url: &str| Url::parse(url).ok()?.host_str().map(bare);
            cookie.domain = host(&scene.frame).or_else(|| host(&scene.origin)).unwrap_or_default();
        }
        cookie = Cookie { name: named(&name), value_len, stack: scene.stack, ..cookie };
        let Scene { at_ms, frame, .. } = scene;
        self.scripted.push(Written { at_ms, frame, witness: Witness::Page, cookie, leaving: self.leaving });
    }

    /// From here on the jar is known.
    pub(super) fn leave(&mut self) {
        self.leaving = true;
    }

    /// Writes down what answers and scripts set, and then what else the jar holds: set by nobody knows whom and when.
    pub(super) fn finish(self, jar: Option<&[network::Cookie]>, requests: &Requests, clock: &Clock, draft: &mut Draft) {
        let mut written = self.scripted;
        written.extend(self.set.into_iter().map(|set| set.written(requests, clock, draft)));
        written.sort_by(|a, b| a.at_ms.total_cmp(&b.at_ms));
        let held: Option<Vec<Key>> = jar.map(|jar| jar.iter().map(|cookie| key(&of_jar(cookie))).collect());
        let mut last = HashMap::new();
        for Written { at_ms, frame, witness, mut cookie, leaving } in written {
            let key = key(&cookie);
            let held = held.as_ref().filter(|_| !leaving);
            cookie.kept = held.map(|held| cookie.blocked.is_none() && held.contains(&key));
            let kept = cookie.kept == Some(true);
            if let Some(slot) = draft.add(witness, Some(at_ms), frame, Fact::Cookie(cookie))
                && kept
            {
                last.insert(key, slot);
            }
        }
        for cookie in jar.unwrap_or_default().iter().map(of_jar) {
            match last.remove(&key(&cookie)) {
                Some(slot) => found(slot, cookie, draft),
                None => {
                    draft.add(Witness::Inventory, None, "", Fact::Cookie(cookie));
                }
            }
        }
    }
}

impl Set {
    fn written(self, requests: &Requests, clock: &Clock, draft: &Draft) -> Written {
        let Self { request, status, heard, mut cookie, leaving } = self;
        let hop = requests.trail(&request).and_then(|trail| hop_of(&trail.hops, status));
        if cookie.domain.is_empty() {
            cookie.domain = hop.map(|hop| hop.host.clone()).unwrap_or_default();
        }
        cookie.set_by = hop.map(|hop| reference(hop.slot));
        let (asked_ms, frame) = hop.map(|hop| draft.place(hop.slot)).unwrap_or_default();
        let at_ms = clock.heard(heard).max(asked_ms.unwrap_or_default());
        Written { at_ms, frame, witness: Witness::Browser, cookie, leaving }
    }
}

/// A cookie that somebody was seen to set is in the jar, which knows best what it is like.
fn found(slot: Slot, jar: Cookie, draft: &mut Draft) {
    draft.witness(slot, Witness::Inventory);
    let Some(Fact::Cookie(cookie)) = draft.fact_mut(slot) else { return };
    let said = cookie.lifetime_s.zip(jar.lifetime_s).filter(|(said, left)| said - left <= SHRINKING_S);
    cookie.lifetime_s = said.map(|(said, _)| said).or(jar.lifetime_s);
    cookie.http_only = jar.http_only;
    cookie.secure = jar.secure;
    cookie.partitioned = jar.partitioned;
    cookie.path = jar.path;
    cookie.same_site = jar.same_site;
}

fn key(cookie: &Cookie) -> Key {
    (cookie.name.clone(), cookie.domain.clone())
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
        path: named(set.path().unwrap_or_default()),
        secure: set.secure() == Some(true),
        same_site: set.same_site().map(|same_site| same_site.to_string()),
        partitioned: set.partitioned() == Some(true),
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
        path: named(&cookie.path),
        secure: cookie.secure,
        same_site: cookie.same_site.as_ref().map(|same_site| same_site.as_ref().to_owned()),
        partitioned: cookie.partition_key.is_some(),
        kept: Some(true),
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
    fn what_a_line_says_beside_the_value_is_kept() {
        let cookie = parse("a=b; Path=/shop; Secure; SameSite=None; Partitioned", None).unwrap();
        assert_eq!((cookie.path.as_str(), cookie.secure, cookie.partitioned), ("/shop", true, true));
        assert_eq!((cookie.same_site.as_deref(), cookie.kept), (Some("None"), None));
    }

    fn jar(name: &str, expires_in_s: i64) -> network::Cookie {
        let cookie = serde_json::json!({"name": name, "value": "v", "domain": ".shop.test", "path": "/",
            "expires": now_s() + expires_in_s, "size": 3, "httpOnly": true, "secure": true, "session": false,
            "priority": "Medium", "sourceScheme": "Secure", "sourcePort": 443});
        serde_json::from_value(cookie).unwrap()
    }

    fn finished(jar: Option<&[network::Cookie]>, leaving: bool) -> Vec<(Vec<Witness>, Cookie)> {
        let (mut cookies, mut draft) = (Cookies::default(), Draft::default());
        if leaving {
            cookies.leave();
        }
        for (at_ms, name) in [(1.0, "a"), (2.0, "a"), (3.0, "gone")] {
            let (frame, origin) = ("about:blank".to_owned(), "https://shop.test".to_owned());
            let scene = Scene { at_ms, frame, origin, stack: vec![] };
            cookies.on_script(scene, name.to_owned(), 1, "; max-age=999999999");
        }
        cookies.finish(jar, &Requests::default(), &Clock::default(), &mut draft);
        let events = draft.finish().0.into_iter();
        events
            .map(|event| match event.fact {
                Fact::Cookie(cookie) => (event.seen_by.iter().collect(), cookie),
                other => panic!("{other:?}"),
            })
            .collect()
    }

    #[test]
    fn the_jar_bears_out_who_set_a_cookie_last() {
        let found = finished(Some(&[jar("a", 34_560_000), jar("b", 60)]), false);
        let told: Vec<_> =
            found.iter().map(|(by, cookie)| (cookie.name.as_str(), by.as_slice(), cookie.kept)).collect();
        let expected = [
            ("a", [Witness::Page].as_slice(), Some(true)),
            ("a", &[Witness::Page, Witness::Inventory], Some(true)),
            ("gone", &[Witness::Page], Some(false)),
            ("b", &[Witness::Inventory], Some(true)),
        ];
        assert_eq!(told, expected);
        let borne_out = &found[1].1;
        assert_eq!((borne_out.path.as_str(), borne_out.http_only, borne_out.secure), ("/", true, true));
        // The browser cut what was asked for.
        assert!(borne_out.lifetime_s.unwrap() <= 34_560_000, "{borne_out:?}");
        assert_eq!(borne_out.domain, "shop.test");
    }

    #[test]
    fn nobody_knows_whether_a_cookie_stayed_that_was_set_after_the_jar_was_read() {
        for (jar, leaving) in [(None, false), (Some([jar("a", 60)].as_slice()), true)] {
            let found = finished(jar, leaving);
            let written = found.iter().filter(|(by, _)| by.contains(&Witness::Page));
            assert!(
                written.clone().count() == 3 && written.clone().all(|(_, cookie)| cookie.kept.is_none()),
                "{found:?}"
            );
        }
    }

    #[test]
    fn a_deletion_is_not_a_cookie() {
        assert_eq!(parse("_clck=; Max-Age=0", None), None);
        assert_eq!(parse("_clck=x; Expires=Thu, 01 Jan 1970 00:00:00 GMT", None), None);
        assert_eq!(parse("no cookie at all", None), None);
    }
}
