//! Senders that send each key by itself: one message a key, or a list of events with one key each.

use std::{collections::BTreeMap, ops::Range};

use memchr::memchr2;

use super::{
    Coding, Form, Leak, Search, Variant,
    frame::{Frame, name_before},
    value::{MIN_CHARACTERS, own_part},
    walk::{Seen, Walk},
};

/// How many keys of one name are kept: more than are typed in a visit, each sent for keydown, keypress and keyup.
const MAX_KEYS: usize = 16_384;

/// How many names are followed.
const MAX_NAMES: usize = 64;

/// Longest message that is one key and nothing else.
const MAX_BARE: usize = 1;

/// The messages of one party, in order: what each brings of single keys.
#[derive(Clone, Debug, Default)]
pub struct KeyStream {
    /// By the name that they stand under; "" for messages that are one key.
    streams: BTreeMap<String, Vec<Key>>,
}

/// One key that was sent.
#[derive(Clone)]
struct Key {
    char: u8,
    seq: u32,
    at: Range<usize>,
    inner: Range<usize>,
}

/// Nothing typed may be printed.
impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Key(message {})", self.seq)
    }
}

impl KeyStream {
    /// Takes the next message: `seq` is that of its event. The work is taken from `budget`.
    pub fn feed(&mut self, seq: u32, sent: &[u8], budget: &mut usize) {
        Walk::through(sent, budget, &mut |seen| {
            if let Seen::Frame(frame) = seen {
                self.frame(seq, frame);
            }
        });
    }

    /// The canaries of which ten characters or more came one by one, each with the message that brought the last of
    /// them. A key that comes again (keydown, keypress, keyup) is one key.
    #[must_use]
    pub fn leaks(&self, search: &Search) -> Vec<(u32, Leak)> {
        let mut leaks = Vec::new();
        for (name, keys) in &self.streams {
            for canary in search.canaries().iter().filter(|canary| canary.kind.is_typed()) {
                let text = canary.text().as_bytes();
                let Some((characters, last)) = longest(text, &own_part(canary.text()), keys) else { continue };
                let form = Form::Text { characters, of: text.len(), variant: Variant::AsTyped };
                let (ordinal, name, chain) = (canary.ordinal, name.clone(), vec![Coding::Keys]);
                let (bytes, inner) = (last.at.clone(), last.inner.clone());
                leaks.push((last.seq, Leak { ordinal, form, chain, bytes, inner, name }));
            }
        }
        leaks
    }

    /// The single keys of a layer: a message of one character, members of JSON, parameters.
    fn frame(&mut self, seq: u32, frame: &Frame<'_>) {
        let text = frame.bytes;
        // Where each key stands outside would be looked up in all of the layer: for what is wrapped, the layer is told.
        let (whole, _) = frame.outside(0..text.len());
        let place = |inner: &Range<usize>| if frame.depth == 0 { inner.clone() } else { whole.clone() };
        if frame.depth == 0 && (1..=MAX_BARE).contains(&text.len()) {
            self.add("", Key { char: text[0], seq, at: 0..1, inner: 0..1 });
            return;
        }
        let mut from = 0;
        while let Some(at) = memchr2(b':', b'=', &text[from..]).map(|place| from + place) {
            from = at + 1;
            let Some((char, inner)) = key_after(text, at) else { continue };
            let name = name_before(text, inner.start).unwrap_or_default();
            let name = if name.is_empty() { name_of_number(text, at) } else { name };
            if !name.is_empty()
                && (text.get(inner.start..inner.end).is_some_and(|value| !is_number(value)) || names_a_key(&name))
            {
                self.add(&name, Key { char, seq, at: place(&inner), inner });
            }
        }
    }

    fn add(&mut self, name: &str, key: Key) {
        if !self.streams.contains_key(name) && self.streams.len() == MAX_NAMES {
            return;
        }
        let keys = self.streams.entry(name.to_owned()).or_default();
        if keys.len() < MAX_KEYS {
            keys.push(key);
        }
    }
}

