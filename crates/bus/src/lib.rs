//! The JetStream topology: streams, subjects, consumers, acks, keep-alive, dead letters, trace headers.
//!
//! ```text
//! coordinator ──seed──▶ sites ──▶ crawler ──page──▶ pages ──▶ browser ──visit──▶ visits ──▶ recorder
//!                                    └────────────crawl────────────────────────────▲
//! ```
//!
//! Beside it, notices: coordinator ──notice──▶ notices ──▶ notifier.
//!
//! Everything is delivered at least once and carries a derived id, so that work done twice counts once. Nothing is
//! acknowledged before it is safe in the next stage. What fails for good lies in `dead`, with the reason.

mod bus;
mod claim;
mod config;
mod crawls;
mod credentials;
mod dead;
mod delivery;
mod error;
mod finished;
mod look;
mod notices;
mod publish;
mod queue;
mod refusals;
mod signal;
pub mod topology;
mod trace;

pub use bus::Bus;
pub use config::{BusConfig, Tls};
pub use credentials::Credentials;
pub use dead::DeadLetter;
pub use delivery::{Delivery, KeepAlive};
pub use error::BusError;
pub use finished::{Fact, Finished};
pub use look::Part;
pub use queue::{Notices, Pages, Queue, Seeds};
pub use signal::{Signal, SignalWatch};
pub use trace::TraceParent;
