//! TC strings of the IAB's Transparency & Consent Framework: what is agreed to. ("Consent string and vendor list formats
//! v2", the core string.)

use super::bits::Bits;

/// What may be agreed to: version 2.2 has eleven purposes, the string has room for this many.
const PURPOSES: u32 = 24;

/// Bits before the purposes: version, two moments, platform (id, version, screen, language), list, policy, two flags,
/// special features.
const BEFORE_PURPOSES: usize = 36 + 36 + 12 + 12 + 6 + 12 + 12 + 6 + 1 + 1 + 12;

/// What a TC string says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Tcf {
    /// Purposes that are agreed to.
    pub consents: Vec<u32>,
    /// Purposes for which a legitimate interest is claimed that nobody has objected to.
    pub interests: Vec<u32>,
}

impl Tcf {
    /// How many purposes version 2.2 of the framework has.
    pub(super) const KNOWN: u32 = 11;

    /// `None` if it cannot be read. Vendors are not read: the lists can be made to be long.
    pub(super) fn read(text: &str) -> Option<Self> {
        let mut bits = Bits::of(text.split('.').next()?)?;
        if bits.number(6)? != 2 {
            return None;
        }
        bits.skip(BEFORE_PURPOSES);
        Some(Self { consents: purposes(&mut bits)?, interests: purposes(&mut bits)? })
    }

    /// In words.
    pub(super) fn said(&self) -> String {
        let consents = match self.consents.as_slice() {
            [] => "consent to no purpose".to_owned(),
            some => format!("consent to {}", listed(some)),
        };
        match self.interests.as_slice() {
            [] => consents,
            some => format!("{consents}; legitimate interest for {}", listed(some)),
        }
    }
}

fn purposes(bits: &mut Bits) -> Option<Vec<u32>> {
    let mut set = Vec::new();
    for purpose in 1..=PURPOSES {
        if bits.bit()? {
            set.push(purpose);
        }
    }
    Some(set)
}

fn listed(purposes: &[u32]) -> String {
    let numbers: Vec<_> = purposes.iter().map(ToString::to_string).collect();
    let noun = if numbers.len() == 1 { "purpose" } else { "purposes" };
    format!("{noun} {}", numbers.join(", "))
}
