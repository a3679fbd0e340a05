//! Numbers of a crawler.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use earshot_model::Crawl;
use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric as _},
    metrics::{MetricType, counter::ConstCounter, histogram::Histogram},
    registry::Registry,
};

use super::{Counters, Work};

/// Upper bounds of how long crawls take, in seconds: forty requests at half a second, or less; the wall is 60 s.
const SECONDS: [f64; 7] = [0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 60.0];

/// Numbers of a crawler.
#[derive(Clone, Debug)]
pub struct Crawler {
    /// What it does.
    pub work: Work,
    /// Requests that its crawls have made.
    pub fetches: Arc<AtomicU64>,
    crawls: Counters,
    seconds: Histogram,
}

impl Crawler {
    pub(super) fn register(registry: &mut Registry, work: Work) -> Self {
        let crawler =
            Self { work, fetches: Arc::default(), crawls: Counters::default(), seconds: Histogram::new(SECONDS) };
        registry.register(
            "earshot_sites_crawled",
            "Sites that were crawled, by the class of the outcome",
            crawler.crawls.clone(),
        );
        registry.register("earshot_crawl_seconds", "How long crawls took", crawler.seconds.clone());
        registry.register_collector(Box::new(Fetches(crawler.fetches.clone())));
        crawler
    }

    /// A site was crawled.
    pub fn crawled(&self, crawl: &Crawl) {
        self.crawls.get_or_create(&[("class", crawl.outcome.class().as_str())]).inc();
        self.seconds.observe(f64::from(crawl.took_ms) / 1000.0);
    }
}

/// Requests are counted where they are made.
#[derive(Debug)]
struct Fetches(Arc<AtomicU64>);

impl Collector for Fetches {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let help = "Requests of crawls, those for robots.txt and sitemaps included";
        let metric = encoder.encode_descriptor("earshot_crawl_fetches", help, None, MetricType::Counter)?;
        ConstCounter::new(self.0.load(Ordering::Relaxed)).encode(metric)
    }
}
