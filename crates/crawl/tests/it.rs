//! Whole crawls of small webs on loopback, through a real door.

#[path = "it/discovery.rs"]
mod discovery;
#[path = "it/lab.rs"]
mod lab;
#[path = "it/manners.rs"]
mod manners;
#[path = "it/walls.rs"]
mod walls;
#[path = "it/web.rs"]
mod web;
