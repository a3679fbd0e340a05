//! Unpacks what was sent: recorders pack twice and wrap in between, and only the innermost form can be read.
//!
//! Known shapes, each seen on a vendor's real code: gzip or zlib as the whole body (Clarity, PostHog, Mixpanel, New
//! Relic, OpenReplay); zlib after the JSON lines of an envelope (Sentry) or after a multipart head (Datadog); gzip as
//! a latin-1 string inside JSON (PostHog's replay events), or as base64 inside JSON; base64 or percent-encoding in a
//! form field (`data=…`).

mod embedded;
pub(crate) mod inflate;

use embedded::Segment;

/// How deep packing is followed: PostHog's replay is 2, a proxy that packs again makes it 3.
pub const MAX_DEPTH: u8 = 4;

/// How much work one body is worth: bytes read by and coming out of every attempt to unpack, whether it succeeds or
/// fails at its last byte. A recorder's first snapshot of a heavy page unpacks to some MB; what goes beyond is a zip
/// bomb, or is told by its first 16 MiB just as well. No body's layers hold more than this together.
pub const MAX_WORK_BYTES: usize = 16 * 1024 * 1024;

/// How many layers one body may have: a PostHog batch holds some dozens of packed events.
pub const MAX_LAYERS: usize = 512;

/// How a layer was packed into its parent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Packing {
    /// Not at all: the body as it was sent.
    Sent,
    /// RFC 1952.
    Gzip,
    /// RFC 1950.
    Zlib,
    /// RFC 4648, standard or URL alphabet, padded or not.
    Base64,
    /// Percent-encoding of a form field.
    Percent,
    /// A JSON string whose characters are bytes (latin-1).
    JsonBytes,
}

/// One form of the body, or of a part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layer {
    /// How it was packed.
    pub packing: Packing,
    /// The layer that it was taken from, by position; `None` for the body as sent.
    pub parent: Option<usize>,
    /// How many layers lie above it; 0 for the body as sent.
    pub depth: u8,
    /// Where it stood in its parent, in bytes.
    pub at: std::ops::Range<usize>,
    /// What it is.
    pub bytes: Vec<u8>,
}

/// A body and everything that could be unpacked from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unpacked {
    /// Parents before children; the first is the body as sent. A parent's parts do not overlap.
    pub layers: Vec<Layer>,
    /// Whether a bound ([`MAX_DEPTH`], [`MAX_WORK_BYTES`], [`MAX_LAYERS`]) or the end of a cut body ended the
    /// unpacking, so that there may be more.
    pub cut: bool,
}

impl Unpacked {
    /// The layers of which anything is left once their packed parts are taken out: what a search has to read.
    pub fn readable(&self) -> impl Iterator<Item = &Layer> {
        self.layers.iter().enumerate().filter(|(at, _)| self.rest(*at) > 0).map(|(_, layer)| layer)
    }

    /// How long the body is once each packed part of it, at every depth, is replaced by what it unpacks to. An
    /// unpacked body counts its own length; gzip of JSON that of the JSON; an envelope its plain lines plus the
    /// unpacked payload.
    #[must_use]
    pub fn size(&self) -> u64 {
        (0..self.layers.len()).map(|at| self.rest(at) as u64).sum()
    }

    /// Adds the packed parts of a layer as layers, as far as the bounds allow.
    fn adopt(&mut self, parent: usize, segments: Vec<Segment>) {
        let depth = self.layers[parent].depth + 1;
        for Segment { packing, at, bytes } in segments {
            if depth > MAX_DEPTH || self.layers.len() == MAX_LAYERS {
                self.cut = true;
                return;
            }
            self.layers.push(Layer { packing, parent: Some(parent), depth, at, bytes });
        }
    }

    /// Bytes of a layer that no child replaces.
    fn rest(&self, at: usize) -> usize {
        let taken: usize =
            self.layers.iter().filter(|layer| layer.parent == Some(at)).map(|layer| layer.at.len()).sum();
        self.layers[at].bytes.len().saturating_sub(taken)
    }
}

/// Unpacks a body as far as it goes. Never fails: what does not unpack is left as it is.
#[must_use]
pub fn unpack(body: &[u8]) -> Unpacked {
    unpack_within(body, &mut { MAX_WORK_BYTES })
}

/// As [`unpack`], on a budget in bytes of work that several bodies share: what this one took is taken from it.
#[must_use]
pub fn unpack_within(body: &[u8], budget: &mut usize) -> Unpacked {
    let sent = Layer { packing: Packing::Sent, parent: None, depth: 0, at: 0..body.len(), bytes: body.to_vec() };
    let mut walk = Unpacked { layers: vec![sent], cut: false };
    let allowed = MAX_WORK_BYTES.min(*budget);
    let mut left = allowed;
    let mut next = 0;
    while next < walk.layers.len() && left > 0 {
        let found = embedded::segments(&walk.layers[next].bytes, &mut left);
        walk.cut |= found.cut;
        walk.adopt(next, found.segments);
        next += 1;
    }
    walk.cut |= left == 0;
    *budget -= allowed - left;
    walk
}
