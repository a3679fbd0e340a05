//! How a crawl behaves.

use std::{
    path::PathBuf,
    sync::{Arc, atomic::AtomicU64},
    time::Duration,
};

use url::Url;

/// What a crawler is given by its role. There is no default: each value is somebody's decision.
#[derive(Clone, Debug)]
pub struct CrawlConfig {
    /// The door that everything goes through: `http://127.0.0.1:<port>/`.
    pub proxy: Url,
    /// A PEM file of certificate authorities that are trusted besides the system's; for the lab.
    pub ca_cert: Option<PathBuf>,
    /// The `User-Agent` header. In robots.txt the crawler goes by the product token `earshot`, whatever stands here.
    pub user_agent: String,
    /// Least time between the starts of two requests to the site. A longer `Crawl-delay` of robots.txt wins.
    pub delay: Duration,
    /// Wall for the whole crawl.
    pub timeout: Duration,
    /// Requests at most, those for robots.txt and sitemaps included.
    pub max_fetches: u32,
    /// Bytes that are read of one page after decompression; links beyond are not seen.
    pub max_page_bytes: usize,
    /// Counts the requests that are made.
    pub fetches: Arc<AtomicU64>,
}
