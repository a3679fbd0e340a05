//! Finds the packed parts of one layer.

use std::{borrow::Cow, ops::Range};

use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

use super::{
    Packing,
    inflate::{inflate, magic},
};

/// How many places of one layer are tried that only look packed: random bytes look like zlib once in 16,000 places,
/// and a hostile body can look so at every second one.
const MAX_ATTEMPTS: usize = 1024;

/// Shortest text that is tried as base64: below it too many words decode to something.
const MIN_BASE64: usize = 16;

/// How much of a stream is unpacked to know that it is one.
const PROBE_BYTES: usize = 16 * 1024;

/// A packed part of a layer.
#[derive(Debug)]
pub(super) struct Segment {
    pub packing: Packing,
    /// Where it stands in the layer.
    pub at: Range<usize>,
    /// What it unpacks to.
    pub bytes: Vec<u8>,
}

/// The packed parts of a layer, in order, not overlapping.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub segments: Vec<Segment>,
    pub cut: bool,
}

impl Found {
    fn one(packing: Packing, at: Range<usize>, bytes: Vec<u8>) -> Self {
        Self { segments: vec![Segment { packing, at, bytes }], cut: false }
    }
}

/// The packed parts of `layer`. The work that it took, found or not, is taken from `budget`; at 0 it ends.
pub(super) fn segments(layer: &[u8], budget: &mut usize) -> Found {
    if let Some(stream) = inflate(layer, usize::MAX, budget).filter(|stream| stream.whole || magic_is_certain(layer)) {
        let mut found = Found::one(stream.packing, 0..stream.taken, stream.bytes);
        found.cut = !stream.whole;
        return found;
    }
    if let Ok(text) = std::str::from_utf8(layer) {
        if let Some(bytes) = base64_of_something(text.trim_end(), budget) {
            return Found::one(Packing::Base64, 0..layer.len(), bytes);
        }
        if let Some(found) = form_fields(text, budget) {
            return found;
        }
    }
    scan(layer, budget)
}

/// "x^" begins a zlib stream, and a sentence about algebra; the other headers are no text.
fn magic_is_certain(layer: &[u8]) -> bool {
    layer.get(1).is_some_and(|byte| !byte.is_ascii_graphic())
}

/// Streams that begin a line, and packed strings inside JSON.
fn scan(layer: &[u8], budget: &mut usize) -> Found {
    let (mut found, mut at, mut attempts) = (Found::default(), 0, 0);
    while at < layer.len() {
        let candidate = match layer[at] {
            b'\n' if magic(&layer[at + 1..]).is_some() => stream_at(layer, at + 1, budget),
            // A quote behind a backslash opens no string; looking for its end would cost the whole layer each time.
            b'"' if at.checked_sub(1).is_none_or(|before| layer[before] != b'\\')
                && announces_packed_string(&layer[at + 1..]) =>
            {
                json_string(layer, at + 1, budget)
            }
            _ => {
                at += 1;
                continue;
            }
        };
        attempts += 1;
        if attempts > MAX_ATTEMPTS || *budget == 0 {
            found.cut = true;
            break;
        }
        at += 1;
        if let Some(segment) = candidate {
            at = segment.at.end.max(at);
            found.segments.push(segment);
        }
    }
    found
}

/// A stream inside a layer counts only if it is whole: its checksum is what tells it from chance.
fn stream_at(layer: &[u8], start: usize, budget: &mut usize) -> Option<Segment> {
    let stream = inflate(&layer[start..], usize::MAX, budget).filter(|stream| stream.whole)?;
    Some(Segment { packing: stream.packing, at: start..start + stream.taken, bytes: stream.bytes })
}

/// Whether a JSON string begins as a gzip or zlib stream does: as latin-1 characters (U+008B is `C2 8B` in UTF-8,
/// or escaped), or as base64 (`H4sI` is `1f 8b 08`; `eJ` is `78 9x`).
fn announces_packed_string(text: &[u8]) -> bool {
    const STARTS: [&[u8]; 8] = [
        b"\\u001f\xc2\x8b",
        b"\\u001f\\u008b",
        b"\\u001F\\u008B",
        b"x\xc2\x9c",
        b"x\\u009c",
        b"x\xc3\x9a",
        b"H4sI",
        b"eJ",
    ];
    STARTS.iter().any(|start| text.starts_with(start))
}

