//! A real Chromium against a real server: what it does must be what we saw.

#[path = "it/banner.rs"]
mod banner;
#[path = "it/bench.rs"]
mod bench;
#[path = "it/choice.rs"]
mod choice;
#[path = "it/choices.rs"]
mod choices;
#[path = "it/chromium.rs"]
mod chromium;
#[path = "it/clock.rs"]
mod clock;
#[path = "it/devtools.rs"]
mod devtools;
#[path = "it/frames.rs"]
mod frames;
#[path = "it/gpc.rs"]
mod gpc;
#[path = "it/headers.rs"]
mod headers;
#[path = "it/hostile.rs"]
mod hostile;
#[path = "it/inventory.rs"]
mod inventory;
#[path = "it/invisible.rs"]
mod invisible;
#[path = "it/inward.rs"]
mod inward;
#[path = "it/lab.rs"]
mod lab;
#[path = "it/lasting.rs"]
mod lasting;
#[path = "it/leaving.rs"]
mod leaving;
#[path = "it/lifecycle.rs"]
mod lifecycle;
#[path = "it/live.rs"]
mod live;
#[path = "it/loads.rs"]
mod loads;
#[path = "it/openers.rs"]
mod openers;
#[path = "it/outcomes.rs"]
mod outcomes;
#[path = "it/processes.rs"]
mod processes;
#[path = "it/proof.rs"]
mod proof;
#[path = "it/sandbox.rs"]
mod sandbox;
#[path = "it/signals.rs"]
mod signals;
#[path = "it/storage.rs"]
mod storage;
#[path = "it/transports.rs"]
mod transports;
#[path = "it/traps.rs"]
mod traps;
#[path = "../../../tests/turns.rs"]
mod turns;
#[path = "it/typing.rs"]
mod typing;
#[path = "it/untouched.rs"]
mod untouched;
#[path = "it/witness.rs"]
mod witness;
