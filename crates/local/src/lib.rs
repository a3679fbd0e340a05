//! Starts and stops `nats-server` and the embedded ClickHouse engine, and speaks ClickHouse HTTP for the latter.
//!
//! [`parts`] finds the programs and libraries that Earshot needs but does not contain; [`DataDir`] is where one
//! installation keeps its data and who holds it; [`Nats`] and [`Engine`] are running children that die with us.

mod child;
mod data_dir;
pub mod engine;
mod error;
mod http;
mod nats;
pub mod parts;
mod secret;

pub use child::Exit;
pub use data_dir::{DataDir, Held, Lock, Services};
pub use engine::{Engine, EngineCommand, EngineOptions};
pub use error::LocalError;
pub use nats::{Nats, NatsOptions};
pub use parts::{Checkup, Found, Part, PartError, Status};
