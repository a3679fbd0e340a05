//! What pages do beside asking for something, and what the named queries make of it.

use std::collections::BTreeMap;

use earshot_model::{
    Alias, ApiCall, BlockReason, Cookie, Disguise, DisguiseKind, Entry, Event, Exposure, Fact, FieldKind, FieldRead,
    Finding, FindingId, Header, Install, InstallRoute, ListenMeans, Listener, Mark, MarkKind, Outcome, Request, Rule,
    RunId, ScriptFrame, StorageArea, StorageWrite, Traits, Witness,
};
use earshot_store::{EventNote, Judged, Store};

use crate::{Fixture, make};

fn stack(scripts: &[&str]) -> Vec<ScriptFrame> {
    let frame = |url: &&str| ScriptFrame { url: (*url).to_owned(), function: "f".into(), line: 1, column: 2 };
    scripts.iter().map(frame).collect()
}

/// Every field of `Traits` filled.
fn traits(account: &str) -> Traits {
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    Traits {
        accounts: texts(&[account, "workspace:w'1"]),
        install: Some(Install { route: InstallRoute::TagManager, name: "GTM-LAB0042".into() }),
        brought_by: texts(&["https://tags.test/gtm.js", "GTM-LAB0042"]),
        disguise: Some(Disguise {
            kind: DisguiseKind::Cname,
            host: "metrics.shop.test".into(),
            chain: texts(&["x.sc.omtrdc.net"]),
            sign: "/b/ss/".into(),
        }),
        frames: texts(&["frame.test"]),
        listens: texts(&["input input#mail", "keydown document"]),
        reads: texts(&["input#mail[type=email]"]),
        fingerprints: texts(&["canvas", "webgl"]),
        details: BTreeMap::from([
            ("script_version".to_owned(), texts(&["0.8.70"])),
            ("upload_host".to_owned(), texts(&["k.clarity.ms", "l.clarity.ms"])),
        ]),
    }
}

/// One more finding of the visit, under another rule.
fn beside(judged: &Judged, rule: Rule, vendor: &str, traits: Traits) -> Finding {
    let template = judged.findings[0].clone();
    Finding {
        id: FindingId::derive(judged.visit.id(), rule, vendor),
        rule,
        vendor: vendor.to_owned(),
        vendor_name: vendor.to_uppercase(),
        traits,
        ..template
    }
}

/// a.test: two pages with a vendor under one account, a fingerprinter and a listener on one of them; b.test: the same
/// account, loaded in part; c.test: no name, a wall, and off to another site; d.test: a certificate that is bad for the
/// crawler already.
async fn conduct_run(store: &Store) -> RunId {
    let run = make::run(4);
    store.put_run(&run).await.unwrap();
    let clarity = [("clarity", Exposure::Content, 100.0)];
    let loaded = || Outcome::of_status(200);
    let mut untrusted = make::crawl(run.id, "https://d.test/", &[]);
    untrusted.outcome = Outcome::Unreachable { error: "invalid peer certificate: Expired".into() };
    let crawls = [
        make::crawl(run.id, "https://a.test/", &["https://a.test/", "https://shop.a.test/cart"]),
        make::crawl(run.id, "https://b.test/", &["https://b.test/"]),
        make::crawl(run.id, "https://c.test/", &["https://c.test/", "https://c.test/x", "https://c.test/y"]),
        untrusted,
    ];
    store.put_crawls(&crawls).await.unwrap();
    let mut home = make::visit(run.id, "https://a.test/", loaded(), &clarity);
    home.findings[0].traits = traits("project:p1");
    home.findings.push(beside(&home, Rule::Fingerprinting, "prints.test", traits("")));
    home.findings.push(beside(&home, Rule::Listening, "clarity", traits("")));
    let mut cart = make::visit(run.id, "https://shop.a.test/cart", loaded(), &clarity);
    cart.findings[0].traits.accounts = vec!["project:p1".into()];
    let partial = Outcome::Partial { status: 200, detail: "cut after 60 s".into() };
    let mut part = make::visit(run.id, "https://b.test/", partial, &clarity);
    part.findings[0].traits.accounts = vec!["project:p1".into(), "project:p2".into()];
    let nothing = |address: &str, outcome| make::visit(run.id, address, outcome, &[]);
    let unknown_name = Outcome::Unreachable { error: "net::ERR_NAME_NOT_RESOLVED".into() };
    let wall = Outcome::Blocked { status: 403, reason: BlockReason::Status };
    let elsewhere = Outcome::OffSite { status: 200, to: "e.test".into() };
    let nowhere = [
        nothing("https://c.test/", unknown_name),
        nothing("https://c.test/x", wall),
        nothing("https://c.test/y", elsewhere),
    ];
    store.put_visits(&[home, cart, part]).await.unwrap();
    store.put_visits(&nowhere).await.unwrap();
    run.id
}

