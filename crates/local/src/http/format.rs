//! What an answer's format means for streaming it.

/// How the blocks of an answer, each a complete text of its format, become one text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Framing {
    /// Rows without anything around them: blocks follow each other.
    Rows,
    /// Every block repeats a header, which only the first one keeps.
    Header(Header),
    /// A document: it cannot be put together from blocks, so it is made whole.
    Whole,
}

/// What a header consists of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Header {
    /// So many lines; a line break in double quotes does not count.
    Lines(usize),
    /// The number of columns, and so many strings for each.
    Strings(usize),
}

impl Framing {
    /// Of `format`, whose case ClickHouse does not mind.
    pub(super) fn of(format: &str) -> Self {
        let lower = format.to_ascii_lowercase();
        let (base, lines) = if let Some(base) = lower.strip_suffix("withnamesandtypes") {
            (base, 2)
        } else if let Some(base) = lower.strip_suffix("withnames") {
            (base, 1)
        } else {
            (lower.as_str(), 0)
        };
        match (base, lines) {
            ("rowbinary", 1 | 2) => Self::Header(Header::Strings(lines)),
            ("tabseparated" | "tabseparatedraw" | "tsv" | "tsvraw" | "csv" | "jsoncompacteachrow", 1 | 2) => {
                Self::Header(Header::Lines(lines))
            }
            (
                "tabseparated" | "tabseparatedraw" | "tsv" | "tsvraw" | "raw" | "csv" | "tskv" | "jsoneachrow"
                | "jsonlines" | "ndjson" | "jsonstringseachrow" | "jsoncompacteachrow" | "rowbinary" | "native"
                | "lineasstring" | "rawblob" | "null",
                0,
            ) => Self::Rows,
            _ => Self::Whole,
        }
    }
}

impl Header {
    /// Its length at the start of `block`, in bytes; `None` if the block does not hold one.
    pub(super) fn length(self, block: &[u8]) -> Option<usize> {
        match self {
            Self::Lines(lines) => lines_length(block, lines),
            Self::Strings(each) => {
                let (columns, mut at) = varint(block, 0)?;
                for _ in 0..columns.checked_mul(each)? {
                    let (length, start) = varint(block, at)?;
                    at = start.checked_add(length)?;
                }
                (at <= block.len()).then_some(at)
            }
        }
    }
}

fn lines_length(block: &[u8], lines: usize) -> Option<usize> {
    let (mut found, mut quoted) = (0, false);
    for (at, byte) in block.iter().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => {
                found += 1;
                if found == lines {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
    }
    None
}

/// LEB128: the number at `at`, and where the next thing begins.
pub(super) fn varint(bytes: &[u8], mut at: usize) -> Option<(usize, usize)> {
    let (mut value, mut shift) = (0_usize, 0);
    loop {
        let byte = *bytes.get(at)?;
        at += 1;
        value |= usize::from(byte & 0x7f).checked_shl(shift)?;
        if byte & 0x80 == 0 {
            return Some((value, at));
        }
        shift += 7;
    }
}

/// The content type under which ClickHouse sends a format.
pub(super) fn content_type(format: &str) -> &'static str {
    let lower = format.to_ascii_lowercase();
    match lower.as_str() {
        "jsoneachrow" | "jsonlines" | "ndjson" => "application/x-ndjson; charset=UTF-8",
        _ if lower.starts_with("json") => "application/json; charset=UTF-8",
        _ if lower.starts_with("csv") => "text/csv; charset=UTF-8; header=absent",
        _ if lower.starts_with("tsv") || lower.starts_with("tabseparated") => {
            "text/tab-separated-values; charset=UTF-8"
        }
        "xml" => "application/xml; charset=UTF-8",
        "native" | "parquet" | "arrow" | "arrowstream" | "orc" | "avro" | "msgpack" => "application/octet-stream",
        _ if lower.starts_with("rowbinary") => "application/octet-stream",
        _ => "text/plain; charset=UTF-8",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_streamed_where_blocks_can_follow_each_other() {
        for (format, framing) in [
            ("TabSeparated", Framing::Rows),
            ("jsoneachrow", Framing::Rows),
            ("CSVWithNames", Framing::Header(Header::Lines(1))),
            ("RowBinaryWithNamesAndTypes", Framing::Header(Header::Strings(2))),
            ("JSON", Framing::Whole),
            ("Parquet", Framing::Whole),
            ("JSONEachRowWithProgress", Framing::Whole),
        ] {
            assert_eq!(Framing::of(format), framing, "{format}");
        }
    }

    #[test]
    fn headers_are_measured() {
        assert_eq!(Header::Strings(2).length(b"\x01\x01a\x06UInt64\x05"), Some(10));
        assert_eq!(Header::Strings(2).length(b"\x01\x01a\x46UInt64"), None);
        assert_eq!(Header::Strings(1).length(&[0xff; 40]), None);
        assert_eq!(Header::Lines(1).length(b"\"a\nb\",\"c\"\n1,2\n"), Some(10));
        assert_eq!(Header::Lines(2).length(b"a\n"), None);
    }
}
