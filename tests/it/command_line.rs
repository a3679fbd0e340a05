//! The command line's own promises: help, exit codes, errors that say what to do next.

use std::{
    io::{BufRead as _, BufReader},
    net::TcpListener,
};

use earshot_local::{DataDir, Lock, Services};

use super::{
    documents,
    earshot::{Earshot, Piped as _, bare, finish, json, talk},
};

#[test]
fn help_stands_in_the_readme_as_it_is() {
    let readme = include_str!("../../README.md");
    for command in [
        "scan",
        "verify",
        "diff",
        "report",
        "evidence",
        "export",
        "rejudge",
        "forget",
        "catalogue",
        "guide",
        "sql",
        "portfolio import",
        "crawl start",
        "schedule",
        "stats",
    ] {
        let output = finish(bare().args(command.split(' ')).arg("--help").env("COLUMNS", "110").spawn_piped());
        let help = String::from_utf8(output.stdout).unwrap();
        let examples = help.split_once("Examples:").unwrap().1.trim();
        for line in examples.split("\n\n").next().unwrap().lines() {
            assert!(readme.contains(line.trim()), "the README lacks: {line}");
        }
    }
    let output = finish(bare().arg("--help").spawn_piped());
    for line in String::from_utf8(output.stdout).unwrap().split_once("Exit codes:").unwrap().1.trim().lines() {
        let (code, meaning) = line.trim().split_once("  ").unwrap();
        assert!(readme.contains(&format!("| {code} | {} |", meaning.trim())), "the README lacks exit code {line}");
    }
}

#[test]
fn the_schemas_in_docs_are_those_of_the_json_forms() {
    for (name, now) in [("report", earshot_report::json_schema()), ("verify", earshot_report::verify::json_schema())] {
        let path = format!("{}/../../docs/{name}.schema.json", env!("CARGO_MANIFEST_DIR"));
        if std::env::var_os("EARSHOT_REGENERATE").is_some() {
            std::fs::write(path, serde_json::to_string_pretty(&now).unwrap() + "\n").unwrap();
        } else {
            let kept: serde_json::Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
            assert_eq!(kept, now, "run `make proto` to write docs/{name}.schema.json anew");
        }
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
    assert_eq!(earshot.sql("-- a comment\nSELECT 1"), "1");
    let asked = ["sql", "SELECT {name:String}", "--param", "name=it's", "--format", "TSVRaw"];
    let output = finish(earshot.command(&asked).spawn_piped());
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "it's\n");
    let output = finish(earshot.command(&["sql", "SELEC 1"]).spawn_piped());
    assert_eq!(output.status.code(), Some(1));
    assert!(talk(&output).contains("Syntax error"), "{}", talk(&output));
    let output = finish(earshot.command(&["runs", "list"]).spawn_piped());
    assert!(talk(&output).contains("no runs yet"), "{}", talk(&output));
    let output = finish(earshot.command(&["runs", "show"]).spawn_piped());
    assert_eq!(output.status.code(), Some(3));
    let output = finish(earshot.command(&["stats", "prevalence", "--since", "7d"]).spawn_piped());
    assert_eq!(output.status.code(), Some(3), "{}", talk(&output));
    let output = finish(earshot.command(&["stats", "prevalance"]).spawn_piped());
    assert!(talk(&output).contains("did you mean prevalence"), "{}", talk(&output));
    let output = finish(earshot.command(&["migrate"]).spawn_piped());
    assert_eq!(output.status.code(), Some(0), "{}", talk(&output));
}

/// What the end of a scan looks like to a command that only reads: the directory is held, and its store is gone.
#[test]
fn a_store_that_is_going_away_is_followed_by_another() {
    let earshot = Earshot::new();
    let dir = DataDir::open(earshot.dir().join("data")).unwrap();
    let Lock::Held(held) = dir.lock().unwrap() else { panic!("nobody else is there") };
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let (user, password) = (String::new(), String::new());
    let clickhouse = format!("http://{closed}");
    held.publish(&Services { nats: String::new(), clickhouse, user, password, stays: false }).unwrap();
    let mut asking = earshot.command(&["sql", "SELECT 1", "--format", "TSV", "-vv"]).spawn_piped();
    let mut talk = BufReader::new(asking.stderr.take().unwrap()).lines();
    assert!(talk.any(|line| line.unwrap().contains("looking again")), "it ended before the directory was free");
    drop(held);
    let draining = std::thread::spawn(move || talk.map(Result::unwrap).collect::<Vec<_>>());
    let output = finish(asking);
    let talk = draining.join().unwrap();
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(0), &b"1\n"[..]), "{}", talk.join("\n"));
}

