//! A store full of made-up nights: who is on which site, what that site does about consent, and what becomes of it over
//! the nights. For benches, dashboards and tests; no user ever meets it.
//!
//! Everything follows from a seed. What is realistic about it, and by which source, stands where the number stands: what
//! pages consist of follows the HTTP Archive's Web Almanac, what a visit writes down follows the rows of the laboratory's
//! own scans. What nobody has published is marked as assumed. Sites and owners are invented, in names that nobody can have
//! (`.example`); vendors are those of the catalogue.

mod dice;
mod error;
mod fate;
mod fill;
mod finding;
mod multiply;
mod party;
pub mod reading;
pub mod replay;
pub mod scale;
mod site;
mod tape;
mod visit;

pub use error::CorpusError;
pub use fate::Fate;
pub use fill::{Corpus, Filled};
pub use party::Parties;
pub use site::{MadeSite, Manner, Use};
