//! The roles: each is `run(inputs, shutdown)` over the bus and the store, and cannot tell whether those are on this
//! machine.

pub mod all;
mod announce;
mod away;
pub mod browser;
pub mod coordinator;
pub mod crawler;
mod gate;
mod manners;
mod memory;
pub mod notifier;
mod pool;
pub mod recorder;
pub mod scheduler;
mod tabs;
pub mod web;