#[test]
fn a_report_tells_the_same_in_every_form() {
    let earshot = Earshot::new();
    let target = "https://shop-clarity.test/contact";
    let output = finish(earshot.scan(&[target, "--format", "json"]).spawn_piped());
    assert_eq!(output.status.code(), Some(0), "{}", talk(&output));
    let report = json(&output);
    let clarity = &report["vendors"][0];
    assert_eq!((&clarity["vendor"], &clarity["page_kinds"][0]), (&"microsoft-clarity".into(), &"contact".into()));
    let account = clarity["accounts"][0]["account"].as_str().unwrap().to_owned();
    assert!(account.starts_with("project:"), "{clarity}");
    assert_eq!(clarity["accounts"][0]["sites"], serde_json::json!(["shop-clarity.test"]));
    assert_eq!(clarity["routes"][0]["pages"], 1, "{clarity}");
    let site = &report["sites"][0];
    assert_eq!((&site["site"], &site["planned"], &site["seen"]), (&"shop-clarity.test".into(), &1.into(), &1.into()));
    let findings = report["pages"][0]["findings"].as_array().unwrap();
    assert!(findings.iter().any(|finding| finding["rule"] == "listening"), "{findings:#?}");
    assert_eq!(report["listeners"][0]["vendor"], "microsoft-clarity");
    let contacts = findings.iter().filter(|finding| finding["rule"] == "pre_consent_contact").count();
    assert_eq!(contacts, report["vendors"].as_array().unwrap().len(), "one page: each vendor has one contact");

    let again = |format: &str| {
        let output = finish(earshot.command(&["runs", "show", "--format", format]).spawn_piped());
        String::from_utf8(output.stdout).unwrap()
    };
    let text = again("text");
    for said in
        [&format!("account {account}"), "    via ", "    listens: ", "    details: ", "Listening to keys and fields"]
    {
        assert!(text.contains(said), "{said} is missing:\n{text}");
    }
    assert!(!text.contains('\u{1b}'), "NO_COLOR");
    let csv = again("csv");
    assert_eq!(csv.lines().count(), findings.len() + 1);
    assert!(csv.contains(&format!(",pre_consent_contact,{account},")), "{csv}");
    let kinds: Vec<String> = again("ndjson")
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["type"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(kinds.iter().filter(|kind| *kind == "finding").count(), findings.len());
    assert_eq!(kinds.iter().filter(|kind| *kind == "listener" || *kind == "site").count(), 2);
    getting_started_goes_on_from_a_scan(&earshot);
    a_site_is_forgotten(&earshot);
}

/// What docs/getting-started.md has people type after a scan, but for what stays or scans once more.
fn getting_started_goes_on_from_a_scan(earshot: &Earshot) {
    let page = include_str!("../../docs/getting-started.md");
    let others = ["scan", "verify", "up", "portfolio", "crawl", "top"];
    let mut typed = 0;
    for words in documents::commands(page).into_iter().filter(|words| !others.contains(&words[1].as_str())) {
        let here = |word: &String| match word.as_str() {
            "example.com" => "shop-clarity.test".to_owned(),
            "example.html" => earshot.dir().join(word).to_str().unwrap().to_owned(),
            _ => word.clone(),
        };
        let words: Vec<_> = words[1..].iter().map(here).collect();
        let output = finish(earshot.command(&words.iter().map(String::as_str).collect::<Vec<_>>()).spawn_piped());
        assert_eq!(output.status.code(), Some(0), "{words:?}: {}", talk(&output));
        typed += 1;
    }
    assert!(typed > 4, "{typed}");
    assert!(earshot.dir().join("example.html").exists());
}

fn a_site_is_forgotten(earshot: &Earshot) {
    let forget = |arguments: &[&str]| {
        let words = [&["forget", "www.shop-clarity.test", "--format", "json"], arguments].concat();
        let output = finish(earshot.command(&words).spawn_piped());
        (output.status.code(), json(&output))
    };
    let (_, held) = forget(&[]);
    assert!(held["rows"]["visits"] == 1 && held["evidence_files"].as_u64().unwrap() > 3, "{held}");
    let (_, deleted) = forget(&["--yes"]);
    assert_eq!((&deleted["rows"], &deleted["deleted"]), (&held["rows"], &true.into()));
    let (code, left) = forget(&[]);
    assert_eq!((code, &left["rows"]["visits"], &left["evidence_files"]), (Some(3), &0.into(), &0.into()));
    assert_eq!(earshot.sql("SELECT count() FROM events"), "0");
}

#[test]
fn the_catalogue_is_listed_shown_and_linted() {
    let stdout = |arguments: &[&str]| {
        let output = finish(bare().arg("catalogue").args(arguments).spawn_piped());
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", talk(&output));
        String::from_utf8(output.stdout).unwrap()
    };
    let listed = stdout(&["list", "--category", "session-replay", "--format", "csv"]);
    let head = "id,name,category,exposure,confidence,hosts,guide\n";
    assert!(listed.starts_with(head) && listed.contains("\nhotjar,Hotjar,session_replay,content,"), "{listed}");
    assert!(!listed.contains(",analytics,"), "{listed}");
    let listed: serde_json::Value = serde_json::from_str(&stdout(&["list", "--format", "json"])).unwrap();
    assert!(listed.as_array().unwrap().len() > 60);
    assert_eq!(stdout(&["list"]).lines().count(), listed.as_array().unwrap().len() + 1);
    let shown: serde_json::Value = serde_json::from_str(&stdout(&["show", "hotjar", "--format", "json"])).unwrap();
    assert!(shown["guide"].as_str().unwrap().contains("## How to gate it"), "{shown}");
    assert!(stdout(&["show", "hotjar", "--format", "markdown"]).starts_with("# Hotjar\n"));

    let output = finish(bare().args(["catalogue", "show", "hotjr"]).spawn_piped());
    assert_eq!(output.status.code(), Some(1));
    assert!(talk(&output).contains("did you mean hotjar"), "{}", talk(&output));
    for arguments in [&["guide", "hotjr"][..], &["guide", "zzzzzz"]] {
        let output = finish(bare().args(arguments).spawn_piped());
        assert_eq!(output.status.code(), Some(1));
        let said = talk(&output);
        assert!(said.contains("did you mean hotjar") || said.contains("catalogue list"), "{said}");
    }
    let output = finish(bare().args(["catalogue", "list", "--category", "replay"]).spawn_piped());
    assert_eq!(output.status.code(), Some(2), "{}", talk(&output));

    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("acme.md"), "+++\nid = \"acme\"\n+++\n").unwrap();
    let output = finish(bare().args(["catalogue", "lint"]).arg(dir.path()).spawn_piped());
    assert_eq!(output.status.code(), Some(1), "{}", talk(&output));
    let place = format!("{}/acme.md: front matter: line 2, column 1: ", dir.path().display());
    assert!(talk(&output).starts_with(&place), "{}", talk(&output));
    stdout(&["lint"]);
}

