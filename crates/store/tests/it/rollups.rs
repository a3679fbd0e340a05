//! Roll-ups say what the facts say, and nothing twice.

use earshot_model::{Exposure, Outcome, Run, RunState};
use earshot_store::Judged;

use crate::{Fixture, make};

/// What statistics are drawn from, of every roll-up that counts.
const SITES: &str = "SELECT site, state, planned, seen, blocked, looked, trackers, recorders, first_contact_ms \
                     FROM counted_sites ORDER BY site";
const VENDORS: &str = "SELECT vendor, site, exposure, pages_before, requests, first_contact_ms FROM counted_vendors \
                       ORDER BY vendor, site";

async fn record(it: &Fixture, run: &Run, visits: &[Judged]) {
    it.store.put_run(run).await.unwrap();
    for site in ["a.test", "b.test", "c.test"] {
        let start = format!("https://{site}/");
        it.store.put_crawls(&[make::crawl(run.id, &start, &[&start])]).await.unwrap();
    }
    it.store.put_visits(visits).await.unwrap();
}

#[tokio::test]
async fn what_is_delivered_or_rolled_up_twice_changes_nothing() {
    let it = Fixture::new().await;
    let run = Run { state: RunState::Complete, ..make::run(3) };
    let both = [("clarity", Exposure::Content, 100.0), ("meta", Exposure::Tracker, 80.0)];
    let visits = [
        make::visit(run.id, "https://a.test/", Outcome::of_status(200), &both),
        make::visit(run.id, "https://b.test/", Outcome::of_status(200), &both[1..]),
        make::visit(run.id, "https://c.test/", Outcome::of_status(403), &[]),
    ];
    record(&it, &run, &visits).await;
    assert_eq!(it.store.unrolled().await.unwrap(), [run.id]);
    assert_eq!(it.ask(SITES).await, "");
    it.store.roll_up(run.id).await.unwrap();
    assert_eq!(it.store.unrolled().await.unwrap(), []);
    let sites = "a.test\tseen\t1\t1\t0\ttrue\t2\t1\t80\nb.test\tseen\t1\t1\t0\ttrue\t1\t0\t80\n\
                 c.test\tblocked\t1\t0\t1\tfalse\t0\t0\t\\N\n";
    let vendors =
        "clarity\ta.test\tcontent\t1\t1\t100\nmeta\ta.test\ttracker\t1\t1\t80\nmeta\tb.test\ttracker\t1\t1\t80\n";
    assert_eq!((it.ask(SITES).await.as_str(), it.ask(VENDORS).await.as_str()), (sites, vendors));

    // Everything is delivered once more, and asked for once more.
    record(&it, &run, &visits).await;
    it.store.roll_up(run.id).await.unwrap();
    assert_eq!((it.ask(SITES).await.as_str(), it.ask(VENDORS).await.as_str()), (sites, vendors));
    let left = it.ask("SELECT uniqExact(rollup), count() FROM site_nights").await;
    assert_eq!(left, "1\t3\n", "what an earlier roll-up has written is cleared away");

    // Judged by other rules: who is not there any more is gone, and who is new is there.
    let other = make::visit(run.id, "https://a.test/", Outcome::of_status(200), &[("tiktok", Exposure::Tracker, 9.0)]);
    it.store.put_visits(&[other]).await.unwrap();
    it.store.roll_up(run.id).await.unwrap();
    assert_eq!(it.ask(VENDORS).await, "meta\tb.test\ttracker\t1\t1\t80\ntiktok\ta.test\ttracker\t1\t1\t9\n");
    it.engine.stop().await;
}

/// A roll-up in slices that broke off: the one before counts.
#[tokio::test]
async fn half_a_roll_up_does_not_count() {
    let it = Fixture::new().await;
    let run = Run { state: RunState::Complete, ..make::run(3) };
    let meta = [("meta", Exposure::Tracker, 80.0)];
    let visit = |site: &str| make::visit(run.id, &format!("https://{site}/"), Outcome::of_status(200), &meta);
    record(&it, &run, &[visit("a.test"), visit("b.test"), visit("c.test")]).await;
    let slice = |rollup: u8, slice: u8| {
        format!(
            "INSERT INTO rollups (run_id, rollup, slice, slices, night, kind) \
             SELECT '{}', '00000000-0000-0000-0000-00000000000{rollup}', {slice}, 2, '2026-11-21', 'scan'",
            run.id
        )
    };
    it.ask(&slice(1, 0)).await;
    assert_eq!((it.ask(SITES).await.as_str(), it.store.unrolled().await.unwrap()), ("", vec![run.id]));
    it.ask(&slice(1, 1)).await;
    let (whole, vendors) = (it.ask(SITES).await, it.ask(VENDORS).await);
    assert_eq!((whole.lines().count(), vendors.lines().count()), (3, 3), "every site is in one slice");
    it.ask(&slice(2, 0)).await;
    it.ask(&slice(2, 0)).await;
    assert_eq!((it.ask(SITES).await, it.ask(VENDORS).await), (whole, vendors));
    it.engine.stop().await;
}

/// As the reports of a run say it.
#[tokio::test]
async fn a_roll_up_says_what_the_report_of_its_run_says() {
    let it = Fixture::new().await;
    let run = Run { state: RunState::Complete, ..make::run(3) };
    let both = [("clarity", Exposure::Content, 100.0), ("meta", Exposure::Tracker, 80.0)];
    let visits = [
        make::visit(run.id, "https://a.test/", Outcome::of_status(200), &both),
        make::visit(run.id, "https://a.test/contact", Outcome::of_status(200), &both[..1]),
        make::visit(run.id, "https://b.test/", Outcome::of_status(200), &both[1..]),
    ];
    record(&it, &run, &visits).await;
    it.store.roll_up(run.id).await.unwrap();
    let said: Vec<_> = it.store.exposure(run.id).await.unwrap();
    let said: String = said
        .iter()
        .map(|row| format!("{}\t{}\t{}\t{}\t{}\n", row.vendor, row.exposure, row.sites, row.sites_seen, row.requests))
        .collect();
    let rolled = "SELECT vendor, any(exposure), count() AS sites, (SELECT countIf(looked) FROM site_nights), sum(requests) \
                  FROM vendor_sites WHERE pages_before > 0 GROUP BY vendor \
                  ORDER BY indexOf(['content', 'tracker'], any(exposure)), sites DESC";
    assert_eq!(it.ask(rolled).await, said);
    it.engine.stop().await;
}
