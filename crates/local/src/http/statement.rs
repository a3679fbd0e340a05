//! As much of ClickHouse's grammar as is needed to tell the text of a query from insert data, and a query that can
//! be streamed from one that cannot.

use std::ops::Range;

/// What kind of statement a text begins with.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Statement {
    /// An insert whose rows follow the text.
    Insert(InsertText),
    /// A query that the engine may be able to stream.
    Select {
        /// What `FORMAT` says.
        format: Option<String>,
        /// Whether its answer ends with totals, which not every format can carry in a stream.
        totals: bool,
    },
    /// Anything else: DDL, `SHOW`, `INSERT … SELECT`, or nothing that we know.
    Other {
        /// What `FORMAT` says.
        format: Option<String>,
    },
}

/// Where an insert's text ends and its data begins.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct InsertText {
    /// Length of the statement without `FORMAT` or `VALUES`.
    pub(super) head: usize,
    /// What `FORMAT` says; `Values` for `VALUES`.
    pub(super) format: Option<String>,
    /// Where inline data begins.
    pub(super) data: usize,
}

/// A word or another character that stands outside of any string, comment and parenthesis.
#[derive(Debug)]
struct Token {
    range: Range<usize>,
    word: bool,
}

impl Statement {
    /// Reads the beginning of `text`, which may go on with binary data.
    pub(super) fn read(text: &[u8]) -> Self {
        let mut tokens = Tokens { text, at: 0 };
        let Some(first) = tokens.next() else { return Self::Other { format: None } };
        if first.is(text, "INSERT") {
            return read_insert(tokens);
        }
        let starts_query = first.is(text, "SELECT") || first.is(text, "WITH") || text[first.range.start] == b'(';
        let (format, totals) = read_query(tokens);
        if starts_query { Self::Select { format, totals } } else { Self::Other { format } }
    }
}

/// Looks for the end of the statement. `INSERT INTO` and the table's name come first, whatever it is called.
fn read_insert(tokens: Tokens<'_>) -> Statement {
    let (text, end) = (tokens.text, tokens.text.len());
    let mut tokens = tokens.skip_while(|token| token.is(text, "INTO") || token.is(text, "TABLE"));
    let _table = tokens.next();
    let mut tokens = tokens.peekable();
    while let Some(token) = tokens.next() {
        if ["SELECT", "WITH", "WATCH", "INFILE"].iter().any(|word| token.is(text, word)) {
            return Statement::Other { format: None };
        }
        let head = token.range.start;
        if token.is(text, "VALUES") {
            return Statement::Insert(InsertText { head, format: Some("Values".into()), data: token.range.end });
        }
        if token.is(text, "FORMAT")
            && let Some(name) = tokens.next_if(|next| next.word)
        {
            let format = Some(String::from_utf8_lossy(&text[name.range.clone()]).into_owned());
            return Statement::Insert(InsertText { head, format, data: data_after(text, name.range.end) });
        }
    }
    let head = text.trim_ascii_end().strip_suffix(b";").map_or(end, <[u8]>::len);
    Statement::Insert(InsertText { head, format: None, data: end })
}

/// Data begins after the format's name: blanks and one line break do not belong to it.
fn data_after(text: &[u8], mut at: usize) -> usize {
    while text.get(at).is_some_and(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b';')) {
        at += 1;
    }
    if text.get(at) == Some(&b'\n') { at + 1 } else { at }
}

/// The last `FORMAT name` that nothing but `SETTINGS` follows: elsewhere "format" is a column.
fn read_query(tokens: Tokens<'_>) -> (Option<String>, bool) {
    let text = tokens.text;
    let (mut format, mut totals, mut after_format) = (None, false, false);
    for token in tokens {
        if format.is_some() && token.is(text, "SETTINGS") {
            break;
        }
        totals |= token.is(text, "TOTALS");
        if token.word {
            let name = || String::from_utf8_lossy(&text[token.range.clone()]).into_owned();
            format = after_format.then(name);
        }
        after_format = token.is(text, "FORMAT");
    }
    (format, totals)
}

impl Token {
    fn is(&self, text: &[u8], word: &str) -> bool {
        self.word && text[self.range.clone()].eq_ignore_ascii_case(word.as_bytes())
    }
}

struct Tokens<'t> {
    text: &'t [u8],
    at: usize,
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        loop {
            let start = self.at;
            let rest = &self.text[start..];
            match *rest.first()? {
                byte if byte.is_ascii_whitespace() => self.at += 1,
                b'-' if rest.starts_with(b"--") => self.at += line_length(rest),
                b'#' if rest.starts_with(b"#!") || rest.starts_with(b"# ") => self.at += line_length(rest),
                b'/' if rest.starts_with(b"/*") => self.at += comment_length(rest),
                quote @ (b'\'' | b'"' | b'`') => {
                    self.at += quoted_length(rest, quote);
                    return Some(Token { range: start..self.at, word: false });
                }
                b'(' if start > 0 => {
                    self.at += parenthesis_length(rest);
                    return Some(Token { range: start..self.at, word: false });
                }
                byte if is_word(byte) => {
                    self.at += rest.iter().take_while(|byte| is_word(**byte)).count();
                    return Some(Token { range: start..self.at, word: true });
                }
                _ => {
                    self.at += 1;
                    return Some(Token { range: start..self.at, word: false });
                }
            }
        }
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn line_length(rest: &[u8]) -> usize {
    rest.iter().position(|byte| *byte == b'\n').map_or(rest.len(), |at| at + 1)
}

