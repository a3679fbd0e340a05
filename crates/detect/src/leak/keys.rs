//! Senders that send each key by itself: one message a key, or a list of events with one key each.

use std::{collections::BTreeMap, ops::Range};

use memchr::{memchr_iter, memchr2_iter};

use super::{
    Coding, Form, Leak, Search, Variant,
    frame::{Frame, name_before},
    value::{MIN_CHARACTERS, own_part},
    walk::{Seen, Walk},
};

/// How many keys of one name are kept: more than are typed in a visit, each sent for keydown, keypress and keyup.
const MAX_KEYS: usize = 16_384;

/// How many places are followed.
const MAX_PLACES: usize = 4096;

/// How many equal keys in a row are kept: no text of ours has more equal characters in a row.
const MAX_SAME: usize = 8;

/// How far before a key its name begins at most, in bytes.
const MAX_LOOK_BACK: usize = 256;

/// How much stands between a name and its value, and before the name: `,"key":"`.
const AROUND_NAME: usize = 5;

/// Longest message that is one key and nothing else.
const MAX_BARE: usize = 1;

/// The messages of one party, in order: what each brings of single keys.
#[derive(Clone, Debug, Default)]
pub struct KeyStream {
    /// By the name that they stand under ("" for items of lists, and messages that are one key), and by that and what stands before them.
    streams: BTreeMap<Place, Vec<Key>>,
}

/// Where keys stand: under which name, and behind which bytes; none for all of that name. What else a request brings
/// under the same name (`v="8"` in a header) stands behind other bytes, in which case the keys of one place spell what
/// those of the name do not. Where the bytes change from key to key, it is the other way round.
type Place = (String, Vec<u8>);

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
    /// Takes the next message: `seq` is that of its event. The work is taken from `budget`. Whether a bound ended it, so
    /// that there may be more keys in it than were taken.
    pub fn feed(&mut self, seq: u32, sent: &[u8], budget: &mut usize) -> bool {
        let mut full = false;
        let (_, cut) = Walk::through(sent, budget, &mut |seen| {
            if let Seen::Frame(frame) = seen {
                full |= !self.frame(seq, frame);
            }
        });
        cut || full
    }

    /// The canaries of which ten characters or more came one by one, each with the message that brought the last of
    /// them. A key that comes again (keydown, keypress, keyup) is one key.
    #[must_use]
    pub fn leaks(&self, search: &Search) -> Vec<(u32, Leak)> {
        let mut leaks = Vec::new();
        for ((name, _), keys) in &self.streams {
            for canary in search.canaries().iter().filter(|canary| canary.kind.is_typed()) {
                let text = canary.text().as_bytes();
                let Some((characters, last)) = longest(text, &own_part(canary.text()), keys) else { continue };
                let form = Form::Text { characters, of: text.len(), variant: Variant::AsTyped };
                let (ordinal, name, chain) = (canary.ordinal, name.clone(), vec![Coding::Keys]);
                let (bytes, inner) = (last.at.clone(), last.inner.clone());
                let leak = (last.seq, Leak { ordinal, form, chain, bytes, inner, around: Vec::new(), name });
                if !leaks.contains(&leak) {
                    leaks.push(leak);
                }
            }
        }
        leaks
    }

    /// The single keys of a layer: a message of one character, members of JSON, parameters, items of lists. Whether
    /// there was room for all.
    fn frame(&mut self, seq: u32, frame: &Frame<'_>) -> bool {
        let text = frame.bytes;
        // Where each key stands outside would be looked up in all of the layer: for what is wrapped, the layer is told.
        let key = |char: u8, inner: Range<usize>| {
            let at = if frame.depth == 0 { inner.clone() } else { frame.top.clone() };
            Key { char, seq, at, inner }
        };
        if frame.depth == 0 && (1..=MAX_BARE).contains(&text.len()) {
            return self.add("", b"", key(text[0], 0..1));
        }
        let mut kept = true;
        for sign in memchr2_iter(b':', b'=', text) {
            let Some((char, inner)) = key_after(text, sign) else { continue };
            let from = inner.start.saturating_sub(MAX_LOOK_BACK);
            let name = name_before(&text[from..], inner.start - from).unwrap_or_default();
            let name = if name.is_empty() { name_of_number(text, sign) } else { name };
            if !name.is_empty() && (!is_number(&text[inner.clone()]) || names_a_key(&name)) {
                let before = &text[inner.start.saturating_sub(name.len() + AROUND_NAME)..inner.start];
                kept &= self.add(&name, before, key(char, inner));
            }
        }
        for quote in memchr_iter(b'"', text) {
            if let Some(inner) = listed(text, quote) {
                let before = &text[quote.saturating_sub(AROUND_NAME)..quote];
                kept &= self.add("", before, key(text[inner.start], inner));
            }
        }
        kept
    }

    /// Whether there was room for it.
    fn add(&mut self, name: &str, before: &[u8], key: Key) -> bool {
        let places = if before.is_empty() { &[before][..] } else { &[b"", before][..] };
        let mut kept = true;
        for place in places.iter().map(|before| (name.to_owned(), before.to_vec())) {
            if !self.streams.contains_key(&place) && self.streams.len() == MAX_PLACES {
                kept = false;
                continue;
            }
            let keys = self.streams.entry(place).or_default();
            // Flags and versions say the same all the time.
            if keys.iter().rev().take_while(|before| before.char == key.char).take(MAX_SAME).count() == MAX_SAME {
                continue;
            }
            kept &= keys.len() < MAX_KEYS;
            if keys.len() < MAX_KEYS {
                keys.push(key.clone());
            }
        }
        kept
    }
}