#[tokio::test]
async fn a_finding_comes_back_with_all_its_traits() {
    let it = Fixture::new().await;
    let run = make::run(1);
    it.store.put_run(&run).await.unwrap();
    let mut judged =
        make::visit(run.id, "https://a.test/", Outcome::of_status(200), &[("clarity", Exposure::Content, 1.5)]);
    judged.findings[0].traits = traits("project:p1");
    judged.findings.push(beside(&judged, Rule::Listening, "clarity", Traits::default()));
    it.store.put_visits(std::slice::from_ref(&judged)).await.unwrap();
    let mut back = it.store.findings(run.id).unwrap().all().await.unwrap();
    back.sort_by_key(|finding| finding.rule);
    assert_eq!(back, judged.findings);
    let details = it.ask("SELECT details['upload_host'] FROM findings WHERE rule = 'pre_consent_contact'").await;
    assert_eq!(details, "['k.clarity.ms','l.clarity.ms']\n");
    it.engine.stop().await;
}

#[tokio::test]
async fn only_contacts_count_as_exposure() {
    let it = Fixture::new().await;
    let run = conduct_run(&it.store).await;
    let exposure = it.store.exposure(run).await.unwrap();
    let rows: Vec<_> = exposure.iter().map(|row| (row.vendor.as_str(), row.pages, row.requests)).collect();
    assert_eq!(rows, [("clarity", 3, 3)]);
    assert_eq!(it.store.progress(run).await.unwrap().trackers, 1);
    let visits = it.store.visits(run).unwrap().all().await.unwrap();
    let home = visits.iter().find(|visit| visit.page == "https://a.test/").unwrap();
    assert_eq!((home.findings, home.trackers), (3, 1));
    it.engine.stop().await;
}

#[tokio::test]
async fn coverage_says_how_each_site_was_seen() {
    let it = Fixture::new().await;
    let run = conduct_run(&it.store).await;
    let rows = it.store.coverage(run).unwrap().all().await.unwrap();
    let counts: Vec<_> =
        rows.iter().map(|row| (row.site.as_str(), row.planned, row.seen, row.partial, row.gaps)).collect();
    assert_eq!(
        counts,
        [("a.test", 2, 2, 0, 4), ("b.test", 1, 1, 1, 2), ("c.test", 3, 0, 0, 0), ("d.test", 1, 0, 0, 0)]
    );
    let c = &rows[2];
    assert_eq!((c.blocked, c.failed, c.failed_dns, c.failed_tls, c.failed_connection), (1, 1, 1, 0, 0));
    assert_eq!((c.absent, c.refused), (1, 0));
    let d = &rows[3];
    assert_eq!((d.failed, d.failed_dns, d.failed_tls, d.blocked), (1, 0, 1, 0));
    assert_eq!(
        (d.crawl_outcome.as_str(), d.crawl_detail.as_str()),
        ("unreachable", "invalid peer certificate: Expired")
    );
    let unvisited = it.store.unvisited(run).unwrap().all().await.unwrap();
    assert_eq!((unvisited.len(), unvisited[0].failure.as_str()), (1, "tls"));
    let visits = it.store.visits(run).unwrap().all().await.unwrap();
    let failures: Vec<_> = visits.iter().map(|visit| visit.failure.as_str()).filter(|text| !text.is_empty()).collect();
    assert_eq!(failures, ["dns"]);
    it.engine.stop().await;
}

#[tokio::test]
async fn one_account_is_found_on_all_its_sites() {
    let it = Fixture::new().await;
    let run = conduct_run(&it.store).await;
    let rows = it.store.accounts(run).unwrap().all().await.unwrap();
    let clarity: Vec<_> =
        rows.iter().filter(|row| row.vendor == "clarity" && row.account.starts_with("project")).collect();
    assert_eq!(clarity[0].account, "project:p1");
    assert_eq!(clarity[0].sites, ["a.test", "b.test"]);
    assert_eq!(clarity[0].hosts, ["a.test", "b.test", "shop.a.test"]);
    assert_eq!((clarity[1].account.as_str(), clarity[1].sites.len(), clarity[1].pages), ("project:p2", 1, 1));
    it.engine.stop().await;
}

