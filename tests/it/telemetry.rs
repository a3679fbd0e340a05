//! One trace from seed to row, as a real receiver of OpenTelemetry hears it; and how a process is, as a probe hears it.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::TcpListener,
    process::Command,
    sync::{Arc, Mutex},
};

use axum::{Router, body::Bytes, extract::State, http::StatusCode, routing::post};
use opentelemetry_proto::tonic::{
    collector::trace::v1::{
        ExportTraceServiceRequest, ExportTraceServiceResponse,
        trace_service_server::{TraceService, TraceServiceServer},
    },
    common::v1::any_value::Value,
    trace::v1::{Span, span::SpanKind},
};
use prost::Message as _;
use serde_json::Value as Json;
use tonic::transport::server::TcpIncoming;

use super::earshot::{Earshot, Piped as _, finish, interrupt, json, talk, until};

/// What stands in the address of the page, and must stand in no trace.
const SECRET: &str = "hunter2";

/// What a span may say, by the beginnings of the names.
const SAID: [&str; 9] = [
    "messaging.",
    "earshot.run",
    "earshot.attempt",
    "earshot.profile",
    "earshot.outcome",
    "url.full",
    "trace.id",
    "busy_ns",
    "idle_ns",
];

/// A receiver, and what it has received.
#[derive(Clone, Default)]
struct Receiver(Arc<Mutex<Vec<ExportTraceServiceRequest>>>);

impl Receiver {
    fn keep(&self, request: ExportTraceServiceRequest) {
        self.0.lock().unwrap().push(request);
    }

    fn requests(&self) -> Vec<ExportTraceServiceRequest> {
        self.0.lock().unwrap().clone()
    }

    /// Over gRPC, at the address that comes back.
    async fn grpc(&self) -> String {
        let incoming = TcpIncoming::bind(([127, 0, 0, 1], 0).into()).unwrap();
        let address = incoming.local_addr().unwrap();
        let service = TraceServiceServer::new(self.clone());
        tokio::spawn(tonic::transport::Server::builder().add_service(service).serve_with_incoming(incoming));
        format!("http://{address}")
    }

    /// Over HTTP, likewise.
    async fn http(&self) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let take = async |State(receiver): State<Self>, headers: axum::http::HeaderMap, body: Bytes| {
            assert_eq!(headers["content-type"], "application/x-protobuf");
            assert_eq!(headers["authorization"], "Bearer t0ken");
            receiver.keep(ExportTraceServiceRequest::decode(body).unwrap());
            StatusCode::OK
        };
        let routes = Router::new().route("/v1/traces", post(take)).with_state(self.clone());
        tokio::spawn(axum::serve(listener, routes).into_future());
        format!("http://{address}")
    }
}

#[tonic::async_trait]
impl TraceService for Receiver {
    async fn export(
        &self,
        request: tonic::Request<ExportTraceServiceRequest>,
    ) -> Result<tonic::Response<ExportTraceServiceResponse>, tonic::Status> {
        self.keep(request.into_inner());
        Ok(tonic::Response::new(ExportTraceServiceResponse::default()))
    }
}

#[test]
fn one_trace_leads_from_the_seed_to_the_rows_over_http_and_up_tells_how_it_is() {
    let (runtime, receiver) = receiver();
    let endpoint = runtime.block_on(receiver.http());
    let earshot = Earshot::new();
    let listen = free_address();
    let mut up = tells_everything(earshot.up(&["--log-format", "json"]), &endpoint, "http");
    up.env("EARSHOT_TELEMETRY__HEADERS", "authorization=Bearer t0ken").env("EARSHOT_SERVE__LISTEN", &listen);
    // Everything is more than a pipe holds that nobody reads.
    let log = earshot.dir().join("up.log");
    let up = up.stderr(std::fs::File::create(&log).unwrap()).spawn().unwrap();
    let ask = |path: &str| {
        let url = format!("http://{listen}{path}");
        runtime.block_on(async {
            let answer = reqwest::get(url).await.ok()?;
            Some((answer.status().as_u16(), answer.text().await.ok()?))
        })
    };
    until("up is ready", || ask("/readyz").is_some_and(|(status, _)| status == 200));
    assert_eq!(ask("/livez").unwrap(), (200, "ok\n".to_owned()));
    let ready: Json = serde_json::from_str(&ask("/readyz").unwrap().1).unwrap();
    let checks: Vec<_> = ready["checks"].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(checks, ["bus", "role.browser", "role.coordinator", "role.crawler", "role.recorder", "store"]);

    let scan = earshot.command(&["scan", &page(), "--format", "json"]).spawn_piped();
    let mut numbers = String::new();
    until("a run goes on", || {
        numbers = ask("/metrics").unwrap().1;
        numbers.contains("earshot_runs_running 1")
    });
    for sample in [
        "earshot_work_limit{role=\"browser\"}",
        "earshot_browser_launches_total 1",
        "earshot_queue_waiting{stream=\"pages\",lane=\"interactive\"}",
        "earshot_workers{role=\"recorder\"} 1",
        "earshot_dead_letters 0",
        "process_resident_memory_bytes ",
    ] {
        assert!(numbers.contains(sample), "{sample} is not in\n{numbers}");
    }
    let top = json(&finish(earshot.command(&["top", "--once", "--format", "json"]).spawn_piped()));
    let roles: Vec<_> = top["workers"].as_array().unwrap().iter().map(|worker| &worker["role"]).collect();
    assert_eq!(roles, ["browser", "coordinator", "crawler", "recorder"], "{top}");
    assert_eq!(top["workers"][0]["pid"], up.id(), "{top}");
    let output = finish(scan);
    assert_eq!(output.status.code(), Some(0), "{}", talk(&output));
    interrupt(up.id());
    let said = || std::fs::read_to_string(&log).unwrap();
    assert_eq!(finish(up).status.code(), Some(0), "{}", said());

    let trace = is_one_trace(&receiver.requests());
    let said = said();
    let lines: Vec<Json> = said.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let visited = lines.iter().find(|line| line["message"] == "page visited").expect("no line of the visit");
    assert_eq!(visited["span"]["trace.id"], trace.as_str(), "{visited}");
    assert!(visited["visit.id"].is_string() && visited["run.id"].is_string(), "{visited}");
}

