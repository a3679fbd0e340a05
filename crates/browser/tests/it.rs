//! A real Chromium against a real server: what it does must be what we saw.

#[path = "it/bench.rs"]
mod bench;
#[path = "it/chromium.rs"]
mod chromium;
#[path = "it/frames.rs"]
mod frames;
#[path = "it/hostile.rs"]
mod hostile;
#[path = "it/lab.rs"]
mod lab;
#[path = "it/leaving.rs"]
mod leaving;
#[path = "it/lifecycle.rs"]
mod lifecycle;
#[path = "it/outcomes.rs"]
mod outcomes;
#[path = "it/storage.rs"]
mod storage;
#[path = "it/transports.rs"]
mod transports;