/// Pages that were judged by different versions, a crawl that chose nothing, a site under its `www.` name.
#[tokio::test]
async fn what_differs_and_what_is_nothing_is_counted_all_the_same() {
    let it = Fixture::new().await;
    let run = make::run(2);
    it.store.put_run(&run).await.unwrap();
    it.store.put_crawls(&[make::crawl(run.id, "https://empty.test/", &[])]).await.unwrap();
    let visit = |address: &str, exposure, category: &str| {
        let mut judged = make::visit(run.id, address, Outcome::of_status(200), &[("v", exposure, 1.0)]);
        judged.findings[0].category = category.to_owned();
        judged.findings[0].traits.accounts = vec!["id:1".to_owned()];
        judged
    };
    let stranger = visit("https://a.test/", Exposure::Unknown, "unknown");
    let mut known = visit("https://www.a.test/x", Exposure::Content, "session_replay");
    known.visit.events.iter_mut().for_each(|event| event.seen_by.insert(Witness::Browser));
    it.store.put_visits(&[stranger, known]).await.unwrap();
    let exposure = it.store.exposure(run.id).await.unwrap();
    assert_eq!(exposure.len(), 1);
    assert_eq!((exposure[0].exposure.as_str(), exposure[0].category.as_str()), ("content", "session_replay"));
    assert_eq!((exposure[0].pages, exposure[0].requests), (2, 2));
    let accounts = it.store.accounts(run.id).unwrap().all().await.unwrap();
    assert_eq!(accounts[0].hosts, ["a.test"], "www.a.test is the same site");
    let coverage = it.store.coverage(run.id).unwrap().all().await.unwrap();
    let empty = &coverage[1];
    assert_eq!((empty.site.as_str(), empty.planned, empty.seen, empty.failed), ("empty.test", 1, 0, 1));
    assert_eq!(it.store.unwitnessed(run.id).await.unwrap(), 1, "nobody was noted on one of the pages");
    let params = [("vendor".to_owned(), "v".to_owned())];
    let query = "SELECT count() FROM findings WHERE vendor = {vendor:String}";
    let mut answer = it.store.sql_with(query, "TSV", &params).unwrap();
    assert_eq!(answer.next().await.unwrap().unwrap(), "2\n");
    it.engine.stop().await;
}

#[tokio::test]
async fn who_prints_who_listens_and_who_brought_them() {
    let it = Fixture::new().await;
    let run = conduct_run(&it.store).await;
    let printers = it.store.fingerprinters(run).unwrap().all().await.unwrap();
    assert_eq!(printers.len(), 1);
    assert_eq!((printers[0].vendor.as_str(), printers[0].techniques.join(" ")), ("prints.test", "canvas webgl".into()));
    assert_eq!((printers[0].sites, printers[0].sites_seen, printers[0].share, printers[0].pages), (1, 2, 0.5, 1));
    let listeners = it.store.listeners(run).unwrap().all().await.unwrap();
    assert_eq!(listeners.len(), 1);
    assert_eq!(listeners[0].listens, ["input input#mail", "keydown document"]);
    assert_eq!(listeners[0].reads, ["input#mail[type=email]"]);
    assert_eq!((listeners[0].sites, listeners[0].sites_seen, listeners[0].share), (1, 2, 0.5));
    let brought = it.store.who_brought(run).unwrap().all().await.unwrap();
    let rows: Vec<_> = brought
        .iter()
        .map(|row| (row.vendor.as_str(), row.brought_by.as_str(), row.sites, row.sites_of_vendor, row.share))
        .collect();
    assert_eq!(rows, [("clarity", "GTM-LAB0042", 1, 2, 0.5), ("clarity", "https://tags.test/gtm.js", 1, 2, 0.5)]);
    it.engine.stop().await;
}

/// One of each kind of fact that has columns of its own.
fn facts() -> Vec<Fact> {
    let headers = vec![Header::new("Accept", "*/*"), Header::new("Cookie", "id=secret")];
    let mut request = Request { url: "https://v.test/x".into(), method: "POST".into(), headers, ..Request::default() };
    request.initiator.request = Some(7);
    request.initiator.stack = stack(&["https://tags.test/a.js", "", "https://a.test/b.js", "https://tags.test/a.js"]);
    let cookie = |domain: &str| Cookie {
        name: "_id".into(),
        domain: domain.into(),
        path: "/p".into(),
        secure: true,
        same_site: Some("Lax".into()),
        partitioned: true,
        kept: Some(true),
        stack: stack(&["https://v.test/v.js"]),
        ..Cookie::default()
    };
    let database = StorageWrite {
        area: StorageArea::IndexedDb,
        origin: "https://a.test".into(),
        key: "db".into(),
        value_len: 0,
        stack: stack(&["https://v.test/v.js"]),
    };
    let listener = Listener {
        event: "keydown".into(),
        target: "document".into(),
        means: ListenMeans::Handler,
        count: 3,
        stack: stack(&["https://v.test/v.js"]),
    };
    let read = FieldRead { field: "input#mail".into(), count: 2, stack: stack(&["https://a.test/own.js"]) };
    let call = ApiCall { api: "Navigator.plugins".into(), detail: "width=2".into(), count: 1, stack: Vec::new() };
    let alias = Alias { host: "m.a.test".into(), chain: vec!["x.v.test".into(), "y.v.test".into()] };
    let mark = Mark { kind: MarkKind::Container, name: "google_tag_manager".into(), value: "GTM-1".into() };
    let entry = Entry {
        field: "input#mail".into(),
        kind: FieldKind::Email,
        ordinal: 4,
        characters: 27,
        last_key_ms: 8_000.5,
        blurred_ms: None,
        kept: true,
    };
    vec![
        Fact::Request(request),
        Fact::Cookie(cookie("a.test")),
        Fact::Cookie(cookie("v.test")),
        Fact::Storage(database),
        Fact::Listener(listener),
        Fact::FieldRead(read),
        Fact::ApiCall(call),
        Fact::Alias(alias),
        Fact::Mark(mark),
        Fact::Entry(entry),
    ]
}

