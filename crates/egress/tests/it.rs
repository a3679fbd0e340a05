//! The egress with real sockets on loopback: what passes, what is counted, what is refused.

#[path = "it/chain.rs"]
mod chain;
#[path = "it/forward.rs"]
mod forward;
#[path = "it/names.rs"]
mod names;
#[path = "it/refusal.rs"]
mod refusal;
#[path = "it/tunnel.rs"]
mod tunnel;
#[path = "it/world.rs"]
mod world;
