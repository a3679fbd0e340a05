//! A Chromium that goes through the lab, with the identity of a normal Chrome: several SDKs are silent otherwise.

use std::process::Stdio;
use std::time::Duration;

use earshot_lab::Lab;
use futures::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use crate::turns::Turns;

/// Most of these tests open many pages at once.
static TURNS: Turns = Turns::new(2);
const SHELL: &str = "/usr/lib/chromium/chromium-headless-shell";
const USER_AGENT: &str =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36";

pub struct Chromium {
    child: Child,
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    next: u64,
    _profile: tempfile::TempDir,
}

/// One page in a context of its own.
pub struct Tab {
    context: String,
    session: String,
}

impl Chromium {
    pub async fn start(lab: &Lab) -> Self {
        TURNS.beside();
        let profile = tempfile::tempdir().unwrap();
        let shell = std::env::var("EARSHOT_CHROMIUM").unwrap_or_else(|_| SHELL.to_owned());
        let mut child = Command::new(shell)
            .args(["--no-sandbox", "--remote-debugging-port=0", "--no-first-run", "--disable-background-networking"])
            .args(["--disable-blink-features=AutomationControlled", "--mute-audio", "--proxy-bypass-list=<-loopback>"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg(format!("--proxy-server={}", lab.proxy_url()))
            .arg(format!("--ignore-certificate-errors-spki-list={}", lab.ca_spki_sha256_base64()))
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("chromium-headless-shell is installed; else run `make setup` or set EARSHOT_CHROMIUM");
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let url = loop {
            let line = lines.next_line().await.unwrap().expect("Chromium says where it listens");
            if let Some((_, url)) = line.split_once("DevTools listening on ") {
                break url.to_owned();
            }
        };
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        let (socket, _) = tokio_tungstenite::connect_async(url).await.unwrap();
        Self { child, socket, next: 0, _profile: profile }
    }

    async fn send(&mut self, method: &str, params: Value, session: Option<&str>) -> u64 {
        self.next += 1;
        let mut message = json!({ "id": self.next, "method": method, "params": params });
        if let Some(session) = session {
            message["sessionId"] = json!(session);
        }
        self.socket.send(Message::text(message.to_string())).await.unwrap();
        self.next
    }

    async fn call(&mut self, method: &str, params: Value, session: Option<&str>) -> Value {
        let id = self.send(method, params, session).await;
        let answer = async {
            loop {
                let message = self.socket.next().await.expect("Chromium lives").unwrap();
                let Ok(text) = message.to_text() else { continue };
                let Ok(value) = serde_json::from_str::<Value>(text) else { continue };
                if value["id"] == id {
                    return value["result"].clone();
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(20), answer)
            .await
            .unwrap_or_else(|_| panic!("{method} is not answered"))
    }

    /// Opens a page; does not wait for it.
    pub async fn open(&mut self, url: &str) -> Tab {
        let context = self.call("Target.createBrowserContext", json!({}), None).await["browserContextId"].clone();
        let target = json!({ "url": "about:blank", "browserContextId": context });
        let target = self.call("Target.createTarget", target, None).await["targetId"].clone();
        let attached = self.call("Target.attachToTarget", json!({ "targetId": target, "flatten": true }), None).await;
        let session = attached["sessionId"].as_str().unwrap().to_owned();
        let brands = json!([{ "brand": "Chromium", "version": "156" }, { "brand": "Google Chrome", "version": "156" }]);
        let metadata = json!({
            "brands": brands, "platform": "Linux", "platformVersion": "6.1", "architecture": "x86", "model": "",
            "mobile": false,
        });
        let identity = json!({ "userAgent": USER_AGENT, "userAgentMetadata": metadata });
        self.call("Emulation.setUserAgentOverride", identity, Some(&session)).await;
        self.send("Page.navigate", json!({ "url": url }), Some(&session)).await;
        Tab { context: context.as_str().unwrap().to_owned(), session }
    }

    /// Moves the mouse and clicks beside everything: some recorders hold back until their visitor stirs.
    pub async fn stir(&mut self, tab: &Tab) {
        for (kind, x, y) in [
            ("mouseMoved", 300, 300),
            ("mouseMoved", 420, 380),
            ("mousePressed", 420, 380),
            ("mouseReleased", 420, 380),
        ] {
            let pressed = kind != "mouseMoved";
            let event = json!({
                "type": kind, "x": x, "y": y, "button": if pressed { "left" } else { "none" },
                "clickCount": i32::from(pressed),
            });
            self.call("Input.dispatchMouseEvent", event, Some(&tab.session)).await;
        }
    }

    /// Waits until the page's load event was.
    pub async fn loaded(&mut self, tab: &Tab) {
        let script = "new Promise(done => document.readyState === 'complete' && location.protocol === 'https:' \
                      ? done(true) : setTimeout(() => done(false), 50))";
        let question = json!({ "expression": script, "awaitPromise": true });
        while self.call("Runtime.evaluate", question.clone(), Some(&tab.session)).await["result"]["value"] != true {}
    }

    /// Scrolls to the end of the page.
    pub async fn scroll(&mut self, tab: &Tab) {
        let script = "scrollTo(0, document.documentElement.scrollHeight)";
        self.call("Runtime.evaluate", json!({ "expression": script }), Some(&tab.session)).await;
    }

    /// What an expression in the page comes to, once it is settled.
    pub async fn evaluate(&mut self, tab: &Tab, expression: &str) -> Value {
        let question = json!({ "expression": expression, "awaitPromise": true, "returnByValue": true });
        self.call("Runtime.evaluate", question, Some(&tab.session)).await["result"]["value"].clone()
    }

    /// Types a text into the field that a selector finds, key by key, and leaves the field.
    pub async fn type_into(&mut self, tab: &Tab, selector: &str, text: &str) {
        let focused = self.evaluate(tab, &format!("document.querySelector({selector:?}).focus()")).await;
        assert_eq!(focused, Value::Null);
        for key in text.chars() {
            let down = json!({ "type": "keyDown", "key": key, "text": key, "unmodifiedText": key });
            self.call("Input.dispatchKeyEvent", down, Some(&tab.session)).await;
            self.call("Input.dispatchKeyEvent", json!({ "type": "keyUp", "key": key }), Some(&tab.session)).await;
        }
        self.evaluate(tab, "document.activeElement.blur()").await;
    }

    /// Leaves the page, so that it says good-bye.
    pub async fn leave(&mut self, tab: &Tab) {
        self.call("Page.navigate", json!({ "url": "about:blank" }), Some(&tab.session)).await;
    }

    /// Name and domain of every cookie.
    pub async fn cookies(&mut self, tab: &Tab) -> Vec<(String, String)> {
        let jar = self.call("Storage.getCookies", json!({ "browserContextId": tab.context }), None).await;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        jar["cookies"].as_array().unwrap().iter().map(|one| (text(&one["name"]), text(&one["domain"]))).collect()
    }

    /// Keys of local and session storage.
    pub async fn storage(&mut self, tab: &Tab) -> Vec<String> {
        let script = "JSON.stringify(Object.keys(localStorage).concat(Object.keys(sessionStorage)))";
        let done = self.call("Runtime.evaluate", json!({ "expression": script }), Some(&tab.session)).await;
        serde_json::from_str(done["result"]["value"].as_str().unwrap_or("[]")).unwrap()
    }

    pub async fn close(&mut self, tab: Tab) {
        self.call("Target.disposeBrowserContext", json!({ "browserContextId": tab.context }), None).await;
    }

    pub async fn quit(mut self) {
        self.child.kill().await.unwrap();
    }
}
