//! A second look at a browser, past the product: what the browser itself says that it has open.

use std::path::Path;

use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio_tungstenite::{connect_async, tungstenite::Message};

/// Browser contexts beside the browser's own, and pages in them.
pub async fn open(scratch: &Path) -> (usize, usize) {
    let contexts = ask(scratch, "Target.getBrowserContexts").await;
    let contexts: Vec<Value> = contexts["browserContextIds"].as_array().unwrap().clone();
    let targets = ask(scratch, "Target.getTargets").await;
    let inside = |target: &&Value| contexts.contains(&target["browserContextId"]);
    let targets = targets["targetInfos"].as_array().unwrap().iter().filter(inside).count();
    (contexts.len(), targets)
}

async fn ask(scratch: &Path, method: &str) -> Value {
    // Two lines: the port and the path of the browser's own socket.
    let active = std::fs::read_to_string(scratch.join("DevToolsActivePort")).unwrap();
    let (port, path) = active.trim().split_once('\n').unwrap();
    let (mut socket, _) = connect_async(format!("ws://127.0.0.1:{port}{path}")).await.unwrap();
    socket.send(Message::text(json!({"id": 1, "method": method}).to_string())).await.unwrap();
    while let Some(message) = socket.next().await {
        let message: Value = serde_json::from_str(message.unwrap().to_text().unwrap()).unwrap();
        if message["id"] == 1 {
            return message["result"].clone();
        }
    }
    panic!("no answer to {method}")
}