/// The string that begins at `start` (behind its quote), if it unpacks to a stream. The stream itself is found when
/// the new layer is looked at.
fn json_string(layer: &[u8], start: usize, budget: &mut usize) -> Option<Segment> {
    let end = start + closing_quote(&layer[start..])?;
    let text: String = serde_json::from_slice(&layer[start - 1..=end]).ok()?;
    let (packing, bytes) = match text.starts_with("H4sI") || text.starts_with("eJ") {
        true => (Packing::Base64, base64(&text)?),
        false => (Packing::JsonBytes, text.chars().map(u8::try_from).collect::<Result<Vec<u8>, _>>().ok()?),
    };
    *budget = budget.saturating_sub(bytes.len());
    is_stream(&bytes, budget).then_some(Segment { packing, at: start..end, bytes })
}

fn closing_quote(text: &[u8]) -> Option<usize> {
    let mut escaped = false;
    text.iter().position(|byte| {
        let closes = *byte == b'"' && !escaped;
        escaped = *byte == b'\\' && !escaped;
        closes
    })
}

/// The fields of a form that unpack; `None` if the text is no form.
fn form_fields(text: &str, budget: &mut usize) -> Option<Found> {
    let is_form =
        text.contains('=') && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"' && byte != b'{');
    if !is_form {
        return None;
    }
    let mut found = Found::default();
    let mut start = 0;
    for pair in text.split('&') {
        let value_at = pair.find('=').map_or(pair.len(), |at| at + 1);
        let at = start + value_at..start + pair.len();
        start += pair.len() + 1;
        let value = percent_decoded(&pair[value_at..]);
        let unpacked = std::str::from_utf8(&value).ok().and_then(|text| base64_of_something(text, budget));
        match (unpacked, value) {
            (Some(bytes), _) => found.segments.push(Segment { packing: Packing::Base64, at, bytes }),
            (None, Cow::Owned(bytes)) => found.segments.push(Segment { packing: Packing::Percent, at, bytes }),
            (None, Cow::Borrowed(_)) => {}
        }
    }
    Some(found)
}

/// Borrowed if there was nothing to decode. A `+` stays: base64 has it more often than forms have spaces.
fn percent_decoded(value: &str) -> Cow<'_, [u8]> {
    if !value.contains('%') {
        return Cow::Borrowed(value.as_bytes());
    }
    let bytes = value.as_bytes();
    let hex = |at: usize| bytes.get(at).and_then(|digit| char::from(*digit).to_digit(16));
    let (mut out, mut at) = (Vec::with_capacity(bytes.len()), 0);
    while at < bytes.len() {
        match (bytes[at], hex(at + 1), hex(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                out.push((high * 16 + low) as u8);
                at += 3;
            }
            (byte, ..) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    Cow::Owned(out)
}

/// What base64 text holds, if that is a stream or JSON: much that is no base64 decodes to noise.
fn base64_of_something(text: &str, budget: &mut usize) -> Option<Vec<u8>> {
    if text.len() < MIN_BASE64 {
        return None;
    }
    let bytes = base64(text)?;
    *budget = budget.saturating_sub(bytes.len());
    let json = matches!(bytes.first(), Some(b'{' | b'[')) && std::str::from_utf8(&bytes).is_ok();
    (json || is_stream(&bytes, budget)).then_some(bytes)
}

/// Whether the bytes are a stream: one that ends with its checksum, or goes on for longer than chance does.
fn is_stream(bytes: &[u8], budget: &mut usize) -> bool {
    inflate(bytes, PROBE_BYTES, budget).is_some_and(|stream| stream.whole || stream.bytes.len() == PROBE_BYTES)
}

fn base64(text: &str) -> Option<Vec<u8>> {
    const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
    const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);
    STANDARD.decode(text).or_else(|_| URL_SAFE.decode(text)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_string_ends_at_its_own_quote() {
        for (text, end) in [(r#"a"b"#, Some(1)), (r#"a\"b"c"#, Some(4)), (r#"a\\"b"#, Some(3)), ("abc", None)] {
            assert_eq!(closing_quote(text.as_bytes()), end, "{text}");
        }
    }

    #[test]
    fn percent_signs_that_escape_nothing_stay() {
        for (text, bytes) in [("a%20b", "a b"), ("%7B%7d", "{}"), ("100%", "100%"), ("%zz%4", "%zz%4")] {
            assert_eq!(percent_decoded(text), bytes.as_bytes(), "{text}");
        }
    }

    #[test]
    fn base64_is_taken_only_for_what_can_be_read() {
        assert_eq!(base64_of_something("eyJlbWFpbCI6ImEifQ==", &mut 999), Some(br#"{"email":"a"}"#.to_vec()));
        assert_eq!(base64_of_something("eyJlbWFpbCI6ImEifQ", &mut 999), Some(br#"{"email":"a"}"#.to_vec()));
        assert_eq!(base64_of_something("Supercalifragilistic", &mut 999), None);
        assert_eq!(base64_of_something("eyJ9", &mut 999), None);
    }
}
