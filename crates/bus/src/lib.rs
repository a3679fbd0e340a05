//! The JetStream topology: streams, subjects, consumers, acks, keep-alive, dead letters, trace headers.
//!
//! ```text
//! coordinator ──seed──▶ sites ──▶ crawler ──page──▶ pages ──▶ browser ──visit──▶ visits ──▶ recorder
//!                                    └────────────crawl────────────────────────────▲
//! ```
//!
//! Beside it, notices: coordinator ──notice──▶ notices ──▶ notifier; and for whoever watches, stored nowhere, what happens in
//! visits that go on: browser ──live──▶ web.
//!
//! Everything is delivered at least once and carries a derived id, so that work done twice counts once. Nothing is
//! acknowledged before it is safe in the next stage. What fails for good lies in `dead`, with the reason.

mod abilities;
mod bus;
mod claim;
mod config;
mod crawls;
mod credentials;
mod dead;
mod delivery;
mod depth;
mod error;
mod finished;
mod lease;
mod live;
mod look;
mod notices;
mod politeness;
mod publish;
mod pulse;
mod queue;
mod refusals;
mod signal;
pub mod topology;
mod trace;
mod workers;

pub use abilities::Ability;
pub use bus::Bus;
pub use config::{BusConfig, Tls};
pub use crawls::crawl_key;
pub use credentials::Credentials;
pub use dead::DeadLetter;
pub use delivery::{Delivery, KeepAlive};
pub use depth::Depth;
pub use error::BusError;
pub use finished::{Fact, Finished};
pub use lease::Lease;
pub use live::{Narration, Narrator, Watch};
pub use look::Part;
pub use politeness::{Ended, Manners, Turn, Turns};
pub use pulse::Pulse;
pub use queue::{Notices, Pages, Queue, Seeds};
pub use signal::{Signal, SignalWatch};
pub use trace::TraceParent;
pub use workers::Worker;
