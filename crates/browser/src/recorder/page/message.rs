use earshot_model::{Body, ListenMeans, StorageArea};
use serde::Deserialize;

use crate::message::paired;

/// Longest message that is read: a Blob's bytes in base64, and what stands around them.
const LONGEST: usize = Body::MAX_EXCERPT / 3 * 4 + 64 * 1024;

/// One message of our script.
#[derive(Debug, Deserialize)]
pub(super) struct Message {
    /// Milliseconds since the epoch, on the page's clock.
    pub time: f64,
    /// The document or worker.
    pub address: String,
    pub origin: String,
    /// As V8 prints it.
    pub stack: String,
    #[serde(flatten)]
    pub what: What,
}

/// What it tells.
#[derive(Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum What {
    /// A script listens.
    Listener { event: String, target: String, means: ListenMeans, count: u32 },
    /// A script read a field.
    Read { target: String, count: u32 },
    /// A script called something by which browsers are told apart.
    Call { api: String, detail: String, count: u32 },
    /// A script set a cookie. `attributes` begin with a semicolon.
    Cookie { name: String, length: u32, attributes: String },
    /// A script wrote to a storage, or opened one.
    Stored { area: StorageArea, name: String, length: u32 },
    /// What was in a frame sent from a Blob, in base64.
    Blob { url: String, size: u64, data: String, read: bool },
    /// What an interface for consent says now.
    Signal { source: String, value: String },
    /// Such an interface is there and did not answer in time.
    Unread { source: String },
    /// No more of this kind is told; of no kind if empty.
    Capped { what: String },
}

impl Message {
    /// `None` if it is none of ours.
    pub(super) fn parse(payload: &str) -> Option<Self> {
        if payload.len() > LONGEST {
            return None;
        }
        let message: Self = serde_json::from_str(payload).or_else(|_| serde_json::from_str(&paired(payload))).ok()?;
        message.time.is_finite().then_some(message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AROUND: &str = r#""time":1.5,"address":"http://a.test/","origin":"http://a.test","stack":"""#;

    fn parse(what: &str) -> Option<What> {
        Message::parse(&format!("{{{what},{AROUND}}}")).map(|message| message.what)
    }

    #[test]
    fn what_our_script_tells_is_read() {
        let told =
            parse(r#""kind":"listener","event":"input","target":"in\ud800","means":"handler","count":2"#).unwrap();
        assert!(
            matches!(&told, What::Listener { target, means: ListenMeans::Handler, count: 2, .. } if target == "in\u{fffd}"),
            "{told:?}"
        );
        let told = parse(r#""kind":"stored","area":"indexed_db","name":"db","length":0,"count":1"#).unwrap();
        assert!(matches!(told, What::Stored { area: StorageArea::IndexedDb, length: 0, .. }), "{told:?}");
    }

    #[test]
    fn anything_else_is_refused() {
        for what in [
            r#""kind":"unheard of""#,
            r#""kind":"read","target":"input""#,
            r#""kind":"read","target":"input","count":-1"#,
            r#""kind":"listener","event":"input","target":"","means":"magic","count":2"#,
        ] {
            assert!(parse(what).is_none(), "{what}");
        }
        assert!(Message::parse("{").is_none());
        assert!(parse(&format!(r#""kind":"capped","what":"{}""#, "x".repeat(LONGEST))).is_none());
    }
}
