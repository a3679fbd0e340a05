//! Made-up nights, in the real engine.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use earshot_corpus::{
    Corpus,
    replay::{self, Replayed},
    scale::{self, Measured},
};
use earshot_grafana::{Scope, expand, folder, queries};
use earshot_local::{Engine, EngineCommand, EngineOptions, Part, parts};
use earshot_model::{Exposure, Fact, Rule};
use earshot_store::{Judged, Store, StoreConfig};
use serde::de::DeserializeOwned;

/// Ten sites and a copy of each, for three nights. Under this seed a vendor is new on a site on the last one, and others are back
/// there who were met on the first and not on the second: they are not new.
fn corpus() -> Corpus {
    Corpus { seed: 199, sites: 20, nights: 3, copy: 10, events: 60, ..Corpus::default() }
}

async fn ask(store: &Store, query: &str) -> String {
    let mut answer = store.sql(query, "TSV").unwrap();
    let mut text = Vec::new();
    while let Some(piece) = answer.next().await.unwrap() {
        text.extend_from_slice(&piece);
    }
    String::from_utf8(text).unwrap()
}

/// (site, vendor) of all who were contacted before any choice where nothing was touched, as the findings have it.
fn before(visits: &[Judged]) -> BTreeSet<(String, String)> {
    let untouched = visits.iter().filter(|judged| judged.visit.task.profile == earshot_model::Profile::Untouched);
    let findings = untouched.flat_map(|judged| &judged.findings).filter(|one| one.rule == Rule::PreConsentContact);
    findings.map(|one| (one.site.to_string(), one.vendor.clone())).collect()
}

/// The same, of trackers only.
fn trackers_before(visits: &[Judged]) -> BTreeSet<(String, String)> {
    let tracker = |exposure| matches!(exposure, Exposure::Tracker | Exposure::Content);
    let only = |judged: &Judged| Judged {
        findings: judged.findings.iter().filter(|one| tracker(one.exposure)).cloned().collect(),
        ..judged.clone()
    };
    before(&visits.iter().map(only).collect::<Vec<_>>())
}

/// What the alert of new trackers says of all nights: on how many sites each vendor is new.
async fn new_trackers(store: &Store) -> BTreeMap<String, f64> {
    let all = queries(&folder()).unwrap();
    let alert = all.iter().find(|query| query.file == "alerts/new_tracker").unwrap();
    let date = |text: &str| text.parse::<jiff::Timestamp>().unwrap().as_second();
    let (from, to) = (date("2026-11-01T00:00:00Z"), date("2026-11-30T00:00:00Z"));
    let sql = expand(&alert.sql, &Scope { from, to, interval_s: 60, variables: BTreeMap::new() }).unwrap();
    let answer = ask(store, &sql).await;
    let row = |line: &str| {
        let cells: Vec<&str> = line.split('\t').collect();
        assert_eq!((cells[0], cells[1]), ("made-up", "(usual)"));
        (cells[2].to_owned(), cells[3].parse().unwrap())
    };
    answer.lines().map(row).collect()
}

