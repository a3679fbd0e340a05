//! The program itself.

use std::process::{Command, Output, Stdio};

fn earshot_lab(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_earshot-lab")).args(args).output().unwrap()
}

#[test]
fn without_the_sdks_it_says_what_to_do() {
    let empty = tempfile::tempdir().unwrap();
    let output = earshot_lab(&["serve", "--sdk", empty.path().to_str().unwrap()]);
    assert!(!output.status.success());
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(error.contains("run `make setup`"), "{error}");
}

#[test]
fn truth_and_portfolio_are_printed() {
    let truth = earshot_lab(&["truth", "shop-clarity.test"]);
    let truth: serde_json::Value = serde_json::from_slice(&truth.stdout).unwrap();
    assert_eq!(truth["pages"][0]["vendors"][0], "microsoft-clarity");
    let portfolio = String::from_utf8(earshot_lab(&["portfolio", "--demo"]).stdout).unwrap();
    assert!(portfolio.lines().count() >= 60, "{portfolio}");
    assert!(!portfolio.contains("hostile.test"));
    assert!(!earshot_lab(&["truth", "nowhere.test"]).status.success());
}

#[test]
fn it_says_when_it_is_ready_and_ends_on_sigterm() {
    let folder = tempfile::tempdir().unwrap();
    let ready = folder.path().join("ready.json");
    let mut child = Command::new(env!("CARGO_BIN_EXE_earshot-lab"))
        .args(["serve", "--ready-file", ready.to_str().unwrap(), "--ca-dir", folder.path().to_str().unwrap()])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(child.stdout.take().unwrap()), &mut line).unwrap();
    let said: serde_json::Value = serde_json::from_str(&line).unwrap();
    assert!(said["proxy"].as_str().unwrap().starts_with("http://127.0.0.1:"));
    let ca = std::fs::read_to_string(said["ca"].as_str().unwrap()).unwrap();
    assert!(ca.starts_with("-----BEGIN CERTIFICATE-----"));
    let pid = child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    assert!(child.wait().unwrap().success());
    let written: serde_json::Value = serde_json::from_slice(&std::fs::read(ready).unwrap()).unwrap();
    assert_eq!(written, said);
}