#[tokio::test]
async fn every_kind_of_fact_has_its_columns() {
    let it = Fixture::new().await;
    let run = make::run(1);
    let mut judged = make::visit(run.id, "https://a.test/", Outcome::of_status(200), &[]);
    for (seq, fact) in facts().into_iter().enumerate() {
        let mut event = Event::new(u32::try_from(seq).unwrap(), None, "https://a.test/", fact);
        event.seen_by.insert(Witness::Page);
        event.seen_by.insert(Witness::Browser);
        judged.visit.events.push(event);
        judged.events.push(EventNote { vendor: None, decoded_bytes: 0, cause: (seq == 0).then_some(4) });
    }
    it.store.put_visits(std::slice::from_ref(&judged)).await.unwrap();
    let columns = "fact, host, party, name, area, target, means, count, detail, chain, script";
    let expected = [
        "request|v.test||||||0||[]|https://tags.test/a.js",
        "cookie|a.test|first|_id||||0||[]|https://v.test/v.js",
        "cookie|v.test|third|_id||||0||[]|https://v.test/v.js",
        "storage|a.test|first|db|indexeddb|||0||[]|https://v.test/v.js",
        "listener|v.test||keydown||document|handler|3||[]|https://v.test/v.js",
        "field_read|a.test||||input#mail||2||[]|https://a.test/own.js",
        "api_call|||Navigator.plugins||||1|width=2|[]|",
        "alias|m.a.test||||||0||['x.v.test','y.v.test']|",
        "mark|||google_tag_manager|container|||0|GTM-1|[]|",
        "entry||||email|input#mail||27||[]|",
    ];
    let rows = it.ask(&format!("SELECT {columns} FROM events FINAL ORDER BY seq")).await.replace('\t', "|");
    assert_eq!(rows.lines().collect::<Vec<_>>(), expected);
    let request = "SELECT phase, seen_by, headers, cause, behalf, initiator_chain FROM events WHERE seq = 0";
    assert_eq!(
        it.ask(request).await,
        "pre_choice\t['browser','page']\t{'accept':'*/*','cookie':''}\t4\t7\t\
         ['https://tags.test/a.js','https://a.test/b.js']\n"
    );
    let cookie = "SELECT path, secure, same_site, partitioned, kept, cause FROM events WHERE seq = 1";
    assert_eq!(it.ask(cookie).await, "/p\ttrue\tLax\ttrue\ttrue\t\\N\n");
    let others = "SELECT DISTINCT kept FROM events WHERE fact NOT IN ('cookie', 'entry')";
    assert_eq!(it.ask(others).await, "\\N\n");
    let entry = "SELECT ordinal, last_key_ms, blurred_ms, kept FROM events WHERE fact = 'entry'";
    assert_eq!(it.ask(entry).await, "4\t8000.5\t\\N\ttrue\n");
    it.engine.stop().await;
}

/// The new columns have maps and arrays: every way of answering must know them.
#[tokio::test]
async fn every_table_is_answered_in_every_format() {
    let it = Fixture::new().await;
    conduct_run(&it.store).await;
    for table in ["events", "findings", "visits", "seeds"] {
        for format in ["Native", "RowBinaryWithNamesAndTypes", "JSONEachRow", "Parquet"] {
            let mut answer = it.store.sql(&format!("SELECT * FROM {table}"), format).unwrap();
            let mut bytes = 0;
            while let Some(piece) = answer.next().await.unwrap_or_else(|error| panic!("{table} {format}: {error}")) {
                bytes += piece.len();
            }
            assert!(bytes > 0, "{table} as {format}");
        }
    }
    it.engine.stop().await;
}
