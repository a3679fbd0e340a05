//! WebSockets: every frame is taken down and echoed.

use std::sync::Arc;

use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::response::Response;
use bytes::Bytes;

use super::World;
use crate::received::{Received, Via};

/// Frames taken down for one socket; a page that floods is cut off.
const MAX_FRAMES: usize = 1_000;

/// Accepts the handshake; `handshake` is what the frames are noted under.
pub(super) fn accept(upgrade: WebSocketUpgrade, world: Arc<World>, handshake: Received) -> Response {
    let template = Received { via: Via::SocketFrame, ..handshake };
    upgrade.on_upgrade(move |socket| echo(socket, world, template))
}

async fn echo(mut socket: WebSocket, world: Arc<World>, template: Received) {
    for _ in 0..MAX_FRAMES {
        let Some(Ok(message)) = socket.recv().await else { return };
        let body = match &message {
            Message::Text(text) => Bytes::copy_from_slice(text.as_bytes()),
            Message::Binary(bytes) => bytes.clone(),
            Message::Close(_) => return,
            Message::Ping(_) | Message::Pong(_) => continue,
        };
        world.log.third_party(Received { time_ms: Received::now_ms(), ..template.clone() }.with_body(body));
        if socket.send(message).await.is_err() {
            return;
        }
    }
}
