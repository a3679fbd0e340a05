//! The only door to the internet.
//!
//! An in-process forward proxy on loopback (absolute-form requests and CONNECT tunnels, RFC 9110 § 7.6 and
//! § 9.3.6). Chromium and the crawler may go through it and through nothing else, so it is the one place where
//! addresses that are not public are refused, where a region's exit or the lab is chained, and where every byte
//! is attributed. Each visit and each crawl has a [`Door`] of its own; its [`Ledger`] is a second witness beside
//! what the browser reports.
//!
//! What it does not do: it opens no TLS, it caches nothing, and it lets every port pass, because the address
//! decides whether a host is ours to talk to. A browser refuses unsafe ports by itself.

mod admission;
mod alias;
mod answer;
mod config;
mod destination;
mod dial;
mod door;
mod egress;
mod error;
mod exits;
mod forward;
mod ledger;
mod meter;
pub mod policy;
mod tunnel;
mod upstream;

pub use alias::AliasError;
pub use answer::{ERROR_HEADER, Failure, REFUSED_HEADER};
pub use config::EgressConfig;
pub use door::Door;
pub use egress::Egress;
pub use error::EgressError;
pub use exits::Exits;
pub use ledger::{Ledger, Refusal, RefusalReason, Traffic};
