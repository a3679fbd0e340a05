//! Numbers of a browser worker.

use earshot_browser::Lives;
use earshot_model::Visit;
use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric as _},
    metrics::{MetricType, counter::ConstCounter, histogram::Histogram},
    registry::Registry,
};
use std::fmt;

use super::{Counters, Work};

/// Upper bounds of how long visits take, in seconds: a page with usual dwell takes 8 to 30 s, the wall is 75 s.
const SECONDS: [f64; 9] = [1.0, 2.5, 5.0, 10.0, 15.0, 20.0, 30.0, 45.0, 75.0];

/// Numbers of a browser worker.
#[derive(Clone, Debug)]
pub struct Browser {
    /// What it does.
    pub work: Work,
    pages: Counters,
    seconds: Histogram,
    lives: Lives,
}

impl Browser {
    pub(super) fn register(registry: &mut Registry, work: Work) -> Self {
        let browser =
            Self { work, pages: Counters::default(), seconds: Histogram::new(SECONDS), lives: Lives::default() };
        registry.register(
            "earshot_pages_visited",
            "Pages that were visited, by the class of the outcome",
            browser.pages.clone(),
        );
        registry.register("earshot_visit_seconds", "How long visits took", browser.seconds.clone());
        registry.register_collector(Box::new(Told(browser.lives.clone())));
        browser
    }

    /// Where the browsers are counted.
    #[must_use]
    pub fn lives(&self) -> Lives {
        self.lives.clone()
    }

    /// A page was visited.
    pub fn visited(&self, visit: &Visit) {
        self.pages.get_or_create(&[("class", visit.outcome.class().as_str())]).inc();
        self.seconds.observe(f64::from(visit.took_ms) / 1000.0);
    }
}

/// The numbers of the browsers are kept where they live.
#[derive(Debug)]
struct Told(Lives);

impl Collector for Told {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        for (name, help, value) in [
            ("earshot_browser_launches", "Browsers that were started", self.0.launched()),
            ("earshot_browser_deaths", "Browsers that died or hung", self.0.died()),
            (
                "earshot_browser_recycles",
                "Browsers that were replaced because they had had their share",
                self.0.recycled(),
            ),
        ] {
            let metric = encoder.encode_descriptor(name, help, None, MetricType::Counter)?;
            ConstCounter::new(value).encode(metric)?;
        }
        Ok(())
    }
}
