//! A run that is watched while it goes on: as a stream, and on its page.

use std::time::{Duration, Instant};

use reqwest::{Client, Response};
use serde_json::Value;

use super::{
    super::earshot::{Earshot, Piped as _, finish, talk},
    Up, in_a_tab, is_for_everybody,
    tab::Tab,
};

/// Nothing that is told is waited for half so long, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);
/// How long something may take to be told. It takes some ms; a machine that does much else takes longer.
const LATE_MS: f64 = 10_000.0;

fn client() -> Client {
    Client::builder().no_proxy().build().unwrap()
}

/// One watcher.
struct Watcher {
    answer: Response,
    text: String,
}

/// One thing that was told.
#[derive(Clone, Debug, PartialEq)]
struct Told {
    name: String,
    id: Option<String>,
    data: Value,
}

impl Watcher {
    async fn of(base: &str, run: &str, after: Option<&str>) -> Self {
        let mut request = client().get(format!("{base}/api/v1/runs/{run}/live"));
        if let Some(id) = after {
            request = request.header("last-event-id", id);
        }
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()["content-type"], "text/event-stream");
        Self { answer, text: String::new() }
    }

    /// The next event; `None` at the end.
    async fn next(&mut self) -> Option<Told> {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let told = parse(event);
                self.text = rest.to_owned();
                if told.is_some() {
                    return told;
                }
                continue;
            }
            let more = tokio::time::timeout(PATIENCE, self.answer.chunk()).await.expect("nothing is told");
            self.text.push_str(std::str::from_utf8(&more.unwrap()?).unwrap());
        }
    }

    async fn all(mut self) -> Vec<Told> {
        let mut all = Vec::new();
        while let Some(told) = self.next().await {
            all.push(told);
        }
        all
    }
}

/// An event; `None` for a heartbeat.
fn parse(event: &str) -> Option<Told> {
    let field = |name: &str| event.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
    let data = serde_json::from_str(field("data")?).unwrap();
    Some(Told { name: field("event").unwrap().to_owned(), id: field("id").map(str::to_owned), data })
}

/// Starts a scan, and gives its id.
async fn scan(earshot: &Earshot, base: &str, what: Value) -> String {
    let output = finish(earshot.command(&["token", "create", "live", "--scope", "write"]).spawn_piped());
    assert!(output.status.success(), "{}", talk(&output));
    let token = String::from_utf8(output.stdout).unwrap();
    let request = client().post(format!("{base}/api/v1/scans")).bearer_auth(token.trim());
    let request = request.header("content-type", "application/json").body(what.to_string());
    let run: Value = serde_json::from_str(&request.send().await.unwrap().text().await.unwrap()).unwrap();
    run["id"].as_str().unwrap_or_else(|| panic!("{run}")).to_owned()
}

/// Sites that write markup into every name, and one whose banner is answered, on the real bus, browser and store.
#[test]
fn a_scan_is_watched_while_it_goes_on() {
    let earshot = Earshot::new();
    let mut command = earshot.up(&["--listen", "127.0.0.1:0"]);
    // One who listens early, the page, and one who comes late.
    let up = Up::start_with(command.env("EARSHOT_TYPING__ENABLED", "true").env("EARSHOT_WEB__WATCHERS", "3"));
    let base = up.base.clone();
    in_a_tab(&up.base, async |tab| {
        let what = serde_json::json!({
            "targets": ["injecting.test", "consent-clarity.test"], "pages": 1, "profiles": ["untouched", "reject"],
        });
        let run = scan(&earshot, &base, what).await;
        let (early, page) = (Watcher::of(&base, &run, None).await, format!("/runs/{run}/live"));
        let early = tokio::spawn(in_time(early));
        tab.go(&page).await;
        tab.until("document.querySelectorAll('#visits tbody .who').length > 0").await;
        let late = Watcher::of(&base, &run, None).await;
        let stream = format!("{base}/api/v1/runs/{run}/live");
        let full = client().get(&stream).send().await.unwrap();
        assert_eq!((full.status().as_u16(), full.headers().contains_key("retry-after")), (503, true));
        is_for_everybody(tab, "live").await;
        tab.until("!document.getElementById('verdict').hidden").await;
        is_told_on_the_page(tab).await;

        let (early, late) = (early.await.unwrap(), late.all().await);
        is_in_order(&early);
        // Who comes late is told what has been; only how far the run is has moved on.
        let happened = |told: &[Told]| -> Vec<_> {
            told.iter().filter(|told| told.id.is_some()).map(|told| (told.id.clone(), told.name.clone())).collect()
        };
        assert_eq!(happened(&early), happened(&late));

        // The run is over: that is told at once, also to who has no scripts, and the report is one step away.
        let over: Vec<_> = Watcher::of(&base, &run, None).await.all().await;
        assert_eq!(over.iter().map(|told| told.name.as_str()).collect::<Vec<_>>(), ["run", "progress", "done"]);
        tab.without_scripts(true).await;
        tab.go(&page).await;
        let read = client().get(format!("{base}{page}")).send().await.unwrap().text().await.unwrap();
        assert!(read.contains("Complete: 4 of 4 page visits recorded"), "{read}");
        assert!(read.contains(&format!("href=\"/runs/{run}\"")) && read.contains("as observed on"), "{read}");
        tab.without_scripts(false).await;
        // What a choice changes, state beside state.
        tab.go(&format!("/runs/{run}/sites/consent-clarity.test")).await;
        let states: Vec<String> = tab
            .js("[...document.querySelectorAll('#states ~ div th[scope=col]')].slice(0, 6).map(head => head.innerText)")
            .await;
        assert_eq!(states, ["Tracker", "Before", "After reject", "After accept", "Under GPC", "So it"]);
        is_for_everybody(tab, "site-states").await;
        let nobody = client().get(format!("{base}/runs/01ARZ3NDEKTSV4RRFFQ69G5FAV/live")).send().await.unwrap();
        assert_eq!(nobody.status(), 404);
    });
    up.stop();
}

