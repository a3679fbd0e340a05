//! What the named queries answer.

use std::collections::HashSet;

use earshot_model::{
    BlockReason, Exposure, Finding, Outcome, PageKind, PageUrl, RefusalReason, RunId, RunState, Site, Target, VisitId,
};
use earshot_store::{Judged, Progress, Store};

use crate::{Fixture, make, store_on};

/// Three sites with two pages each; one page is blocked, one failed; a fourth target was refused by the crawler.
async fn small_run(store: &Store) -> RunId {
    let run = make::run(5);
    store.put_run(&run).await.unwrap();
    let refused = Outcome::Refused { reason: RefusalReason::PrivateAddress };
    let mut none = make::crawl(run.id, "https://d.test/", &[]);
    none.outcome = refused;
    let sites = ["a", "b", "c"].map(|name| {
        let start = format!("https://{name}.test/");
        make::crawl(run.id, &start, &[&start, &format!("{start}contact")])
    });
    store.put_crawls(&[&sites[..], &[none]].concat()).await.unwrap();
    let seen = || Outcome::of_status(200);
    let blocked = Outcome::Blocked { status: 403, reason: BlockReason::Status };
    store
        .put_visits(&[
            make::visit(
                run.id,
                "https://a.test/",
                seen(),
                &[("clarity", Exposure::Content, 100.0), ("fonts", Exposure::None, 10.0)],
            ),
            make::visit(run.id, "https://a.test/contact", seen(), &[("clarity", Exposure::Content, 300.0)]),
            make::visit(run.id, "https://b.test/", seen(), &[("meta", Exposure::Tracker, 50.5)]),
            make::visit(
                run.id,
                "https://b.test/contact",
                Outcome::of_status(500),
                &[("meta", Exposure::Tracker, 70.0)],
            ),
            make::visit(run.id, "https://c.test/", blocked, &[("wall", Exposure::Unknown, 5.0)]),
        ])
        .await
        .unwrap();
    run.id
}

#[tokio::test]
async fn evidence_is_listed_in_the_order_of_the_chain() {
    let it = Fixture::new().await;
    let (first, second) = (RunId::new(), RunId::new());
    let proved = |run, address: &str, evidence: &str| Judged {
        evidence: (!evidence.is_empty()).then(|| evidence.to_owned()),
        ..make::visit(run, address, Outcome::of_status(200), &[])
    };
    let visits = [
        proved(first, "https://b.test/", "b"),
        proved(first, "https://a.test/z", "az"),
        proved(first, "https://a.test/", "a"),
        proved(first, "https://a.test/none", ""),
        proved(second, "https://b.test/", "later"),
    ];
    it.store.put_visits(&visits).await.unwrap();
    // Recorded anew: the last recording counts.
    it.store.put_visits(&[proved(first, "https://b.test/", "b2")]).await.unwrap();
    let listed = async |site: Option<&str>, visits: &[VisitId]| {
        let site = site.map(|site| Site::of_host(site).unwrap());
        let rows = it.store.evidence(first, site.as_ref(), visits).unwrap().all().await.unwrap();
        rows.into_iter().map(|row| row.evidence).collect::<Vec<_>>()
    };
    assert_eq!(listed(None, &[]).await, ["a", "az", "b2"]);
    assert_eq!(listed(Some("a.test"), &[]).await, ["a", "az"]);
    assert_eq!(listed(None, &[visits[1].visit.id()]).await, ["az"]);
    let last = async |site| it.store.last_run_of(&Site::of_host(site).unwrap()).await.unwrap();
    assert_eq!((last("b.test").await, last("a.test").await), (Some(second.max(first)), Some(first)));
    assert_eq!(last("nobody.test").await, None);
    it.engine.stop().await;
}

#[tokio::test]
async fn progress_counts_what_is_planned_done_and_found() {
    let it = Fixture::new().await;
    let run = small_run(&it.store).await;
    let expected =
        Progress { seeds: 5, crawled: 4, planned: 6, recorded: 5, trackers: 2, blocked: 1, failed: 1, refused: 0 };
    let progress = it.store.progress(run).await.unwrap();
    assert_eq!(progress, expected);
    assert!(!it.store.is_complete(run).await.unwrap());
    assert_eq!(it.store.progress(RunId::new()).await.unwrap(), Progress::default());
    it.engine.stop().await;
}

