//! Statistics, as people read them: tables with bars, and the definitions.

pub mod definition;
pub mod table;
