//! The leak search: what of that which was typed is in what was sent, and in which disguise.
//!
//! A [`Search`] knows every form of every canary of a visit: the text, its beginnings, and its digests. It walks
//! through each message layer by layer (`walk`), and in each layer makes one pass for all texts (`filter`, `needle`)
//! and one lookup for each run of characters that may be a digest (`digests`). Wrappings that keep characters apart
//! (base64 at any phase, UTF-16, rot-n, one key for all bytes, back to front) are needles; only what cannot be searched
//! through is decoded. What others have searched for, and missed: Leaky Forms (Senol et al., USENIX Security 2022),
//! Blacklight (The Markup), and Princeton's "No boundaries" (2017).
//!
//! # What keeps it from crying wolf
//!
//! - Ten characters of a canary are the least (a nonsense word of eight letters, if it stands alone): 40 bits and more.
//! - Numbers must be numbers of their own, not part of longer ones. **Those of fewer than twelve digits count only** in
//!   three groups, behind `+1`, under a name that a field's value has (`tel`, `value`), as all there is, or with another
//!   canary in the same message; else they are in [`Hits::weak`]. A random number of ten digits is one given telephone
//!   number once in 10⁹, and hardly one in a hundred bodies has such a number under such a name.
//! - Digests need 64 bits. **Those of 32 bits never count alone**: one is told among [`Hits::leaks`] only if the same
//!   function has another digest, of another value, elsewhere in the same message; else it is in [`Hits::weak`].

mod codes;
mod coding;
mod digest;
mod digests;
mod filter;
mod form;
mod frame;
mod keys;
mod lzstring;
mod needle;
mod number;
mod opaque;
mod pack;
mod unescape;
mod value;
mod view;
mod walk;

use std::{collections::HashMap, ops::Range};

use earshot_model::{Canary, Proof};

pub use coding::Coding;
pub use form::{Algorithm, Form, Salt, Variant};
pub use keys::KeyStream;
pub use opaque::is_opaque;

use digests::Digests;
use frame::Frame;
use needle::Needles;
use value::values;
use walk::{Seen, Walk};

/// How many leaks of one message are told: a message that holds more has been told enough about.
pub const MAX_LEAKS: usize = 256;

/// What a page gives away of how its digests are made.
#[derive(Clone, Copy, Debug, Default)]
pub struct Clues<'a> {
    /// The site's hosts and registrable domain: salts. The first eight are tried.
    pub hosts: &'a [String],
    /// Strings of the page that may be keys of HMACs. The first 64 are tried.
    pub keys: &'a [String],
}

/// What is looked for in one visit: all forms of all canaries.
pub struct Search {
    needles: Needles,
    digests: Digests,
    canaries: Vec<Canary>,
}

/// What was found in one message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hits {
    /// What certainly is there; at one place, of one canary, the most that was found.
    pub leaks: Vec<Leak>,
    /// Digests of 32 bits that stand alone: chance makes one of them in millions of messages. They say something only
    /// together with others of the same function and the same party. And short numbers among other things.
    pub weak: Vec<Leak>,
    /// Whether a bound ended the search, so that there may be more.
    pub cut: bool,
    /// How many bytes of the message are neither text nor hold any that could be read.
    pub opaque: u64,
}

/// A canary, or a part of it, in what was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leak {
    /// Which canary of the visit.
    pub ordinal: u32,
    /// In which form.
    pub form: Form,
    /// How it was wrapped, from outside in; empty if it was not.
    pub chain: Vec<Coding>,
    /// Where it is in what was sent; for what stands in a packed stream, where that is.
    pub bytes: Range<usize>,
    /// Where it is in the innermost layer.
    pub inner: Range<usize>,
    /// That layer around it ([`Proof::AROUND`]).
    pub around: Vec<u8>,
    /// The JSON key or parameter that it stands under; "" if there is none.
    pub name: String,
}

impl Search {
    /// Prepares to look for these canaries. Takes some milliseconds for each, most of them for digests.
    #[must_use]
    pub fn new(canaries: &[Canary], clues: &Clues<'_>) -> Self {
        let values = canaries.iter().flat_map(values).collect();
        Self { needles: Needles::new(values), digests: Digests::new(canaries, clues), canaries: canaries.to_vec() }
    }

    /// Searches one outgoing byte sequence: an address, a header's value, a body, a frame. The work that it took, in
    /// bytes read and unpacked, is taken from `budget`; what that does not reach for is not searched.
    #[must_use]
    pub fn bytes(&self, sent: &[u8], budget: &mut usize) -> Hits {
        let mut hits = Found::default();
        let (opaque, cut) = Walk::through(sent, budget, &mut |seen| match seen {
            Seen::Frame(frame) => self.frame(frame, &mut hits),
            Seen::Run(frame, run) => self.digests.in_run(frame.bytes, &run, |hit| hits.digest(frame, hit)),
        });
        let (leaks, weak) = hits.finished();
        Hits { leaks, weak, cut, opaque }
    }

    fn frame(&self, frame: &Frame<'_>, hits: &mut Found) {
        self.needles.search(frame.bytes, |hit| hits.text(frame, hit));
        if std::str::from_utf8(frame.bytes).is_err() {
            self.digests.raw(frame.bytes, |hit| hits.digest(frame, hit));
        }
    }

    /// What was typed, for those that look for it in other ways.
    pub(crate) fn canaries(&self) -> &[Canary] {
        &self.canaries
    }
}

/// How often one canary is told of each message at least; beyond that only what is more than was found before. Telling
/// where it stands costs a look at all that it is wrapped in.
const MAX_TIMES: u32 = 64;

