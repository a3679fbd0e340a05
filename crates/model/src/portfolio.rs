//! A portfolio: the targets that somebody watches, read from lists that people keep by hand.

use std::collections::HashSet;

use crate::{PageUrl, Target, TargetError};

/// Targets in the order in which they were first named, each once.
#[derive(Clone, Debug, Default)]
pub struct Portfolio {
    /// What will be scanned.
    pub targets: Vec<Target>,
    /// Lines that name nothing to scan.
    pub bad: Vec<BadLine>,
    /// How many lines repeated an earlier target.
    pub duplicates: usize,
    seen: HashSet<PageUrl>,
}

/// A line that could not be read, with where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadLine {
    /// The file it stands in, `-` for standard input, or "argument".
    pub source: String,
    /// Its number, from 1.
    pub line: usize,
    /// What stands there, cut at [`BadLine::SHOWN_CHARS`].
    pub text: String,
    /// Why it is no target.
    pub error: TargetError,
}

impl BadLine {
    /// How much of a bad line is repeated to its author.
    pub const SHOWN_CHARS: usize = 80;
}

impl Portfolio {
    /// Adds one line: blank lines and `#` comments are passed over, the first cell of a CSV line counts.
    pub fn add_line(&mut self, source: &str, line: usize, text: &str) {
        let text = without_comment(text.trim_start_matches('\u{feff}'));
        let text = text.split([',', ';', '\t']).next().unwrap_or(text).trim().trim_matches('"');
        if text.is_empty() {
            return;
        }
        match Target::parse(text) {
            Ok(target) if self.seen.insert(target.start.clone()) => self.targets.push(target),
            Ok(_) => self.duplicates += 1,
            Err(error) => {
                let text = text.chars().take(BadLine::SHOWN_CHARS).collect();
                self.bad.push(BadLine { source: source.to_owned(), line, text, error });
            }
        }
    }

    /// Adds every line of `text`.
    pub fn add_lines(&mut self, source: &str, text: &str) {
        for (index, line) in text.lines().enumerate() {
            self.add_line(source, index + 1, line);
        }
    }
}

/// The line without its comment. A `#` begins one at the start or after white space; elsewhere it is part of a URL.
#[must_use]
pub fn without_comment(line: &str) -> &str {
    let starts = |(at, _): &(usize, &str)| *at == 0 || line[..*at].ends_with(char::is_whitespace);
    line.match_indices('#').find(starts).map_or(line, |(at, _)| &line[..at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hand_kept_list_is_read_and_every_bad_line_is_named() {
        let mut list = Portfolio::default();
        list.add_lines("list.txt", "\u{feff}# ours\n\nexample.com\nexample.com.  # again\nhttps://example.org/a#frag\n???\nb\u{fc}cher.example:8443,owner\nfoo bar\r\n");
        let starts: Vec<_> = list.targets.iter().map(|target| target.start.as_str()).collect();
        assert_eq!(starts, ["https://example.com/", "https://example.org/a", "https://xn--bcher-kva.example:8443/"]);
        assert_eq!(list.duplicates, 1);
        let bad: Vec<_> = list.bad.iter().map(|bad| (bad.line, bad.text.as_str())).collect();
        assert_eq!(bad, [(6, "???"), (8, "foo bar")]);
    }

    #[test]
    fn no_bytes_make_it_panic() {
        let mut list = Portfolio::default();
        for line in [
            "\0",
            "\u{202e}",
            "a\u{301}.test",
            "xn--",
            "http://[",
            "http://a b",
            "://",
            "#",
            "\"\"",
            "١.٢",
            &"x".repeat(100_000),
        ] {
            list.add_line("-", 1, line);
        }
        assert!(list.targets.len() <= 2);
    }
}
