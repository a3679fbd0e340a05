//! Where a visit stood with consent: its course, and what the page's own signals and its requests said.

mod bits;
mod course;
mod gpp;
mod sent;
mod signal;
mod tcf;

pub(crate) use course::HIDING;
pub use course::{ConsentCourse, course};
pub(crate) use sent::Sent;
pub use signal::{DecodedSignal, UNREADABLE, decode, signals};
