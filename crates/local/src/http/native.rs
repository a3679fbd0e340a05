//! ClickHouse's Native format for a client that says which protocol it speaks (`client_protocol_version`), as the Go
//! client under Grafana's plugin does. The engine writes it for none: such a client expects some bytes more, and
//! finding where they belong takes the length of every column.
//!
//! Source: `NativeWriter.cpp`, `BlockInfo.cpp` and `src/DataTypes/Serializations` of ClickHouse.

use crate::engine::Exception;

/// From here on a block begins with what it is about.
const BLOCK_INFO: u64 = 51_903;

/// From here on each column says whether it has a serialization of its own.
const CUSTOM_SERIALIZATION: u64 = 54_454;

/// Field 1: no overflow rows; field 2: bucket -1; no further fields.
const INFO: [u8; 8] = [1, 0, 2, 0xff, 0xff, 0xff, 0xff, 0];

/// Deepest nesting of types that is followed.
const MAX_DEPTH: usize = 16;

/// Rewrites `blocks`, written for no protocol version, for `revision`.
pub(super) fn for_revision(blocks: &[u8], revision: u64) -> Result<Vec<u8>, Exception> {
    let mut reader = Reader { bytes: blocks, at: 0 };
    let mut out = Vec::with_capacity(blocks.len() + blocks.len() / 64 + 64);
    while reader.at < blocks.len() {
        block(&mut reader, revision, &mut out).ok_or_else(unreadable)?;
    }
    Ok(out)
}

fn unreadable() -> Exception {
    let what =
        "This answer has a type that the embedded engine cannot send in Native format for this client's protocol";
    Exception::ours(48, "NOT_IMPLEMENTED", what)
}

fn block(reader: &mut Reader<'_>, revision: u64, out: &mut Vec<u8>) -> Option<()> {
    if revision >= BLOCK_INFO {
        out.extend_from_slice(&INFO);
    }
    let start = reader.at;
    let columns = reader.varint()?;
    let rows = reader.varint()?;
    out.extend_from_slice(reader.since(start));
    for _ in 0..columns {
        let start = reader.at;
        reader.string()?;
        let name = std::str::from_utf8(reader.string()?).ok()?;
        out.extend_from_slice(reader.since(start));
        if revision >= CUSTOM_SERIALIZATION {
            out.push(0);
        }
        if rows > 0 {
            let start = reader.at;
            let kind = Kind::parse(name, 0)?;
            reader.prefix(&kind)?;
            reader.column(&kind, rows)?;
            out.extend_from_slice(reader.since(start));
        }
    }
    Some(())
}

/// How the values of a type lie in a column.
#[derive(Debug, PartialEq, Eq)]
enum Kind {
    /// So many bytes each.
    Fixed(usize),
    Text,
    Nullable(Box<Self>),
    Array(Box<Self>),
    Tuple(Vec<Self>),
    /// The type of the dictionary's keys.
    LowCardinality(Box<Self>),
}

impl Kind {
    /// Of a type's name as the engine writes it.
    fn parse(name: &str, depth: usize) -> Option<Self> {
        if depth > MAX_DEPTH {
            return None;
        }
        let (base, inside) = match name.split_once('(') {
            Some((base, rest)) => (base, rest.strip_suffix(')')?),
            None => (name, ""),
        };
        let inner = |name: &str| Self::parse(name, depth + 1);
        let boxed = |name: &str| inner(name).map(Box::new);
        let tuple = || arguments(inside).into_iter().map(|name| inner(unnamed(name))).collect::<Option<Vec<_>>>();
        Some(match base {
            "String" => Self::Text,
            "FixedString" => Self::Fixed(inside.parse().ok()?),
            "Nullable" => Self::Nullable(boxed(inside)?),
            "Array" => Self::Array(boxed(inside)?),
            "Tuple" => Self::Tuple(tuple()?),
            "Map" => Self::Array(Box::new(Self::Tuple(tuple()?))),
            "LowCardinality" => match inner(inside)? {
                Self::Nullable(keys) => Self::LowCardinality(keys),
                keys => Self::LowCardinality(Box::new(keys)),
            },
            "SimpleAggregateFunction" => inner(arguments(inside).last()?)?,
            "Decimal" => Self::Fixed(decimal_width(arguments(inside).first()?.parse().ok()?)),
            _ => Self::Fixed(width(base)?),
        })
    }
}

/// Bytes of a type of fixed length.
fn width(base: &str) -> Option<usize> {
    Some(match base {
        "UInt8" | "Int8" | "Bool" | "Enum8" | "Nothing" => 1,
        "UInt16" | "Int16" | "Date" | "Enum16" | "BFloat16" => 2,
        "UInt32" | "Int32" | "Float32" | "Date32" | "DateTime" | "IPv4" | "Time" => 4,
        "UInt64" | "Int64" | "Float64" | "DateTime64" | "Time64" => 8,
        "UInt128" | "Int128" | "UUID" | "IPv6" => 16,
        "UInt256" | "Int256" => 32,
        _ if base.starts_with("Interval") => 8,
        _ => return None,
    })
}

fn decimal_width(precision: u32) -> usize {
    match precision {
        0..=9 => 4,
        10..=18 => 8,
        19..=38 => 16,
        _ => 32,
    }
}

