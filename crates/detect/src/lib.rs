//! Pure functions: events to findings; the vendor catalogue; the leak search.
//!
//! Nothing here does I/O: a filter list comes as text, the catalogue is part of the program, and a judgement is a
//! function of one visit. So the same stored facts can be judged again when rules or catalogue have improved.

mod attribution;
mod catalogue;
pub mod changes;
pub mod consent;
mod content;
pub mod decode;
mod disguise;
mod error;
pub mod exposure;
mod filterlist;
mod fingerprint;
mod insight;
mod judge;
pub mod leak;
mod lineage;
mod listening;
mod loader;
mod replay;
pub mod rules;
mod ruleset;
pub mod sensitive;
pub mod verdict;

pub use attribution::{FirstParty, Party, attribute};
pub use catalogue::{
    AccountRule, Catalogue, Category, Confidence, Hears, HostRule, Signature, StoragePattern, UrlPattern, Vendor,
    Wildcard,
};
pub use content::Content;
pub use error::DetectError;
pub use filterlist::FilterList;
pub use judge::{EventNote, Judgement, judge};
pub use listening::hears_field;
pub use ruleset::ruleset;
pub use sensitive::{SensitiveCategory, SensitiveGuess};
