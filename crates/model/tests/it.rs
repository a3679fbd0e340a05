//! The wire contract: what is checked in, what goes round, what is refused, and what must be readable for ever.

#[path = "it/fixtures.rs"]
mod fixtures;
#[path = "it/garbage.rs"]
mod garbage;
#[path = "it/generated.rs"]
mod generated;
#[path = "it/refusals.rs"]
mod refusals;
#[path = "it/round_trip.rs"]
mod round_trip;
#[path = "it/samples.rs"]
mod samples;
#[path = "it/varied.rs"]
mod varied;