#[test]
fn a_guide_is_printed_in_every_form() {
    let stdout = |arguments: &[&str]| {
        let output = finish(bare().arg("guide").args(arguments).spawn_piped());
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", talk(&output));
        String::from_utf8(output.stdout).unwrap()
    };
    let text = stdout(&["hotjar"]);
    assert!(
        text.starts_with("Hotjar (hotjar)\n") && text.contains("earshot verify YOUR_DOMAIN --vendor hotjar"),
        "{text}"
    );
    assert!(stdout(&["hotjar", "--format", "markdown"]).contains("\n## What masking changes\n"));
    let guide: serde_json::Value = serde_json::from_str(&stdout(&["hotjar", "--format", "json"])).unwrap();
    assert_eq!((&guide["complete"], &guide["lacks"]), (&true.into(), &serde_json::json!([])), "{guide}");
    assert!(
        guide["docs"].as_str().unwrap().contains("https://") && guide["snippet"].as_str().unwrap().contains("hjid")
    );
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
        ("https://drip.test/?x", "unseen", 10),
        ("https://blocked.test/?x", "tracker", 5),
    ] {
        let output = finish(earshot.scan(&[target, "--fail-on", fail_on]).spawn_piped());
        assert_eq!(output.status.code(), Some(code), "{target} --fail-on {fail_on}: {}", talk(&output));
    }
    let output = finish(earshot.command(&["runs", "list", "--format", "json"]).spawn_piped());
    assert_eq!(json(&output).as_array().unwrap().len(), 6);
    let output = finish(earshot.command(&["runs", "show", "--format", "csv"]).spawn_piped());
    assert!(talk(&output).contains("https://blocked.test/?x,"), "{}", talk(&output));
}
