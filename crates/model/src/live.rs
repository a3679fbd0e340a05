//! What is told of a visit while it goes on, to whoever watches. Nothing rests on it: what counts is the [`crate::Visit`].

use jiff::Timestamp;

use crate::{Choice, Outcome, PageTask, PictureKind, Transport};

/// A stretch of what is told of one visit while it goes on. Best effort, and kept nowhere.
#[derive(Clone, Debug, PartialEq)]
pub struct Live {
    /// What was opened.
    pub task: PageTask,
    /// When it was opened, by the worker's clock: a task that is delivered twice is opened twice.
    pub opened_at: Timestamp,
    /// Where the visit's clock stood when this was sent, in ms since navigation start; `None` before that.
    pub clock_ms: Option<f64>,
    /// Which event of the opening the first one here is, from 0.
    pub first: u32,
    /// What happened, in the order in which it was heard of.
    pub events: Vec<LiveEvent>,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq)]
pub struct LiveEvent {
    /// When, in ms since navigation start; 0 for what is before it.
    pub at_ms: f64,
    /// What.
    pub fact: LiveFact,
}

/// What happened. Nothing that was typed, and no cookie, is in it.
#[derive(Clone, Debug, PartialEq)]
pub enum LiveFact {
    /// The page is opened.
    Opened,
    /// The navigation began: the clock stands at 0.
    Navigated,
    /// Somebody else was asked for something.
    Contact {
        /// Host and path, without query, at most [`LiveFact::ADDRESS`] bytes; the host alone once something was typed, which
        /// a path may hold.
        address: String,
        /// By what means.
        transport: Transport,
    },
    /// A banner that asks for consent could be seen.
    Banner {
        /// The platform, as far as it is known; else `plain`.
        source: String,
    },
    /// A choice was made.
    Choice(Choice),
    /// The page was asked for once more after the choice.
    Reload,
    /// A field is being typed into.
    Typing {
        /// The field, as a short selector.
        field: String,
    },
    /// The typing is over.
    Typed {
        /// Fields that were typed into.
        fields: u32,
        /// Fields that take text and were met.
        met: u32,
    },
    /// A picture was taken.
    Picture {
        /// What it shows.
        kind: PictureKind,
        /// The picture, as JPEG, at most [`LiveFact::PICTURE`] bytes.
        jpeg: Vec<u8>,
    },
    /// The visit is over, and this is what it came to.
    Ended(Outcome),
    /// The visit came to nothing, and will be made again.
    BrokenOff,
}

impl LiveFact {
    /// Longest address, and longest name of a field or a platform, in bytes: what fits into a line.
    pub const ADDRESS: usize = 200;
    /// Largest picture, in bytes; a larger one is not told.
    pub const PICTURE: usize = 256 * 1024;
}