/// Cut at the commas that stand outside of parentheses and quotes.
fn arguments(inside: &str) -> Vec<&str> {
    let (mut found, mut depth, mut quote, mut start) = (Vec::new(), 0_usize, None, 0);
    let mut escaped = false;
    for (at, c) in inside.char_indices() {
        match (quote, c) {
            _ if escaped => escaped = false,
            (Some(_), '\\') => escaped = true,
            (Some(open), c) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '`') => quote = Some(c),
            (None, '(') => depth += 1,
            (None, ')') => depth = depth.saturating_sub(1),
            (None, ',') if depth == 0 => {
                found.push(inside[start..at].trim());
                start = at + 1;
            }
            (None, _) => {}
        }
    }
    found.push(inside[start..].trim());
    found
}

/// An element of a tuple may be `name Type`; no type that is followed here has a blank before its parentheses.
fn unnamed(element: &str) -> &str {
    if let Some(rest) = element.strip_prefix('`') {
        return rest.rsplit_once("` ").map_or(element, |(_, name)| name);
    }
    let head = element.split('(').next().unwrap_or(element);
    head.find(' ').map_or(element, |at| &element[at + 1..])
}

struct Reader<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl<'b> Reader<'b> {
    fn take(&mut self, length: usize) -> Option<&'b [u8]> {
        let end = self.at.checked_add(length)?;
        let taken = self.bytes.get(self.at..end)?;
        self.at = end;
        Some(taken)
    }

    fn since(&self, start: usize) -> &'b [u8] {
        &self.bytes[start..self.at]
    }

    fn varint(&mut self) -> Option<usize> {
        let (value, at) = super::format::varint(self.bytes, self.at)?;
        self.at = at;
        Some(value)
    }

    fn string(&mut self) -> Option<&'b [u8]> {
        let length = self.varint()?;
        self.take(length)
    }

    fn number(&mut self) -> Option<u64> {
        self.take(8)?.try_into().ok().map(u64::from_le_bytes)
    }

    fn many(&mut self, count: usize, width: usize) -> Option<&'b [u8]> {
        self.take(count.checked_mul(width)?)
    }

    /// What stands before a column's values: the version of each dictionary.
    fn prefix(&mut self, kind: &Kind) -> Option<()> {
        match kind {
            Kind::Fixed(_) | Kind::Text => Some(()),
            Kind::Nullable(inner) | Kind::Array(inner) => self.prefix(inner),
            Kind::Tuple(elements) => elements.iter().try_for_each(|element| self.prefix(element)),
            Kind::LowCardinality(_) => self.number().filter(|version| *version == 1).map(drop),
        }
    }

    fn column(&mut self, kind: &Kind, rows: usize) -> Option<()> {
        match kind {
            Kind::Fixed(width) => self.many(rows, *width).map(drop),
            Kind::Text => (0..rows).try_for_each(|_| self.string().map(drop)),
            Kind::Nullable(inner) => {
                self.take(rows)?;
                self.column(inner, rows)
            }
            Kind::Array(inner) => {
                let offsets = self.many(rows, 8)?;
                let last = offsets.last_chunk().map_or(0, |last| u64::from_le_bytes(*last));
                self.column(inner, usize::try_from(last).ok()?)
            }
            Kind::Tuple(elements) => elements.iter().try_for_each(|element| self.column(element, rows)),
            Kind::LowCardinality(keys) => self.dictionary(keys, rows),
        }
    }

    /// Keys, and for each row the number of one. Nothing is written for no rows.
    fn dictionary(&mut self, keys: &Kind, rows: usize) -> Option<()> {
        const GLOBAL: u64 = 1 << 8;
        if rows == 0 {
            return Some(());
        }
        let flags = self.number()?;
        if flags & GLOBAL != 0 {
            return None;
        }
        let count = usize::try_from(self.number()?).ok()?;
        self.column(keys, count)?;
        let indexes = usize::try_from(self.number()?).ok()?;
        self.many(indexes, 1 << (flags & 0b11)).map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_read() {
        let text = || Box::new(Kind::Text);
        for (name, kind) in [
            ("DateTime64(3, 'UTC')", Kind::Fixed(8)),
            ("Enum8('a(' = 1, 'b' = 2)", Kind::Fixed(1)),
            ("Decimal(18, 4)", Kind::Fixed(8)),
            ("LowCardinality(Nullable(String))", Kind::LowCardinality(text())),
            ("Array(Array(String))", Kind::Array(Box::new(Kind::Array(text())))),
            ("Tuple(a UInt8, `b c` Nullable(String))", Kind::Tuple(vec![Kind::Fixed(1), Kind::Nullable(text())])),
            ("Map(String, UInt8)", Kind::Array(Box::new(Kind::Tuple(vec![Kind::Text, Kind::Fixed(1)])))),
        ] {
            assert_eq!(Kind::parse(name, 0), Some(kind), "{name}");
        }
        for unknown in ["JSON", "Dynamic", "AggregateFunction(sum, UInt8)", "Array(", &"Array(".repeat(40)] {
            assert_eq!(Kind::parse(unknown, 0), None, "{unknown}");
        }
    }

    #[test]
    fn a_block_gets_what_the_revision_adds() {
        let block = b"\x02\x02\x01a\x05UInt8\x07\x08\x01b\x06String\x01x\x02yz";
        let new = b"\x01\x00\x02\xff\xff\xff\xff\x00\x02\x02\x01a\x05UInt8\x00\x07\x08\x01b\x06String\x00\x01x\x02yz";
        assert_eq!(for_revision(block, 54_460).unwrap(), new);
        assert_eq!(for_revision(block, 50_000).unwrap(), block);
        let old = for_revision(block, 54_405).unwrap();
        assert_eq!(old.len(), block.len() + INFO.len());
        assert!(for_revision(&block[..10], 54_460).is_err(), "cut off");
        assert!(for_revision(b"\x01\x01\x01j\x04JSON\x00", 54_460).is_err());
    }
}
