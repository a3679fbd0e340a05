//! Takes escapes out of text: percent-encoding, JSON strings, character references, quoted-printable.

use std::ops::Range;

use memchr::{memchr, memchr2, memrchr};

use super::coding::Coding;

/// Longest name of a character reference that is looked for, `&` and `;` not counted.
const MAX_REFERENCE: usize = 8;

/// A way to write characters that would mean something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Escape {
    Json,
    Percent,
    Html,
    QuotedPrintable,
}

/// What one escape stands for: up to four bytes.
struct Unit {
    taken: usize,
    bytes: [u8; 4],
    len: usize,
}

impl Unit {
    fn bytes(taken: usize, text: &[u8]) -> Self {
        let mut bytes = [0; 4];
        bytes[..text.len()].copy_from_slice(text);
        Self { taken, bytes, len: text.len() }
    }

    fn char(taken: usize, code: u32) -> Self {
        let char = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
        Self::bytes(taken, char.encode_utf8(&mut [0; 4]).as_bytes())
    }
}

impl Escape {
    pub fn of(coding: Coding) -> Option<Self> {
        match coding {
            Coding::JsonString => Some(Self::Json),
            Coding::Percent => Some(Self::Percent),
            Coding::HtmlEntities => Some(Self::Html),
            Coding::QuotedPrintable => Some(Self::QuotedPrintable),
            _ => None,
        }
    }

    pub fn coding(self) -> Coding {
        match self {
            Self::Json => Coding::JsonString,
            Self::Percent => Coding::Percent,
            Self::Html => Coding::HtmlEntities,
            Self::QuotedPrintable => Coding::QuotedPrintable,
        }
    }

    /// The byte that every escape begins with.
    fn sign(self) -> u8 {
        match self {
            Self::Json => b'\\',
            Self::Percent => b'%',
            Self::Html => b'&',
            Self::QuotedPrintable => b'=',
        }
    }

    /// The escape that begins `text`, which begins with the sign.
    fn unit(self, text: &[u8]) -> Option<Unit> {
        match self {
            Self::Json => json(text),
            Self::Percent => percent(text),
            Self::Html => reference(text),
            Self::QuotedPrintable => match text {
                [_, b'\r', b'\n', ..] => Some(Unit::bytes(3, b"")),
                [_, b'\n', ..] => Some(Unit::bytes(2, b"")),
                _ => Some(Unit::bytes(3, &[hex(text.get(1..3)?)? as u8])),
            },
        }
    }

    /// Where the next escape stands, from `from` on.
    pub fn next(self, text: &[u8], mut from: usize) -> Option<usize> {
        loop {
            from += memchr(self.sign(), text.get(from..)?)?;
            if self.unit(&text[from..]).is_some() {
                return Some(from);
            }
            from += 1;
        }
    }

    /// The string, value or text that the escape at `at` belongs to; not before `from`.
    pub fn island(self, text: &[u8], at: usize, from: usize) -> Range<usize> {
        match self {
            // No backslash lies between `from` and the first escape, so the last quote before it opens its string.
            Self::Json => from + memrchr(b'"', &text[from..at]).map_or(0, |quote| quote + 1)..closing_quote(text, at),
            Self::Percent => around(text, at, from, |byte| byte == b'"' || byte <= b' '),
            Self::Html => around(text, at, from, |byte| matches!(byte, b'"' | b'<' | b'>' | b'\n')),
            Self::QuotedPrintable => from..text.len(),
        }
    }

    /// Without escapes.
    pub fn decode(self, text: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(text.len());
        self.pieces(text, |from, unit, _| {
            out.extend_from_slice(from);
            out.extend_from_slice(&unit.bytes[..unit.len]);
            true
        });
        out
    }

    /// Where in `text` the bytes `range` of what it decodes to come from.
    pub fn source(self, text: &[u8], range: &Range<usize>) -> Range<usize> {
        let (mut start, mut end, mut written) = (None, None, 0);
        self.pieces(text, |from, unit, at| {
            let (after_plain, after_unit) = (written + from.len(), written + from.len() + unit.len);
            let place = |wanted: usize| if wanted < after_plain { at - (after_plain - wanted) } else { at };
            if start.is_none() && range.start < after_unit {
                start = Some(place(range.start));
            }
            if end.is_none() && range.end <= after_unit {
                end = Some(if range.end <= after_plain { place(range.end) } else { at + unit.taken });
            }
            written = after_unit;
            end.is_none()
        });
        start.unwrap_or(text.len())..end.unwrap_or(text.len())
    }

