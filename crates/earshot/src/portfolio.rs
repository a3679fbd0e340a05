//! Portfolios: lists that people keep, on their way into the store.

pub mod import;
pub mod list;
