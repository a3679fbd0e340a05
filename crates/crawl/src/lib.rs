//! Turns one site into a bounded, deduplicated, representative list of pages, politely.
//!
//! What is ours is the order: which page to read next, how fast, whether robots.txt allows it, and which pages to
//! choose in the end. `spider` reads the links out of a page, and its HTTP client carries the requests, each of
//! them through the door (a forward proxy) that the caller opened. Its own crawl loop is not used, because it
//! would break promises made here: it looks names up past the proxy when a tunnel fails, tries the other scheme
//! by itself, makes up status codes for transport errors, allows everything when robots.txt answers 5xx, judges
//! other hosts by the first host's robots.txt, lets a shorter `Crawl-delay` shorten ours, and opens with a burst.

mod address;
mod choice;
mod config;
mod crawl;
mod entry;
mod error;
mod failure;
mod fetch;
mod frontier;
mod knock;
mod links;
mod robots;
mod sitemap;

pub use config::CrawlConfig;
pub use crawl::{Crawled, crawl};
pub use error::CrawlError;
