//! A server with the pages of one test, which writes down what it received: the truth that a visit is compared with.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{
        FromRequestParts, Request, State,
        ws::{Message, WebSocketUpgrade},
    },
    http::{HeaderMap, Response, StatusCode, header},
    response::IntoResponse,
};
use earshot_browser::Seen;
use earshot_model::{Event, Fact};
use tokio::{sync::Notify, task::JoinHandle};

/// What a path answers.
pub struct Answer {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: String,
}

/// One request that the server received.
#[derive(Clone, Debug)]
pub struct Hit {
    pub method: String,
    /// Path and query.
    pub target: String,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

/// A running server. Paths below `/log` are received with 204; `/closed` takes nothing from other origins; `/hang` never answers,
/// `/held` once something below `/log` was received; `/ws` takes WebSockets.
pub struct Bench {
    addr: SocketAddr,
    world: Arc<World>,
    task: JoinHandle<()>,
}

struct World {
    answers: HashMap<String, Answer>,
    hits: Mutex<Vec<Hit>>,
    /// Notified of every request below `/log`.
    logged: Notify,
}

pub fn html(body: impl Into<String>) -> Answer {
    typed("text/html; charset=utf-8", body)
}

pub fn script(body: impl Into<String>) -> Answer {
    typed("text/javascript", body)
}

pub fn typed(mime: &str, body: impl Into<String>) -> Answer {
    Answer { status: 200, headers: vec![("content-type", mime.to_owned())], body: body.into() }
}

pub fn redirect(to: impl Into<String>) -> Answer {
    Answer { status: 302, headers: vec![("location", to.into())], body: String::new() }
}

impl Answer {
    pub fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

impl Bench {
    pub async fn start(answers: impl IntoIterator<Item = (&'static str, Answer)>) -> Self {
        let answers = answers.into_iter().map(|(path, answer)| (path.to_owned(), answer)).collect();
        let world = Arc::new(World { answers, hits: Mutex::default(), logged: Notify::new() });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let app = Router::new().fallback(answer).with_state(world.clone());
        let task = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { addr, world, task }
    }

    /// An address on this server.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.addr)
    }

    /// The same server as another origin and another site.
    pub fn elsewhere(&self, path: &str) -> String {
        format!("http://localhost:{}{path}", self.addr.port())
    }

    pub fn hits(&self) -> Vec<Hit> {
        self.world.hits.lock().unwrap().clone()
    }

    /// What was received below `/log`, by its target.
    pub fn logged(&self) -> HashMap<String, Hit> {
        let logged = self.hits().into_iter().filter(|hit| hit.target.starts_with("/log") && hit.method != "OPTIONS");
        logged.map(|hit| (hit.target.clone(), hit)).collect()
    }

    /// What was received for a target below `/log`; waits for it, since what is sent on leaving may arrive after the
    /// visit. For one waiter.
    pub async fn hit(&self, target: &str) -> Hit {
        loop {
            if let Some(hit) = self.logged().remove(target) {
                return hit;
            }
            let more = tokio::time::timeout(Duration::from_secs(10), self.world.logged.notified()).await;
            assert!(more.is_ok(), "{target} never came: {:?}", self.logged().keys());
        }
    }

    /// Waits for the first request below `/log`; for one waiter.
    pub async fn first_logged(&self) {
        self.world.logged.notified().await;
    }

    /// As an upstream this is every host over plain HTTP: a proxy's URL.
    pub fn proxy(&self) -> url::Url {
        self.url("/").parse().unwrap()
    }

    /// Everything that the server received below `/log` was seen, with the exact body; and `names` were received.
    pub fn assert_seen(&self, seen: &Seen, names: &[&str]) {
        let logged = self.logged();
        for name in names {
            assert!(logged.contains_key(&format!("/log/{name}")), "{name} never reached the server: {logged:?}");
        }
        for (target, hit) in logged {
            let request = request(seen, &target);
            let body = request.body.as_ref().map(|body| body.excerpt.as_slice()).unwrap_or_default();
            assert_eq!(request.method, hit.method, "{target}");
            assert_eq!(body, hit.body, "{target}: {:?}", seen.visit.gaps);
        }
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The only request whose URL ends like this; CORS preflights are no requests of the page.
pub fn request<'a>(seen: &'a Seen, target: &str) -> &'a earshot_model::Request {
    let found: Vec<_> = requests(seen).filter(|request| request.1.url.ends_with(target)).map(|found| found.1).collect();
    assert_eq!(found.len(), 1, "{target}: {:#?}", requests(seen).map(|found| &found.1.url).collect::<Vec<_>>());
    found[0]
}

pub fn requests(seen: &Seen) -> impl Iterator<Item = (&Event, &earshot_model::Request)> {
    seen.visit.events.iter().filter_map(|event| match &event.fact {
        Fact::Request(request) if !request.is_preflight() => Some((event, request)),
        _ => None,
    })
}

/// Waits for what nobody announces.
pub async fn until<F: Future<Output = bool>>(what: &str, mut holds: impl FnMut() -> F) {
    let since = Instant::now();
    while !holds().await {
        assert!(since.elapsed() < Duration::from_secs(15), "still not: {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn answer(State(world): State<Arc<World>>, request: Request) -> Response<Body> {
    let (mut parts, body) = request.into_parts();
    let path = parts.uri.path().to_owned();
    if path == "/ws" {
        let upgrade = WebSocketUpgrade::from_request_parts(&mut parts, &()).await.unwrap();
        return upgrade.on_upgrade(echo).into_response();
    }
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default().to_vec();
    let target = parts.uri.path_and_query().map(ToString::to_string).unwrap_or_default();
    world.hits.lock().unwrap().push(Hit {
        method: parts.method.to_string(),
        target,
        headers: parts.headers.clone(),
        body,
    });
    if path.starts_with("/log") {
        world.logged.notify_one();
    }
    match path.as_str() {
        "/hang" => std::future::pending::<()>().await,
        "/held" => world.logged.notified().await,
        _ => {}
    }
    let origin = parts.headers.get(header::ORIGIN).filter(|_| path != "/closed").cloned();
    let mut response = match world.answers.get(&path) {
        Some(answer) => {
            let mut response = Response::builder().status(answer.status);
            for (name, value) in &answer.headers {
                response = response.header(*name, value);
            }
            response.body(Body::from(answer.body.clone())).unwrap()
        }
        None if path.starts_with("/log") => StatusCode::NO_CONTENT.into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    };
    if let Some(origin) = origin {
        let headers = response.headers_mut();
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, "true".parse().unwrap());
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, PUT".parse().unwrap());
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, "content-type, accept, x-custom".parse().unwrap());
    }
    response
}

async fn echo(mut socket: axum::extract::ws::WebSocket) {
    while let Some(Ok(message)) = socket.recv().await {
        if matches!(message, Message::Close(_)) || socket.send(message).await.is_err() {
            return;
        }
    }
}
