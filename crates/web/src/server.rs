//! The server: its bounds, its headers, and its end.

use std::{io, sync::Arc, time::Duration};

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request},
    http::{HeaderName, HeaderValue, StatusCode, Uri, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use earshot_bus::Bus;
use earshot_detect::Catalogue;
use earshot_store::Store;
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{net::TcpListener, sync::Semaphore, time::timeout};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{Submit, access::Uses, api, assets, health, live::Hub, page::Sorry, pages, problem::Problem};

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
    /// Whether reading needs a token too. Without, whoever reaches the address may read: loopback only.
    pub read_token: bool,
}

/// What each request finds.
pub(crate) type Shared = Arc<Inner>;

pub(crate) struct Inner {
    pub store: Store,
    pub bus: Bus,
    pub submit: Arc<dyn Submit>,
    pub catalogue: Arc<Catalogue>,
    pub read_token: bool,
    pub uses: Uses,
    pub live: Hub,
}

/// Connections at once. Each costs a few KB; more than so many people do not look at runs.
const MAX_CONNECTIONS: usize = 256;
/// How long the head of a request may take, also the first one of an idle connection.
const HEAD_WITHIN: Duration = Duration::from_secs(15);
/// Bytes of a request's head.
const MAX_HEAD: usize = 16 << 10;
/// How long a request may take, its body included. What is told live goes on after that: its answer has begun.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);
/// Bytes of a body where a resource does not say otherwise.
const MAX_BODY: usize = 64 << 10;
/// How long answers that are under way are waited for at the end.
const LAST_CALL: Duration = Duration::from_secs(5);

/// What every answer carries: nothing of it is kept, framed, guessed at or read by another origin.
const HEADERS: [(HeaderName, &str); 5] = [
    (header::CACHE_CONTROL, "no-store"),
    (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// Answers on `listener` until `shutdown`.
///
/// # Errors
/// None at present: a connection that cannot be taken is tried again.
pub async fn serve(listener: TcpListener, web: Web, shutdown: CancellationToken) -> io::Result<()> {
    let Web { store, bus, submit, catalogue, read_token } = web;
    let (uses, live) = (Uses::default(), Hub::new(shutdown.clone()));
    let routes = router(Arc::new(Inner { store, bus, submit, catalogue, read_token, uses, live }));
    let (permits, connections) = (Arc::new(Semaphore::new(MAX_CONNECTIONS)), TaskTracker::new());
    let next = async || {
        let permit = permits.clone().acquire_owned().await.map_err(io::Error::other)?;
        Ok::<_, io::Error>((listener.accept().await?.0, permit))
    };
    while let Some(taken) = shutdown.run_until_cancelled(next()).await {
        let (stream, permit) = match taken {
            Ok(taken) => taken,
            Err(error) => {
                tracing::warn!(%error, "web: a connection was not taken");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let (service, ended) = (TowerToHyperService::new(routes.clone()), shutdown.clone());
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
    Ok(())
}

fn router(web: Shared) -> Router {
    let nothing = async |uri: Uri| said(&uri, StatusCode::NOT_FOUND, "there is nothing under this address");
    let not_so = async |uri: Uri| said(&uri, StatusCode::METHOD_NOT_ALLOWED, "this address does not take that method");
    Router::new()
        .merge(health::routes())
        .merge(api::routes())
        .merge(assets::routes())
        .merge(pages::routes())
        .fallback(nothing)
        .method_not_allowed_fallback(not_so)
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(middleware::from_fn(bounded))
        .with_state(web)
}

/// What is wrong with an address: to programs as a problem, to people as a page.
fn said(uri: &Uri, status: StatusCode, detail: &str) -> Response {
    let problem = Problem::new(status, detail);
    match uri.path().starts_with("/api/") {
        true => problem.into_response(),
        false => Sorry::from(problem).into_response(),
    }
}

/// Every answer within its time, and with its headers.
async fn bounded(request: Request, next: Next) -> Response {
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    let mut response = if length.is_some_and(|length: usize| length > api::scans::MAX_BODY) {
        // Before it is sent: who only stops reading in the middle cannot be heard.
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "no request takes that much").into_response()
    } else {
        timeout(ANSWER_WITHIN, next.run(request)).await.unwrap_or_else(|_| {
            Problem::new(StatusCode::GATEWAY_TIMEOUT, "this took too long; try again later").into_response()
        })
    };
    for (name, value) in HEADERS {
        // Pages and what they load say for themselves what they need.
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}
