//! Behaviour of the whole crate, on hand-made visits and on bodies packed as vendors pack them.

#[path = "it/attribution.rs"]
mod attribution;
#[path = "it/catalogue.rs"]
mod catalogue;
#[path = "it/decode.rs"]
mod decode;
#[path = "it/filterlist.rs"]
mod filterlist;
#[path = "it/judge.rs"]
mod judge;
#[path = "it/recorders.rs"]
mod recorders;
#[path = "it/stored.rs"]
mod stored;
#[path = "it/visit.rs"]
mod visit;
