//! Walks through what was sent, layer by layer, within a budget.
//!
//! Each layer is looked at once: its escapes, its runs of letters and digits, its streams. What comes out is a layer
//! again if it can be read; what cannot be read is shown once, and not followed. So the work is linear in what was sent
//! and in what it unpacks to, and bounded by the budget.

mod base85;
mod runs;

use std::ops::Range;

use flate2::Decompress;

use super::{codes, coding::Coding, frame::Frame, lzstring, pack, unescape};
use unescape::{Escape, closing_quote};

/// How deep wrapping is followed. Six layers are more than any vendor has (PostHog's replay has four: gzip, JSON
/// string, latin-1, gzip); escapes within a layer count as well, and some change nothing in the end.
const MAX_DEPTH: usize = 8;

/// What a layer costs beside its bytes: as much as reading so many.
const FRAME_COST: usize = 64;

/// How much work one message is worth, in bytes read and written: as [`crate::decode::MAX_WORK_BYTES`], and twice that,
/// since here every layer is read again by the search.
pub(super) const MAX_WORK: usize = 32 * 1024 * 1024;

/// How many places of one layer are tried as a stream: each costs about a microsecond, found or not.
const MAX_STREAMS: usize = 1024;

/// Longest digest, in bytes: what is no longer is an identifier far more often than a packed message.
const MAX_IDENTIFIER: usize = 64;

/// How many runs of one message are tried as a stream without a mark, and how many of them as brotli, which has so
/// little form that a try takes some ten microseconds. Identifiers are counted apart, lest a list of them keeps what is
/// packed from being tried, and that not all of them are tried is no loss that is told.
const MAX_UNMARKED: Tries = Tries { long: 1024, identifiers: 64 };
const MAX_BROTLI: Tries = Tries { long: 256, identifiers: 6 };

/// How often something is tried.
#[derive(Clone, Copy, Default)]
struct Tries {
    long: usize,
    identifiers: usize,
}

impl Tries {
    /// Counts one more, unless there have been that many.
    fn one_more(&mut self, length: usize, most: Self) -> Result<(), Spent> {
        let is_identifier = length <= MAX_IDENTIFIER;
        let (tries, most) = match is_identifier {
            true => (&mut self.identifiers, most.identifiers),
            false => (&mut self.long, most.long),
        };
        if *tries == most {
            return Err(Spent { matters: !is_identifier });
        }
        *tries += 1;
        Ok(())
    }
}

/// That there are no tries left.
struct Spent {
    matters: bool,
}

/// The shortest island that is a layer: less than that holds nothing that is looked for.
const MIN_FRAME: usize = 8;

/// The shortest stream without a mark.
const MIN_PACKED: usize = 16;

/// The shortest stretch of text within bytes that is no chance.
const MIN_TEXT: usize = 8;

/// What the walk comes by.
pub(super) enum Seen<'a> {
    /// A layer, each once, outer ones first.
    Frame(&'a Frame<'a>),
    /// A run of letters, digits and `+/-_` that may be a digest.
    Run(&'a Frame<'a>, Range<usize>),
}

/// A walk through one message.
pub(super) struct Walk<'s> {
    pub left: usize,
    pub cut: bool,
    unmarked: Tries,
    brotli: Tries,
    inflate: Option<Box<Decompress>>,
    seen: &'s mut dyn FnMut(Seen<'_>),
}

