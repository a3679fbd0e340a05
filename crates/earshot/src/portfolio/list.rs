//! A list as people keep it: CSV with a header, or just a domain or URL a line. Read line by line.

use std::io::{BufRead, Cursor, Read};

use anyhow::{Context as _, Result, bail};
use csv::ByteRecord;
use earshot_model::{BadLine, Target, without_comment};
use earshot_report::plain;
use earshot_store::MemberRow;

/// The longest line, and the longest record that goes over several: a quote that is never closed must not swallow the
/// rest of the list.
const MAX_RECORD: usize = 1024 * 1024;
/// Most columns of a list.
const MAX_COLUMNS: usize = 64;
/// The longest cell that is kept, in bytes.
const MAX_CELL: usize = 1024;
/// What may stand between two cells; the most frequent one of the first line does.
const DELIMITERS: [u8; 3] = [b',', b';', b'\t'];

/// What a column is about.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Column {
    Address,
    Owner,
    Sector,
    Country,
    Sensitive,
    Sessions,
    Tag(String),
}

/// One line of a list.
#[derive(Debug, PartialEq, Eq)]
pub enum Line {
    /// A target.
    Member(MemberRow),
    /// What is none.
    Bad(BadField),
}

/// A field that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadField {
    /// The line, from 1.
    pub line: u64,
    /// The name of the column.
    pub field: String,
    /// What is wrong with it.
    pub reason: String,
}

/// A list that is being read.
pub struct List<R> {
    reader: csv::Reader<Bounded<R>>,
    record: ByteRecord,
    columns: Vec<Column>,
    names: Vec<String>,
    headed: bool,
}

/// Fails if more than [`MAX_RECORD`] bytes are taken without a record being made of them.
struct Bounded<R> {
    head: Cursor<Vec<u8>>,
    rest: R,
    ended: bool,
    taken: usize,
}

impl<R: BufRead> List<R> {
    /// Looks at the first line: if one of its cells is the name of a column with addresses, it is a header.
    ///
    /// # Errors
    /// If it cannot be read, or its header names a column twice.
    pub fn open(mut rest: R) -> Result<Self> {
        let (head, first) = beginning(&mut rest)?;
        let delimiter = delimiter(&first);
        let bounded = Bounded { head: Cursor::new(head), rest, ended: false, taken: 0 };
        let mut builder = csv::ReaderBuilder::new();
        builder.has_headers(false).flexible(true).trim(csv::Trim::All).delimiter(delimiter);
        // So that each record ends with its line; what is left of CRLF is trimmed.
        builder.terminator(csv::Terminator::Any(b'\n'));
        let mut list = Self {
            reader: builder.from_reader(bounded),
            record: ByteRecord::new(),
            columns: vec![Column::Address],
            names: vec!["domain".to_owned()],
            headed: false,
        };
        let mut cells = builder.from_reader(first.as_slice());
        let cells: Vec<String> = match cells.byte_records().next() {
            Some(record) => record?.iter().map(name).collect(),
            None => Vec::new(),
        };
        if cells.iter().any(|cell| is_address(cell)) {
            list.take_header(cells)?;
        }
        Ok(list)
    }

    /// Whether it has a header: only then more than the addresses is read.
    #[must_use]
    pub fn is_headed(&self) -> bool {
        self.headed
    }

    fn take_header(&mut self, names: Vec<String>) -> Result<()> {
        if names.len() > MAX_COLUMNS {
            bail!("the header has {} columns; at most {MAX_COLUMNS} are read", names.len());
        }
        let mut columns: Vec<Column> = Vec::new();
        for (index, name) in names.iter().enumerate() {
            if names[..index].contains(name) {
                bail!("the header has two columns that are called '{}'", plain(name));
            }
            // The second of two columns that say the same is one more fact.
            let column = Some(meaning(name)).filter(|column| !columns.contains(column));
            columns.push(column.unwrap_or_else(|| Column::Tag(name.clone())));
        }
        (self.columns, self.names, self.headed) = (columns, names, true);
        // What stands before the header, and the header itself.
        while self.reader.read_byte_record(&mut self.record)? && (self.is_comment() || self.is_blank()) {}
        Ok(())
    }

    /// The next line that says something; `None` at the end.
    ///
    /// # Errors
    /// If the list cannot be read on.
    pub fn next_line(&mut self) -> Result<Option<Line>> {
        loop {
            self.reader.get_mut().taken = 0;
            let line = self.reader.position().line();
            let more = self.reader.read_byte_record(&mut self.record);
            if !more.with_context(|| format!("line {line}"))? {
                return Ok(None);
            }
            let within = self.record.as_slice().iter().filter(|byte| **byte == b'\n').count() as u64;
            let line = self.reader.position().line().saturating_sub(1 + within);
            if self.is_comment() {
                continue;
            }
            match self.member(line) {
                Ok(None) => {}
                Ok(Some(member)) => return Ok(Some(Line::Member(member))),
                Err((column, reason)) => {
                    let field = self.names.get(column).cloned().unwrap_or_default();
                    return Ok(Some(Line::Bad(BadField { line, field, reason })));
                }
            }
        }
    }

