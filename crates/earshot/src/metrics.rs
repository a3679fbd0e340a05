//! Numbers of this process for Prometheus. What each is called and says stands in docs/metrics.md.
//!
//! Numbers of the instance come from one struct for each role; those of the whole service from [`service`], which one role,
//! the coordinator, asks for.

mod browser;
mod coordinator;
mod crawler;
mod process;
mod recorder;
pub mod service;
mod work;

use std::{fmt, time::Duration};

use prometheus_client::{
    encoding::text::encode,
    metrics::{counter::Counter, family::Family, info::Info},
    registry::Registry,
};

pub use browser::Browser;
pub use coordinator::Coordinator;
pub use crawler::Crawler;
pub use recorder::Recorder;
pub use work::{Busy, Work};

use crate::cli::RoleName;

/// Labels of a sample.
type Labels<const N: usize> = [(&'static str, &'static str); N];
/// Counters that differ by one label.
type Counters = Family<Labels<1>, Counter>;

/// What tells how a response is written (<https://prometheus.github.io/OpenMetrics/v1.0.0/>).
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Everything that a process tells. Roles take their part of it before they start.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    families: work::Families,
    works: Vec<Work>,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::default();
        let version = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
        registry.register("earshot_build", "Which Earshot this is", version);
        registry.register_collector(Box::new(process::Collector));
        let families = work::Families::register(&mut registry);
        Self { registry, families, works: Vec::new() }
    }
}

impl Metrics {
    /// Those of a coordinator.
    pub fn coordinator(&mut self) -> Coordinator {
        let work = self.work(RoleName::Coordinator, 0, coordinator::BOUND);
        Coordinator::register(&mut self.registry, work)
    }

    /// Those of a crawler of so many sites at once, each of which may take so long.
    pub fn crawler(&mut self, at_once: usize, limit: Duration) -> Crawler {
        let work = self.work(RoleName::Crawler, at_once, limit + work::SLACK);
        Crawler::register(&mut self.registry, work)
    }

    /// Those of a browser worker with so many tabs, in each of which a visit may take so long.
    pub fn browser(&mut self, tabs: usize, limit: Duration) -> Browser {
        let work = self.work(RoleName::Browser, tabs, limit + work::SLACK);
        Browser::register(&mut self.registry, work)
    }

    /// Those of a recorder of batches of that size.
    pub fn recorder(&mut self, batch: usize) -> Recorder {
        let work = self.work(RoleName::Recorder, batch, recorder::BOUND);
        Recorder::register(&mut self.registry, work)
    }

    /// Those of the whole service.
    pub fn service(&mut self) -> service::Numbers {
        service::Numbers::register(&mut self.registry)
    }

    /// How the roles that have taken their part are.
    #[must_use]
    pub fn works(&self) -> &[Work] {
        &self.works
    }

    /// All of it, in the text form.
    ///
    /// # Errors
    /// None at present.
    pub fn text(&self) -> Result<String, fmt::Error> {
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }

    fn work(&mut self, role: RoleName, limit: usize, bound: Duration) -> Work {
        let work = self.families.of(role, limit, bound);
        self.works.push(work.clone());
        work
    }
}