#[tokio::test]
async fn exposure_has_its_denominator_and_leaves_out_what_was_not_seen() {
    let it = Fixture::new().await;
    let run = small_run(&it.store).await;
    let rows = it.store.exposure(run).await.unwrap();
    let names: Vec<_> =
        rows.iter().map(|row| (row.vendor.as_str(), row.exposure.as_str(), row.sites, row.sites_seen)).collect();
    assert_eq!(names, [("clarity", "content", 1, 2), ("meta", "tracker", 1, 2), ("fonts", "none", 1, 2)]);
    let clarity = &rows[0];
    assert_eq!((clarity.vendor_name.as_str(), clarity.category.as_str()), ("CLARITY", "session_replay"));
    assert_eq!((clarity.share, clarity.median_first_contact_ms, clarity.p95_first_contact_ms), (0.5, 200.0, 290.0));
    assert_eq!((clarity.pages, clarity.requests, clarity.uploads), (2, 2, 2));
    assert_eq!((clarity.wire_bytes, clarity.decoded_bytes), (200, 500));
    assert_eq!(clarity.stored, ["cookie:_clarity"]);
    assert_eq!(rows[1].pages, 1, "the page that failed says nothing");
    it.engine.stop().await;
}

#[tokio::test]
async fn what_was_put_in_comes_out() {
    let it = Fixture::new().await;
    let mut run = make::run(1);
    it.store.put_run(&run).await.unwrap();
    assert_eq!(it.store.find_unfinished("d1").await.unwrap(), Some(run.clone()));
    run.state = RunState::Complete;
    it.store.put_run(&run).await.unwrap();
    assert_eq!(it.store.find_unfinished("d1").await.unwrap(), None);
    assert_eq!(it.store.run(run.id).await.unwrap(), Some(run.clone()));
    assert_eq!(it.store.runs(10).await.unwrap(), [run.clone()]);
    assert_eq!(it.store.run(RunId::new()).await.unwrap(), None);

    let judged =
        make::visit(run.id, "https://a.test/contact", Outcome::of_status(200), &[("clarity", Exposure::Content, 1.5)]);
    it.store.put_visits(std::slice::from_ref(&judged)).await.unwrap();
    let findings: Vec<Finding> = it.store.findings(run.id).unwrap().all().await.unwrap();
    assert_eq!(findings, judged.findings);
    let other = VisitId::derive(RunId::new(), &judged.visit.task.page, judged.visit.task.profile, 0);
    let recorded = it.store.recorded(run.id, &[judged.visit.id(), other], true).await.unwrap();
    assert_eq!(recorded, HashSet::from([judged.visit.id()]));
    let visits = it.store.visits(run.id).unwrap().all().await.unwrap();
    assert_eq!((visits[0].page_kind.as_str(), visits[0].outcome.as_str()), (PageKind::Contact.as_str(), "loaded"));
    assert_eq!((visits[0].events, visits[0].requests, visits[0].trackers, visits[0].gaps), (3, 1, 1, 2));
    let gaps: Vec<_> = it.store.gaps(run.id).unwrap().all().await.unwrap().into_iter().map(|gap| gap.kind).collect();
    assert_eq!(gaps, ["body_unread", "upload_not_awaited"]);
    it.engine.stop().await;
}

