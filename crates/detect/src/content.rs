//! What a body says, once unpacked, for those who ask it for names: of JSON, of JSON lines, and of form fields.
//!
//! Only the outermost levels are read, without building the document: a recorder's snapshot is some MB deep below, and
//! what names an account stands on top. So a body whose end was cut off is read as far as it goes.

use std::{
    cell::{Cell, OnceCell},
    fmt,
    rc::Rc,
};

use earshot_model::{Event, Fact, Gap, GapKind};
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::decode;

/// How many objects lie around a key, the outermost one being 1. Lists count nothing: a batch is a list of events.
/// Vendors' keys stand at 1 (`api_key`), 2 (`properties.token`) or 3 (`batch[].context.…`).
const MAX_LEVEL: u8 = 3;

/// How many entries of one body are kept: a batch of some hundred events with a dozen keys each.
const MAX_ENTRIES: usize = 4096;

/// How many documents one layer may hold one after the other: an envelope's header, item header and item.
const MAX_DOCUMENTS: usize = 64;

/// Longest value that is kept, in bytes. Accounts have up to some dozen characters, addresses up to 2,000.
const MAX_VALUE_BYTES: usize = 2048;

/// How much unpacking the names of accounts and the signs of disguise are worth in one visit, in bytes of work. Only
/// bodies at addresses where such a name can stand are read; a busy page has some dozens of them of 10 KB each.
const MAX_VISIT_WORK_BYTES: usize = 64 * 1024 * 1024;

/// What the requests of a visit say in their bodies, each read when somebody first asks, all on one budget.
#[derive(Debug)]
pub(crate) struct Contents<'v> {
    events: &'v [Event],
    read: Vec<OnceCell<Option<Content>>>,
    left: Rc<Cell<usize>>,
}

/// What a body says on its outer levels.
#[derive(Clone, Debug, Default)]
pub struct Content {
    entries: Vec<Entry>,
    texts: Vec<Vec<u8>>,
    /// What is left for searching the texts, in bytes of work.
    left: Rc<Cell<usize>>,
}

/// One key of a JSON object, or one form field.
#[derive(Clone, Debug)]
struct Entry {
    level: u8,
    key: String,
    /// `None` for an object, a list, `null` and what is too long.
    value: Option<String>,
}

/// Walks one JSON value and keeps what stands on its outer levels.
struct Walk<'e> {
    entries: &'e mut Vec<Entry>,
    level: u8,
}

impl<'v> Contents<'v> {
    pub(crate) fn of_visit(events: &'v [Event]) -> Self {
        let read = events.iter().map(|_| OnceCell::new()).collect();
        Self { events, read, left: Rc::new(Cell::new(MAX_VISIT_WORK_BYTES)) }
    }

    /// What the body of the request at `seq` says; `None` for one without a body.
    pub(crate) fn of(&self, seq: u32) -> Option<&Content> {
        let read = || {
            let Fact::Request(request) = &self.events[seq as usize].fact else { return None };
            let mut left = self.left.get();
            let content = Content::read(&request.body.as_ref()?.excerpt, &mut left);
            self.left.set(left);
            Some(Content { left: Rc::clone(&self.left), ..content })
        };
        self.read.get(seq as usize)?.get_or_init(read).as_ref()
    }

    /// Says so if not everything was read that was asked for.
    pub(crate) fn gap(&self) -> Option<Gap> {
        let detail = format!("looking for accounts and disguises stopped after {} MB", MAX_VISIT_WORK_BYTES >> 20);
        (self.left.get() == 0).then_some(Gap { kind: GapKind::BodyUnread, detail })
    }
}

impl Content {
    /// Unpacks and reads a body, on a budget as [`decode::unpack_within`] has it. Nothing is read where none is left;
    /// what is left afterwards may be spent on searching it.
    #[must_use]
    pub fn read(body: &[u8], budget: &mut usize) -> Self {
        if *budget == 0 {
            return Self::default();
        }
        let unpacked = decode::unpack_within(body, budget);
        let texts: Vec<Vec<u8>> = unpacked.readable().map(|layer| layer.bytes.clone()).collect();
        let mut entries = Vec::new();
        for text in &texts {
            read_json(text, &mut entries);
            read_form(text, &mut entries);
        }
        entries.sort_by_key(|entry| entry.level);
        Self { entries, texts, left: Rc::new(Cell::new(*budget)) }
    }

    /// The first value under that key that is a text, a number or a truth value, outermost level first.
    #[must_use]
    pub fn value(&self, key: &str) -> Option<&str> {
        self.values(key).next()
    }

    /// All of them.
    pub fn values<'c>(&'c self, key: &str) -> impl Iterator<Item = &'c str> {
        self.entries.iter().filter(move |entry| entry.key == key).filter_map(|entry| entry.value.as_deref())
    }

    /// Those with at most so many objects around them, the outermost one being 1.
    pub fn values_above<'c>(&'c self, key: &'c str, level: u8) -> impl Iterator<Item = &'c str> {
        let entries = self.entries.iter().filter(move |entry| entry.key == key && entry.level <= level);
        entries.filter_map(|entry| entry.value.as_deref())
    }

    /// Whether the key stands there, whatever its value is.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.entries.iter().any(|entry| entry.key == key)
    }

    /// Whether the text stands anywhere in it, as far as the budget lasts.
    #[must_use]
    pub fn contains(&self, text: &str) -> bool {
        let wanted = text.as_bytes();
        let Some(first) = wanted.first() else { return false };
        self.texts.iter().any(|layer| {
            let looked = layer.len().min(self.left.get());
            self.left.set(self.left.get() - looked);
            let mut starts = layer[..looked].iter().enumerate().filter(|(_, byte)| *byte == first);
            starts.any(|(at, _)| layer[at..].starts_with(wanted))
        })
    }
}

