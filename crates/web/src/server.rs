//! The server: its bounds, its headers, and its end.

use std::{io, num::NonZeroU32, sync::Arc, time::Duration};

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request, State},
    http::{HeaderName, HeaderValue, StatusCode, Uri, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use earshot_bus::Bus;
use earshot_detect::Catalogue;
use earshot_evidence::Evidence;
use earshot_report::Assessment;
use earshot_store::Store;
use governor::Quota;
use hyper::{
    server::conn::http1,
    service::{Service as _, service_fn},
};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{net::TcpListener, sync::Semaphore, time::timeout};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    Access, Submit,
    access::{Anonymous, Limit, Peer, Uses, who},
    api, assets,
    compared::Comparisons,
    health,
    live::Hub,
    page::Sorry,
    pages,
    problem::Problem,
    reports::Reports,
};

/// What the web role works with.
pub struct Web {
    /// What is known about runs, and which tokens there are.
    pub store: Store,
    /// Where runs are told things.
    pub bus: Bus,
    /// Starts scans.
    pub submit: Arc<dyn Submit>,
    /// Whose an address is, what vendors do, and how that is put right.
    pub catalogue: Arc<Catalogue>,
    /// Where pictures and bundles lie.
    pub evidence: Evidence,
    /// By what runs are assessed.
    pub assessment: Assessment,
    /// Who may do what.
    pub access: Access,
}

/// What each request finds.
pub(crate) type Shared = Arc<Inner>;

pub(crate) struct Inner {
    pub store: Store,
    pub bus: Bus,
    pub submit: Arc<dyn Submit>,
    pub catalogue: Arc<Catalogue>,
    pub evidence: Evidence,
    pub reports: Reports,
    /// Turns at packing evidence.
    pub packing: Semaphore,
    pub access: Access,
    pub uses: Uses,
    /// How often an address may start something without a token.
    pub starts: Limit,
    /// How often an address may ask for something.
    requests: Option<Limit>,
    /// What changed between runs.
    pub comparisons: Comparisons,
    /// Who watches which run.
    pub live: Hub,
}

/// Archives of evidence that are packed at once: each takes a core for a moment.
const PACKED_AT_ONCE: usize = 2;
/// Connections at once. Each costs a few KB; more than so many people do not look at runs.
const MAX_CONNECTIONS: usize = 256;
const _: () = assert!(MAX_CONNECTIONS > Access::MOST_WATCHERS as usize);
/// How long the head of a request may take, also the first one of an idle connection.
const HEAD_WITHIN: Duration = Duration::from_secs(15);
/// Bytes of a request's head.
const MAX_HEAD: usize = 16 << 10;
/// How long a request may take, its body included. What is told live goes on after that: its answer has begun.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);
/// How long an upload may take: a million domains over a slow line.
const UPLOAD_WITHIN: Duration = Duration::from_secs(10 * 60);
/// Bytes of a body where a resource does not say otherwise.
const MAX_BODY: usize = 64 << 10;
/// How long answers that are under way are waited for at the end.
const LAST_CALL: Duration = Duration::from_secs(5);
/// Requests that one address may have at once, in those of a second: a page asks for several files.
const BURST: u32 = 10;

