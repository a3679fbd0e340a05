//! Behaviour of the whole crate, on hand-made visits and on bodies packed as vendors pack them.

#[path = "it/accounts.rs"]
mod accounts;
#[path = "it/attribution.rs"]
mod attribution;
#[path = "it/catalogue.rs"]
mod catalogue;
#[path = "it/changes.rs"]
mod changes;
#[path = "it/consent.rs"]
mod consent;
#[path = "it/decode.rs"]
mod decode;
#[path = "it/disguise.rs"]
mod disguise;
#[path = "it/filterlist.rs"]
mod filterlist;
#[path = "it/fingerprint.rs"]
mod fingerprint;
#[path = "it/insight.rs"]
mod insight;
#[path = "it/install.rs"]
mod install;
#[path = "it/judge.rs"]
mod judge;
#[path = "it/keystrokes.rs"]
mod keystrokes;
#[path = "it/leak.rs"]
mod leak;
#[path = "it/lineage.rs"]
mod lineage;
#[path = "it/listening.rs"]
mod listening;
#[path = "it/recorders.rs"]
mod recorders;
#[path = "it/rules.rs"]
mod rules;
#[path = "it/signals.rs"]
mod signals;
#[path = "it/stored.rs"]
mod stored;
#[path = "it/verdict.rs"]
mod verdict;
#[path = "it/visit.rs"]
mod visit;