/// Listens to the end, and notes how late contacts were told.
async fn in_time(mut watcher: Watcher) -> Vec<Told> {
    let (mut all, mut zero, mut latest) = (Vec::new(), std::collections::HashMap::new(), 0.0_f64);
    while let Some(told) = watcher.next().await {
        let visit = told.data["visit"].to_string();
        if let Some(clock_ms) = told.data["clock_ms"].as_f64() {
            zero.insert(visit, (Instant::now(), clock_ms));
        } else if let ("contact", Some((at, clock_ms))) = (told.name.as_str(), zero.get(&visit)) {
            let clock_ms = clock_ms + at.elapsed().as_secs_f64() * 1_000.0;
            latest = latest.max(clock_ms - told.data["at_ms"].as_f64().unwrap());
        }
        all.push(told);
    }
    println!("the latest contact was told {latest:.0} ms after it");
    assert!(latest < LATE_MS, "a contact was told {latest} ms after it");
    all
}

fn is_in_order(told: &[Told]) {
    let names: Vec<_> = told.iter().map(|told| told.name.as_str()).collect();
    assert_eq!((names.first(), names.last()), (Some(&"run"), Some(&"done")), "{names:?}");
    let visits: Vec<_> = told.iter().filter(|told| told.name == "opened").map(|told| &told.data).collect();
    assert_eq!(visits.len(), 4, "{names:?}");
    for visit in visits {
        let of_visit: Vec<_> = told.iter().filter(|told| told.data["visit"] == visit["visit"]).collect();
        let names: Vec<_> = of_visit.iter().map(|told| told.name.as_str()).collect();
        let at = |name: &str| names.iter().position(|other| *other == name);
        let page = (visit["site"].as_str().unwrap(), visit["profile"].as_str().unwrap());
        assert_eq!((names[0], names[1], names.last()), ("opened", "navigated", Some(&"ended")), "{page:?} {names:?}");
        assert!(at("contact").is_some() && at("picture").is_some(), "{page:?} {names:?}");
        match page {
            (_, "untouched") => assert!(at("picture") < at("typed"), "{names:?}"),
            ("consent-clarity.test", _) => {
                assert!(at("banner") < at("choice") && at("choice") < at("reload"), "{names:?}");
                assert!(!names.contains(&"typed"), "{names:?}");
            }
            _ => assert!(!names.contains(&"typed"), "{names:?}"),
        }
        for contact in of_visit.iter().filter(|told| told.name == "contact") {
            let address = contact.data["address"].as_str().unwrap();
            assert!(!address.contains(['?', '#']) && address.len() <= 200, "{address}");
        }
    }
    let typed: Vec<_> = told.iter().filter(|told| told.name == "typing").map(|told| &told.data["field"]).collect();
    assert!(typed.len() >= 2, "{typed:?}");
    let known = told.iter().find(|told| told.data["vendor"]["id"] == "microsoft-clarity").unwrap();
    assert_eq!(known.data["vendor"]["exposure"], "content");
}

/// What a page of the web calls itself and its fields is text here.
async fn is_told_on_the_page(tab: &Tab) {
    let text = tab.text().await;
    for part in
        ["https://injecting.test/", "js.markup-writer.test", "Microsoft Clarity", "Over: loaded", "as observed on"]
    {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    let owned: bool = tab.js("document.documentElement.dataset.owned !== undefined").await;
    assert!(!owned, "a scanned page's text has run");
    let strange: usize = tab.js("document.querySelectorAll('#visits script, #visits b, #visits a').length").await;
    assert_eq!(strange, 0);
    assert_eq!(tab.complaints(), Vec::<String>::new());
}

/// How 50 people watch one scan. `make watchers`
#[test]
#[ignore = "make watchers"]
fn fifty_watch_one_scan() {
    let earshot = Earshot::busy();
    let up = Up::start_with(&mut earshot.up(&["--listen", "127.0.0.1:0"]));
    let base = up.base.clone();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    runtime.block_on(async {
        let what = serde_json::json!({ "targets": ["shop-clarity.test"], "pages": 1, "profiles": ["untouched"] });
        let run = scan(&earshot, &base, what).await;
        let watchers = futures::future::join_all((0..50).map(|_| Watcher::of(&base, &run, None))).await;
        let begun = Instant::now();
        let all = futures::future::join_all(watchers.into_iter().map(|watcher| tokio::spawn(in_time(watcher)))).await;
        let told: Vec<Vec<_>> = all
            .into_iter()
            .map(|told| told.unwrap().into_iter().filter(|told| told.id.is_some()).map(|told| told.id).collect())
            .collect();
        assert!(told.iter().all(|one| *one == told[0]), "they were told different things");
        println!("50 watchers were told {} things each, all within {:?}", told[0].len(), begun.elapsed());
        // Those who read meanwhile are answered too.
        assert_eq!(client().get(format!("{base}/api/v1/runs")).send().await.unwrap().status(), 200);
    });
    up.stop();
}
