//! The steps of a target through the fleet, as spans of one trace: seed → crawl → visit → record.
//!
//! Names and attributes are those of the semantic conventions for messaging
//! (<https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/>) where there are such. The spans lie at the
//! highest level so that no filter of lines takes them, and with them the trace's id, away from a line.

use earshot_bus::{Delivery, Fact, TraceParent, topology};
use earshot_model::{Outcome, PageTask, PageUrl, RunId, SeedTask};
use opentelemetry::{
    Context,
    trace::{SpanContext, Status, TraceContextExt as _, TraceFlags, TraceState},
};
use tracing::{Metadata, Span, error_span};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use super::otlp;

/// By this target our spans are told from all others.
const TARGET: &str = "earshot::span";

/// Whether it is one of these spans: nothing else is exported.
pub(super) fn is_ours(metadata: &Metadata<'_>) -> bool {
    metadata.is_span() && metadata.target() == TARGET
}

macro_rules! step {
    ($name:literal, $kind:literal, $trace:expr) => {
        error_span!(target: TARGET, parent: None, $name, otel.kind = $kind, trace.id = %format_args!("{:032x}", $trace))
    };
}

/// A target is put on the bus.
#[must_use]
pub fn seed(task: &SeedTask) -> Span {
    let trace = TraceParent::of_target(task.run, &task.target.start);
    let span = step!("seed sites", "producer", trace.trace_id);
    sends(&span, "seed", topology::SITES.name);
    about(&span, task.run, &task.target.start);
    begin(&span, None, trace.trace_id);
    span
}

/// A page that is left to do is put on the bus, without a crawl before it.
#[must_use]
pub fn plan(task: &PageTask) -> Span {
    let trace = TraceParent::of_target(task.run, &task.start);
    let span = step!("plan pages", "producer", trace.trace_id);
    sends(&span, "plan", topology::PAGES.name);
    about(&span, task.run, &task.page);
    begin(&span, None, trace.trace_id);
    span
}

/// A target is crawled.
#[must_use]
pub fn crawl(delivery: &Delivery<SeedTask>) -> Span {
    let task = &delivery.item;
    let trace = TraceParent::of_target(task.run, &task.target.start);
    let span = step!("crawl sites", "consumer", trace.trace_id);
    processes(&span, "crawl", topology::SITES.name, delivery.attempt);
    about(&span, task.run, &task.target.start);
    begin(&span, delivery.trace, trace.trace_id);
    span
}

/// A page is visited.
#[must_use]
pub fn visit(delivery: &Delivery<PageTask>) -> Span {
    let task = &delivery.item;
    let trace = TraceParent::of_target(task.run, &task.start);
    let span = step!("visit pages", "consumer", trace.trace_id);
    processes(&span, "visit", topology::PAGES.name, delivery.attempt);
    about(&span, task.run, &task.page);
    span.set_attribute("messaging.message.id", task.visit_id().to_string());
    span.set_attribute("earshot.profile", task.profile.as_str());
    begin(&span, delivery.trace, trace.trace_id);
    span
}

/// Some facts are written together: a trace of its own, to which each of them links.
#[must_use]
pub fn batch(facts: usize) -> Span {
    let span = error_span!(target: TARGET, parent: None, "record batch", otel.kind = "consumer");
    processes(&span, "record", topology::VISITS.name, 1);
    span.set_attribute("messaging.batch.message_count", i64::try_from(facts).unwrap_or(i64::MAX));
    span
}

/// A fact is recorded, as one of a batch.
#[must_use]
pub fn record(fact: &Fact, batch: &Span) -> Span {
    match fact {
        Fact::Visit(delivery) => {
            let (visit, task) = (&delivery.item, &delivery.item.task);
            let span = recording(delivery, task.run, &task.start, &visit.outcome, batch);
            about(&span, task.run, &task.page);
            span.set_attribute("messaging.message.id", visit.id().to_string());
            span
        }
        Fact::Crawl(delivery) => {
            let crawl = &delivery.item;
            let span = recording(delivery, crawl.run, &crawl.start, &crawl.outcome, batch);
            about(&span, crawl.run, &crawl.start);
            span
        }
    }
}

fn recording<T>(delivery: &Delivery<T>, run: RunId, start: &PageUrl, seen: &Outcome, batch: &Span) -> Span {
    let trace = TraceParent::of_target(run, start);
    let span = step!("record visits", "consumer", trace.trace_id);
    processes(&span, "record", topology::VISITS.name, delivery.attempt);
    outcome(&span, seen.as_str());
    span.add_link(batch.context().span().span_context().clone());
    begin(&span, delivery.trace, trace.trace_id);
    span
}

/// How a step ended.
pub fn outcome(span: &Span, outcome: &'static str) {
    span.set_attribute("earshot.outcome", outcome);
}

/// A step failed for a reason of ours. What exactly, the log says: it may hold whole addresses.
pub fn failed(span: &Span, what: &'static str) {
    span.set_attribute("error.type", what);
    span.set_status(Status::error(what));
}

fn sends(span: &Span, operation: &'static str, stream: &'static str) {
    span.set_attribute("messaging.system", "nats");
    span.set_attribute("messaging.operation.name", operation);
    span.set_attribute("messaging.operation.type", "send");
    span.set_attribute("messaging.destination.name", stream);
}

fn processes(span: &Span, operation: &'static str, stream: &'static str, attempt: u64) {
    sends(span, operation, stream);
    span.set_attribute("messaging.operation.type", "process");
    span.set_attribute("earshot.attempt", i64::try_from(attempt).unwrap_or(i64::MAX));
}

/// Of the address neither the query nor the fragment: both may hold what is nobody's business.
fn about(span: &Span, run: RunId, page: &PageUrl) {
    span.set_attribute("earshot.run", run.to_string());
    let address = page.as_str();
    let end = address.find(['?', '#']).unwrap_or(address.len());
    span.set_attribute("url.full", address[..end].to_owned());
}

/// Starts the span: below the sender's, if that is recorded; else at the root of its trace.
fn begin(span: &Span, sender: Option<TraceParent>, trace_id: u128) {
    if let Some(sender) = sender.filter(|sender| sender.sampled) {
        let (trace, parent) = (sender.trace_id.into(), sender.parent_id.into());
        let remote = SpanContext::new(trace, parent, TraceFlags::SAMPLED, true, TraceState::default());
        // Fails if nobody exports, which is no matter.
        let _ = span.set_parent(Context::new().with_remote_span_context(remote));
    }
    otlp::within_trace(trace_id, || drop(span.context()));
}
