//! What is typed into a field: plausible for it, and nowhere else in the world.

use std::fmt;

use uuid::Uuid;

use crate::{FieldKind, VisitId};

/// The namespace of everything that is typed: fixed and random, so that no canary is the id of something.
const NAMESPACE: Uuid = Uuid::from_u128(0x1c5d_0e44_9b7a_4a52_8f31_77d0_93be_6a0c);

/// Letters of a syllable: 19 × 5 make 6.5 bits, and words that no language has.
const CONSONANTS: &[u8; 19] = b"bcdfghjklmnprstvwxz";
const VOWELS: &[u8; 5] = b"aeiou";

/// A value that is typed into one field of one visit, and looked for in everything that leaves the page.
///
/// Derived from the visit, so that what was typed is provably made up, need not be kept anywhere, and can be looked for
/// again in stored facts. Nobody who does not know the visit's id can make it. All but addresses, numbers and passwords
/// are free of digits and `@`: some recorders mask only words that hold them. Its text is not printed by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Canary {
    /// Which canary of its visit.
    pub ordinal: u32,
    /// What kind of field it is for.
    pub kind: FieldKind,
    text: String,
}

impl Canary {
    /// How long the text of a [`FieldKind::Burst`] is, in characters: packed it still takes 2 KB, far more than the events
    /// of a second do.
    pub const BURST: usize = 4096;

    /// The `ordinal`-th canary of a visit, for a field of that kind.
    #[must_use]
    pub fn derive(visit: VisitId, ordinal: u32, kind: FieldKind) -> Self {
        let text = Dice::new(visit, ordinal).value(kind);
        Self { ordinal, kind, text }
    }

    /// What of it a field took that takes only so many characters.
    #[must_use]
    pub fn cut(mut self, characters: usize) -> Self {
        if let Some((at, _)) = self.text.char_indices().nth(characters) {
            self.text.truncate(at);
        }
        self
    }

    /// What is typed; empty for a choice.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl fmt::Debug for Canary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Canary({} {}, {} characters)", self.ordinal, self.kind.as_str(), self.text.chars().count())
    }
}

/// Random bytes that one (visit, ordinal) always gives.
struct Dice {
    visit: VisitId,
    ordinal: u32,
    round: u32,
    left: Vec<u8>,
}

impl Dice {
    fn new(visit: VisitId, ordinal: u32) -> Self {
        Self { visit, ordinal, round: 0, left: Vec::new() }
    }

    fn value(&mut self, kind: FieldKind) -> String {
        match kind {
            FieldKind::Email => format!("{}.{}@example.com", self.word(4), self.word(3)),
            FieldKind::Name | FieldKind::Text => format!("{} {}", self.title(4), self.title(3)),
            // Area codes with a 9 in the middle are kept free (NANPA): nobody has this number.
            FieldKind::Phone => {
                format!("{}9{}{}{}", self.digit(2), self.digit(0), self.digit(2), self.digits(6))
            }
            FieldKind::Card => self.card(),
            FieldKind::Search => format!("{} {}", self.word(4), self.word(3)),
            FieldKind::Message => {
                format!("{} {} {} {}", self.title(4), self.word(3), self.word(4), self.word(3))
            }
            FieldKind::Password => format!("{}-{}-{}", self.title(3), self.digits(4), self.word(3)),
            FieldKind::Url => format!("https://www.example.com/{}-{}", self.word(4), self.word(3)),
            // Identifiers of nine or ten digits are everywhere.
            FieldKind::Number => format!("{}{}", self.digit(1), self.digits(11)),
            FieldKind::Burst => self.burst(),
            FieldKind::Select | FieldKind::Radio | FieldKind::Checkbox => String::new(),
        }
    }

    fn byte(&mut self) -> u8 {
        if self.left.is_empty() {
            let name = format!("{}\0{}\0{}", self.visit, self.ordinal, self.round);
            // The bytes that hold a UUID's version and variant are left out.
            let bytes = Uuid::new_v5(&NAMESPACE, name.as_bytes()).into_bytes();
            self.left = bytes[..6].iter().chain(&bytes[10..]).copied().collect();
            self.round += 1;
        }
        self.left.pop().unwrap_or_default()
    }

