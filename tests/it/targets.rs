//! Lists as people keep them: what is good is scanned, what is bad is named with its line.

use super::earshot::{Earshot, Piped as _, feed, finish, json, talk};

const LIST: &[u8] = b"\xef\xbb\xbf# our sites\n\
    \n\
    clean.test   # the home page\n\
    CLEAN.test.\n\
    https://clean.test/contact#form\n\
    clean.test:443\n\
    \xff\xfe\x00garbage\n\
    b\xc3\xbccher.test\n\
    foo bar\n\
    ftp://clean.test/\n\
    me@clean.test\n\
    http://\n";

#[test]
fn good_lines_are_scanned_and_bad_ones_are_named() {
    let earshot = Earshot::new();
    let mut scan = earshot.scan(&["-", "--pages", "1", "--format", "json"]).spawn_piped();
    feed(&mut scan, LIST);
    let output = finish(scan);
    assert_eq!(output.status.code(), Some(0), "{}", talk(&output));
    let report = json(&output);
    let bad: Vec<_> = report["bad_lines"].as_array().unwrap().iter().map(|bad| bad["line"].as_u64().unwrap()).collect();
    assert_eq!(bad, [7, 9, 10, 11, 12]);
    for line in bad {
        assert!(talk(&output).contains(&format!("-:{line}: ")), "line {line} is named on stderr");
    }
    let pages: Vec<_> = report["pages"].as_array().unwrap().iter().map(|page| page["url"].as_str().unwrap()).collect();
    assert_eq!(pages, ["https://clean.test/", "https://clean.test/contact"]);
    let unvisited: Vec<_> = report["unvisited"].as_array().unwrap().iter().map(|target| &target["start"]).collect();
    assert_eq!(unvisited, ["https://xn--bcher-kva.test/"], "nobody answers there");
    let text = finish(earshot.command(&["runs", "show"]).spawn_piped());
    assert!(talk(&text).contains("1 target without any page: 1 failed"), "{}", talk(&text));
    let site =
        |name: &str| report["sites"].as_array().unwrap().iter().find(|site| site["site"] == name).unwrap().clone();
    let nobody = site("xn--bcher-kva.test");
    let failed: u64 = nobody["failed"].as_object().unwrap().values().filter_map(serde_json::Value::as_u64).sum();
    assert_eq!((&nobody["planned"], &nobody["seen"], failed), (&1.into(), &0.into(), 1), "{nobody}");
    let clean = site("clean.test");
    assert_eq!((&clean["planned"], &clean["seen"], &clean["partial"]), (&2.into(), &2.into(), &0.into()), "{clean}");
}

#[test]
fn a_list_without_any_target_says_so() {
    let earshot = Earshot::new();
    let mut scan = earshot.scan(&["-"]).spawn_piped();
    feed(&mut scan, b"# nothing\n???\n");
    let output = finish(scan);
    assert_eq!(output.status.code(), Some(3), "{}", talk(&output));
    assert!(talk(&output).contains("-:2: '???'"));
}