#[test]
fn one_trace_leads_from_the_seed_to_the_rows_over_grpc() {
    let (runtime, receiver) = receiver();
    let endpoint = runtime.block_on(receiver.grpc());
    let earshot = Earshot::new();
    let scan = earshot.scan(&[&page(), "--no-screenshots"]);
    let output = finish(tells_everything(scan, &endpoint, "grpc").spawn_piped());
    assert_eq!(output.status.code(), Some(0), "{}", talk(&output));
    is_one_trace(&receiver.requests());
}

fn receiver() -> (tokio::runtime::Runtime, Receiver) {
    (tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap(), Receiver::default())
}

/// The page that is scanned.
fn page() -> String {
    format!("https://clean.test/?token={SECRET}")
}

/// The same, which tells all that it can.
fn tells_everything(mut command: Command, endpoint: &str, protocol: &str) -> Command {
    command.env("EARSHOT_TELEMETRY__ENDPOINT", endpoint).env("EARSHOT_TELEMETRY__PROTOCOL", protocol);
    command.env("EARSHOT_LOG", "trace");
    command
}

/// Nobody has it at this moment.
pub(super) fn free_address() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

/// Asserts what is promised of it; gives back its id.
fn is_one_trace(requests: &[ExportTraceServiceRequest]) -> String {
    assert!(!format!("{requests:?}").contains(SECRET), "an address with its query is in a trace");
    let resources = requests.iter().flat_map(|request| &request.resource_spans);
    let about: BTreeMap<_, _> = resources
        .clone()
        .flat_map(|spans| &spans.resource.as_ref().unwrap().attributes)
        .map(|attribute| (attribute.key.as_str(), text(attribute.value.as_ref().unwrap().value.as_ref())))
        .collect();
    assert_eq!((about["service.name"].as_str(), about["earshot.role"].as_str()), ("earshot", "all"));
    assert_eq!(about["service.version"], env!("CARGO_PKG_VERSION"));
    assert!(uuid::Uuid::parse_str(&about["service.instance.id"]).is_ok(), "{about:?}");

    let spans: Vec<&Span> = resources.flat_map(|spans| &spans.scope_spans).flat_map(|scope| &scope.spans).collect();
    let told = |spans: &[&Span]| spans.iter().map(|span| span.name.clone()).collect::<Vec<_>>();
    let one = |name: &str| {
        let found: Vec<_> = spans.iter().filter(|span| span.name == name).collect();
        assert_eq!(found.len(), 1, "{name} among {:?}", told(&spans));
        *found[0]
    };
    let (seed, crawl, visit) = (one("seed sites"), one("crawl sites"), one("visit pages"));
    let records: Vec<_> = spans.iter().copied().filter(|span| span.name == "record visits").collect();
    assert_eq!(records.len(), 2, "of the crawl and of the visit: {:?}", told(&spans));

    let steps = [seed, crawl, visit].into_iter().chain(records.iter().copied());
    let traces: BTreeSet<_> = steps.map(|span| &span.trace_id).collect();
    assert_eq!(traces.len(), 1, "one trace");
    assert!(seed.parent_span_id.is_empty(), "the trace begins with the seed");
    assert_eq!(crawl.parent_span_id, seed.span_id);
    assert_eq!(visit.parent_span_id, crawl.span_id);
    let parents: BTreeSet<_> = records.iter().map(|span| &span.parent_span_id).collect();
    assert_eq!(parents, BTreeSet::from([&crawl.span_id, &visit.span_id]));
    let batches: BTreeSet<_> =
        spans.iter().filter(|span| span.name == "record batch").map(|span| &span.span_id).collect();
    assert!(records.iter().all(|record| record.links.len() == 1 && batches.contains(&record.links[0].span_id)));

    assert_eq!((seed.kind(), visit.kind()), (SpanKind::Producer, SpanKind::Consumer));
    for (name, value) in [
        ("messaging.system", "nats"),
        ("messaging.destination.name", "pages"),
        ("messaging.operation.type", "process"),
        ("url.full", "https://clean.test/"),
        ("earshot.outcome", "loaded"),
    ] {
        let found = visit.attributes.iter().rfind(|attribute| attribute.key == name);
        let found = text(found.unwrap_or_else(|| panic!("no {name}")).value.as_ref().unwrap().value.as_ref());
        assert_eq!(found, value, "{name}");
    }
    // No cookie, and nothing that was typed: what else could be said of a page is not among these.
    let keys: BTreeSet<_> =
        spans.iter().flat_map(|span| &span.attributes).map(|attribute| &attribute.key[..]).collect();
    let strange: Vec<_> = keys.iter().filter(|key| !SAID.iter().any(|said| key.starts_with(said))).collect();
    assert!(strange.is_empty(), "{strange:?}");
    assert!(spans.iter().all(|span| span.events.is_empty()), "what is said within a span stays here");
    seed.trace_id.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn text(value: Option<&Value>) -> String {
    match value {
        Some(Value::StringValue(text)) => text.clone(),
        other => format!("{other:?}"),
    }
}
