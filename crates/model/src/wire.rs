//! The checked road between the nouns and their protobuf form (`proto/earshot/v1`).
//!
//! [`encode`] cannot fail. [`decode`] trusts nothing: every field is parsed into its type, every list and text is
//! bounded, a name of a closed set that this version does not know is an error. Fields that this version does not
//! know are passed over, so that an older reader lives with a newer writer.

mod crawl;
mod event;
mod fault;
mod live;
mod notice;
mod sets;
mod task;
mod visit;

// The code is prost's, not ours: it is neither formatted nor judged here.
#[allow(missing_docs, clippy::all)]
#[rustfmt::skip]
#[path = "gen/earshot.v1.rs"]
mod proto;

use prost::Message as _;
use thiserror::Error;

use crate::{Crawl, Live, Notice, PageTask, SeedTask, Visit};
pub use fault::Problem;
use fault::{Checked, Fault, within};

/// Longest message that is read. A visit's budget of events and bodies stays well below; what is longer was not
/// written by us, and unpacking it could cost many times its size in memory.
pub const MAX_MESSAGE: usize = 32 * 1024 * 1024;
/// Most events of a visit that are read.
pub const MAX_EVENTS: usize = 200_000;
/// Most gaps of a visit that are read.
pub const MAX_GAPS: usize = 20_000;
/// Most pictures of a visit that are read.
pub const MAX_PICTURES: usize = 16;
/// Most events of one stretch of what is told live that are read.
pub const MAX_LIVE: usize = 2_000;
/// Most pages of a crawl that are read, and most that a task may ask for.
pub const MAX_PAGES: usize = 100_000;
/// Most profiles of a task that are read: far more than there are.
pub const MAX_PROFILES: usize = 64;
/// Most visits of a page under one profile that a task may ask for.
pub const MAX_REPETITIONS: u32 = 100;
/// Longest text of a field, in bytes. Chromium refuses to go to URLs beyond 2 MiB; nothing else comes near.
pub const MAX_TEXT: usize = 2 * 1024 * 1024;

/// Why bytes are no message of ours.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum WireError {
    /// Longer than [`MAX_MESSAGE`].
    #[error("{noun}: {len} bytes are more than the {MAX_MESSAGE} that are read")]
    TooLarge {
        /// What was to be read: `visit`, `page_task`, …
        noun: &'static str,
        /// Its length in bytes.
        len: usize,
    },
    /// Not protobuf, or not of this message.
    #[error("{noun}: {error}")]
    Malformed {
        /// What was to be read.
        noun: &'static str,
        /// Where prost stumbled.
        error: prost::DecodeError,
    },
    /// A field does not hold what it must.
    #[error("{path}: {problem}")]
    Field {
        /// Which one, from the noun on: `visit.events[3].request.url`.
        path: String,
        /// What is wrong with it.
        problem: Problem,
    },
}

/// What travels: [`SeedTask`], [`PageTask`], [`Crawl`], [`Visit`], [`Notice`] and [`Live`].
pub trait Wire: Road {}

impl Wire for SeedTask {}
impl Wire for PageTask {}
impl Wire for Crawl {}
impl Wire for Visit {}
impl Wire for Notice {}
impl Wire for Live {}

use road::Road;

/// Kept from the outside, so that the generated types stay ours alone.
mod road {
    use super::Checked;

    pub trait Road: Sized {
        /// How error paths begin.
        const NOUN: &'static str;
        /// Its generated form.
        type Form: prost::Message + Default;

        fn to_form(&self) -> Self::Form;
        fn from_form(form: Self::Form) -> Checked<Self>;
    }
}

/// The bytes of `noun`, of any length: what is beyond [`MAX_MESSAGE`] will not be read.
#[must_use]
pub fn encode<T: Wire>(noun: &T) -> Vec<u8> {
    noun.to_form().encode_to_vec()
}

/// Reads what [`encode`] wrote, in this version or an earlier one.
///
/// # Errors
/// See [`WireError`]; the first thing wrong is named.
pub fn decode<T: Wire>(bytes: &[u8]) -> Result<T, WireError> {
    if bytes.len() > MAX_MESSAGE {
        return Err(WireError::TooLarge { noun: T::NOUN, len: bytes.len() });
    }
    let form = T::Form::decode(bytes).map_err(|error| WireError::Malformed { noun: T::NOUN, error })?;
    within(T::NOUN, T::from_form(form)).map_err(Fault::into_error)
}
