//! Numbers of the process, under the names that all exporters give them
//! (<https://prometheus.io/docs/instrumenting/writing_clientlibs/#process-metrics>).

use std::fmt;

use prometheus_client::{
    collector,
    encoding::{DescriptorEncoder, EncodeMetric as _},
    metrics::{MetricType, counter::ConstCounter, gauge::ConstGauge},
};

use crate::process::{Process, Usage};

/// Reads them when they are asked for.
#[derive(Debug)]
pub(super) struct Collector;

impl collector::Collector for Collector {
    #[allow(clippy::cast_precision_loss)] // bytes and counts are far below 2^52
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let (usage, since) = (Usage::now(), Process::this().since);
        let help = "User and system time on the processor in seconds";
        let cpu = encoder.encode_descriptor("process_cpu_seconds", help, None, MetricType::Counter)?;
        ConstCounter::new(usage.cpu_seconds).encode(cpu)?;
        for (name, help, value) in [
            ("process_resident_memory_bytes", "Memory in use, without that of children", usage.rss as f64),
            ("process_virtual_memory_bytes", "Address space", usage.virtual_memory as f64),
            ("process_open_fds", "Open file descriptors", usage.fds as f64),
            ("process_max_fds", "File descriptors that may be open at most", usage.max_fds as f64),
            ("process_threads", "Threads", usage.threads as f64),
            ("process_start_time_seconds", "When it started, in seconds since 1970", since.as_second() as f64),
        ] {
            let metric = encoder.encode_descriptor(name, help, None, MetricType::Gauge)?;
            ConstGauge::new(value).encode(metric)?;
        }
        Ok(())
    }
}