    fn is_comment(&self) -> bool {
        self.record.get(0).is_some_and(|cell| cell.starts_with(b"#"))
    }

    fn is_blank(&self) -> bool {
        self.record.iter().all(<[u8]>::is_empty)
    }

    /// The target of this record; the column and what is wrong with it.
    fn member(&self, line: u64) -> Result<Option<MemberRow>, (usize, String)> {
        let cell = |index: usize| String::from_utf8_lossy(self.record.get(index).unwrap_or_default());
        let at = self.columns.iter().position(|column| *column == Column::Address).unwrap_or(0);
        let address = cell(at);
        let address = without_comment(&address).trim().trim_matches('"');
        if address.is_empty() {
            let blank = !self.headed || self.is_blank();
            return if blank { Ok(None) } else { Err((at, "is empty".to_owned())) };
        }
        if self.headed && self.record.len() > self.columns.len() {
            let (has, header) = (self.record.len(), self.columns.len());
            return Err((
                at,
                format!("the line has {has} cells and the header {header}: quote a cell with a delimiter"),
            ));
        }
        let target = Target::parse(address).map_err(|error| (at, format!("{}: {error}", shown(address))))?;
        let mut member = MemberRow::new(line, &target);
        for (index, column) in self.columns.iter().enumerate() {
            let text = cell(index);
            if text.len() > MAX_CELL && *column != Column::Address {
                return Err((index, format!("is longer than {MAX_CELL} bytes")));
            }
            if !text.is_empty() {
                fill(&mut member, column, &text).map_err(|reason| (index, reason))?;
            }
        }
        Ok(Some(member))
    }
}

fn fill(member: &mut MemberRow, column: &Column, text: &str) -> Result<(), String> {
    match column {
        Column::Address => {}
        Column::Owner => text.clone_into(&mut member.owner),
        Column::Sector => text.clone_into(&mut member.sector),
        Column::Country => text.clone_into(&mut member.country),
        Column::Tag(name) => member.tags.push((name.clone(), text.to_owned())),
        Column::Sensitive => match text.to_ascii_lowercase().as_str() {
            about @ ("health" | "financial" | "government" | "none") => about.clone_into(&mut member.sensitive),
            "no" | "false" | "0" => "none".clone_into(&mut member.sensitive),
            _ => return Err(format!("{}: write health, financial, government or none", shown(text))),
        },
        Column::Sessions => {
            let number = text.parse().map_err(|_| format!("{}: write a whole number, in digits only", shown(text)))?;
            member.monthly_sessions = number;
        }
    }
    Ok(())
}

/// A cell as it is repeated to its author.
fn shown(text: &str) -> String {
    format!("'{}'", text.chars().take(BadLine::SHOWN_CHARS).collect::<String>().escape_debug())
}

/// A cell of the header in the form in which names are compared.
fn name(cell: &[u8]) -> String {
    let text = String::from_utf8_lossy(cell);
    let text = text.trim_start_matches('\u{feff}').trim().trim_matches('"').to_lowercase();
    text.chars().take(MAX_COLUMNS).map(|c| if c == ' ' || c == '-' { '_' } else { c }).collect()
}

fn is_address(name: &str) -> bool {
    matches!(name, "domain" | "url" | "site" | "website" | "host" | "hostname" | "address")
}

fn meaning(name: &str) -> Column {
    match name {
        name if is_address(name) => Column::Address,
        "owner" | "company" | "organisation" | "organization" => Column::Owner,
        "sector" | "industry" => Column::Sector,
        "country" | "country_code" => Column::Country,
        "sensitive" | "category" => Column::Sensitive,
        "sessions" | "monthly_sessions" => Column::Sessions,
        name => Column::Tag(name.to_owned()),
    }
}

/// The lines up to the first that says something, and that line.
fn beginning(rest: &mut impl BufRead) -> Result<(Vec<u8>, Vec<u8>)> {
    let mut head = Vec::new();
    loop {
        let start = head.len();
        rest.take(MAX_RECORD as u64).read_until(b'\n', &mut head)?;
        if head.len() == start {
            return Ok((head, Vec::new()));
        }
        if start == 0 && head.starts_with(b"\xef\xbb\xbf") {
            head.drain(..3);
        }
        let line = head[start..].trim_ascii();
        if head.len() > MAX_RECORD {
            bail!("the first lines are longer than {MAX_RECORD} bytes: this is no list");
        }
        if !line.is_empty() && !line.starts_with(b"#") {
            let line = line.to_vec();
            return Ok((head, line));
        }
    }
}

