//! Text that strangers wrote, made harmless to show.

/// Bidirectional controls: they make a line read otherwise than it is (<https://trojansource.codes>).
const BIDI: [std::ops::RangeInclusive<char>; 2] = ['\u{202a}'..='\u{202e}', '\u{2066}'..='\u{2069}'];

/// The text with every control character replaced: a page chooses the names of its cookies and keys, and must not be
/// able to move the cursor, rewrite a line or turn one around.
#[must_use]
pub fn plain(text: &str) -> String {
    let harmful = |c: char| c.is_control() || BIDI.iter().any(|range| range.contains(&c));
    text.chars().map(|c| if harmful(c) { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_moves_the_cursor() {
        assert_eq!(plain("a\u{1b}[2Jb\nc\u{9b}d\u{202e}e"), "a\u{fffd}[2Jb\u{fffd}c\u{fffd}d\u{fffd}e");
        assert_eq!(plain("bücher · 漢字"), "bücher · 漢字");
    }
}
