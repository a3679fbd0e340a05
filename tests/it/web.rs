//! The API as a client meets it: what it may read and change with which token, and how mistakes are told.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::TcpStream,
    process::Child,
    thread,
};

use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};

use super::earshot::{Earshot, Piped as _, finish, interrupt, lab, talk, until};

#[test]
fn runs_are_shown_started_and_told_by_who_may() {
    let earshot = Earshot::new();
    let lab = lab();
    let (proxy, dns, ca) = (lab.proxy_url(), lab.dns_addr().to_string(), lab.ca_path().to_str().unwrap());
    let up = ["up", "--listen", "127.0.0.1:0", "--proxy", &proxy, "--dns", &dns, "--ca-cert", ca];
    let mut up = earshot.command(&up).spawn_piped();
    let api = Api::of(&mut up);
    until("up answers", || earshot.dir().join("data/services.json").exists() && api.get("/runs", None).0 == 200);
    let write = token(&earshot, &["create", "ci", "--scope", "write"]);
    let read = token(&earshot, &["create", "grafana", "--expires", "1h"]);
    let gone = token(&earshot, &["create", "old", "--scope", "write", "--expires", "1ms"]);

    // Reading is open here, and only under the names of this machine: a page whose name leads here has another.
    assert_eq!(api.get("/runs", None).1, json!({ "runs": [], "next": null }));
    assert_eq!(api.get("/runs", Some(&read)).0, 200);
    let rebound = api.send(Method::GET, "/runs", None, &[("host", "evil.test:8750")], "");
    assert_eq!(rebound.0, 421, "{}", rebound.1);

    // Changing is not, and what is wrong with a token is not told apart.
    let scan = r#"{"targets":["clean.test"],"pages":1,"profiles":["untouched"]}"#;
    for (token, status) in
        [(None, 401), (Some("nonsense"), 401), (Some(gone.as_str()), 401), (Some(read.as_str()), 403)]
    {
        let (found, problem) = api.post("/scans", token, scan);
        assert_eq!((found, &problem["status"]), (status, &json!(status)), "{token:?}: {problem}");
        assert!(!problem.to_string().contains("earshot_8"), "{problem}");
    }
    let (status, mistaken) = api.post("/scans", Some(&write), r#"{"targets":["clean.test","no name"],"pages":0}"#);
    assert_eq!((status, &mistaken["errors"][0]["pointer"]), (422, &json!("/targets/1")), "{mistaken}");
    for (body, status) in [("{", 400), (r#"{"target":"clean.test"}"#, 422)] {
        assert_eq!(api.post("/scans", Some(&write), body).0, status);
    }
    // What is too long is refused before it is sent.
    assert!(api.refuses_length(2 << 20, &write).starts_with("HTTP/1.1 413"));

    let (status, run) = api.post("/scans", Some(&write), scan);
    assert_eq!((status, &run["state"], &run["label"]), (201, &json!("running"), &json!("clean.test")), "{run}");
    let path = format!("/runs/{}", run["id"].as_str().unwrap());
    until("the scan is complete", || api.get(&path, None).1["state"] == "complete");
    let (_, shown) = api.get(&path, None);
    assert_eq!((&shown["progress"]["recorded"], &shown["signal"]), (&json!(1), &json!("go")), "{shown}");
    let (status, ended) = api.post(&format!("{path}/pause"), Some(&write), "");
    assert_eq!(status, 409, "{ended}");

    // Two sites take longer than it takes to tell them four things.
    let (_, second) =
        api.post("/scans", Some(&write), r#"{"targets":["clean.test","shop-clarity.test"],"label":"two"}"#);
    let second = format!("/runs/{}", second["id"].as_str().unwrap());
    for (what, signal) in [("pause", "pause"), ("resume", "go"), ("pause", "pause"), ("cancel", "cancel")] {
        let (status, told) = api.post(&format!("{second}/{what}"), Some(&write), "");
        assert_eq!((status, &told["signal"]), (200, &json!(signal)), "{told}");
    }
    until("the run is cancelled", || api.get(&second, None).1["state"] == "cancelled");

    // Pages of the list.
    let (_, first) = api.get("/runs?limit=1", None);
    let next = first["next"].as_str().unwrap().strip_prefix("/api/v1").unwrap().to_owned();
    let (_, rest) = api.get(&next, None);
    assert_eq!((&first["runs"][0]["label"], &rest["runs"][0]["label"]), (&json!("two"), &json!("clean.test")));
    assert_eq!((rest["runs"].as_array().unwrap().len(), &rest["next"]), (1, &Value::Null));
    for (path, status) in [
        ("/runs?limit=0", 400),
        ("/runs?limit=x", 400),
        ("/runs/nonsense", 400),
        ("/runs/01ARZ3NDEKTSV4RRFFQ69G5FAV", 404),
        ("/nothing", 404),
        ("/scans", 405),
    ] {
        let (found, problem) = api.get(path, None);
        assert_eq!((found, &problem["status"]), (status, &json!(status)), "{path}: {problem}");
    }

    // Withdrawn, it counts no more from then on; when it was used stands in the list, and itself nowhere.
    let listed = finish(earshot.command(&["token", "list"]).spawn_piped());
    let table = String::from_utf8_lossy(&listed.stdout).into_owned();
    assert!(table.contains("grafana") && table.contains("expired"), "{table}");
    assert!(!table.lines().find(|line| line.contains("ci")).unwrap().contains("never"), "{table}");
    assert!(finish(earshot.command(&["token", "revoke", "ci"]).spawn_piped()).status.success());
    assert_eq!(api.post("/scans", Some(&write), scan).0, 401);
    assert_eq!(finish(earshot.command(&["token", "revoke", "ci"]).spawn_piped()).status.code(), Some(3));
    let stored = earshot.sql("SELECT * FROM tokens");
    for token in [&write, &read, &gone] {
        assert!(!stored.contains(token.as_str()) && !table.contains(token.as_str()));
    }
    interrupt(up.id());
    assert!(finish(up).status.success());
}

/// Makes a token, which stands alone on stdout.
fn token(earshot: &Earshot, arguments: &[&str]) -> String {
    let output = finish(earshot.command(&[&["token"], arguments].concat()).spawn_piped());
    assert!(output.status.success(), "{}", talk(&output));
    let token = String::from_utf8(output.stdout).unwrap().trim().to_owned();
    assert!(token.starts_with("earshot_") && !talk_of(&output.stderr).contains(&token));
    token
}

fn talk_of(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A client.
struct Api {
    base: String,
    client: Client,
    runtime: tokio::runtime::Runtime,
}

impl Api {
    /// Reads where the process answers, and reads on, so that it never blocks.
    fn of(process: &mut Child) -> Self {
        let mut lines = BufReader::new(process.stderr.take().unwrap()).lines().map_while(Result::ok);
        let base = lines.find_map(|line| line.strip_prefix("API at ").map(str::to_owned)).expect("no API");
        thread::spawn(move || lines.for_each(drop));
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        Self { base, client: Client::builder().no_proxy().build().unwrap(), runtime }
    }

    /// The answer to the mere head of a request with a body of that many bytes.
    fn refuses_length(&self, length: usize, token: &str) -> String {
        let host = self.base.strip_prefix("http://").unwrap().split('/').next().unwrap();
        let mut stream = TcpStream::connect(host).unwrap();
        let head = format!(
            "POST /api/v1/scans HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = String::new();
        BufReader::new(stream).read_line(&mut answer).unwrap();
        answer
    }

    fn get(&self, path: &str, token: Option<&str>) -> (u16, Value) {
        self.send(Method::GET, path, token, &[], "")
    }

    fn post(&self, path: &str, token: Option<&str>, body: &str) -> (u16, Value) {
        self.send(Method::POST, path, token, &[("content-type", "application/json")], body)
    }

    fn send(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        headers: &[(&str, &str)],
        body: &str,
    ) -> (u16, Value) {
        let mut request = self.client.request(method, format!("{}{path}", self.base)).body(body.to_owned());
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.runtime.block_on(async {
            let answer = request.send().await.unwrap();
            let header = |name: &str| answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
            assert_eq!(header("x-content-type-options").as_deref(), Some("nosniff"));
            assert_eq!(header("cache-control").as_deref(), Some("no-store"));
            assert!(header("content-security-policy").unwrap().contains("frame-ancestors 'none'"));
            assert_eq!(header("access-control-allow-origin"), None);
            let status = answer.status();
            if !status.is_success() {
                assert_eq!(header("content-type").as_deref(), Some("application/problem+json"), "{status}");
                assert_eq!(header("www-authenticate").is_some(), status == StatusCode::UNAUTHORIZED);
            }
            (status.as_u16(), serde_json::from_str(&answer.text().await.unwrap()).unwrap())
        })
    }
}