/// The single character that is an item of a list, if its string begins at `quote`: `["keydown","k",12]`.
fn listed(text: &[u8], quote: usize) -> Option<Range<usize>> {
    let is_item = matches!(text.get(quote.checked_sub(1)?)?, b'[' | b',');
    let ends = text.get(quote + 2) == Some(&b'"') && matches!(text.get(quote + 3)?, b',' | b']');
    (is_item && ends && text[quote + 1].is_ascii()).then_some(quote + 1..quote + 2)
}

/// The key that the value behind a `:` or `=` is, and where it stands: `"a"`, `a`, `KeyA`, `65`.
fn key_after(text: &[u8], sign: usize) -> Option<(u8, Range<usize>)> {
    let filled =
        |from: usize, byte: u8| text.get(from..).unwrap_or_default().iter().take_while(|b| **b == byte).count();
    // A blank behind `=` was typed.
    let start = sign + 1 + if text[sign] == b':' { filled(sign + 1, b' ') } else { 0 };
    let quote = start + filled(start, b'\\');
    let is_quoted = text.get(quote) == Some(&b'"');
    let start = if is_quoted { quote + 1 } else { start };
    let rest = text.get(start..)?;
    let ends = |byte: &u8| match byte {
        b'"' | b'\\' | b'\n' | b'\r' => true,
        b'&' | b',' | b'}' | b']' | b' ' | b';' | b'/' => !is_quoted,
        _ => false,
    };
    let length = rest.iter().skip(1).take(MAX_KEY_NAME).position(ends).map_or(rest.len(), |place| place + 1);
    let char = match &rest[..length.min(MAX_KEY_NAME)] {
        [b'+'] if text[sign] == b'=' => b' ',
        [b'"' | b'\\'] => return None,
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
            // A form within a form leaves a `+` for a blank; nothing of ours has a `+`.
            let is = |place: usize| {
                let is_blank = |char: &u8| *char == b' ' && key.char == b'+';
                beginning.get(place).is_some_and(|char| char.eq_ignore_ascii_case(&key.char) || is_blank(char))
            };
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
            (r#"{\"key\":\" \"}"#, Some(b' ')),
            (r#"{\\\"key\\\": \\\"a\\\"}"#, Some(b'a')),
            (r#"{"key":","}"#, Some(b',')),
            (r#"{"key":"/"}"#, Some(b'/')),
            ("k= &t=1", Some(b' ')),
            ("k=+", Some(b' ')),
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
