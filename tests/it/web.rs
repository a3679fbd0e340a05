//! The API as a client meets it: what it may read and change with which token, and how mistakes are told.

mod examples;

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::TcpStream,
    process::Child,
    thread,
};

use reqwest::{Client, Method, StatusCode, header::HeaderMap, redirect::Policy};
use serde_json::{Value, json};

use examples::Real;

use super::earshot::{Earshot, Piped as _, finish, interrupt, lab, talk, until};

#[test]
fn runs_are_shown_started_and_told_by_who_may() {
    let earshot = Earshot::new();
    let lab = lab();
    let (proxy, dns, ca) = (lab.proxy_url(), lab.dns_addr().to_string(), lab.ca_path().to_str().unwrap());
    let up = ["up", "--listen", "127.0.0.1:0", "--proxy", &proxy, "--dns", &dns, "--ca-cert", ca];
    let mut up = earshot.command(&up).env("EARSHOT_WEB__ANONYMOUS_PER_HOUR", "2").spawn_piped();
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
        assert!(token.is_none_or(|token| !problem.to_string().contains(token)), "{problem}");
    }
    let (status, mistaken) = api.post("/scans", Some(&write), r#"{"targets":["clean.test","no name"],"pages":0}"#);
    assert_eq!((status, &mistaken["errors"][0]["pointer"]), (422, &json!("/targets/1")), "{mistaken}");
    // What no visit may contact is not even begun.
    let (status, private) = api.post("/scans", Some(&write), r#"{"targets":["http://169.254.169.254/latest"]}"#);
    assert_eq!((status, &private["errors"][0]["pointer"]), (422, &json!("/targets/0")), "{private}");
    people_are_met(&api, &write, &read);
    for (body, status) in [("{", 400), (r#"{"target":"clean.test"}"#, 422)] {
        assert_eq!(api.post("/scans", Some(&write), body).0, status);
    }
    // What is too long is refused before it is sent.
    assert!(api.refuses_length(2 << 20, &write).starts_with("HTTP/1.1 413"));

    // Twice the same, so that there is something to hold it against.
    let scan = r#"{"targets":["shop-clarity.test"],"pages":1,"profiles":["untouched"]}"#;
    assert_eq!(api.post("/scans", Some(&write), scan).0, 201);
    let (status, run) = api.post("/scans", Some(&write), scan);
    assert_eq!((status, &run["state"], &run["label"]), (201, &json!("running"), &json!("shop-clarity.test")), "{run}");
    assert!(run["ahead"].as_u64() >= Some(1), "{run}");
    let run = run["id"].as_str().unwrap();
    let path = format!("/runs/{run}");
    let all_complete = |runs: &Value| runs["runs"].as_array().unwrap().iter().all(|run| run["state"] == "complete");
    until("the scans are complete", || all_complete(&api.get("/runs", None).1));
    // Once it is rolled up, it is told what it comes to.
    let page = |path: &str| api.page(Method::GET, path, &[], "");
    until("it is rolled up", || page(&path).2.contains("Worst sites"));
    let (status, _, changes) = page(&format!("{path}/changes"));
    assert!(status == 200 && changes.contains("against"), "{changes}");
    let (status, verify) = api.post(&format!("{path}/verify"), Some(&write), r#"{"site":"shop-clarity.test"}"#);
    assert_eq!(status, 201, "{verify}");
    let verify = verify["id"].as_str().unwrap();
    until("the verify is complete", || api.get(&format!("/runs/{verify}"), None).1["state"] == "complete");
    let (_, shown) = api.get(&path, None);
    assert_eq!((&shown["progress"]["recorded"], &shown["signal"]), (&json!(1), &json!("go")), "{shown}");
    let (status, ended) = api.post(&format!("{path}/pause"), Some(&write), "");
    assert_eq!(status, 409, "{ended}");

    // Held, so that it is still there when its examples come; the last of those cancels it.
    let two = r#"{"targets":["clean.test","shop-clarity.test"],"label":"two"}"#;
    let second = api.post("/scans", Some(&write), two).1["id"].as_str().unwrap().to_owned();
    assert_eq!(api.post(&format!("/runs/{second}/pause"), Some(&write), "").0, 200);
    let finding = earshot.sql(&format!("SELECT finding_id FROM findings WHERE run_id = '{run}' LIMIT 1"));
    let real = Real { run, open: &second, verify, site: "shop-clarity.test", finding: &finding };
    examples::are_answered_as_the_document_says(&api, &write, &real);
    until("the run is cancelled", || api.get(&format!("/runs/{second}"), None).1["state"] == "cancelled");

    // Pages of the list.
    let (_, first) = api.get(&format!("/runs?limit=1&before={second}"), None);
    let next = first["next"].as_str().unwrap().strip_prefix("/api/v1").unwrap().to_owned();
    let (_, rest) = api.get(&next, None);
    assert_eq!((&first["runs"][0]["id"], &first["runs"][0]["kind"]), (&json!(verify), &json!("verify")));
    assert_eq!((&rest["runs"][0]["id"], rest["runs"].as_array().unwrap().len()), (&json!(run), 1));
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

/// The pages, as a browser asks for them: who may start what from a form, and what is said about mistakes.
fn people_are_met(api: &Api, write: &str, read: &str) {
    let ours = [("sec-fetch-site", "same-origin")];
    let foreign = [("sec-fetch-site", "cross-site")];
    let (status, _, home) = api.page(Method::GET, "/", &[], "");
    assert!(status == 200 && home.contains("<form class=\"scan\"") && !home.contains("name=\"profiles\""), "{home}");
    // Whoever comes may have a page looked at, from a page of ours; more only with a token.
    assert_eq!(api.form("/scans", &foreign, "target=clean.test").0, 403);
    let (status, headers, _) = api.form("/scans", &ours, "target=clean.test");
    assert_eq!(status, 303);
    assert!(headers["location"].to_str().unwrap().ends_with("/live"), "{headers:?}");
    let (status, headers, _) = api.form("/scans", &ours, "target=clean.test&pages=5");
    assert_eq!((status, headers["location"].to_str().unwrap()), (303, "/login?next=%2F"));
    for (form, told) in [
        ("target=%3Cscript%3Ex", "value=\"&#60;script&#62;x\""),
        ("target=localhost", "localhost is not public"),
        ("target=", "id=\"target-wrong\""),
    ] {
        let (status, _, page) = api.form("/scans", &ours, form);
        assert!(status == 422 && page.contains(told) && page.contains("aria-describedby=\"target-wrong\""), "{page}");
    }
    assert_eq!(api.form("/scans", &ours, "target=clean.test").0, 303);
    let (status, headers, page) = api.form("/scans", &ours, "target=clean.test");
    assert_eq!(status, 429, "{page}");
    assert!(
        headers["retry-after"].to_str().unwrap().parse::<u64>().unwrap() > 600 && page.contains("2 scans in an hour")
    );

    // A token is given once. What comes with the cookie is taken from our own pages only.
    assert_eq!(api.form("/login", &foreign, &format!("token={write}")).0, 403);
    assert!(api.form("/login", &ours, "token=earshot_x").2.contains("counts no more"));
    let cookie = |token: &str| {
        let (status, headers, _) = api.form("/login", &ours, &format!("token={token}&next=//evil.test"));
        assert_eq!((status, headers["location"].to_str().unwrap()), (303, "/"));
        headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned()
    };
    let (writer, reader) = (cookie(write), cookie(read));
    let with = |cookie: &'static str, site: &'static str| [("cookie", cookie), ("sec-fetch-site", site)];
    let (writer, reader): (&'static str, &'static str) = (writer.leak(), reader.leak());
    assert!(api.page(Method::GET, "/", &[("cookie", writer)], "").2.contains("name=\"profiles\""));
    assert_eq!(api.form("/scans", &with(writer, "cross-site"), "target=clean.test").0, 403);
    assert_eq!(api.form("/scans", &with(writer, "same-origin"), "target=clean.test&pages=0").0, 422);

    // A list, with its bad lines named.
    let upload = |cookie, site, name: &str, list: &str| {
        let part = |head: &str, body: &str| format!("--x\r\nContent-Disposition: form-data; {head}\r\n\r\n{body}\r\n");
        let file = part("name=\"list\"; filename=\"shops.csv\"", list);
        let body = format!("{}{file}--x--\r\n", part("name=\"name\"", name));
        let headers =
            [("cookie", cookie), ("sec-fetch-site", site), ("content-type", "multipart/form-data; boundary=x")];
        api.page(Method::POST, "/portfolios", &headers, &body)
    };
    let list = "domain,sessions\nclean.test,5\nshop-clarity.test,many\n";
    assert_eq!(upload(writer, "cross-site", "ours", list).0, 403);
    assert_eq!(upload(reader, "same-origin", "ours", list).0, 403);
    let (status, _, page) = upload(writer, "same-origin", "ours", list);
    assert!(
        status == 200 && page.contains("<th scope=\"row\" class=\"number\">3</th><td class=\"name\">sessions</td>"),
        "{page}"
    );
    let (status, headers, _) = upload(writer, "same-origin", "ours", "clean.test\n");
    assert_eq!((status, headers["location"].to_str().unwrap()), (303, "/portfolios/ours"));
    for (name, list, told) in [("no name", list, "id=\"name-wrong\""), ("ours", "no name\n", "nothing has changed")] {
        let (status, _, page) = upload(writer, "same-origin", name, list);
        assert!((400..500).contains(&status) && page.contains(told), "{page}");
    }
    for path in ["/portfolios", "/portfolios/ours", "/runs", "/runs?portfolio=ours", "/api", "/login"] {
        assert_eq!(api.page(Method::GET, path, &[("cookie", writer)], "").0, 200, "{path}");
    }
    for (path, status) in [("/portfolios/none", 404), ("/runs/none", 400), ("/runs?limit=x", 400)] {
        assert_eq!(api.page(Method::GET, path, &[], "").0, status, "{path}");
    }
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
        Self { base, client: Client::builder().no_proxy().redirect(Policy::none()).build().unwrap(), runtime }
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

    /// A page, as a browser asks for it.
    fn page(&self, method: Method, path: &str, headers: &[(&str, &str)], body: &str) -> (u16, HeaderMap, String) {
        let site = self.base.strip_suffix("/api/v1").unwrap();
        let mut request = self.client.request(method, format!("{site}{path}")).body(body.to_owned());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.runtime.block_on(async {
            let answer = request.send().await.unwrap();
            let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
            (status, headers, answer.text().await.unwrap())
        })
    }

    fn form(&self, path: &str, headers: &[(&str, &str)], body: &str) -> (u16, HeaderMap, String) {
        let kind = ("content-type", "application/x-www-form-urlencoded");
        self.page(Method::POST, path, &[headers, &[kind]].concat(), body)
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
