//! Statistics, as people read them: tables with bars, how much was seen, and the definitions.

pub mod coverage;
pub mod definition;
pub mod table;
