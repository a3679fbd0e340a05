//! A receiver of webhooks: holds each signature against the secret, by the standard's own library.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, header::RETRY_AFTER},
    response::IntoResponse,
    routing::post,
};
use serde_json::Value;
use tokio::{
    net::TcpListener,
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
};
use url::Url;

/// What it shares with whoever writes to it.
pub const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// A receiver that runs.
pub struct Receiver {
    port: u16,
    posts: UnboundedReceiver<Post>,
    state: Arc<Inner>,
}

/// What was posted.
#[derive(Debug)]
pub struct Post {
    /// `webhook-id`; empty if there was none.
    pub id: String,
    pub body: Value,
}

struct Inner {
    /// What it answers, one after the other; then 200.
    answers: Vec<u16>,
    received: AtomicUsize,
    posts: UnboundedSender<Post>,
}

impl Receiver {
    pub async fn answering(answers: &[u16]) -> Self {
        let (sender, posts) = unbounded_channel();
        let state = Arc::new(Inner { answers: answers.to_vec(), received: AtomicUsize::new(0), posts: sender });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let app = Router::new().route("/hook", post(take)).with_state(state.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { port, posts, state }
    }

    pub fn url(&self) -> Url {
        Url::parse(&format!("http://127.0.0.1:{}/hook", self.port)).unwrap()
    }

    /// The next post.
    pub async fn next(&mut self) -> Post {
        tokio::time::timeout(crate::it::earshot::PATIENCE, self.posts.recv()).await.unwrap().unwrap()
    }

    /// How many there were so far.
    pub fn received(&self) -> usize {
        self.state.received.load(Ordering::SeqCst)
    }
}

async fn take(State(state): State<Arc<Inner>>, headers: HeaderMap, body: Bytes) -> impl IntoResponse {
    let nth = state.received.fetch_add(1, Ordering::SeqCst);
    let id = headers.get("webhook-id").map(|id| id.to_str().unwrap().to_owned()).unwrap_or_default();
    if !id.is_empty() && standardwebhooks::Webhook::new(SECRET).unwrap().verify(&body, &headers).is_err() {
        return (StatusCode::UNAUTHORIZED, [(RETRY_AFTER, "0")], "the signature is wrong");
    }
    let _ = state.posts.send(Post { id, body: serde_json::from_slice(&body).unwrap() });
    let answer = state.answers.get(nth).copied().unwrap_or(200);
    let wait = if answer == 429 { "7" } else { "0" };
    (StatusCode::from_u16(answer).unwrap(), [(RETRY_AFTER, wait)], "thanks")
}
