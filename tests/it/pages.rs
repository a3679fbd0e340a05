//! The pages as a person meets them: in a browser, with a real scan behind them.

mod live;
mod numbers;
mod sites;
mod tab;

use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command},
    thread,
};

use serde_json::{Value, json};
use tab::{DESK, NIGHT, PHONE, Tab};

use super::earshot::{Earshot, Piped as _, finish, interrupt, talk};

/// An `earshot up` that answers.
struct Up {
    process: Child,
    base: String,
}

impl Up {
    fn start(earshot: &Earshot, arguments: &[&str]) -> Self {
        Self::start_with(&mut earshot.up(&[&["--listen", "127.0.0.1:0"], arguments].concat()))
    }

    fn start_with(command: &mut Command) -> Self {
        let mut process = command.spawn_piped();
        let mut lines = BufReader::new(process.stderr.take().unwrap()).lines().map_while(Result::ok);
        let base = lines.find_map(|line| line.strip_prefix("pages at ").map(str::to_owned)).expect("no pages");
        thread::spawn(move || lines.for_each(drop));
        Self { process, base: base.trim_end_matches('/').to_owned() }
    }

    fn stop(self) {
        interrupt(self.process.id());
        assert!(finish(self.process).status.success());
    }
}

/// In a browser of its own.
fn in_a_tab(base: &str, test: impl AsyncFnOnce(&Tab)) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    runtime.block_on(async {
        let tab = Tab::open(base).await;
        test(&tab).await;
        tab.close().await;
    });
}

/// Whatever the screen, a page fits it, says nothing wrong, and axe-core has nothing to say.
async fn is_for_everybody(tab: &Tab, name: &str) {
    for (screen, kind) in [(DESK, "light"), (NIGHT, "dark"), (PHONE, "phone")] {
        tab.screen(screen).await;
        assert!(!tab.overflows().await, "{name} is wider than a screen of {} pixels", screen.width);
        assert_eq!(tab.axe().await, Vec::<String>::new(), "{name}, {kind}");
        tab.picture(&format!("{name}-{kind}")).await;
    }
    tab.screen(DESK).await;
    assert_eq!(tab.complaints(), Vec::<String>::new(), "{name}");
}

#[test]
fn a_person_scans_reads_and_verifies() {
    let earshot = Earshot::new();
    let up = Up::start(&earshot, &[]);
    let token = finish(earshot.command(&["token", "create", "me", "--scope", "write"]).spawn_piped());
    let token = String::from_utf8(token.stdout).unwrap().trim().to_owned();
    in_a_tab(&up.base, async |tab| {
        tab.go("/").await;
        is_for_everybody(tab, "home").await;
        tab.go("/nothing").await;
        assert!(tab.text().await.contains("nothing under this address"));
        is_for_everybody(tab, "sorry").await;
        scans_and_reads(tab).await;
        signs_in(tab, &token).await;
        uploads_a_list(tab, &earshot.dir().join("shops.csv")).await;
    });
    up.stop();
}

/// Who is given pages that listen to others should not have any that do.
#[test]
fn earshot_scanned_with_earshot_is_clean() {
    let (ours, theirs) = (Earshot::new(), Earshot::new());
    let up = Up::start(&ours, &[]);
    let start = format!("{}/", up.base);
    let scan = ["scan", &start, "--allow-private", "--pages", "12", "--format", "json", "--quiet"];
    let scanned = finish(theirs.command(&scan).env("EARSHOT_TYPING__ENABLED", "true").spawn_piped());
    let report: Value = serde_json::from_slice(&scanned.stdout).unwrap_or_else(|_| panic!("{}", talk(&scanned)));
    assert_eq!(scanned.status.code(), Some(0), "{}", talk(&scanned));
    let totals = &report["totals"];
    let seen = totals["pages_seen"].as_u64().unwrap();
    assert!(seen >= 5, "{totals}");
    assert_eq!((&totals["pages_without_tracker"], &totals["pages"]), (&json!(seen), &json!(seen)), "{totals}");
    for page in report["pages"].as_array().unwrap() {
        assert_eq!(page["findings"], json!([]), "{page}");
    }
    up.stop();
}

/// From the scan box to the report.
async fn scans_and_reads(tab: &Tab) {
    tab.go("/").await;
    tab.fill("#target", "shop-clarity.test").await;
    tab.follow("form.scan button", "/live").await;
    tab.until("document.querySelector('#words').textContent.includes('as observed on')").await;
    tab.press("#report").await;
    tab.until("!location.pathname.endsWith('/live') && document.body.innerText.includes('Microsoft Clarity')").await;
}

/// Makes a mistake, signs in, and looks at what there is with a token.
async fn signs_in(tab: &Tab, token: &str) {
    tab.go("/").await;
    tab.fill("#target", "localhost").await;
    tab.press("form.scan button").await;
    tab.until("document.querySelector('#target-wrong')?.textContent.includes('localhost is not public')").await;
    assert_eq!(tab.js::<String>("document.querySelector('#target').value").await, "localhost");
    // The page itself came with an error.
    tab.complaints();
    is_for_everybody(tab, "mistake").await;
    tab.go("/portfolios").await;
    tab.follow("a[href^='/login?next=']", "/login").await;
    is_for_everybody(tab, "login").await;
    tab.fill("#token", token).await;
    tab.follow("form[action='/login'] button", "/portfolios").await;
    tab.until("document.querySelector('form[action=\"/portfolios\"]') !== null").await;
    for (path, name) in [("/portfolios", "portfolios"), ("/", "home-signed-in"), ("/runs", "runs"), ("/api", "api")] {
        tab.go(path).await;
        is_for_everybody(tab, name).await;
    }
}

/// What somebody sends: a list of which nothing can be read, one of which most can, and a good one.
async fn uploads_a_list(tab: &Tab, list: &Path) {
    let send = async |name: &str, text: &str| {
        fs::write(list, text).unwrap();
        tab.go("/portfolios").await;
        tab.fill("#name", name).await;
        tab.choose("#list", list).await;
        tab.press("form[action='/portfolios'] button").await;
    };
    send("shops", "domain,sector\nnot a domain,shops\n").await;
    tab.until("document.querySelector('#list-wrong')?.textContent.includes('nothing has changed')").await;
    assert_eq!(tab.js::<String>("document.querySelector('#name').value").await, "shops");
    // The page itself came with an error.
    tab.complaints();
    is_for_everybody(tab, "list-wrong").await;
    send("shops", "domain,sector\nshop-clarity.test,shops\nnot a domain,shops\nclean.test,news\nclean.test,news\n")
        .await;
    tab.until("document.body.innerText.includes('1 line could not be read')").await;
    let wrong: [String; 2] =
        tab.js("[...document.querySelectorAll('tbody tr > :nth-child(-n+2)')].map(cell => cell.innerText)").await;
    assert_eq!(wrong, ["3", "domain"]);
    is_for_everybody(tab, "list-in-part").await;
    send("news", "clean.test\n").await;
    tab.until("location.pathname === '/portfolios/news' && document.readyState === 'complete'").await;
    is_for_everybody(tab, "list-whole").await;
    tab.go("/portfolios").await;
    let there: Vec<String> = tab.js("[...document.querySelectorAll('tbody tr')].map(row => row.cells[0].innerText + ' ' + row.cells[1].innerText)").await;
    assert_eq!(there, ["news 1", "shops 2"]);
}