/// The key that the value behind a `:` or `=` is, and where it stands: `"a"`, `a`, `KeyA`, `65`.
fn key_after(text: &[u8], sign: usize) -> Option<(u8, Range<usize>)> {
    let mut start = sign + 1;
    while matches!(text.get(start)?, b' ' | b'"' | b'\\') {
        // `" "` is a blank that was typed, and so is `k= &`.
        let around = (text[start - 1], text.get(start + 1).copied().unwrap_or(b'&'));
        if text[start] == b' ' && matches!(around, (b'"', b'"') | (b'=', b'&')) {
            break;
        }
        start += 1;
    }
    let rest = &text[start..];
    let ends = |byte: &u8| matches!(byte, b'"' | b'&' | b',' | b'}' | b']' | b'\\' | b'\n' | b'\r' | b' ');
    let length = rest.iter().skip(1).take(MAX_KEY_NAME).position(ends).map_or(rest.len(), |place| place + 1);
    let char = match &rest[..length.min(MAX_KEY_NAME)] {
        [b'+'] if text[sign] == b'=' => b' ',
        [char] if char.is_ascii_graphic() || *char == b' ' => *char,
        [b'K', b'e', b'y', letter] => letter.to_ascii_lowercase(),
        [b'D', b'i', b'g', b'i', b't', digit] => *digit,
        b"Space" => b' ',
        b"Period" => b'.',
        b"Minus" => b'-',
        b"Slash" => b'/',
        number if is_number(number) && number.len() <= 3 => {
            u8::try_from(number.iter().fold(0u32, |sum, digit| sum * 10 + u32::from(digit - b'0'))).ok()?
        }
        _ => return None,
    };
    Some((char, start..start + length))
}

/// Longest name of a key: `Digit4`, `Period`.
const MAX_KEY_NAME: usize = 8;

fn is_number(value: &[u8]) -> bool {
    value.len() > 1 && value.iter().all(u8::is_ascii_digit)
}

/// The JSON key before a number, which stands behind no quote.
fn name_of_number(text: &[u8], colon: usize) -> String {
    let before = text[..colon].trim_ascii_end();
    let before = before.strip_suffix(b"\"").unwrap_or(before).strip_suffix(b"\\").unwrap_or(before);
    let before = &before[before.len().saturating_sub(MAX_KEY_NAME * 4)..];
    let before = before.strip_suffix(b"\"").unwrap_or(before);
    let start = before.iter().rposition(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_').map_or(0, |at| at + 1);
    String::from_utf8_lossy(&before[start..]).into_owned()
}

/// Whether numbers under that name are keys: `keyCode`, `charCode`, `which`.
fn names_a_key(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["key", "char", "code", "which"].iter().any(|part| name.contains(part))
}

/// The longest piece of `text` that the keys spell, and the key that ended it, if it is long enough to count. Case is
/// passed over: a key's code has none. Linear in keys for each character that a piece can begin with: those of the
/// `own` part, which nothing else has.
fn longest<'a>(text: &[u8], own: &Range<usize>, keys: &'a [Key]) -> Option<(usize, &'a Key)> {
    let mut best: Option<(usize, &Key)> = None;
    let beginning = &text[..text.len().min(MAX_SPELLED)];
    let least = MIN_CHARACTERS.min(own.len());
    for start in own.start..(own.end + 1).saturating_sub(least).min(MAX_SPELLED) {
        let mut at = start;
        for key in keys {
            let is = |place: usize| beginning.get(place).is_some_and(|char| char.eq_ignore_ascii_case(&key.char));
            if is(at) {
                at += 1;
                let enough = at - start >= least;
                if enough && best.is_none_or(|(characters, _)| at - start > characters) {
                    best = Some((at - start, key));
                }
            } else if at > start && !is(at - 1) {
                at = if is(start) { start + 1 } else { start };
            }
        }
    }
    best
}

/// How much of a text is looked for key by key: nobody types more into a field of a page that is not sent off.
const MAX_SPELLED: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> Option<u8> {
        key_after(text.as_bytes(), text.find([':', '=']).unwrap()).map(|(char, _)| char)
    }

    #[test]
    fn keys_are_read_in_every_writing() {
        for (text, char) in [
            (r#"{"key":"a"}"#, Some(b'a')),
            (r#"{"key": "a"}"#, Some(b'a')),
            (r#"{"key":" "}"#, Some(b' ')),
            (r#"{\"key\":\"a\"}"#, Some(b'a')),
            (r#"{"code":"KeyQ","x":1}"#, Some(b'q')),
            (r#"{"code":"Digit4"}"#, Some(b'4')),
            (r#"{"keyCode":65}"#, Some(b'A')),
            ("k=a&t=1", Some(b'a')),
            ("k=a", Some(b'a')),
            (r#"{"key":"Shift"}"#, None),
            (r#"{"key":"ab"}"#, None),
            (r#"{"key":""#, None),
        ] {
            assert_eq!(key(text), char, "{text}");
        }
    }
}
