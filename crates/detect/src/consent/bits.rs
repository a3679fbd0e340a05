//! Bits of a string in the URL-safe base64 of consent strings (IAB TCF v2.2 and GPP v1).

/// The bits of a segment, the first one first.
pub(super) struct Bits {
    sextets: Vec<u8>,
    at: usize,
}

impl Bits {
    /// `None` if something in it is no base64.
    pub(super) fn of(text: &str) -> Option<Self> {
        let sextets = text.trim_end_matches('=').bytes().map(sextet).collect::<Option<Vec<_>>>()?;
        Some(Self { sextets, at: 0 })
    }

    /// Passes over some.
    pub(super) fn skip(&mut self, bits: usize) {
        self.at = self.at.saturating_add(bits);
    }

    /// The next one; `None` at the end.
    pub(super) fn bit(&mut self) -> Option<bool> {
        let sextet = self.sextets.get(self.at / 6)?;
        let bit = sextet >> (5 - self.at % 6) & 1 == 1;
        self.at += 1;
        Some(bit)
    }

    /// A number of that many bits, at most 32.
    pub(super) fn number(&mut self, bits: usize) -> Option<u32> {
        (0..bits).try_fold(0, |number, _| Some(number << 1 | u32::from(self.bit()?)))
    }

    /// A number in Fibonacci coding, which ends with two ones in a row.
    pub(super) fn fibonacci(&mut self) -> Option<u32> {
        let (mut total, mut last) = (0_u32, false);
        let (mut value, mut next) = (1_u32, 2_u32);
        loop {
            let bit = self.bit()?;
            if bit && last {
                return Some(total);
            }
            if bit {
                total = total.checked_add(value)?;
            }
            (value, next) = (next, value.checked_add(next)?);
            last = bit;
        }
    }
}

fn sextet(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'-' | b'+' => Some(62),
        b'_' | b'/' => Some(63),
        _ => None,
    }
}
