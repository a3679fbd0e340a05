//! The texts that are looked for: what was typed, as trackers write it.

use std::ops::Range;

use earshot_model::Canary;

use super::form::Variant;

/// How many characters of a canary have to be there: ten characters of nonsense words are some 40 bits, which nothing
/// else has by chance.
pub(super) const MIN_CHARACTERS: usize = 10;

/// A single nonsense word of that many letters counts if it stands alone.
pub(super) const MIN_WORD: usize = 8;

/// A text that is looked for.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Value {
    /// Which canary it is.
    pub ordinal: u32,
    pub text: Vec<u8>,
    /// Where that begins which nothing else has: behind `https://www.example.com/` in an address.
    pub start: usize,
    pub variant: Variant,
    /// How many characters the canary has.
    pub of: usize,
}

impl Value {
    /// From where it is distinctive.
    pub fn distinctive(&self) -> &[u8] {
        &self.text[self.start..]
    }

    /// Whether it is digits only, so that a longer number can hold it by chance.
    pub fn is_number(&self) -> bool {
        self.text.iter().all(u8::is_ascii_digit)
    }

    /// The length of its first word, if that is long enough to count alone.
    pub fn word(&self) -> Option<usize> {
        let text = self.distinctive();
        let end = text.iter().position(|byte| !byte.is_ascii_alphabetic())?;
        (MIN_WORD..MIN_CHARACTERS).contains(&end).then_some(end)
    }

    /// The least of it that is looked for.
    pub fn anchor(&self) -> &[u8] {
        let text = self.distinctive();
        &text[..self.word().unwrap_or(MIN_CHARACTERS.min(text.len()))]
    }
}

/// The part of a canary that nothing else has: the local part of an address, what follows the host of a link.
pub(super) fn own_part(text: &str) -> Range<usize> {
    let host = text.find("://").map(|at| at + 3);
    let path = host.and_then(|host| Some(host + text[host..].find('/')? + 1));
    path.unwrap_or(0)..text.find('@').unwrap_or(text.len())
}

/// The texts to look for of one canary; none for a choice.
pub(super) fn values(canary: &Canary) -> Vec<Value> {
    let text = canary.text().trim();
    let of = text.chars().count();
    let start = own_part(text).start;
    let mut values: Vec<Value> = Vec::new();
    let mut add = |text: String, variant| {
        let value = Value { ordinal: canary.ordinal, text: text.into_bytes(), start, variant, of };
        if value.distinctive().len() >= MIN_WORD && values.iter().all(|other| other.text != value.text) {
            values.push(value);
        }
    };
    add(text.to_owned(), Variant::AsTyped);
    add(text.to_lowercase(), Variant::LowerCase);
    add(text.to_uppercase(), Variant::UpperCase);
    if let Some(address) = gmail(text) {
        add(address, Variant::Gmail);
    }
    values
}

/// The values that digests are taken of: each once, with the plainest name that it has.
pub(super) fn hashed(canary: &Canary) -> Vec<(Variant, String)> {
    let text = canary.text().trim();
    let lower = text.to_lowercase();
    let mut values: Vec<(Variant, String)> = Vec::new();
    let mut add = |variant, text: String| {
        if text.len() >= MIN_WORD - 2 && values.iter().all(|(_, other)| *other != text) {
            values.push((variant, text));
        }
    };
    let is_address = text.contains('@');
    add(if is_address { Variant::LowerCase } else { Variant::AsTyped }, text.to_owned());
    add(Variant::LowerCase, lower.clone());
    add(Variant::UpperCase, text.to_uppercase());
    if let Some(address) = gmail(text) {
        add(Variant::Gmail, address);
        add(Variant::LocalPart, lower[..lower.find('@').unwrap_or(0)].to_owned());
    }
    if text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        add(Variant::International, format!("+1{text}"));
        add(Variant::International, format!("1{text}"));
    }
    for (at, word) in (0..).zip(lower.split(' ').filter(|_| text.contains(' ')).take(4)) {
        add(Variant::Word(at), word.to_owned());
    }
    for (at, word) in (0..).zip(text.split(' ').filter(|_| text.contains(' ')).take(4)) {
        add(Variant::Word(at), word.to_owned());
    }
    for count in 1..=2 {
        for text in [text, &lower] {
            let end = text.char_indices().nth_back(usize::from(count) - 1).map_or(0, |(at, _)| at);
            add(Variant::Without(count), text[..end].to_owned());
        }
    }
    values
}

/// An e-mail address as Gmail takes it.
fn gmail(text: &str) -> Option<String> {
    let (local, domain) = text.split_once('@')?;
    let local = local.split('+').next().unwrap_or_default().replace('.', "");
    Some(format!("{local}@{domain}").to_lowercase())
}