/// What has been found so far.
#[derive(Default)]
struct Found {
    /// By canary, its text and its digests apart: how often it was found, and the most characters of it.
    times: HashMap<(u32, bool), (u32, usize)>,
    leaks: Vec<Leak>,
    /// Digests of 32 bits.
    short: Vec<Leak>,
    /// Numbers that chance makes too.
    numbers: Vec<Leak>,
}

impl Found {
    /// Whether it is worth telling once more.
    fn is_news(&mut self, ordinal: u32, characters: usize) -> bool {
        let (times, most) = self.times.entry((ordinal, characters > 0)).or_default();
        *times += 1;
        let more = characters > *most;
        *most = characters.max(*most);
        more || *times <= MAX_TIMES
    }

    fn text(&mut self, frame: &Frame<'_>, hit: needle::Match) {
        if !self.is_news(hit.ordinal, hit.characters) {
            return;
        }
        let (bytes, mut chain) = frame.outside(hit.at.clone());
        chain.extend(hit.coding.or_else(|| field_coding(frame.bytes, &hit.at)));
        let form = Form::Text { characters: hit.characters, of: hit.of, variant: hit.variant };
        let name = frame.name(hit.at.clone());
        let is_field = matches!(chain.last(), Some(Coding::MessagePack | Coding::Protobuf));
        let is_certain = is_field || number::is_certain(frame.bytes, &hit, &name);
        let around = Proof::around(frame.bytes, hit.at.clone());
        let leak = Leak { ordinal: hit.ordinal, form, chain, bytes, inner: hit.at, around, name };
        match is_certain {
            true => self.add(leak),
            false if self.numbers.len() < MAX_LEAKS => self.numbers.push(leak),
            false => {}
        }
    }

    fn digest(&mut self, frame: &Frame<'_>, hit: digests::Match) {
        if !self.is_news(hit.ordinal, 0) {
            return;
        }
        let (bytes, chain) = frame.outside(hit.at.clone());
        let name = frame.name(hit.at.clone());
        let around = Proof::around(frame.bytes, hit.at.clone());
        let leak = Leak { ordinal: hit.ordinal, form: hit.form, chain, bytes, inner: hit.at, around, name };
        match hit.short {
            true if self.short.len() < MAX_LEAKS => self.short.push(leak),
            true => {}
            false => self.add(leak),
        }
    }

    /// Of what is at one place, the most is kept; of the same, what is wrapped least.
    fn add(&mut self, leak: Leak) {
        let same = self.leaks.iter().position(|other| other.is_at(&leak));
        match same {
            Some(at) if leak.says_more_than(&self.leaks[at]) => self.leaks[at] = leak,
            Some(_) => {}
            None if self.leaks.len() < MAX_LEAKS => self.leaks.push(leak),
            None => {}
        }
    }

    fn finished(mut self) -> (Vec<Leak>, Vec<Leak>) {
        let short = std::mem::take(&mut self.short);
        let (company, alone): (Vec<&Leak>, Vec<&Leak>) =
            short.iter().partition(|leak| short.iter().any(|other| leak.is_company_of(other)));
        let mut alone: Vec<Leak> = alone.into_iter().cloned().collect();
        company.into_iter().cloned().for_each(|leak| self.add(leak));
        for number in std::mem::take(&mut self.numbers) {
            match self.leaks.iter().any(|leak| leak.ordinal != number.ordinal) {
                true => self.add(number),
                false => alone.push(number),
            }
        }
        (self.leaks, alone)
    }
}

impl Leak {
    fn is_at(&self, other: &Self) -> bool {
        let kind = match (&self.form, &other.form) {
            (Form::Text { .. }, Form::Text { .. }) => true,
            (Form::Digest { algorithm: one, .. }, Form::Digest { algorithm: two, .. }) => one == two,
            _ => false,
        };
        kind && self.ordinal == other.ordinal
            && self.bytes.start < other.bytes.end
            && other.bytes.start < self.bytes.end
    }

    fn says_more_than(&self, other: &Self) -> bool {
        let much = |leak: &Self| match &leak.form {
            Form::Text { characters, .. } => *characters,
            Form::Digest { truncated, .. } => usize::from(!truncated),
        };
        (much(self), std::cmp::Reverse(self.chain.len())) > (much(other), std::cmp::Reverse(other.chain.len()))
    }

    /// Whether two digests of the same function are of different values, and stand at different places.
    fn is_company_of(&self, other: &Self) -> bool {
        let (Form::Digest { algorithm, variant, .. }, Form::Digest { algorithm: same, variant: another, .. }) =
            (&self.form, &other.form)
        else {
            return false;
        };
        algorithm == same
            && (self.ordinal, variant) != (other.ordinal, another)
            && (self.bytes != other.bytes || self.inner != other.inner)
    }
}

/// Whether the text is a field of protobuf (a length before it) or a string of MessagePack.
fn field_coding(layer: &[u8], at: &Range<usize>) -> Option<Coding> {
    let length = *layer.get(at.start.checked_sub(1)?)?;
    let tag = at.start.checked_sub(2).map(|tag| layer[tag]);
    let is_length = |length: usize| length >= at.len() && at.start + length <= layer.len();
    if tag == Some(0xd9) && is_length(length.into())
        || (0xa0..0xc0).contains(&length) && is_length((length & 31).into())
    {
        return Some(Coding::MessagePack);
    }
    // RFC-less, but stable: wire type 2 is a length-delimited field (protobuf.dev, "Encoding").
    let is_field = tag.is_some_and(|tag| tag & 7 == 2 && tag >> 3 > 0);
    (is_field && length < 0x80 && usize::from(length) == at.len()).then_some(Coding::Protobuf)
}
