//! Ways to read text straight out of other bytes: for what needs no decoding as a whole.

use std::ops::Range;

use super::coding::Coding;

/// How characters stand in the bytes, one by one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum View {
    Plain,
    /// With this byte for each blank.
    Blank(u8),
    Reversed,
    Rot(u8),
    Utf16Le,
    Utf16Be,
    Hex,
    /// The text's first byte is the `phase`-th of its group of three.
    Base64 {
        phase: u8,
    },
    /// The text's first byte is the `phase`-th of its group of four.
    Base85 {
        phase: u8,
        z85: bool,
    },
    Xor(u8),
    Shift(u8),
}

/// Ascii85 counts up from `!`.
const ASCII85_FIRST: u8 = b'!';

/// ZeroMQ RFC 32.
const Z85: &[u8; 85] = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";

/// The value of each character of Z85; 85 for what is none.
static Z85_VALUES: [u8; 256] = z85_values();

const fn z85_values() -> [u8; 256] {
    let mut values = [85; 256];
    let mut value = 0;
    while value < Z85.len() {
        values[Z85[value] as usize] = value as u8;
        value += 1;
    }
    values
}

impl View {
    /// What it is called in a chain; plain text has no name.
    pub fn coding(self) -> Option<Coding> {
        Some(match self {
            Self::Plain => return None,
            Self::Blank(b'+') => Coding::Form,
            Self::Blank(_) => return None,
            Self::Reversed => Coding::Reversed,
            Self::Rot(by) => Coding::Rot(by),
            Self::Utf16Le => Coding::Utf16Le,
            Self::Utf16Be => Coding::Utf16Be,
            Self::Hex => Coding::Hex,
            Self::Base64 { .. } => Coding::Base64,
            Self::Base85 { .. } => Coding::Base85,
            Self::Xor(key) => Coding::Xor(key),
            Self::Shift(by) => Coding::Shift(by),
        })
    }

    /// The `nth` byte of the text that begins at `base`.
    pub fn byte(self, layer: &[u8], base: isize, nth: isize) -> Option<u8> {
        let get = |at: isize| layer.get(usize::try_from(at).ok()?).copied();
        match self {
            Self::Plain => get(base + nth),
            Self::Blank(blank) => get(base + nth).map(|byte| if byte == blank { b' ' } else { byte }),
            Self::Reversed => get(base - nth),
            // A form's blank; nothing of ours has a `+`.
            Self::Rot(by) => get(base + nth).map(|byte| if byte == b'+' { b' ' } else { rotated(byte, 26 - by) }),
            Self::Utf16Le => (get(base + 2 * nth + 1)? == 0).then_some(get(base + 2 * nth)?),
            Self::Utf16Be => (get(base + 2 * nth)? == 0).then_some(get(base + 2 * nth + 1)?),
            Self::Hex => Some(digit(get(base + 2 * nth)?)? * 16 + digit(get(base + 2 * nth + 1)?)?),
            Self::Base64 { phase } => {
                let bit = (isize::from(phase as i8) + nth) * 8;
                let (at, shift) = (bit.div_euclid(6), bit.rem_euclid(6));
                let pair = u16::from(sextet(get(base + at)?)?) << 6 | u16::from(sextet(get(base + at + 1)?)?);
                Some((pair >> (4 - shift)) as u8)
            }
            Self::Base85 { phase, z85 } => {
                let at = isize::from(phase as i8) + nth;
                let group = base + at.div_euclid(4) * 5;
                let number = (group..group + 5).try_fold(0u32, |sum, place| {
                    sum.checked_mul(85)?.checked_add(base85_value(get(place)?, z85)?.into())
                })?;
                Some(number.to_be_bytes()[at.rem_euclid(4) as usize])
            }
            Self::Xor(key) => get(base + nth).map(|byte| byte ^ key),
            Self::Shift(by) => get(base + nth).map(|byte| byte.wrapping_sub(by)),
        }
    }

    /// Where the text's bytes from `from` to `to` stand.
    pub fn span(self, base: isize, from: isize, to: isize) -> Range<usize> {
        let (start, end) = match self {
            Self::Reversed => (base - to + 1, base - from + 1),
            Self::Utf16Le | Self::Utf16Be | Self::Hex => (base + 2 * from, base + 2 * to),
            Self::Base64 { phase } => {
                let bits = |nth: isize| (isize::from(phase as i8) + nth) * 8;
                (base + bits(from).div_euclid(6), base + -(-bits(to)).div_euclid(6))
            }
            Self::Base85 { phase, .. } => {
                let at = |nth: isize| isize::from(phase as i8) + nth;
                (base + at(from).div_euclid(4) * 5, base + -(-at(to)).div_euclid(4) * 5)
            }
            _ => (base + from, base + to),
        };
        start.max(0) as usize..end.max(0) as usize
    }
}

/// A letter moved on by so many places; anything else as it is.
pub(super) fn rotated(byte: u8, by: u8) -> u8 {
    match byte {
        b'a'..=b'z' => (byte - b'a' + by) % 26 + b'a',
        b'A'..=b'Z' => (byte - b'A' + by) % 26 + b'A',
        _ => byte,
    }
}

/// The value of a hexadecimal digit.
pub(super) fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).map(|digit| digit as u8)
}

/// The six bits of a character of base64, standard or URL alphabet.
pub(super) fn sextet(byte: u8) -> Option<u8> {
    Some(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    })
}

/// The value of a character of base85.
pub(super) fn base85_value(byte: u8, z85: bool) -> Option<u8> {
    if z85 {
        return Some(Z85_VALUES[usize::from(byte)]).filter(|value| *value < 85);
    }
    (ASCII85_FIRST..ASCII85_FIRST + 85).contains(&byte).then(|| byte - ASCII85_FIRST)
}

/// Four bytes as base85 writes them.
pub(super) fn base85_group(bytes: [u8; 4], z85: bool) -> [u8; 5] {
    let mut number = u32::from_be_bytes(bytes);
    let mut group = [0; 5];
    for place in group.iter_mut().rev() {
        let value = (number % 85) as u8;
        *place = if z85 { Z85[usize::from(value)] } else { value + ASCII85_FIRST };
        number /= 85;
    }
    group
}