fn delimiter(line: &[u8]) -> u8 {
    let count = |delimiter: &u8| line.iter().filter(|byte| *byte == delimiter).count();
    // Of several that are as frequent, the first.
    DELIMITERS.into_iter().rev().max_by_key(count).unwrap_or(b',')
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.taken > MAX_RECORD {
            return Err(std::io::Error::other(format!(
                "more than {MAX_RECORD} bytes without the end of a line: is there a quote that is not closed?"
            )));
        }
        let read = match self.head.read(buffer)? {
            0 => self.rest.read(buffer)?,
            read => read,
        };
        if read == 0 && !self.ended && !buffer.is_empty() {
            // The last line may lack its end.
            (self.ended, buffer[0]) = (true, b'\n');
            return Ok(1);
        }
        self.taken += read;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Vec<MemberRow>, Vec<String>) {
        let mut list = List::open(text.as_bytes()).unwrap();
        let (mut members, mut bad) = (Vec::new(), Vec::new());
        while let Some(line) = list.next_line().unwrap() {
            match line {
                Line::Member(member) => members.push(member),
                Line::Bad(field) => bad.push(format!("{}: {}: {}", field.line, field.field, field.reason)),
            }
        }
        (members, bad)
    }

    #[test]
    fn a_table_is_read_by_its_header() {
        let text = "\u{feff}# ours\n\nName;URL;Owner;Country-Code;Monthly Sessions;category;Sector\n\
                    Shop;shop.test;\"Shop; Ltd\";DE;40000;none;retail\n\
                    # later\n\
                    Care;https://care.test/a#x;;;;Health;\n";
        let (members, bad) = read(text);
        assert_eq!(bad, [""; 0]);
        let shop = &members[0];
        assert_eq!((shop.line, shop.start.as_str(), shop.site.as_str()), (4, "https://shop.test/", "shop.test"));
        assert_eq!((shop.owner.as_str(), shop.country.as_str(), shop.sector.as_str()), ("Shop; Ltd", "DE", "retail"));
        assert_eq!((shop.monthly_sessions, shop.sensitive.as_str(), shop.scheme_given), (40_000, "none", false));
        assert_eq!(shop.tags, [("name".to_owned(), "Shop".to_owned())]);
        let care = &members[1];
        assert_eq!((care.line, care.start.as_str(), care.only_this_page), (6, "https://care.test/a", true));
        assert_eq!((care.sensitive.as_str(), care.owner.as_str(), care.monthly_sessions), ("health", "", 0));
    }

    #[test]
    fn a_plain_list_is_read_without_a_header() {
        let (members, bad) =
            read("example.com  # the first\n\nb\u{fc}cher.test,owner,x\r\n  \"c.test\"\nno good\n#x\n");
        let starts: Vec<_> = members.iter().map(|member| member.start.as_str()).collect();
        assert_eq!(starts, ["https://example.com/", "https://xn--bcher-kva.test/", "https://c.test/"]);
        assert!(members.iter().all(|member| member.tags.is_empty()));
        assert_eq!(bad.len(), 1);
        assert!(bad[0].starts_with("5: domain: 'no good': more than one word"), "{bad:?}");
        assert_eq!(read(""), (Vec::new(), Vec::new()));
    }

    #[test]
    fn bad_lines_are_named_with_their_field() {
        let text = "domain\tsessions\tsensitive\tnote\n\
                    a.test\tmany\n\
                    b.test\t1.5\n\
                    c.test\t1\tyes\n\
                    \t5\n\
                    d.test\t1\t\tx\ty\n\
                    e.test\t-1\n";
        let (members, bad) = read(text);
        assert_eq!(members, []);
        let places: Vec<_> =
            bad.iter().map(|text| text.splitn(3, ": ").take(2).collect::<Vec<_>>().join(": ")).collect();
        assert_eq!(places, ["2: sessions", "3: sessions", "4: sensitive", "5: domain", "6: domain", "7: sessions"]);
        assert!(bad[4].contains("5 cells and the header 4"), "{}", bad[4]);
        let error = List::open("url,Owner,owner\n".as_bytes()).err().unwrap().to_string();
        assert_eq!(error, "the header has two columns that are called 'owner'");
    }

    #[test]
    fn a_quote_that_is_never_closed_ends_the_reading_within_a_bound() {
        let text = format!("domain,note\na.test,\"open\n{}", "b.test,x\n".repeat(400_000));
        let mut list = List::open(text.as_bytes()).unwrap();
        let error = loop {
            match list.next_line() {
                Ok(Some(_)) => {}
                Ok(None) => panic!("the end was reached"),
                Err(error) => break format!("{error:#}"),
            }
        };
        assert!(error.contains("line 2: ") && error.contains("quote"), "{error}");
    }
}