/// How long is waited after a connection that could not be taken: most likely no file can be opened, and others have to end.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// What every answer carries: nothing of it is kept, framed, guessed at or read by another origin.
const HEADERS: [(HeaderName, &str); 5] = [
    (header::CACHE_CONTROL, "no-store"),
    (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    (header::REFERRER_POLICY, "same-origin"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// Answers on `listener` until `shutdown`. A connection that cannot be taken is tried again.
pub async fn serve(listener: TcpListener, web: Web, shutdown: CancellationToken) {
    let routes = router(Arc::new(Inner::new(web, shutdown.clone())));
    let (permits, connections) = (Arc::new(Semaphore::new(MAX_CONNECTIONS)), TaskTracker::new());
    let next = async || {
        let permit = permits.clone().acquire_owned().await.map_err(io::Error::other)?;
        let (stream, from) = listener.accept().await?;
        Ok::<_, io::Error>((stream, Peer(from.ip()), permit))
    };
    while let Some(taken) = shutdown.run_until_cancelled(next()).await {
        let (stream, peer, permit) = match taken {
            Ok(taken) => taken,
            Err(error) => {
                tracing::warn!(%error, "web: a connection was not taken");
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        let (routes, ended) = (TowerToHyperService::new(routes.clone()), shutdown.clone());
        let service = service_fn(move |mut request: hyper::Request<_>| {
            request.extensions_mut().insert(peer);
            routes.call(request)
        });
        connections.spawn(async move {
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(HEAD_WITHIN)
                .max_buf_size(MAX_HEAD)
                .serve_connection(TokioIo::new(stream), service);
            tokio::pin!(connection);
            tokio::select! {
                _ = &mut connection => {}
                () = ended.cancelled() => {
                    connection.as_mut().graceful_shutdown();
                    let _ = timeout(LAST_CALL, connection).await;
                }
            }
            drop(permit);
        });
    }
    connections.close();
    connections.wait().await;
}

impl Inner {
    fn new(web: Web, shutdown: CancellationToken) -> Self {
        let Web { store, bus, submit, catalogue, evidence, assessment, access } = web;
        let a_second = |number: NonZeroU32| {
            Limit::new(
                Quota::per_second(number).allow_burst(number.saturating_mul(const { NonZeroU32::new(BURST).unwrap() })),
            )
        };
        // Where nobody may, nobody asks it.
        let starts = access.anonymous.unwrap_or(Anonymous { per_hour: NonZeroU32::MIN, open: 0 }).limit();
        let requests = access.requests_per_second.map(a_second);
        let watchers = access.watchers;
        let (reports, packing) = (Reports::new(assessment), Semaphore::new(PACKED_AT_ONCE));
        Self {
            store,
            bus,
            submit,
            catalogue,
            evidence,
            reports,
            packing,
            access,
            uses: Uses::default(),
            starts,
            requests,
            comparisons: Comparisons::default(),
            live: Hub::new(watchers, shutdown),
        }
    }
}

fn router(web: Shared) -> Router {
    let nothing =
        async |uri: Uri| said(&uri, Problem::new(StatusCode::NOT_FOUND, "there is nothing under this address"));
    let not_so = async |uri: Uri| {
        said(&uri, Problem::new(StatusCode::METHOD_NOT_ALLOWED, "this address does not take that method"))
    };
    Router::new()
        .merge(health::routes())
        .merge(api::routes())
        .merge(assets::routes())
        .merge(pages::routes())
        .fallback(nothing)
        .method_not_allowed_fallback(not_so)
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(middleware::from_fn_with_state(web.clone(), bounded))
        .with_state(web)
}

/// What is wrong with an address: to programs as a problem, to people as a page.
fn said(uri: &Uri, problem: Problem) -> Response {
    match uri.path().starts_with("/api/") {
        true => problem.into_response(),
        false => Sorry::from(problem).into_response(),
    }
}

/// Every answer within its time and its bounds, and with its headers.
async fn bounded(State(web): State<Shared>, request: Request, next: Next) -> Response {
    let uri = request.uri().clone();
    let mut response = match admitted(&web, &request) {
        Ok(()) => timeout(if is_upload(&uri) { UPLOAD_WITHIN } else { ANSWER_WITHIN }, next.run(request))
            .await
            .unwrap_or_else(|_| {
                said(&uri, Problem::new(StatusCode::GATEWAY_TIMEOUT, "this took too long; try again later"))
            }),
        Err(problem) => said(&uri, problem),
    };
    for (name, value) in HEADERS {
        // Pages and what they load say for themselves what they need.
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

/// Whether lists are sent there.
fn is_upload(uri: &Uri) -> bool {
    uri.path() == "/portfolios" || uri.path().starts_with("/api/v1/portfolios/")
}

/// Whether this is looked at at all.
fn admitted(web: &Shared, request: &Request) -> Result<(), Problem> {
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    let most = if is_upload(request.uri()) { web.access.max_upload } else { api::scans::MAX_BODY as u64 };
    if length.is_some_and(|length: u64| length > most) {
        // Before it is sent: who only stops reading in the middle cannot be heard.
        return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "no request of this kind takes that much"));
    }
    // Whether we answer is always told: a monitor must not be told that somebody else asks too often.
    let Some(requests) = web.requests.as_ref().filter(|_| request.uri().path() != health::PATH) else { return Ok(()) };
    let from = who(request.headers(), request.extensions(), web.access.behind_proxy);
    requests.take(from).map_err(|wait| Problem::too_many("too many requests from one address; try again later", wait))
}
