//! The command line's own promises: help, exit codes, errors that say what to do next.

use super::earshot::{Earshot, Piped as _, bare, finish, json, talk};

#[test]
fn help_stands_in_the_readme_as_it_is() {
    let readme = include_str!("../../README.md");
    let output = finish(bare().args(["scan", "--help"]).env("COLUMNS", "110").spawn_piped());
    let help = String::from_utf8(output.stdout).unwrap();
    let examples = help.split_once("Examples:").unwrap().1.trim();
    for line in examples.lines() {
        assert!(readme.contains(line.trim()), "the README lacks: {line}");
    }
    let output = finish(bare().arg("--help").spawn_piped());
    for line in String::from_utf8(output.stdout).unwrap().split_once("Exit codes:").unwrap().1.trim().lines() {
        let (code, meaning) = line.trim().split_once("  ").unwrap();
        assert!(readme.contains(&format!("| {code} | {} |", meaning.trim())), "the README lacks exit code {line}");
    }
}

#[test]
fn the_schema_in_docs_is_the_reports_own() {
    let kept: serde_json::Value = serde_json::from_str(include_str!("../../docs/report.schema.json")).unwrap();
    let now = earshot::report::json_schema();
    if std::env::var_os("EARSHOT_REGENERATE").is_some() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/report.schema.json");
        std::fs::write(path, serde_json::to_string_pretty(&now).unwrap() + "\n").unwrap();
    } else {
        assert_eq!(kept, now, "run `make proto` to write docs/report.schema.json anew");
    }
}

#[test]
fn the_doctor_finds_every_part() {
    let earshot = Earshot::new();
    let output = finish(earshot.command(&["doctor", "--format", "json"]).spawn_piped());
    assert_eq!(output.status.code(), Some(0), "{}", talk(&output));
    for part in json(&output).as_array().unwrap().iter().filter(|part| part["optional"] == false) {
        assert_eq!(part["status"], "ok", "{part}");
        assert!(!part["version"].as_str().unwrap().is_empty(), "{part}");
    }
}

#[test]
fn a_missing_part_is_named_with_what_to_do() {
    let earshot = Earshot::new();
    let arguments = ["doctor", "--nats", "/nonexistent/nats-server"];
    let output = finish(earshot.command(&arguments).spawn_piped());
    assert_eq!(output.status.code(), Some(4), "{}", talk(&output));
    assert!(talk(&output).contains("make setup"), "{}", talk(&output));
    let output = finish(earshot.command(&["scan", "example.com", "--chromium", "/nonexistent/x"]).spawn_piped());
    assert_eq!(output.status.code(), Some(4), "{}", talk(&output));
}

#[test]
fn wrong_command_lines_are_clap_errors() {
    for arguments in [&["scan"][..], &["scan", "a.test", "--pages", "0"], &["runs", "show", "nonsense"], &["nothing"]] {
        let output = finish(bare().args(arguments).spawn_piped());
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", talk(&output));
    }
}

#[test]
fn questions_are_answered_and_mistakes_explained() {
    let earshot = Earshot::new();
    assert_eq!(earshot.sql("SELECT sum(number) FROM numbers(10)"), "45");
    let output = finish(earshot.command(&["sql", "SELEC 1"]).spawn_piped());
    assert_eq!(output.status.code(), Some(1));
    assert!(talk(&output).contains("Syntax error"), "{}", talk(&output));
    let output = finish(earshot.command(&["runs", "list"]).spawn_piped());
    assert!(talk(&output).contains("no runs yet"), "{}", talk(&output));
    let output = finish(earshot.command(&["runs", "show"]).spawn_piped());
    assert_eq!(output.status.code(), Some(3));
    let output = finish(earshot.command(&["migrate"]).spawn_piped());
    assert_eq!(output.status.code(), Some(0), "{}", talk(&output));
}

#[test]
fn a_wrong_configuration_is_named_with_file_and_line() {
    let earshot = Earshot::new();
    let file = earshot.dir().join("earshot.toml");
    std::fs::write(&file, "pages = 2\nconcurency = 3\n").unwrap();
    let output = finish(earshot.command(&["doctor", "--config", file.to_str().unwrap()]).spawn_piped());
    assert_eq!(output.status.code(), Some(1));
    let said = talk(&output);
    assert!(said.contains("earshot.toml") && said.contains("line 2: unknown key 'concurency'"), "{said}");
}

#[test]
fn what_was_found_decides_the_exit_code_if_asked() {
    let earshot = Earshot::new();
    for (target, fail_on, code) in [
        ("https://shop-clarity.test/?x", "content", 10),
        ("https://clean.test/?x", "unknown", 0),
        ("https://fonts-only.test/?x", "tracker", 0),
        ("https://blocked.test/?x", "unseen", 10),
        ("https://blocked.test/?x", "tracker", 5),
    ] {
        let output = finish(earshot.scan(&[target, "--fail-on", fail_on]).spawn_piped());
        assert_eq!(output.status.code(), Some(code), "{target} --fail-on {fail_on}: {}", talk(&output));
    }
    let output = finish(earshot.command(&["runs", "list", "--format", "json"]).spawn_piped());
    assert_eq!(json(&output).as_array().unwrap().len(), 5);
    let output = finish(earshot.command(&["runs", "show", "--format", "csv"]).spawn_piped());
    assert!(talk(&output).contains("https://blocked.test/?x,"), "{}", talk(&output));
}
