//! lz-string: LZ78 with a dictionary that grows by a symbol a step, in bits of UTF-16.
//!
//! Written from the description on <https://pieroxy.net/blog/pages/lz-string/index.html>: codes 0 and 1 bring a new
//! character of 8 or 16 bits, 2 ends, others name what was seen; codes grow by a bit whenever the dictionary has filled
//! them. Its forms differ only in how many bits a character carries and in which alphabet. Our own, since a stream of a
//! megabyte can name ever longer entries: what comes out must be bounded.

/// The alphabet of `compressToEncodedURIComponent`; that of `compressToBase64` ends in `/=` instead of `-$`.
const LAST_OF_URI: u8 = b'$';

/// How many units may follow the end: padding.
const MAX_REST: usize = 6;

/// Bits from units that carry a fixed number of them, the highest first.
struct Bits<I> {
    units: I,
    width: u32,
    held: u32,
    left: u32,
}

impl<I: Iterator<Item = u16>> Bits<I> {
    fn new(width: u32, units: I) -> Self {
        Self { units, width, held: 0, left: 0 }
    }

    /// A number of that many bits, its lowest one first.
    fn number(&mut self, bits: u32) -> Option<u32> {
        let mut number = 0;
        for place in 0..bits {
            if self.left == 0 {
                self.held = self.units.next()?.into();
                self.left = self.width;
            }
            self.left -= 1;
            number |= (self.held >> self.left & 1) << place;
        }
        Some(number)
    }
}

/// An entry of the dictionary: where it stands in what came out, and how long it is.
type Entry = (u32, u32);

/// What was compressed, as UTF-16; `None` if that is no such stream. At most `limit` units, and whether it is whole.
fn decompress(mut bits: Bits<impl Iterator<Item = u16>>, limit: usize) -> Option<(Vec<u16>, bool)> {
    let mut out: Vec<u16> = Vec::new();
    let mut dictionary: Vec<Entry> = Vec::new();
    let first = match bits.number(2)? {
        code @ (0 | 1) => bits.number(8 << code)? as u16,
        _ => return None,
    };
    out.push(first);
    dictionary.push((0, 1));
    let (mut width, mut room) = (3, 4u32);
    let mut before: Entry = (0, 1);
    loop {
        let mut next = bits.number(width)?;
        if next == 2 {
            // What goes on behind its end is something else.
            return (bits.units.take(MAX_REST + 1).count() <= MAX_REST).then_some((out, true));
        }
        let mut grow = |room: &mut u32| {
            *room -= 1;
            if *room == 0 {
                *room = 1 << width;
                width += 1;
            }
        };
        let start = out.len() as u32;
        let entry = if next < 2 {
            out.push(bits.number(8 << next)? as u16);
            dictionary.push((start, 1));
            next = 2 + dictionary.len() as u32;
            grow(&mut room);
            (start, 1)
        } else if let Some(entry) = dictionary.get(next as usize - 3).copied() {
            copy(&mut out, entry);
            (start, entry.1)
        } else if next as usize - 3 == dictionary.len() {
            copy(&mut out, before);
            let first = out[before.0 as usize];
            out.push(first);
            (start, before.1 + 1)
        } else {
            return None;
        };
        debug_assert!(next >= 3);
        // The entry before, and the first character of this one.
        dictionary.push((before.0, before.1 + 1));
        grow(&mut room);
        before = entry;
        if out.len() >= limit {
            return Some((out, false));
        }
    }
}

fn copy(out: &mut Vec<u16>, (start, length): Entry) {
    out.extend_from_within(start as usize..(start + length) as usize);
}

/// The six bits of a character of either alphabet.
fn sextet(byte: u8) -> Option<u16> {
    Some(
        match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' | b'-' => 63,
            b'=' | LAST_OF_URI => 64,
            _ => return None,
        }
        .into(),
    )
}

/// `compressToBase64` and `compressToEncodedURIComponent`.
pub(super) fn sextets(text: &[u8], limit: usize) -> Option<Vec<u8>> {
    // What begins with neither of the two codes for a character, or with a character that no text begins with.
    let begins = Bits::new(6, text.iter().map_while(|byte| sextet(*byte)));
    plausible(begins).then(|| finish(decompress(Bits::new(6, text.iter().map_while(|byte| sextet(*byte))), limit)))?
}

/// `compressToUTF16`: fifteen bits a character, moved up by 32.
pub(super) fn utf16(text: &str, limit: usize) -> Option<Vec<u8>> {
    let units = || text.encode_utf16().map_while(|unit| unit.checked_sub(32));
    plausible(Bits::new(15, units())).then(|| finish(decompress(Bits::new(15, units()), limit)))?
}

/// `compress`: sixteen bits a character.
pub(super) fn raw(text: &str, limit: usize) -> Option<Vec<u8>> {
    plausible(Bits::new(16, text.encode_utf16()))
        .then(|| finish(decompress(Bits::new(16, text.encode_utf16()), limit)))?
}

/// `compressToUint8Array`: two bytes a unit, the higher one first.
pub(super) fn bytes(bytes: &[u8], limit: usize) -> Option<Vec<u8>> {
    let units = || bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
    plausible(Bits::new(16, units())).then(|| finish(decompress(Bits::new(16, units()), limit)))?
}

/// Whether two characters, or one and its repetition, come out that a text can begin with.
fn plausible(mut bits: Bits<impl Iterator<Item = u16>>) -> bool {
    let mut character = |width: u32| match bits.number(width) {
        Some(0) => bits.number(8).is_some_and(|code| code < 127),
        Some(1) => bits.number(16).is_some_and(|code| code >= 256),
        Some(3 | 4) => width == 3,
        _ => false,
    };
    character(2) && character(3)
}

fn finish(out: Option<(Vec<u16>, bool)>) -> Option<Vec<u8>> {
    Some(String::from_utf16_lossy(&out?.0).into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: usize = 1 << 20;

    #[test]
    fn what_the_crate_of_that_name_packs_is_unpacked() {
        let long = "{\"a\":\"kabodite mofaxe\",\"b\":[1,2,3]}".repeat(40);
        for text in ["ab", "kabodite.mofaxe@example.com", "aaaaaaaaaaaaaaaaaaaaaaaa", "žluťoučký kůň 漢字", &long]
        {
            let plain = text.as_bytes();
            let packed = lz_str::compress_to_base64(text);
            assert_eq!(sextets(packed.as_bytes(), LIMIT).as_deref(), Some(plain), "{packed}");
            let uri = lz_str::compress_to_encoded_uri_component(text);
            assert_eq!(sextets(uri.as_bytes(), LIMIT).unwrap(), plain, "{text}");
            let units = lz_str::compress_to_utf16(text);
            assert_eq!(utf16(&units, LIMIT).unwrap(), plain, "{text}");
            let array = lz_str::compress_to_uint8_array(text);
            assert_eq!(bytes(&array, LIMIT).unwrap(), plain, "{text}");
            if let Ok(units) = String::from_utf16(&lz_str::compress(text)) {
                assert_eq!(raw(&units, LIMIT).unwrap(), plain, "{text}");
            }
        }
    }

    #[test]
    fn what_comes_out_is_bounded() {
        let bomb = lz_str::compress_to_base64(&"a".repeat(200_000));
        assert!(bomb.len() < 10_000);
        let out = sextets(bomb.as_bytes(), 50_000).unwrap();
        assert!((50_000..60_000).contains(&out.len()), "{}", out.len());
        assert_eq!(sextets(b"", LIMIT), None);
        assert_eq!(sextets(b"////////////////", LIMIT), None);
    }
}