fn comment_length(rest: &[u8]) -> usize {
    rest.windows(2).skip(2).position(|pair| pair == b"*/").map_or(rest.len(), |at| at + 4)
}

/// A quote is escaped by a backslash; a doubled quote reads as two strings, which does as well here.
fn quoted_length(rest: &[u8], quote: u8) -> usize {
    let mut at = 1;
    while let Some(byte) = rest.get(at) {
        match *byte {
            b'\\' => at += 2,
            byte if byte == quote => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

/// Up to the matching parenthesis.
fn parenthesis_length(rest: &[u8]) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(byte) = rest.get(at) {
        at += match *byte {
            quote @ (b'\'' | b'"' | b'`') => quoted_length(&rest[at..], quote),
            b'-' if rest[at..].starts_with(b"--") => line_length(&rest[at..]),
            b'/' if rest[at..].starts_with(b"/*") => comment_length(&rest[at..]),
            _ => 1,
        };
        match *byte {
            b'(' => depth += 1,
            b')' if depth == 1 => return at,
            b')' => depth -= 1,
            _ => {}
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn insert(text: &str) -> (&str, Option<String>, &str) {
        match Statement::read(text.as_bytes()) {
            Statement::Insert(found) => {
                (text[..found.head].trim_end(), found.format, &text[found.data.min(text.len())..])
            }
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn an_insert_is_cut_before_its_data() {
        for (text, head, format, data) in [
            ("INSERT INTO t FORMAT CSV\n1,2\n", "INSERT INTO t", Some("CSV"), "1,2\n"),
            ("insert into `a b`.t(a, b) format RowBinary", "insert into `a b`.t(a, b)", Some("RowBinary"), ""),
            ("INSERT INTO t (a) VALUES (1), ('x)')", "INSERT INTO t (a)", Some("Values"), " (1), ('x)')"),
            (
                "INSERT INTO format SETTINGS a='FORMAT X' FORMAT TSV",
                "INSERT INTO format SETTINGS a='FORMAT X'",
                Some("TSV"),
                "",
            ),
            (
                "-- VALUES\nINSERT /* SELECT */ INTO t (\"values\") FORMAT JSONEachRow {\"a\":1}",
                "-- VALUES\nINSERT /* SELECT */ INTO t (\"values\")",
                Some("JSONEachRow"),
                "{\"a\":1}",
            ),
            ("INSERT INTO t;", "INSERT INTO t", None, ""),
        ] {
            assert_eq!(insert(text), (head, format.map(str::to_owned), data), "{text}");
        }
    }

    #[test]
    fn an_insert_of_a_query_has_no_data() {
        for text in [
            "INSERT INTO t SELECT 1",
            "INSERT INTO t (a) WITH 1 AS x SELECT x FORMAT CSV",
            "INSERT INTO t FROM INFILE 'x' FORMAT CSV",
        ] {
            assert_eq!(Statement::read(text.as_bytes()), Statement::Other { format: None }, "{text}");
        }
    }

    #[test]
    fn the_format_of_a_query_is_found() {
        for (text, format, totals) in [
            ("SELECT 1", None, false),
            ("SELECT 'FORMAT x' FORMAT JSON", Some("JSON"), false),
            ("SELECT 1 -- c\nFORMAT CSV SETTINGS max_threads = 1", Some("CSV"), false),
            ("SELECT 1 SETTINGS max_threads=1 FORMAT CSV;", Some("CSV"), false),
            ("SELECT format FROM t", None, false),
            ("WITH 1 AS x SELECT x", None, false),
            ("(SELECT 1) UNION ALL (SELECT 2 FORMAT x) FORMAT TSV", Some("TSV"), false),
            ("SELECT a, count() FROM t GROUP BY a WITH TOTALS FORMAT TSV", Some("TSV"), true),
        ] {
            let expected = Statement::Select { format: format.map(str::to_owned), totals };
            assert_eq!(Statement::read(text.as_bytes()), expected, "{text}");
        }
        let show = Statement::read(b"SHOW TABLES FORMAT CSV");
        assert_eq!(show, Statement::Other { format: Some("CSV".into()) });
    }

    #[test]
    fn no_bytes_make_it_panic() {
        for text in
            ["", "'", "\\", "(", "/*", "--", "INSERT", "INSERT INTO", "INSERT INTO t FORMAT", "((((", "`\\", "/*/"]
        {
            let _ = Statement::read(text.as_bytes());
        }
        let _ = Statement::read(&[0xff, b'\'', 0, b'\\']);
    }
}
