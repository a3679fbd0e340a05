use std::{
    io,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use opentelemetry::trace::TracerProvider as _;
use opentelemetry_sdk::{
    error::OTelSdkResult,
    trace::{SdkTracerProvider, SpanData, SpanExporter},
};
use tracing::{debug, trace, warn};

use super::*;

/// Keeps what is written.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl io::Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Written {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

/// Keeps what is exported.
#[derive(Clone, Debug, Default)]
struct Exported(Arc<Mutex<Vec<SpanData>>>);

impl SpanExporter for Exported {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        self.0.lock().unwrap().extend(batch);
        Ok(())
    }
}

/// What `work` leaves in the log and in traces, if somebody asks for everything.
fn heard(format: LogFormat, work: impl FnOnce()) -> (String, Vec<SpanData>) {
    let (written, exported) = (Written::default(), Exported::default());
    let provider = SdkTracerProvider::builder()
        .with_simple_exporter(exported.clone())
        .with_id_generator(otlp::Derived::default())
        .build();
    let (writer, look) = (written.clone(), Look { format, coloured: false, target: false });
    let subscriber =
        subscriber(move || writer.clone(), EnvFilter::new("trace"), look, Some(provider.tracer("earshot")));
    tracing::subscriber::with_default(subscriber, work);
    let spans = exported.0.lock().unwrap().clone();
    (written.text(), spans)
}

/// As the crates do that write down whole messages.
fn telltales() {
    debug!(target: "chromiumoxide::handler", "hunter2");
    trace!(target: "async_nats::connection", "hunter2");
    trace!(target: "tokio_tungstenite", "hunter2");
    let span = tracing::trace_span!(target: "tungstenite::protocol", "hunter2", frame = "hunter2");
    span.in_scope(|| warn!(target: "chromiumoxide::handler", "a warning is one"));
}

#[test]
fn nothing_that_is_typed_reaches_any_layer() {
    for format in [LogFormat::Text, LogFormat::Json] {
        let (lines, spans) = heard(format, || span::batch(1).in_scope(telltales));
        assert!(!lines.contains("hunter2") && lines.contains("a warning is one"), "{lines}");
        assert_eq!(spans.len(), 1, "ours alone: {spans:?}");
        assert!(!format!("{spans:?}").contains("hunter2"), "{spans:?}");
        assert!(spans[0].events.events.is_empty(), "{spans:?}");
    }
}

#[test]
fn a_line_names_its_trace() {
    use earshot_model::{Lane, Profile, RunId, SeedTask, Target};
    let (target, profiles) = (Target::parse("shop.test").unwrap(), vec![Profile::Untouched]);
    let task =
        SeedTask { run: RunId::new(), target, pages: 1, profiles, lane: Lane::Bulk, repetitions: 1, region: None };
    let say = || span::seed(&task).in_scope(|| warn!(run.id = %task.run, "slow"));
    let (text, spans) = heard(LogFormat::Text, say);
    let trace = spans[0].span_context.trace_id().to_string();
    let derived = earshot_bus::TraceParent::of_target(task.run, &task.target.start).trace_id;
    assert_eq!(trace, format!("{derived:032x}"), "whoever seeds it");
    assert!(text.contains(&format!("seed sites{{trace.id={trace}}}: slow run.id={}", task.run)), "{text}");
    let (json, _) = heard(LogFormat::Json, say);
    let line: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(line["span"]["trace.id"], trace.as_str(), "{line}");
    assert_eq!((line["message"].as_str(), line["level"].as_str()), (Some("slow"), Some("WARN")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_is_away_holds_up_nobody() {
    // A port that nobody listens on.
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for protocol in ["http", "grpc"] {
        let text = format!(
            "log = 'text'\nendpoint = 'http://{nobody}'\nprotocol = '{protocol}'\nheaders = ''\nsample_ratio = 1.0"
        );
        let traces = otlp::Traces::start(&toml::from_str(&text).unwrap(), "browser").unwrap().unwrap();
        let tracer = traces.tracer();
        let began = Instant::now();
        // More than the queue holds.
        for _ in 0..20_000 {
            drop(opentelemetry::trace::Tracer::start(&tracer, "x"));
        }
        assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
        let began = Instant::now();
        tokio::task::spawn_blocking(|| traces.stop()).await.unwrap();
        assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    }
}
