//! CDP messages that the typed protocol of our library cannot read, because Chromium is newer than it.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use chromiumoxide::{cdp::CdpEventMessage, types::Message};
use serde_json::Value;

use crate::bounds;

/// A message that stays unread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unparsed {
    /// The event's name; empty if even that is missing.
    pub method: String,
    /// The session that it is about.
    pub session: Option<String>,
}

/// How many messages stayed unread since a browser's launch, by the event's name. Clones share the count.
#[derive(Clone, Debug, Default)]
pub(crate) struct Unread(Arc<Mutex<BTreeMap<String, u64>>>);

impl Unread {
    /// Where those are counted whose names are too many to be kept apart.
    const OTHERS: &str = "*";

    pub(crate) fn count(&self, method: &str) {
        let mut counts = self.counts();
        let room = counts.len() < bounds::METHODS || counts.contains_key(method);
        let name = if room { bounds::cut(method, bounds::NAME) } else { Self::OTHERS };
        *counts.entry(name.to_owned()).or_default() += 1;
    }

    pub(crate) fn by_method(&self) -> BTreeMap<String, u64> {
        self.counts().clone()
    }

    /// Counts stay true even if a thread died while it held them.
    fn counts(&self) -> MutexGuard<'_, BTreeMap<String, u64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads a message after undoing the differences that we know of.
///
/// Chromium 156 calls `clientSecurityState.privateNetworkRequestPolicy` `localNetworkAccessRequestPolicy`; its values
/// are the same. And it writes binary bodies as text with halves of surrogate pairs, which no JSON parser takes.
pub(crate) fn repair(raw: &str) -> Result<CdpEventMessage, Unparsed> {
    let mut message: Value = serde_json::from_str(&paired(raw)).unwrap_or_default();
    let text = |key: &str| message.get(key).and_then(Value::as_str).map(str::to_owned);
    let unparsed = Unparsed { method: text("method").unwrap_or_default(), session: text("sessionId") };
    if let Some(state) = message.pointer_mut("/params/clientSecurityState").and_then(Value::as_object_mut)
        && let Some(policy) = state.remove("localNetworkAccessRequestPolicy")
    {
        state.insert("privateNetworkRequestPolicy".to_owned(), policy);
    }
    match serde_json::from_value(message) {
        Ok(Message::Event(event)) => Ok(event),
        Ok(Message::Response(_)) | Err(_) => Err(unparsed),
    }
}

/// The same JSON with U+FFFD for every escaped half of a surrogate pair (RFC 8259 § 8.2).
pub(crate) fn paired(raw: &str) -> String {
    let mut healed = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find('\\') {
        healed.push_str(&rest[..at]);
        rest = &rest[at..];
        let taken = match (escaped_unit(rest), rest.get(6..).and_then(escaped_unit)) {
            (Some(0xD800..=0xDBFF), Some(0xDC00..=0xDFFF)) => 12,
            (Some(0xD800..=0xDFFF), _) => {
                healed.push_str("\\ufffd");
                rest = &rest[6..];
                continue;
            }
            // A backslash and what it escapes, which is one byte long in JSON.
            _ => 2.min(rest.len()),
        };
        let (unit, after) = rest.split_at_checked(taken).unwrap_or((rest, ""));
        healed.push_str(unit);
        rest = after;
    }
    healed.push_str(rest);
    healed
}

/// The UTF-16 unit that `text` begins with as an escape.
fn escaped_unit(text: &str) -> Option<u16> {
    u16::from_str_radix(text.strip_prefix("\\u")?.get(..4)?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_that_are_counted_are_bounded() {
        let unread = Unread::default();
        for number in 0..bounds::METHODS + 2 {
            unread.count(&format!("Domain.event{number}"));
        }
        unread.clone().count("Domain.event0");
        let counts = unread.by_method();
        assert_eq!((counts.len(), counts["Domain.event0"], counts["*"]), (bounds::METHODS + 1, 2, 2));
    }

    #[test]
    fn half_a_surrogate_pair_does_not_cost_the_message() {
        let raw = r#"{"a":"\\\ud83d\ude00 \udaf4x\\udaf4 \ude00\ud83d"}"#;
        assert!(serde_json::from_str::<Value>(raw).is_err(), "the library has caught up");
        let healed: Value = serde_json::from_str(&paired(raw)).unwrap();
        assert_eq!(healed["a"], "\\😀 \u{fffd}x\\udaf4 \u{fffd}\u{fffd}");
        assert_eq!(paired("\\"), "\\");
        assert_eq!(paired(r"\u12"), r"\u12");
    }

    #[test]
    fn the_renamed_policy_is_read() {
        let raw = r#"{"method":"Network.requestWillBeSentExtraInfo","sessionId":"S","params":{"requestId":"1.2",
            "associatedCookies":[],"headers":{},"connectTiming":{"requestTime":1.5},
            "clientSecurityState":{"initiatorIsSecureContext":true,"initiatorIPAddressSpace":"Public",
            "localNetworkAccessRequestPolicy":"PermissionBlock"}}}"#;
        assert!(serde_json::from_str::<Message<CdpEventMessage>>(raw).is_err(), "the library has caught up");
        assert_eq!(repair(raw).unwrap().session_id.as_deref(), Some("S"));
    }

    #[test]
    fn what_cannot_be_read_says_what_it_was() {
        let raw = r#"{"method":"Network.loadingFailed","sessionId":"S","params":{"requestId":7}}"#;
        let unparsed = Unparsed { method: "Network.loadingFailed".into(), session: Some("S".into()) };
        assert_eq!(repair(raw).unwrap_err(), unparsed);
        assert_eq!(repair("{").unwrap_err(), Unparsed { method: String::new(), session: None });
    }
}
