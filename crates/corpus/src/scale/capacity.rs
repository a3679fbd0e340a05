//! A capacity model: what so many sites a night need, from what one visit costs.

use super::Measured;

/// Events of a visit of the web, about: what costs are converted to.
const EVENTS_A_VISIT: f64 = 250.0;
/// Hours that a night has for its visits.
pub(super) const NIGHT_HOURS: f64 = 8.0;
/// Share of a machine's CPU that is planned with: the rest is for what comes at the wrong moment.
pub(super) const PLANNED: f64 = 0.7;
/// CPU seconds that a browser and its worker spend on a visit of the web: 0.57 for a page of 33 requests with all that watches it (headless
/// Chromium 156, 16 tabs), and 71 requests are 2.2 times as many.
pub(super) const BROWSER_CPU_S: f64 = 0.57 * 71.0 / 33.0;
/// Bytes that a visit loads from the web: 2.65 MB a page (Web Almanac 2024, Page Weight, desktop, median).
pub(super) const WEB_BYTES: f64 = 2.65e6;
/// How long visits may lie on the bus because the store is away, in hours.
pub(super) const OUTAGE_HOURS: f64 = 1.0;
/// Days that events are kept, and findings, gaps and visits; roll-ups stay. One year of roll-ups is counted.
pub(super) const EVENTS_DAYS: f64 = 90.0;
pub(super) const FINDINGS_DAYS: f64 = 365.0;
/// Days that evidence is kept.
pub(super) const EVIDENCE_DAYS: f64 = 90.0;

/// What a portfolio needs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Demand {
    /// Visits a night.
    pub visits: f64,
    /// Cores of browser workers.
    pub browser_cores: f64,
    /// Recorders: one takes its batches one after the other, and waits for the store as well.
    pub recorders: f64,
    /// Cores of recorders.
    pub recorder_cores: f64,
    /// Cores of the store, for taking rows in.
    pub store_cores: f64,
    /// Megabits a second from the web.
    pub web_mbit_s: f64,
    /// Megabits a second onto the bus and off it.
    pub bus_mbit_s: f64,
    /// Bytes on the broker's disk if the store is away.
    pub bus_bytes: f64,
    /// Bytes of the store's tables once all times to live have passed.
    pub store_bytes: f64,
    /// Bytes of evidence once its time to live has passed.
    pub evidence_bytes: f64,
}

/// What `sites` a night need, each with so many pages under so many profiles; `None` as long as costs are not measured.
#[must_use]
pub fn demand(measured: &Measured, sites: f64, pages: f64, profiles: f64) -> Option<Demand> {
    let size = measured.growth.last()?;
    let drained = measured.recorder.as_ref()?;
    let visits = sites * pages * profiles;
    // Costs of a visit as large as those of the web are.
    let each = |total: f64| total / drained.events as f64 * EVENTS_A_VISIT;
    let second = visits / (NIGHT_HOURS * 3_600.0);
    let cores = |cpu_s: f64| second * cpu_s / PLANNED;
    let table = |name: &str, days: f64| {
        // Costs of what hangs on visits hang on their events; those of roll-ups on sites and nights.
        size.bytes_for(name, size.events) * EVENTS_A_VISIT * visits * days
    };
    let rolled = |name: &str| size.bytes_for(name, size.sites * u64::from(size.nights)) * sites * 365.0;
    let wire = each(drained.wire_bytes as f64);
    Some(Demand {
        visits,
        browser_cores: cores(BROWSER_CPU_S),
        recorders: (second * each(drained.seconds) / PLANNED).ceil(),
        recorder_cores: cores(each(drained.recorder_cpu_s)),
        store_cores: cores(each(drained.store_cpu_s)),
        web_mbit_s: second * WEB_BYTES * 8.0 / 1e6,
        bus_mbit_s: second * wire * 8.0 * 2.0 / 1e6,
        bus_bytes: second * 3_600.0 * OUTAGE_HOURS * wire,
        store_bytes: table("events", EVENTS_DAYS)
            + table("findings", FINDINGS_DAYS)
            + table("gaps", FINDINGS_DAYS)
            + table("visits", FINDINGS_DAYS)
            + rolled("site_nights")
            + rolled("vendor_sites"),
        evidence_bytes: each(drained.evidence_bytes as f64) * visits * EVIDENCE_DAYS,
    })
}