impl<'s> Walk<'s> {
    /// Walks through `sent`; says how many bytes of it nobody can read, and whether a bound ended the walk.
    pub fn through(sent: &[u8], budget: &mut usize, seen: &'s mut dyn FnMut(Seen<'_>)) -> (u64, bool) {
        let allowed = MAX_WORK.min(*budget);
        let (unmarked, brotli) = (Tries::default(), Tries::default());
        let mut walk = Walk { left: allowed, cut: false, unmarked, brotli, inflate: None, seen };
        let within = &sent[..sent.len().min(allowed)];
        walk.cut = within.len() < sent.len();
        let opaque = walk.frame(&Frame::sent(within));
        *budget -= allowed - walk.left;
        (opaque as u64, walk.cut)
    }

    fn spend(&mut self, bytes: usize) {
        self.left = self.left.saturating_sub(bytes);
        self.cut |= self.left == 0;
    }

    /// Whether another layer can be afforded.
    fn affords(&mut self, depth: usize) -> bool {
        let affords = self.left > 0 && depth < MAX_DEPTH;
        self.cut |= !affords;
        affords
    }

    /// A layer that is shown, and not followed.
    fn leaf(&mut self, frame: &Frame<'_>) {
        self.spend(frame.bytes.len() + FRAME_COST);
        (self.seen)(Seen::Frame(frame));
    }

    /// Follows a layer; says how many bytes of it nobody can read.
    fn frame(&mut self, frame: &Frame<'_>) -> usize {
        self.leaf(frame);
        let bytes = frame.bytes;
        let opaque = match std::str::from_utf8(bytes) {
            Ok(text) => self.text(frame, text),
            Err(_) => self.binary(frame),
        };
        if memchr::memchr(0, bytes).is_some() {
            self.utf16(frame);
        }
        self.reversed(frame);
        // What an escape covers as a whole is read without it: its runs are those of the layer below.
        let mut covered = false;
        for escape in [Escape::Json, Escape::Percent, Escape::Html, Escape::QuotedPrintable] {
            // What ends in `=` at the end of a line is no quoted-printable, and has runs.
            covered |= self.escape(frame, escape) && escape != Escape::QuotedPrintable;
        }
        let runs = if covered { 0 } else { self.runs(frame) };
        self.base85(frame);
        (runs + opaque).min(bytes.len())
    }

    /// Follows what was unpacked: on if it can be read, not if not. Says how many of its bytes nobody can read.
    fn unpacked(&mut self, outer: &Frame<'_>, coding: Coding, at: Range<usize>, bytes: &[u8]) -> usize {
        if !self.affords(outer.depth) {
            return 0;
        }
        let frame = Frame::within(outer, Some(coding), at, bytes);
        self.frame(&frame)
    }

    /// What was decoded: followed if it can be read, else shown. Whether anything could be read.
    fn decoded(&mut self, outer: &Frame<'_>, coding: Coding, at: Range<usize>, bytes: &[u8]) -> bool {
        if pack::looks_readable(bytes) {
            return self.unpacked(outer, coding, at, bytes) * 2 <= bytes.len();
        }
        let frame = Frame::within(outer, Some(coding), at, bytes);
        self.leaf(&frame);
        let (_, found) = self.streams(&frame);
        found || bytes.len() >= MIN_PACKED && self.unmarked(&frame)
    }

    /// The strings and values of a layer that have escapes, each a layer of its own. Whether one is the whole layer.
    fn escape(&mut self, outer: &Frame<'_>, escape: Escape) -> bool {
        if escape == Escape::QuotedPrintable && !is_quoted_printable(outer.bytes) {
            return false;
        }
        let mut covered = false;
        let mut from = 0;
        while let Some(at) = escape.next(outer.bytes, from) {
            let island = escape.island(outer.bytes, at, from);
            from = island.end.max(at + 1);
            if island.len() < MIN_FRAME {
                continue;
            }
            if !self.affords(outer.depth) {
                return false;
            }
            covered |= island.len() == outer.bytes.len();
            if escape == Escape::Percent {
                self.components(outer, &island);
            }
            let bytes = escape.decode(&outer.bytes[island.clone()]);
            let frame = Frame::within(outer, Some(escape.coding()), island, &bytes);
            self.frame(&frame);
        }
        covered
    }

    /// The values of a query or a form and the segments of a path, where the whole does not tell what was a separator:
    /// those that hold one of these, or bytes. As forms are written, with `+` for a blank.
    fn components(&mut self, outer: &Frame<'_>, island: &Range<usize>) {
        for at in unescape::components(outer.bytes, island) {
            if !self.affords(outer.depth) {
                return;
            }
            let value: Vec<u8> =
                outer.bytes[at.clone()].iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
            let bytes = Escape::Percent.decode(&value);
            self.frame(&Frame::within(outer, Some(Coding::Percent), at, &bytes));
        }
    }

    /// What hides in text: bytes written as characters.
    fn text(&mut self, frame: &Frame<'_>, text: &str) -> usize {
        let mut from = 0;
        let mut opaque = 0;
        if !text.is_ascii() && !text.starts_with(['{', '[']) {
            if text.starts_with("--") {
                self.multipart(frame);
            }
            opaque = self.characters(frame, 0, text);
            from = if opaque > 0 { text.len() } else { 0 };
        }
        while let Some(at) = text.as_bytes()[from..].iter().position(|byte| *byte >= 0x80) {
            let at = from + at;
            let start = text[from..at].rfind('"').map_or(from, |quote| from + quote + 1);
            let end = closing_quote(text.as_bytes(), at).min(text.len());
            // A quote is ASCII, so both ends lie between characters.
            opaque += self.characters(frame, start, &text[start..end]);
            from = end;
            if self.left == 0 {
                break;
            }
        }
        opaque
    }

    /// One string with characters beyond ASCII, which begins at `start`.
    fn characters(&mut self, frame: &Frame<'_>, start: usize, text: &str) -> usize {
        let at = start..start + text.len();
        let (all, beyond) =
            text.chars().fold((0, 0), |(all, beyond), char| (all + 1, beyond + usize::from(!char.is_ascii())));
        if all < MIN_FRAME || beyond * 8 < all || !self.affords(frame.depth) {
            return 0;
        }
        self.spend(text.len());
        if let Ok(bytes) = text.chars().map(u8::try_from).collect::<Result<Vec<u8>, _>>() {
            return self.unpacked(frame, Coding::Latin1, at, &bytes).min(text.len());
        }
        let limit = self.left;
        let plain = lzstring::utf16(text, limit).or_else(|| lzstring::raw(text, limit));
        if let Some(plain) = plain.filter(|plain| plain.len() >= MIN_FRAME && pack::looks_readable(plain)) {
            self.spend(plain.len());
            return self.unpacked(frame, Coding::LzString, at, &plain);
        }
        0
    }

    /// Bytes that are no text as a whole: streams in them, or one stream without a mark.
    fn binary(&mut self, frame: &Frame<'_>) -> usize {
        let parts = if frame.bytes.starts_with(b"--") { self.multipart(frame) } else { None };
        if let Some(opaque) = parts {
            return opaque;
        }
        let (readable, found) = self.streams(frame);
        if found || self.unmarked(frame) {
            return unreadable(frame.bytes, &readable);
        }
        unreadable(frame.bytes, &[])
    }

    /// Streams that tell themselves, anywhere. What of the layer was read so, and whether anything was.
    fn streams(&mut self, frame: &Frame<'_>) -> (Vec<Range<usize>>, bool) {
        let (mut from, mut tries, mut found) = (0, 0, false);
        let mut readable = Vec::new();
        while let Some(at) = pack::next(frame.bytes, from) {
            tries += 1;
            if tries > MAX_STREAMS || !self.affords(frame.depth) {
                self.cut = true;
                break;
            }
            from = at + 1;
            let stream = pack::marked(&frame.bytes[at..], &mut self.left);
            self.cut |= self.left == 0;
            // A stream that breaks off is one only if it is all there is.
            let Some(stream) = stream.filter(|stream| stream.whole || at == 0) else { continue };
            // Within a message that is whole, what breaks off was read otherwise before, or is no stream.
            self.cut |= !stream.whole && frame.depth == 0;
            let range = at..at + stream.taken.max(1);
            from = range.end;
            found = true;
            let opaque = self.unpacked(frame, stream.coding, range.clone(), &stream.bytes);
            if opaque * 2 <= stream.bytes.len() {
                readable.push(range);
            }
        }
        (readable, found)
    }

    /// The whole layer as a stream without a mark. Whether it was one; it has been followed then.
    fn unmarked(&mut self, frame: &Frame<'_>) -> bool {
        let length = frame.bytes.len();
        if length < MIN_FRAME || !self.affords(frame.depth) {
            return false;
        }
        if let Err(spent) = self.unmarked.one_more(length, MAX_UNMARKED) {
            self.cut |= spent.matters;
            return false;
        }
        let state = self.inflate.get_or_insert_with(|| Box::new(Decompress::new(false)));
        let deflated = pack::deflate(frame.bytes, state, &mut self.left);
        if deflated.is_some_and(|stream| self.without_mark(frame, &stream)) {
            return true;
        }
        let stream = self.brotli(frame.bytes);
        if stream.is_some_and(|stream| self.without_mark(frame, &stream)) {
            return true;
        }
        let bytes = lzstring::bytes(frame.bytes, self.left).filter(|bytes| bytes.len() >= MIN_FRAME);
        bytes.is_some_and(|bytes| {
            self.spend(bytes.len());
            self.without_mark(
                frame,
                &pack::Stream { coding: Coding::LzString, bytes, taken: frame.bytes.len(), whole: true },
            )
        })
    }

    fn brotli(&mut self, bytes: &[u8]) -> Option<pack::Stream> {
        if bytes.len() < pack::MIN_BROTLI {
            return None;
        }
        if let Err(spent) = self.brotli.one_more(bytes.len(), MAX_BROTLI) {
            self.cut |= spent.matters;
            return None;
        }
        pack::brotli(bytes, &mut self.left)
    }

    /// What came out of a layer that had no mark: chance makes such streams, so it counts only if it can be read.
    fn without_mark(&mut self, frame: &Frame<'_>, stream: &pack::Stream) -> bool {
        self.affords(frame.depth) && self.decoded(frame, stream.coding, 0..frame.bytes.len(), &stream.bytes)
    }

    /// The parts of a multipart body, each without its head; `None` if it is none.
    fn multipart(&mut self, frame: &Frame<'_>) -> Option<usize> {
        let bytes = frame.bytes;
        let line = memchr::memchr(b'\n', bytes)?;
        let boundary = bytes[..line].trim_ascii_end();
        if boundary.len() < 3 {
            return None;
        }
        let starts: Vec<usize> = memchr::memmem::find_iter(bytes, boundary).collect();
        let mut opaque = 0;
        for (nth, start) in starts.iter().enumerate() {
            let end = starts.get(nth + 1).copied().unwrap_or(bytes.len());
            let Some(head) = memchr::memmem::find(&bytes[*start..end], b"\r\n\r\n") else { continue };
            let at = start + head + 4..end.saturating_sub(2).max(start + head + 4);
            // Text is read where it stands.
            if bytes[at.clone()].is_ascii() || !self.affords(frame.depth) {
                continue;
            }
            let part = Frame::within(frame, Some(Coding::Multipart), at.clone(), &bytes[at]);
            opaque += self.frame(&part);
        }
        Some(opaque)
    }

    fn utf16(&mut self, frame: &Frame<'_>) {
        let bytes = frame.bytes;
        if !pack::is_utf16(bytes) || !self.affords(frame.depth) {
            return;
        }
        let odd = bytes.iter().skip(1).step_by(2).filter(|byte| **byte == 0).count();
        let little = odd * 10 >= bytes.len() * 4;
        let unit = |pair: &[u8]| match little {
            true => u16::from_le_bytes([pair[0], pair[1]]),
            false => u16::from_be_bytes([pair[0], pair[1]]),
        };
        let units = bytes.chunks_exact(2).map(unit);
        let text: String = char::decode_utf16(units).map(|char| char.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
        let coding = if little { Coding::Utf16Le } else { Coding::Utf16Be };
        self.unpacked(frame, coding, 0..bytes.len(), text.as_bytes());
    }

    /// Text that ends as JSON begins, or whose percent signs stand behind their digits.
    fn reversed(&mut self, frame: &Frame<'_>) {
        let bytes = frame.bytes.trim_ascii();
        let json =
            matches!(bytes.first(), Some(b'}' | b']' | b')')) || matches!(bytes.last(), Some(b'{' | b'[' | b'('));
        let percent = || {
            let holds = |text: &[u8; 3]| memchr::memmem::find(bytes, text).is_some();
            bytes.len() < 4096
                && memchr::memchr(b'%', bytes).is_some()
                && (holds(b"04%") || holds(b"02%"))
                && !holds(b"%40")
                && !holds(b"%20")
        };
        let references = || bytes.first() == Some(&b';') && memchr::memmem::find(bytes, b"#&").is_some();
        let is_reversed = json || references() || percent();
        if is_reversed && frame.coding != Some(Coding::Reversed) && self.affords(frame.depth) {
            let bytes: Vec<u8> = frame.bytes.iter().rev().copied().collect();
            self.unpacked(frame, Coding::Reversed, 0..bytes.len(), &bytes);
        }
    }

    /// A list of numbers that are characters, if one begins at `at`. Where it ends.
    fn char_codes(&mut self, frame: &Frame<'_>, at: usize) -> Option<usize> {
        let (bytes, end) = codes::list(frame.bytes, at)?;
        self.spend(end - at);
        if !self.affords(frame.depth) {
            return Some(end);
        }
        self.decoded(frame, Coding::CharCodes, at..end, &bytes);
        Some(end)
    }
}

