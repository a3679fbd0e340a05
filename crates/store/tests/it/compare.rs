//! What two runs are compared by.

use earshot_model::{BlockReason, Event, Exposure, Fact, Outcome, RunState};
use earshot_store::Sites;

use crate::{Fixture, make};

#[tokio::test]
async fn the_run_before_is_the_last_complete_scan_of_the_same_command() {
    let it = Fixture::new().await;
    // Ids of one millisecond are in no order.
    let mut ids: Vec<_> = (0..4).map(|_| earshot_model::RunId::new()).collect();
    ids.sort();
    let run = |nth: usize, digest: &str, state| {
        let mut run = make::run(1);
        (run.id, run.digest, run.state) = (ids[nth], digest.to_owned(), state);
        run
    };
    let first = run(0, "d1", RunState::Complete);
    let last = run(3, "d1", RunState::Running);
    for run in [&first, &run(1, "d1", RunState::Cancelled), &run(2, "d2", RunState::Complete), &last] {
        it.store.put_run(run).await.unwrap();
    }
    assert_eq!(it.store.previous(&last).await.unwrap(), Some(first.clone()));
    assert_eq!(it.store.previous(&first).await.unwrap(), None);
    assert_eq!(it.store.last_scan().await.unwrap(), Some(last));
    it.engine.stop().await;
}

#[tokio::test]
async fn sites_are_read_a_few_at_a_time() {
    let it = Fixture::new().await;
    let (earlier, later) = (make::run(3), make::run(3));
    let visit =
        |run, page: &str| make::visit(run, page, Outcome::of_status(200), &[("clarity", Exposure::Content, 9.5)]);
    let blocked = Outcome::Blocked { status: 403, reason: BlockReason::Status };
    let mut typed = visit(later.id, "https://b.test/");
    let seq = u32::try_from(typed.visit.events.len()).unwrap();
    let entry = earshot_model::Entry { characters: 5, ..earshot_model::Entry::default() };
    typed.visit.events.push(Event::new(seq, Some(1.0), "https://b.test/", Fact::Entry(entry)));
    it.store.put_visits(&[visit(earlier.id, "https://a.test/"), visit(earlier.id, "https://b.test/")]).await.unwrap();
    it.store.put_visits(&[typed, make::visit(later.id, "https://b.test/x", blocked.clone(), &[])]).await.unwrap();
    let mut walled = make::crawl(later.id, "https://c.test/", &[]);
    walled.outcome = blocked;
    it.store.put_crawls(&[walled]).await.unwrap();

    let both = (earlier.id, later.id);
    assert_eq!(it.store.compare_sites(both, "", 2).await.unwrap(), ["a.test", "b.test"]);
    assert_eq!(it.store.compare_sites(both, "b.test", 2).await.unwrap(), ["c.test"]);
    assert_eq!(it.store.compare_sites(both, "c.test", 2).await.unwrap(), Vec::<String>::new());

    let sites = Sites { first: "b.test".into(), last: "c.test".into() };
    let visits = it.store.compare_visits(later.id, &sites).unwrap().all().await.unwrap();
    let seen: Vec<_> = visits.iter().map(|visit| (visit.page.as_str(), visit.class.as_str(), visit.typed)).collect();
    assert_eq!(seen, [("https://b.test/", "seen", true), ("https://b.test/x", "blocked", false)]);
    assert_eq!((visits[0].gaps.join(" "), visits[0].ruleset.as_str()), ("body_unread upload_not_awaited".into(), "r1"));
    assert_eq!(visits[0].profile, "untouched");
    let findings = it.store.compare_findings(later.id, &sites).unwrap().all().await.unwrap();
    assert_eq!(findings.len(), 1);
    assert_eq!((findings[0].vendor.as_str(), findings[0].first_contact_ms), ("clarity", 9.5));
    let states = it.store.compare_states(later.id, &sites).unwrap().all().await.unwrap();
    assert_eq!((states.len(), states[0].gating.as_str(), states[0].before_whole), (1, "before_choice", false));
    let unvisited = it.store.compare_unvisited(later.id, &sites).unwrap().all().await.unwrap();
    assert_eq!((unvisited[0].site.as_str(), unvisited[0].why.as_str()), ("c.test", "blocked"));
    assert_eq!(it.store.compare_visits(earlier.id, &sites).unwrap().all().await.unwrap().len(), 1);
    it.engine.stop().await;
}
