//! Whether a text is masked.

/// Characters that recorders put in place of others: rrweb and most others, Clarity, and bullets of elsewhere.
const MASKS: &[char] = &['*', '•', '●', '█'];

/// Longest text that is kept of an input event, in bytes: the longest canary ([`earshot_model::Canary::BURST`]) with room
/// for what a page adds.
const MAX_TEXT: usize = 8 * 1024;

/// The character that a masked text is made of, blanks aside; `None` if it is not masked, or empty.
pub(super) fn mask_of(text: &str) -> Option<char> {
    let mut characters = text.chars().filter(|c| !c.is_whitespace());
    let first = characters.next().filter(|first| MASKS.contains(first))?;
    characters.all(|c| c == first).then_some(first)
}

/// As much of a text as is kept.
pub(super) fn shortened(text: &str) -> &str {
    let end = (0..=MAX_TEXT.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    &text[..end.unwrap_or_default()]
}

/// Whether a person could read a word in it.
pub(super) fn has_words(text: &str) -> bool {
    text.chars().filter(|c| c.is_alphabetic()).take(3).count() == 3
}

/// Whether a text of the page is Datadog's mask for it: every character but blanks is an `x`.
pub(super) fn is_crossed_out(text: &str) -> bool {
    let mut characters = text.chars().filter(|c| !c.is_whitespace()).peekable();
    characters.peek().is_some() && characters.all(|c| c == 'x')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_are_told_from_texts() {
        for (text, mask) in [
            ("*****", Some('*')),
            ("***** **", Some('*')),
            ("••••• ••••", Some('•')),
            ("", None),
            ("  ", None),
            ("*a*", None),
            ("5 * 3", None),
            ("*•", None),
        ] {
            assert_eq!(mask_of(text), mask, "{text}");
        }
        assert!(is_crossed_out("xxx xx") && !is_crossed_out("xray") && !is_crossed_out(" "));
        assert!(has_words("a b c") && !has_words("12 x"));
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        assert_eq!(shortened(&"ä".repeat(8_000)).len(), MAX_TEXT);
        assert_eq!(shortened("ab"), "ab");
    }
}