    fn below(&mut self, end: usize) -> usize {
        usize::from(self.byte()) % end
    }

    fn word(&mut self, syllables: usize) -> String {
        let mut word = String::new();
        for _ in 0..syllables {
            word.push(CONSONANTS[self.below(CONSONANTS.len())].into());
            word.push(VOWELS[self.below(VOWELS.len())].into());
        }
        word
    }

    fn title(&mut self, syllables: usize) -> String {
        let word = self.word(syllables);
        word[..1].to_ascii_uppercase() + &word[1..]
    }

    /// A digit that is at least `from`.
    fn digit(&mut self, from: usize) -> usize {
        from + self.below(10 - from)
    }

    fn digits(&mut self, count: usize) -> String {
        (0..count).map(|_| self.digit(0).to_string()).collect()
    }

    /// Sixteen digits whose last one is not what ISO/IEC 7812-1 asks for: no card has this number.
    fn card(&mut self) -> String {
        let number = format!("4{}", self.digits(14));
        let double = |digit: u32| if digit > 4 { 2 * digit - 9 } else { 2 * digit };
        let digits = number.bytes().map(|digit| u32::from(digit - b'0')).enumerate();
        let sum: u32 = digits.map(|(at, digit)| if at % 2 == 0 { double(digit) } else { digit }).sum();
        format!("{number}{}", (10 - sum % 10 + 5) % 10)
    }

    fn burst(&mut self) -> String {
        let mut text = String::with_capacity(Canary::BURST);
        while text.len() < Canary::BURST {
            text += &self.word(5);
            text.push(' ');
        }
        text.truncate(Canary::BURST);
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canary(ordinal: u32, kind: FieldKind) -> Canary {
        Canary::derive(VisitId(Uuid::from_u128(7)), ordinal, kind)
    }

    #[test]
    fn the_same_field_of_the_same_visit_gets_the_same() {
        for kind in FieldKind::ALL {
            assert_eq!(canary(1, kind), canary(1, kind));
            assert_eq!(kind.is_typed(), !canary(1, kind).text().is_empty());
            assert!(!kind.is_typed() || canary(1, kind).text() != canary(2, kind).text());
        }
        let other = Canary::derive(VisitId(Uuid::from_u128(8)), 1, FieldKind::Email);
        assert_ne!(canary(1, FieldKind::Email).text(), other.text());
    }

    #[test]
    fn texts_are_free_of_what_some_recorders_mask() {
        use FieldKind as K;
        for kind in [K::Name, K::Search, K::Message, K::Text, K::Burst] {
            let canary = canary(3, kind);
            assert!(canary.text().chars().all(|c| c.is_ascii_alphabetic() || c == ' '), "{kind:?}");
        }
        assert_eq!(canary(3, K::Burst).text().len(), Canary::BURST);
    }

    #[test]
    fn no_card_has_the_number_and_no_telephone() {
        for ordinal in 0..200 {
            let card = canary(ordinal, FieldKind::Card);
            let digits: Vec<u32> = card.text().chars().rev().map(|c| c.to_digit(10).unwrap()).collect();
            let double = |d: u32| if d > 4 { 2 * d - 9 } else { 2 * d };
            let sum: u32 = digits.iter().enumerate().map(|(i, d)| if i % 2 == 1 { double(*d) } else { *d }).sum();
            assert!(digits.len() == 16 && !sum.is_multiple_of(10), "ordinal {ordinal}");
            let phone = canary(ordinal, FieldKind::Phone);
            assert_eq!((phone.text().len(), &phone.text()[1..2]), (10, "9"));
        }
    }

    #[test]
    fn what_a_field_takes_is_its_beginning() {
        let whole = canary(0, FieldKind::Email);
        assert_eq!(whole.clone().cut(12).text(), &whole.text()[..12]);
        assert_eq!(whole.clone().cut(1000), whole);
        assert_eq!(whole.cut(0).text(), "");
    }

    #[test]
    fn nothing_typed_is_printed() {
        let canary = canary(0, FieldKind::Password);
        let printed = format!("{canary:?}");
        assert!(!printed.contains(canary.text()) && printed.contains("password"), "{printed}");
    }
}