#[tokio::test]
async fn nights_are_filled_copied_and_rolled_up() {
    let library = parts::find(Part::Clickhouse, None).unwrap_or_else(|error| panic!("{error}")).path;
    let dir = tempfile::tempdir().unwrap();
    let command = EngineCommand { exe: engine_exe(), args: Vec::new() };
    let options = EngineOptions { library, dir: dir.path().into(), port: None };
    let engine = Engine::start(&command, options).await.unwrap();
    let store = Store::connect(StoreConfig {
        url: engine.url(),
        database: StoreConfig::DATABASE.to_owned(),
        user: Engine::USER.to_owned(),
        password: engine.password().to_owned(),
    });
    store.migrate().await.unwrap();
    let corpus = corpus();
    let filled = corpus.fill(&store).await.unwrap();
    assert_eq!((filled.sites, filled.nights), (20, 3));

    // Each night has a row for each site, of the copy too, with all of its visits.
    let nights =
        "SELECT night, count(), uniqExact(site), sum(planned) FROM counted_sites GROUP BY night ORDER BY night";
    assert_eq!(ask(&store, nights).await, "2026-11-25\t20\t20\t80\n2026-11-26\t20\t20\t80\n2026-11-27\t20\t20\t80\n");
    // What is rolled up of the first copy is what was made up, and the other copy has as much under other names.
    let vendors =
        "SELECT site, vendor FROM counted_vendors WHERE night = '2026-11-27' AND pages_before > 0 ORDER BY 1, 2";
    let rolled: BTreeSet<(String, String)> = ask(&store, vendors)
        .await
        .lines()
        .filter_map(|line| line.split_once('\t').map(|(site, vendor)| (site.to_owned(), vendor.to_owned())))
        .collect();
    let made = before(&corpus.judged(2).unwrap());
    let other = |text: &str| text.replace("c0000-", "c0001-");
    let copied = made.iter().map(|(site, vendor)| (other(site), other(vendor)));
    assert_eq!(rolled, made.iter().cloned().chain(copied).collect());
    assert!(made.len() > 50, "{}", made.len());
    // The alert names who was met on the newest night, and on no night before on which the site was looked at.
    let looked = ask(&store, "SELECT DISTINCT site FROM counted_sites WHERE night < '2026-11-27' AND looked").await;
    let looked: BTreeSet<&str> = looked.lines().collect();
    let of_night = |night| trackers_before(&corpus.judged(night).unwrap());
    let earlier: BTreeSet<_> = of_night(0).union(&of_night(1)).cloned().collect();
    let mut new: BTreeMap<String, f64> = BTreeMap::new();
    for (_, vendor) in of_night(2).difference(&earlier).filter(|(site, _)| looked.contains(site.as_str())) {
        *new.entry(vendor.clone()).or_default() += 1.0;
        *new.entry(other(vendor)).or_default() += 1.0;
    }
    assert!(!new.is_empty(), "nobody is new");
    assert_eq!(new_trackers(&store).await, new);
    // Sites are of a portfolio that knows them.
    assert_eq!(ask(&store, "SELECT count() FROM counted_sites WHERE sector = '' OR owner = ''").await, "0\n");

    // Filling it once more changes nothing that counts.
    let all = "SELECT sum(trackers), sum(requests), count() FROM counted_sites";
    let counted = ask(&store, all).await;
    corpus.fill(&store).await.unwrap();
    assert_eq!(ask(&store, all).await, counted);
    engine.stop().await;
}

#[test]
fn a_visit_is_as_large_as_one_of_the_web() {
    let corpus = Corpus { sites: 200, nights: 1, copy: 200, ..Corpus::default() };
    let visits = corpus.judged(0).unwrap();
    let mut events: Vec<usize> = visits.iter().map(|one| one.visit.events.len()).filter(|count| *count > 0).collect();
    events.sort_unstable();
    let middle = events[events.len() / 2];
    assert!((190..310).contains(&middle), "{middle} events");
    let requests =
        |judged: &Judged| judged.visit.events.iter().filter(|one| matches!(one.fact, Fact::Request(_))).count();
    let mut requests: Vec<usize> = visits.iter().map(requests).filter(|count| *count > 0).collect();
    requests.sort_unstable();
    let middle = requests[requests.len() / 2];
    assert!((55..90).contains(&middle), "{middle} requests");
    let again = corpus.judged(0).unwrap();
    assert!(visits.iter().zip(&again).all(|(one, other)| one.visit == other.visit && one.findings == other.findings));
}

/// docs/scaling.md shows what was measured last, and a picture of it: `EARSHOT_REGENERATE=1` writes both anew.
#[test]
fn the_document_shows_what_was_measured() {
    let measured: Measured = results("scale");
    let replayed: Replayed = results("replay");
    let document = root().join("docs/scaling.md");
    let text = fs::read_to_string(&document).unwrap();
    let wanted = between(&text, (scale::BEGIN, scale::END), &scale::markdown(&measured));
    let wanted = between(&wanted, (replay::BEGIN, replay::END), &replay::markdown(&replayed));
    in_step(&document, &wanted);
    in_step(&root().join("docs/replay.svg"), &replay::picture(&replayed.fleets).unwrap());
}

fn root() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

fn results<T: DeserializeOwned>(bench: &str) -> T {
    serde_json::from_slice(&fs::read(root().join(format!("benches/results/{bench}.json"))).unwrap()).unwrap()
}

/// The text with `inner` between its two marks.
fn between(text: &str, (begin, end): (&str, &str), inner: &str) -> String {
    let (head, rest) = text.split_once(begin).unwrap();
    let (_, tail) = rest.split_once(end).unwrap();
    format!("{head}{begin}\n\n{}\n{end}{tail}", inner.trim_end())
}

fn in_step(file: &Path, wanted: &str) {
    if std::env::var_os("EARSHOT_REGENERATE").is_some() {
        fs::write(file, wanted).unwrap();
    }
    let is = fs::read_to_string(file).unwrap_or_default();
    assert!(is == wanted, "{}: run `make bench`, or EARSHOT_REGENERATE=1", file.display());
}

/// The example of this crate; cargo builds it along with the tests, beside their folder.
fn engine_exe() -> PathBuf {
    let this = std::env::current_exe().unwrap();
    let exe = this.ancestors().nth(2).unwrap().join("examples/corpus-engine");
    assert!(exe.is_file(), "{} is not there; build it with `cargo build --examples`", exe.display());
    exe
}