    /// Goes through the text: plain bytes, the escape behind them (empty at the end), and where that escape stands.
    fn pieces(self, text: &[u8], mut each: impl FnMut(&[u8], &Unit, usize) -> bool) {
        let mut done = 0;
        while let Some(at) = self.next(text, done) {
            let Some(unit) = self.unit(&text[at..]) else { break };
            if !each(&text[done..at], &unit, at) {
                return;
            }
            done = at + unit.taken;
        }
        each(&text[done..], &Unit::bytes(0, b""), text.len());
    }
}

/// The end of the string that an escape at `at` is part of: its quote, or the end of the text.
pub(super) fn closing_quote(text: &[u8], mut at: usize) -> usize {
    while let Some(next) = text.get(at..).and_then(|rest| memchr2(b'"', b'\\', rest)) {
        if text[at + next] == b'"' {
            return at + next;
        }
        at += next + 2;
    }
    text.len()
}

fn around(text: &[u8], at: usize, from: usize, ends: impl Fn(u8) -> bool) -> Range<usize> {
    let start = text[from..at].iter().rposition(|byte| ends(*byte)).map_or(from, |place| from + place + 1);
    let end = text[at..].iter().position(|byte| ends(*byte)).map_or(text.len(), |place| at + place);
    start..end
}

/// The shortest value or segment that is a layer of its own.
const MIN_COMPONENT: usize = 20;

/// The values of a query or form, and the segments of a path, that must be decoded by themselves: those with escapes of
/// bytes that are no ASCII, or of what separates segments; or with such signs as base85 is full of.
pub(super) fn components<'a>(text: &'a [u8], island: &Range<usize>) -> impl Iterator<Item = Range<usize>> + use<'a> {
    let (start, end) = (island.start, island.end);
    let head = &text[start..end.min(start + MAX_SCHEME)];
    let is_address = memchr::memmem::find(head, b"://").is_some();
    let path = if is_address { memchr(b'?', &text[start..end]).map_or(end, |mark| start + mark) } else { start };
    let (mut done, mut from, mut sign) = (start, start, None);
    std::iter::from_fn(move || {
        while let Some(at) = memchr(b'%', text.get(from..end)?).map(|at| from + at) {
            from = at + 1;
            let matters = match text.get(at + 1..at + 3)? {
                [b'8' | b'9' | b'a'..=b'f' | b'A'..=b'F', _] => true,
                [b'2', b'f' | b'F'] => at < path,
                // Of `!#$&()*;<>@[]^`: two of them near each other.
                [b'2', b'1' | b'3' | b'4' | b'6' | b'8'..=b'9' | b'A' | b'a']
                | [b'3', b'B' | b'b' | b'C' | b'c' | b'E' | b'e']
                | [b'4', b'0']
                | [b'5', b'B' | b'b' | b'D'..=b'E' | b'd'..=b'e']
                | [b'6', b'0'] => sign.replace(at).is_some_and(|before| at - before < SIGNS_APART),
                _ => false,
            };
            if !matters {
                continue;
            }
            let separates = |byte: &u8| if at < path { *byte == b'/' } else { matches!(byte, b'&' | b'=' | b'?') };
            let first = text[done..at].iter().rposition(separates).map_or(done, |place| done + place + 1);
            let last = if at < path { path } else { end };
            let last = text[at..last].iter().position(separates).map_or(last, |place| at + place);
            (done, from) = (last, last);
            if last - first >= MIN_COMPONENT {
                return Some(first..last);
            }
        }
        None
    })
}

/// How far apart two signs of base85 are at most: every third character or so is one.
const SIGNS_APART: usize = 24;

/// Longest head of an address that tells it: `https://`.
const MAX_SCHEME: usize = 8;

fn hex(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |sum, digit| Some(sum * 16 + char::from(*digit).to_digit(16)?))
}