#[tokio::test]
async fn targets_wait_until_they_are_crawled() {
    let it = Fixture::new().await;
    let run = make::run(3);
    let targets = ["a.test", "http://b.test", "c.test/x"].map(|text| Target::parse(text).unwrap());
    it.store.put_targets(run.id, &targets).await.unwrap();
    it.store.put_run(&run).await.unwrap();
    assert_eq!(it.store.running().await.unwrap(), std::slice::from_ref(&run));
    let mut waiting = it.store.uncrawled(run.id, None, 10).await.unwrap();
    waiting.sort_by_key(|target| targets.iter().position(|other| other == target));
    assert_eq!(waiting, targets);
    let first = it.store.uncrawled(run.id, None, 2).await.unwrap();
    assert_eq!(first.len(), 2);
    let rest = it.store.uncrawled(run.id, Some(&first[1].start), 2).await.unwrap();
    assert_eq!((rest.len(), first.contains(&rest[0])), (1, false), "reading goes on behind the last one");

    // Two targets that choose the same page ask for one visit of it.
    let crawls = [
        make::crawl(run.id, "https://a.test/", &["https://a.test/", "https://a.test/contact"]),
        make::crawl(run.id, "https://c.test/x", &["https://a.test/contact"]),
        make::crawl(run.id, "http://b.test/", &[]),
    ];
    it.store.put_crawls(&crawls[..2]).await.unwrap();
    assert_eq!(it.store.uncrawled(run.id, None, 10).await.unwrap(), targets[1..2]);
    it.store.put_crawls(&crawls).await.unwrap();
    assert_eq!(it.store.uncrawled(run.id, None, 10).await.unwrap(), []);
    let planned = it.store.planned(run.id, None, 100).await.unwrap();
    let planned: Vec<_> = planned.iter().map(|(start, page, _)| (start.as_str(), page.as_str())).collect();
    let (a, contact) = ("https://a.test/", "https://a.test/contact");
    assert_eq!(planned, [(a, a), (a, contact), ("https://c.test/x", contact)]);
    let behind = PageUrl::parse(a).unwrap();
    let planned = it.store.planned(run.id, Some(&behind), 1).await.unwrap();
    assert_eq!(planned.iter().map(|(start, ..)| start.as_str()).collect::<Vec<_>>(), ["https://c.test/x"]);
    let progress = it.store.progress(run.id).await.unwrap();
    assert_eq!((progress.crawled, progress.planned), (3, 2));
    assert!(!it.store.is_complete(run.id).await.unwrap());
    let unvisited = it.store.unvisited(run.id).unwrap().all().await.unwrap();
    assert_eq!(unvisited.iter().map(|row| row.start.as_str()).collect::<Vec<_>>(), ["http://b.test/"]);
    it.engine.stop().await;
}

#[tokio::test]
async fn events_are_rows_that_sql_can_ask() {
    let it = Fixture::new().await;
    let run = small_run(&it.store).await;
    let query = format!(
        "SELECT fact, vendor, host, third_party, transport, status, body_bytes, decoded_bytes, name, frame_site \
         FROM events FINAL WHERE run_id = '{run}' AND page = 'https://b.test/' ORDER BY seq"
    );
    let expected = "request\tmeta\tcdn.meta.test\tmeta.test\tbeacon\t\\N\t100\t250\t\tb.test\n\
                    response\tmeta\tcdn.meta.test\tmeta.test\tbeacon\t204\t0\t0\t\tb.test\n\
                    cookie\tmeta\tmeta.test\tmeta.test\t\t\\N\t0\t0\t_id\tb.test\n";
    assert_eq!(it.ask(&query).await, expected);
    it.engine.stop().await;
}

#[tokio::test]
async fn errors_say_what_is_wrong() {
    let it = Fixture::new().await;
    let mut answer = it.store.sql("SELEC 1", "TSV").unwrap();
    let error = answer.next().await.unwrap_err();
    assert!(error.to_string().starts_with("query: Code: 62. DB::Exception: Syntax error"), "{error}");
    assert!(!error.is_retryable());

    let empty = store_on(&it.engine, "nowhere");
    let error = empty.progress(RunId::new()).await.unwrap_err().to_string();
    assert!(error.starts_with("query progress: Code: 81.") && error.contains("UNKNOWN_DATABASE"), "{error}");

    let store = it.store.clone();
    it.engine.stop().await;
    let error = store.progress(RunId::new()).await.unwrap_err();
    assert!(error.is_retryable() && error.to_string().contains("refused"), "{error}");
}