/// A soft break, or one of the signs that text of ours is full of; those only where there is no query, which holds
/// `w=400` as well.
fn is_quoted_printable(bytes: &[u8]) -> bool {
    let holds = |signs: &[&[u8]]| signs.iter().any(|sign| memchr::memmem::find(bytes, sign).is_some());
    memchr::memchr(b'=', bytes).is_some()
        && std::str::from_utf8(bytes).is_ok()
        && (holds(&[b"=\r\n", b"=\n"])
            || memchr::memchr2(b'&', b'?', bytes).is_none() && holds(&[b"=3D", b"=40", b"=20", b"=2D", b"=2E"]))
}

/// How many bytes are neither text nor in one of the `readable` parts.
fn unreadable(bytes: &[u8], readable: &[Range<usize>]) -> usize {
    let (mut opaque, mut from) = (0, 0);
    for part in readable {
        opaque += bytes.get(from..part.start).map_or(0, strange);
        from = part.end;
    }
    opaque + bytes.get(from..).map_or(0, strange)
}

/// How many bytes are no text: by stretches of [`MIN_TEXT`], of which each is text or not as a whole.
fn strange(bytes: &[u8]) -> usize {
    let is_text = |stretch: &[u8]| stretch.iter().all(|byte| pack::is_text(*byte));
    bytes.chunks(MIN_TEXT).filter(|stretch| !is_text(stretch)).map(<[u8]>::len).sum()
}