fn json(text: &[u8]) -> Option<Unit> {
    let plain = match text.get(1)? {
        byte @ (b'"' | b'\\' | b'/' | b'\'') => *byte,
        b'n' => b'\n',
        b't' => b'\t',
        b'r' => b'\r',
        b'b' => 8,
        b'f' => 12,
        b'x' => return Some(Unit::char(4, hex(text.get(2..4)?)?)),
        b'u' => return utf16_unit(text),
        _ => return None,
    };
    Some(Unit::bytes(2, &[plain]))
}

/// `\uXXXX`, or two of them that are one character.
fn utf16_unit(text: &[u8]) -> Option<Unit> {
    let first = hex(text.get(2..6)?)?;
    if (0xd800..0xdc00).contains(&first) && text.get(6..8) == Some(b"\\u") {
        let second = text.get(8..12).and_then(hex).filter(|second| (0xdc00..0xe000).contains(second));
        if let Some(second) = second {
            return Some(Unit::char(12, 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00)));
        }
    }
    Some(Unit::char(6, first))
}

fn percent(text: &[u8]) -> Option<Unit> {
    match text.get(1)? {
        b'u' => Some(Unit::char(6, hex(text.get(2..6)?)?)),
        _ => Some(Unit::bytes(3, &[hex(text.get(1..3)?)? as u8])),
    }
}

fn reference(text: &[u8]) -> Option<Unit> {
    let body = &text[1..text.len().min(MAX_REFERENCE + 2)];
    if let Some(number) = body.strip_prefix(b"#") {
        let (radix, digits) = match number {
            [b'x' | b'X', digits @ ..] => (16, digits),
            digits => (10, digits),
        };
        let count = digits.iter().take_while(|digit| char::from(**digit).is_digit(radix)).count();
        let code = u32::from_str_radix(std::str::from_utf8(&digits[..count]).ok()?, radix).ok()?;
        let closed = usize::from(digits.get(count) == Some(&b';'));
        return Some(Unit::char(2 + number.len() - digits.len() + count + closed, code));
    }
    let end = body.iter().position(|byte| *byte == b';')?;
    let plain: &[u8] = match &body[..end] {
        b"amp" => b"&",
        b"lt" => b"<",
        b"gt" => b">",
        b"quot" => b"\"",
        b"apos" => b"'",
        b"nbsp" => b" ",
        b"commat" => b"@",
        b"period" => b".",
        b"plus" => b"+",
        b"lowbar" => b"_",
        b"hyphen" | b"dash" => b"-",
        b"sol" => b"/",
        b"colon" => b":",
        b"num" => b"#",
        _ => return None,
    };
    Some(Unit::bytes(end + 2, plain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_of_every_kind_are_taken_out() {
        use Escape as E;
        for (escape, text, plain) in [
            (E::Percent, "a%40b%2", "a@b%2"),
            (E::Percent, "%u0041%", "A%"),
            (E::Json, r#"\"\u0041\ud83d\ude00\/\x42\q\"#, "\"A\u{1f600}/B\\q\\"),
            (E::Json, r"\ud83dx", "\u{fffd}x"),
            (E::Html, "a&#64;b&#x40;c&commat;d&amp;&nope;&#;", "a@b@c@d&&nope;&#;"),
            (E::QuotedPrintable, "a=40b=\r\nc=\nd=zz", "a@bcd=zz"),
        ] {
            assert_eq!(String::from_utf8_lossy(&escape.decode(text.as_bytes())), plain, "{text}");
        }
    }

    #[test]
    fn what_was_decoded_is_found_in_its_source() {
        let text = b"q=a%40b%20c&d";
        let plain = Escape::Percent.decode(text);
        let source = |needle: &str| {
            let at = memchr::memmem::find(&plain, needle.as_bytes()).unwrap();
            let range = Escape::Percent.source(text, &(at..at + needle.len()));
            String::from_utf8_lossy(&text[range]).into_owned()
        };
        assert_eq!(source("a@b"), "a%40b");
        assert_eq!(source("@b c"), "%40b%20c");
        assert_eq!(source("@"), "%40");
        assert_eq!(source("c&d"), "c&d");
        assert_eq!(source("q="), "q=");
    }
}
