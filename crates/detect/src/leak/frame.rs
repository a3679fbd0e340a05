//! One layer of what was sent, and the way from it back to the outside.

use std::ops::Range;

use super::{coding::Coding, unescape::Escape};

/// Some bytes, and what they were taken out of.
pub(super) struct Frame<'a> {
    pub bytes: &'a [u8],
    pub outer: Option<&'a Frame<'a>>,
    /// How they were wrapped; `None` for what was sent, and for a part that was cut out as it was.
    pub coding: Option<Coding>,
    /// Where they stood in the outer layer.
    pub at: Range<usize>,
    /// How many layers lie above it.
    pub depth: usize,
    /// Where the outermost layer that it lies in stands in what was sent.
    pub top: Range<usize>,
}

impl<'a> Frame<'a> {
    /// What was sent.
    pub fn sent(bytes: &'a [u8]) -> Self {
        Self { bytes, outer: None, coding: None, at: 0..bytes.len(), depth: 0, top: 0..bytes.len() }
    }

    /// A part of another one.
    pub fn within(outer: &'a Frame<'a>, coding: Option<Coding>, at: Range<usize>, bytes: &'a [u8]) -> Self {
        let top = if outer.depth == 0 { at.clone() } else { outer.top.clone() };
        Self { bytes, outer: Some(outer), coding, at, depth: outer.depth + 1, top }
    }

    /// Where in the outer layer the bytes `range` of this one come from.
    fn source(&self, outer: &[u8], range: &Range<usize>) -> Range<usize> {
        let packed = &outer[self.at.clone()];
        let place = match self.coding {
            None => range.clone(),
            Some(Coding::Hex) => range.start * 2..range.end * 2,
            Some(Coding::Base64) => range.start * 8 / 6..(range.end * 8).div_ceil(6),
            Some(Coding::Reversed) => packed.len().saturating_sub(range.end)..packed.len().saturating_sub(range.start),
            Some(coding) => match Escape::of(coding) {
                Some(escape) => escape.source(packed, range),
                // Nothing of a stream can be told apart from outside.
                None => 0..packed.len(),
            },
        };
        self.at.start + place.start.min(packed.len())..self.at.start + place.end.min(packed.len())
    }

    /// Where in what was sent the bytes `range` come from, and how they were wrapped, from outside in. An escape that
    /// changed nothing in that range is none.
    pub fn outside(&self, range: Range<usize>) -> (Range<usize>, Vec<Coding>) {
        let (mut frame, mut range, mut chain) = (self, range, Vec::new());
        while let Some(outer) = frame.outer {
            let source = frame.source(outer.bytes, &range);
            let changed = outer.bytes.get(source.clone()) != frame.bytes.get(range.clone());
            if let Some(coding) = frame.coding.filter(|coding| changed || Escape::of(*coding).is_none()) {
                chain.push(coding);
            }
            (frame, range) = (outer, source);
        }
        chain.reverse();
        (range, chain)
    }

    /// The name that the bytes from `at` on stand under: of the innermost layer that has one.
    pub fn name(&self, at: Range<usize>) -> String {
        let (mut frame, mut range) = (self, at);
        loop {
            if let Some(name) = name_before(frame.bytes, range.start) {
                return name;
            }
            let Some(outer) = frame.outer else { return String::new() };
            range = frame.source(outer.bytes, &range);
            frame = outer;
        }
    }
}

/// How far back a name is looked for; values longer than that have none that can be told.
const MAX_LOOK_BACK: usize = 4096;

/// Longest name that is told.
const MAX_NAME: usize = 64;

/// The key of a JSON member, or the parameter of a form, query or multipart head, whose value holds the byte at `at`.
pub(super) fn name_before(text: &[u8], at: usize) -> Option<String> {
    let from = at.saturating_sub(MAX_LOOK_BACK);
    let before = &text[from..at.min(text.len())];
    let opens = before.iter().rposition(|byte| matches!(byte, b'"' | b'&' | b'?' | b'=' | b'\n' | b';'))?;
    let name = match before[opens] {
        b'"' => json_key(&before[..opens])?,
        b'=' => {
            let before = &before[..opens];
            let start = before.iter().rposition(|byte| !is_name(*byte)).map_or(0, |place| place + 1);
            &before[start..]
        }
        b'\n' => part_name(&before[..=opens])?,
        _ => return None,
    };
    let name = std::str::from_utf8(name).ok()?;
    (!name.is_empty() && name.len() <= MAX_NAME).then(|| name.to_owned())
}

/// The name in the head of a multipart body's part, which ends with an empty line (RFC 7578, § 4.2).
fn part_name(before: &[u8]) -> Option<&[u8]> {
    const NAME: &[u8] = b" name=\"";
    let head = before.strip_suffix(b"\r\n\r\n")?;
    let name = &head[memchr::memmem::rfind(head, NAME)? + NAME.len()..];
    Some(&name[..memchr::memchr(b'"', name)?])
}

/// The key that ends with `":`, blanks and backslashes of nested JSON aside.
fn json_key(before: &[u8]) -> Option<&[u8]> {
    let is_filling = |byte: &u8| matches!(byte, b' ' | b'\\');
    let trim = |text: &[u8]| text.len() - text.iter().rev().take_while(|byte| is_filling(byte)).count();
    let before = &before[..trim(before)];
    let before = before.strip_suffix(b":")?;
    let before = before[..trim(before)].strip_suffix(b"\"")?;
    let before = &before[..trim(before)];
    let start = before.iter().rposition(|byte| *byte == b'"')? + 1;
    Some(&before[start..])
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'[' | b']' | b'$' | b'%')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> String {
        name_before(text.as_bytes(), text.find('#').unwrap()).unwrap_or_default()
    }

    #[test]
    fn values_stand_under_names() {
        for (text, expected) in [
            (r##"{"a":1,"mail":"#"}"##, "mail"),
            (r##"{"mail" : "x #"}"##, "mail"),
            (r##"{\"mail\":\"#\"}"##, "mail"),
            ("a=b&q=x#", "q"),
            ("https://x.example/?ud[em]=#", "ud[em]"),
            ("--x\r\nContent-Disposition: form-data; name=\"mail\"\r\n\r\n#", "mail"),
            (r##"["#"]"##, ""),
            ("#", ""),
            ("a=b&#", ""),
        ] {
            assert_eq!(name(text), expected, "{text}");
        }
    }
}
