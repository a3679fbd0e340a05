//! Pure functions: events to findings; the vendor catalogue.
//!
//! Nothing here does I/O: a filter list comes as text, the catalogue is part of the program, and a judgement is a
//! function of one visit. So the same stored facts can be judged again when rules or catalogue have improved.

mod attribution;
mod catalogue;
pub mod decode;
mod error;
mod filterlist;
mod judge;

pub use attribution::{FirstParty, Party, attribute};
pub use catalogue::{Catalogue, Category, Confidence, Hears, HostRule, StoragePattern, UrlPattern, Vendor, Wildcard};
pub use error::DetectError;
pub use filterlist::FilterList;
pub use judge::{EventNote, Judgement, judge};
