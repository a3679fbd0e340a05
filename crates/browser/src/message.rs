//! CDP messages that the typed protocol of our library cannot read, because Chromium is newer than it.

use chromiumoxide::{cdp::CdpEventMessage, types::Message};
use serde_json::Value;

/// A message that stays unread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unparsed {
    /// The event's name; empty if even that is missing.
    pub method: String,
    /// The session that it is about.
    pub session: Option<String>,
}

/// Reads a message after undoing the differences that we know of.
///
/// Chromium 156 calls `clientSecurityState.privateNetworkRequestPolicy` `localNetworkAccessRequestPolicy`; its values
/// are the same.
pub(crate) fn repair(raw: &str) -> Result<CdpEventMessage, Unparsed> {
    let mut message: Value = serde_json::from_str(raw).unwrap_or_default();
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

#[cfg(test)]
mod tests {
    use super::*;

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
