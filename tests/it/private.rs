//! By default nothing but public addresses is contacted, by whatever name or notation.

use super::earshot::{Earshot, Piped as _, finish, json, talk};

#[test]
fn private_addresses_are_refused() {
    let earshot = Earshot::new();
    let targets = [
        "http://127.0.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]/",
        "http://localhost/",
        "http://2130706433/x",
        "http://10.1.2.3/x",
    ];
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let ours = format!("http://{}/form", listener.local_addr().unwrap());
    let arguments = [&["scan", "--format", "json", &ours], &targets[..]].concat();
    let output = finish(earshot.command(&arguments).spawn_piped());
    assert_eq!(output.status.code(), Some(5), "{}", talk(&output));
    let outcomes = outcomes(&json(&output));
    assert_eq!(outcomes.len(), targets.len() + 1, "{outcomes:?}");
    for (url, outcome) in outcomes {
        assert_eq!(outcome, "refused", "{url}");
    }
    assert!(listener.accept().is_err(), "somebody connected to a private address");
}

#[test]
fn public_names_with_private_addresses_are_refused() {
    let earshot = Earshot::new();
    let output = finish(earshot.scan(&["rebind.test", "loop.test/x", "--format", "json"]).spawn_piped());
    assert_eq!(output.status.code(), Some(5), "{}", talk(&output));
    let outcomes = outcomes(&json(&output));
    assert_eq!(outcomes.len(), 2, "{outcomes:?}");
    assert!(outcomes.iter().all(|(_, outcome)| outcome == "refused"), "{outcomes:?}");
}

/// Address and outcome of everything in the report.
fn outcomes(report: &serde_json::Value) -> Vec<(String, String)> {
    let text = |value: &serde_json::Value, field: &str| value[field].as_str().unwrap().to_owned();
    let pages = report["pages"].as_array().unwrap().iter().map(|page| (text(page, "url"), text(page, "outcome")));
    let rest = report["unvisited"].as_array().unwrap().iter();
    pages.chain(rest.map(|target| (text(target, "start"), text(target, "outcome")))).collect()
}
