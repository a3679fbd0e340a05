//! The one function behind every host: who is asked, what was received, what is answered.

mod reply;
mod sdk;
mod site;
mod socket;
mod stand_in;
mod third_party;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{Extension, Request, State};
use axum::response::Response;
use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode, Uri};

use crate::received::{Log, Received, Via};
use crate::web::Host;
use crate::{Sdk, Web};

/// The host that is asked to change the web: `http://control.lab.test/after`, and `/before` to have it back.
const CONTROL: &str = "control.lab.test";

/// The largest body that is taken in: far above any upload of a recorder.
const MAX_BODY: usize = 32 << 20;

/// Everything that an answer depends on.
pub(crate) struct World {
    pub(crate) web: Web,
    pub(crate) sdk: Sdk,
    pub(crate) log: Log,
    /// Whether sites answer as their `after` says.
    pub(crate) changed: AtomicBool,
    /// How late the proxy answers, in ms.
    pub(crate) late_ms: AtomicU64,
}

/// How a request reached the lab.
#[derive(Clone, Debug)]
pub(crate) struct Arrived {
    /// `http` or `https`.
    pub(crate) scheme: &'static str,
    /// The host asked for, lower case, without port.
    pub(crate) host: String,
    /// When its head was there, in ms since the epoch.
    pub(crate) at_ms: u64,
}

/// A request, read whole.
pub(crate) struct Asked {
    pub(crate) arrived: Arrived,
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
}

impl Asked {
    pub(crate) fn path(&self) -> &str {
        self.uri.path()
    }

    pub(crate) fn path_and_query(&self) -> &str {
        self.uri.path_and_query().map_or("/", |both| both.as_str())
    }

    pub(crate) fn query(&self, name: &str) -> Option<String> {
        let mut pairs = url::form_urlencoded::parse(self.uri.query()?.as_bytes());
        pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }

    fn received(&self, body: Bytes) -> Received {
        Received {
            time_ms: self.arrived.at_ms,
            via: Via::Http,
            scheme: self.arrived.scheme.to_owned(),
            host: self.arrived.host.clone(),
            method: self.method.to_string(),
            path: self.path().to_owned(),
            query: self.uri.query().unwrap_or_default().to_owned(),
            headers: Received::headers_of(&self.headers),
            body_len: 0,
            body_sha256: String::new(),
            decoded_len: 0,
            body: Bytes::new(),
        }
        .with_body(body)
    }
}

/// The lab's only route.
pub(crate) fn router(world: Arc<World>) -> Router {
    Router::new().fallback(answer).with_state(world)
}

async fn answer(
    State(world): State<Arc<World>>,
    Extension(arrived): Extension<Arrived>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
    request: Request,
) -> Response {
    if arrived.host == CONTROL {
        return control(&world, request.uri().path());
    }
    let Some(host) = world.web.host(&arrived.host) else {
        world.log.refused(&arrived.host);
        return reply::plain(StatusCode::BAD_GATEWAY, "no such host in the lab");
    };
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, MAX_BODY).await else {
        return reply::plain(StatusCode::PAYLOAD_TOO_LARGE, "too long for the lab");
    };
    let asked = Asked { arrived, method: parts.method, uri: parts.uri, headers: parts.headers };
    let received = asked.received(body);
    let passed_on = passed_on(host, &asked);
    match host {
        Host::Site(_) | Host::Alias(_) if passed_on.is_none() => world.log.site(received.clone()),
        _ => world.log.third_party(received.clone()),
    }
    if let Ok(upgrade) = upgrade {
        return socket::accept(upgrade, world.clone(), received);
    }
    match passed_on.and_then(|asked| Some((world.web.host(&asked.arrived.host)?, asked))) {
        Some((host, asked)) => at(&world, host, &asked).await,
        None => at(&world, host, &asked).await,
    }
}

/// The web changes, or is as it was.
fn control(world: &World, path: &str) -> Response {
    match path {
        "/after" => world.change(true),
        "/before" => world.change(false),
        _ => return reply::plain(StatusCode::NOT_FOUND, "ask for /after or /before"),
    }
    reply::plain(StatusCode::OK, "done")
}

impl World {
    /// Passes the time by which the proxy answers late.
    pub(crate) async fn dawdle(&self) {
        let late = Duration::from_millis(self.late_ms.load(Relaxed));
        if !late.is_zero() {
            tokio::time::sleep(late).await;
        }
    }

    /// Whether sites answer as their `after` says from now on.
    pub(crate) fn change(&self, changed: bool) {
        self.web.rewind();
        self.changed.store(changed, Relaxed);
    }
}

/// The request as a site's own proxy passes it on to another host.
fn passed_on(host: Host<'_>, asked: &Asked) -> Option<Asked> {
    let Host::Site(site) = host else { return None };
    let (to, rest) = site.passage(asked.path_and_query())?;
    let arrived = Arrived { host: to.to_owned(), ..asked.arrived.clone() };
    Some(Asked { arrived, method: asked.method.clone(), uri: rest.parse().ok()?, headers: asked.headers.clone() })
}

/// What a host answers.
async fn at(world: &World, host: Host<'_>, asked: &Asked) -> Response {
    match host {
        Host::Alias(site) => reply::redirect(&format!("{}{}", origin(site), asked.path_and_query())),
        Host::Site(site) if asked.arrived.scheme == "http" && !site.http => {
            reply::redirect(&format!("https://{}{}", site.host, asked.path_and_query()))
        }
        Host::Site(site) => site::answer(&world.sdk, site, asked.path(), world.changed.load(Relaxed)).await,
        _ if asked.method == Method::OPTIONS => reply::cors(asked, reply::empty()),
        Host::ThirdParty(site) => reply::cors(asked, third_party::answer(&world.sdk, site, asked).await),
        Host::Sdk => reply::cors(asked, sdk::answer(&world.sdk, asked)),
        Host::StandIn => {
            let host = world.web.canonical(&asked.arrived.host);
            reply::cors(asked, stand_in::answer(&world.sdk, world.web.vendors(), host, asked))
        }
    }
}

fn origin(site: &crate::Site) -> String {
    format!("{}://{}", if site.https { "https" } else { "http" }, site.host)
}

/// A body that never ends and never says anything: the connection stays open until the other side goes.
fn silence() -> Body {
    Body::from_stream(futures::stream::pending::<Result<Bytes, std::convert::Infallible>>())
}
