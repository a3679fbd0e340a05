//! Traces on their way to an OpenTelemetry receiver. One that is away costs a warning and the traces, never work: what waits
//! is bounded, and nobody waits for it.

use std::{
    cell::Cell,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use anyhow::{Context as _, Result};
use opentelemetry::{KeyValue, SpanId, TraceId, trace::TracerProvider as _};
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{
    WithExportConfig as _, WithHttpConfig as _, WithTonicConfig as _, tonic_types::metadata::MetadataMap,
};
use opentelemetry_sdk::{
    Resource,
    error::{OTelSdkError, OTelSdkResult},
    trace::{
        BatchConfigBuilder, BatchSpanProcessor, IdGenerator, RandomIdGenerator, Sampler, SdkTracer, SdkTracerProvider,
        SpanData, SpanExporter,
    },
};
use tokio::runtime::Handle;

use crate::{
    config::{self, Protocol, Secret},
    process::Process,
};

/// Spans that wait for a receiver at most: about 1 MB. What comes when it is full is dropped.
const MAX_QUEUE: usize = 4096;
/// How long one request to the receiver may take.
const REQUEST_LIMIT: Duration = Duration::from_secs(5);
/// How long the end of the process waits for the last spans.
const LAST_CALL: Duration = Duration::from_secs(3);

/// Traces that go to a receiver.
pub(super) struct Traces {
    provider: SdkTracerProvider,
}

impl Traces {
    /// Starts, if the configuration says where traces go. Nothing is connected yet.
    pub(super) fn start(config: &config::Telemetry, roles: &str) -> Result<Option<Self>> {
        let Some(traces) = config.traces(|name| std::env::var(name).ok())? else { return Ok(None) };
        let exporter = match traces.protocol {
            Protocol::Http => http(&traces),
            Protocol::Grpc => grpc(&traces),
        };
        let exporter = Patient { exporter: exporter.context("telemetry")?, away: AtomicBool::new(false) };
        let batches = BatchConfigBuilder::default().with_max_queue_size(MAX_QUEUE).build();
        let provider = SdkTracerProvider::builder()
            .with_span_processor(BatchSpanProcessor::builder(exporter).with_batch_config(batches).build())
            .with_id_generator(Derived::default())
            .with_sampler(Sampler::TraceIdRatioBased(traces.sample_ratio))
            .with_resource(resource(roles))
            .build();
        Ok(Some(Self { provider }))
    }

    pub(super) fn tracer(&self) -> SdkTracer {
        self.provider.tracer("earshot")
    }

    pub(super) fn stop(self) {
        if let Err(error) = self.provider.shutdown_with_timeout(LAST_CALL) {
            tracing::warn!(%error, "the last traces were not sent");
        }
    }
}

/// Who this process is, by the semantic conventions.
fn resource(roles: &str) -> Resource {
    let process = Process::this();
    Resource::builder()
        .with_service_name("earshot")
        .with_attributes([
            KeyValue::new("service.version", env!("CARGO_PKG_VERSION")),
            KeyValue::new("service.instance.id", process.instance.to_string()),
            KeyValue::new("host.name", process.host),
            KeyValue::new("process.pid", i64::from(process.pid)),
            KeyValue::new("earshot.role", roles.to_owned()),
        ])
        .build()
}

fn http(traces: &config::Traces) -> Result<opentelemetry_otlp::SpanExporter> {
    let client = reqwest::Client::builder().timeout(REQUEST_LIMIT).build()?;
    let exporter = opentelemetry_otlp::SpanExporter::builder()
        .with_http()
        .with_timeout(REQUEST_LIMIT)
        .with_http_client(Http { client, runtime: Handle::current() })
        .with_headers(traces.headers.iter().map(|(name, value)| (name.clone(), value.0.clone())).collect());
    Ok(match &traces.endpoint {
        // What is set here is taken as it is; the standard's path belongs to it.
        Some(endpoint) => exporter.with_endpoint(format!("{}/v1/traces", endpoint.trim_end_matches('/'))),
        None => exporter,
    }
    .build()?)
}

fn grpc(traces: &config::Traces) -> Result<opentelemetry_otlp::SpanExporter> {
    let exporter = opentelemetry_otlp::SpanExporter::builder()
        .with_tonic()
        .with_timeout(REQUEST_LIMIT)
        .with_metadata(metadata_of(&traces.headers)?);
    Ok(match &traces.endpoint {
        Some(endpoint) => exporter.with_endpoint(endpoint.as_str()),
        None => exporter,
    }
    .build()?)
}

fn metadata_of(headers: &[(String, Secret)]) -> Result<MetadataMap> {
    let mut map = reqwest::header::HeaderMap::new();
    for (name, value) in headers {
        let name =
            reqwest::header::HeaderName::from_bytes(name.as_bytes()).context("telemetry.headers: a name is none")?;
        map.insert(name, value.0.parse().context("telemetry.headers: a value is none")?);
    }
    Ok(MetadataMap::from_headers(map))
}

/// Our client for HTTP. Spans are sent from a thread of their own, which has no runtime.
#[derive(Debug)]
struct Http {
    client: reqwest::Client,
    runtime: Handle,
}

#[async_trait::async_trait]
impl HttpClient for Http {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let (client, request) = (self.client.clone(), request.try_into()?);
        let send = async move {
            let mut answer = client.execute(request).await?;
            let (status, headers) = (answer.status(), std::mem::take(answer.headers_mut()));
            let mut response = Response::new(answer.bytes().await?);
            *response.status_mut() = status;
            *response.headers_mut() = headers;
            Ok::<_, reqwest::Error>(response)
        };
        Ok(self.runtime.spawn(send).await??)
    }
}

/// Says once that a receiver is away, and once that it is back.
#[derive(Debug)]
struct Patient<E> {
    exporter: E,
    away: AtomicBool,
}

impl<E: SpanExporter> SpanExporter for Patient<E> {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let spans = batch.len();
        let sent = self.exporter.export(batch).await;
        let was_away = self.away.swap(sent.is_err(), Ordering::Relaxed);
        match &sent {
            Err(error) if !was_away => {
                tracing::warn!(%error, spans, "traces are lost: their receiver does not take them")
            }
            Ok(()) if was_away => tracing::info!("the receiver of traces takes them again"),
            _ => {}
        }
        sent
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.exporter.shutdown_with_timeout(timeout)
    }

    fn force_flush(&self) -> Result<(), OTelSdkError> {
        self.exporter.force_flush()
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.exporter.set_resource(resource);
    }
}

thread_local! {
    /// The trace that the next root on this thread begins.
    static NEXT: Cell<Option<TraceId>> = const { Cell::new(None) };
}

/// Ids at random, but for the trace that [`within_trace`] names.
#[derive(Debug, Default)]
pub(super) struct Derived(RandomIdGenerator);

impl IdGenerator for Derived {
    fn new_trace_id(&self) -> TraceId {
        NEXT.get().unwrap_or_else(|| self.0.new_trace_id())
    }

    fn new_span_id(&self) -> SpanId {
        self.0.new_span_id()
    }
}

/// Roots that `work` starts belong to this trace. The interface for parents takes no trace without a span in it.
pub(super) fn within_trace(trace_id: u128, work: impl FnOnce()) {
    NEXT.set(Some(TraceId::from(trace_id)));
    work();
    NEXT.set(None);
}