/// Reads the JSON documents that stand one after the other, up to what is none.
fn read_json(text: &[u8], entries: &mut Vec<Entry>) {
    if !text.trim_ascii_start().starts_with(b"{") && !text.trim_ascii_start().starts_with(b"[") {
        return;
    }
    let mut rest = text;
    for _ in 0..MAX_DOCUMENTS {
        let mut json = serde_json::Deserializer::from_slice(rest).into_iter::<IgnoredAny>();
        let whole = matches!(json.next(), Some(Ok(_)));
        let end = json.byte_offset();
        let mut document = serde_json::Deserializer::from_slice(rest);
        // One that ends in the middle leaves behind what was read of it.
        let _ = Walk { entries, level: 1 }.deserialize(&mut document);
        if !whole || end == 0 || end >= rest.len() || entries.len() >= MAX_ENTRIES {
            return;
        }
        rest = &rest[end..];
    }
}

/// Reads `a=1&b=2`. Text with blanks or quotes is none: it would be percent-encoded.
fn read_form(text: &[u8], entries: &mut Vec<Entry>) {
    let plain = |byte: &u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'<' | b'>' | b'{' | b'}');
    if !text.contains(&b'=') || !text.iter().all(plain) {
        return;
    }
    for (key, value) in url::form_urlencoded::parse(text).take(MAX_ENTRIES.saturating_sub(entries.len())) {
        entries.push(Entry { level: 1, key: key.into_owned(), value: kept(&value) });
    }
}

fn kept(value: &str) -> Option<String> {
    (value.len() <= MAX_VALUE_BYTES).then(|| value.to_owned())
}

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = Option<String>;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Self::Value, D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    /// The value itself, if it is no object and no list.
    type Value = Option<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Some(value.to_string()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        Ok(Some(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        Ok(Some(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Self::Value, E> {
        Ok(Some(value.to_string()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Self::Value, E> {
        Ok(kept(value))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        while list.next_element_seed(Walk { entries: &mut *self.entries, level: self.level })?.is_some() {}
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Self::Value, A::Error> {
        while let Some(key) = object.next_key::<String>()? {
            if self.level > MAX_LEVEL || self.entries.len() >= MAX_ENTRIES {
                object.next_value::<IgnoredAny>()?;
                continue;
            }
            // Noted before its value is read, which a cut body may not have to its end.
            let at = self.entries.len();
            self.entries.push(Entry { level: self.level, key, value: None });
            let value = object.next_value_seed(Walk { entries: &mut *self.entries, level: self.level + 1 })?;
            self.entries[at].value = value;
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Content {
        Content::read(body.as_bytes(), &mut { 1 << 20 })
    }

    #[test]
    fn keys_are_found_outermost_first() {
        for (body, key, value) in [
            (r#"{"a":{"key":"in"},"key":"out"}"#, "key", Some("out")),
            (r#"[{"event":"e","properties":{"token":"phc_1"}}]"#, "token", Some("phc_1")),
            (r#"{"batch":[{"context":{"id":7}}]}"#, "id", Some("7")),
            (r#"{"a":{"b":{"c":{"deep":1}}}}"#, "deep", None),
            ("{\"dsn\":\"x\"}\n{\"type\":\"event\"}\n{\"p\":1}", "type", Some("event")),
            (r#"{"key":"a","cut":{"x":[1,"#, "key", Some("a")),
            ("tid=G-1&cid=2%2C3", "cid", Some("2,3")),
            ("no form = at all", "no form ", None),
            (r#"{"key":null}"#, "key", None),
            ("", "key", None),
        ] {
            assert_eq!(read(body).value(key), value, "{body}");
        }
    }

    #[test]
    fn a_key_without_a_plain_value_is_there_all_the_same() {
        let content = read(r#"{"properties":{"token":"x"},"none":null}"#);
        assert!(content.has("properties") && content.has("none") && !content.has("x"));
        assert!(content.contains("token\":\"x") && !content.contains("other") && !content.contains(""));
    }

    #[test]
    fn searching_is_charged_and_ends() {
        let body = r#"{"a":"needle"}"#;
        let content = Content::read(body.as_bytes(), &mut { 1 << 20 });
        content.left.set(body.len() * 2);
        assert!(content.contains("needle") && content.contains("needle"));
        assert!(!content.contains("needle"), "nothing is left");
        assert!(!Content::read(body.as_bytes(), &mut 0).has("a"));
    }

    #[test]
    fn an_endless_list_is_read_to_its_bound() {
        let body = format!("[{}]", vec![r#"{"a":1,"b":2}"#; 10_000].join(","));
        assert_eq!(read(&body).entries.len(), MAX_ENTRIES);
    }
}
