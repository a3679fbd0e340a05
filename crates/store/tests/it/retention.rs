//! What is old leaves the store, what is drawn from it stays, and nobody takes what has left for clean.

use earshot_model::{Exposure, Outcome, Run, RunState, Site, Target};
use earshot_store::{Expired, Held, Retention};

use crate::{Fixture, make};

const SITES: &str = "SELECT site, state, looked, trackers, typed FROM counted_sites ORDER BY site";

#[tokio::test]
async fn what_is_old_leaves_and_is_not_taken_for_clean() {
    let it = Fixture::new().await;
    let run = Run { state: RunState::Complete, ..make::run(2) };
    it.store.put_run(&run).await.unwrap();
    let clarity = [("clarity", Exposure::Content, 100.0)];
    let sites = ["https://a.test/", "https://b.test/"];
    for site in sites {
        it.store.put_crawls(&[make::crawl(run.id, site, &[site])]).await.unwrap();
        it.store.put_visits(&[make::visit(run.id, site, Outcome::of_status(200), &clarity)]).await.unwrap();
    }
    it.store.roll_up(run.id).await.unwrap();
    let rolled = it.ask(SITES).await;
    assert_eq!(rolled, "a.test\tseen\ttrue\t1\tfalse\nb.test\tseen\ttrue\t1\tfalse\n");

    // Nothing ever leaves unless somebody says so.
    let forever = Retention::default();
    assert_eq!(it.store.retain(&forever).await.unwrap(), []);
    let month = Retention { events: Some(30), findings: Some(60), ..forever };
    let changed: Vec<_> =
        it.store.retain(&month).await.unwrap().into_iter().map(|kept| (kept.table, kept.days)).collect();
    assert_eq!(changed, [("events", Some(30)), ("findings", Some(60))]);
    assert_eq!(it.store.retain(&month).await.unwrap(), [], "said once");
    assert_eq!(it.store.expired(run.id).await.unwrap(), Expired::default());

    // Two months later for the visit of one site; the other one was recorded just now.
    it.age("events", 40).await;
    assert_eq!((it.count("events").await.as_str(), it.count("findings").await.as_str()), ("3\n", "2\n"));
    assert_eq!(it.store.expired(run.id).await.unwrap(), Expired { targets: 0, findings: 0, events: 1 });
    // What was rolled up while all was there is not rolled up from less.
    it.store.roll_up(run.id).await.unwrap();
    assert_eq!(it.ask(SITES).await, rolled);
    it.age("findings", 90).await;
    let expired = it.store.expired(run.id).await.unwrap();
    assert_eq!(expired, Expired { targets: 0, findings: 1, events: 1 });
    assert!(expired.hides_findings());
    it.store.roll_up(run.id).await.unwrap();
    assert_eq!(it.ask(SITES).await, rolled);

    // Crawls and visits too: the denominators of the run are in its roll-up only.
    let changed = it.store.retain(&Retention { visits: Some(80), rollups: Some(9000), ..month }).await.unwrap();
    assert_eq!(changed.len(), 5, "{changed:?}");
    it.age("seeds", 100).await;
    it.age("visits", 100).await;
    assert_eq!(it.store.expired(run.id).await.unwrap().targets, 1);
    it.ask("OPTIMIZE TABLE site_nights FINAL").await;
    assert_eq!(it.ask(SITES).await, rolled);

    // And for ever again.
    assert_eq!(it.store.retain(&forever).await.unwrap().len(), 7);
    assert_eq!(it.store.kept_otherwise(&forever).await.unwrap(), []);
    one_site_is_forgotten(&it, run).await;
    it.engine.stop().await;
}

/// On the same engine: everything of b.test goes, nothing of anybody else, and not while a run is at it.
async fn one_site_is_forgotten(it: &Fixture, over: Run) {
    let (b, other) = (Site::of_host("b.test").unwrap(), Site::of_host("notb.test").unwrap());
    let going = make::run(2);
    for (run, address) in [(&over, "https://www.b.test/x"), (&going, "https://b.test/"), (&going, "https://notb.test/")]
    {
        let target = Target { start: make::page(address), scheme_given: true, only_this_page: false };
        it.store.put_targets(run.id, &[target]).await.unwrap();
    }
    it.store.put_run(&going).await.unwrap();
    assert_eq!(it.store.open_runs_of(&b).await.unwrap(), [going.id]);
    it.store.put_run(&Run { state: RunState::Cancelled, ..going }).await.unwrap();
    assert_eq!(it.store.open_runs_of(&b).await.unwrap(), []);

    let held = it.store.held_of(&b, true).await.unwrap();
    let of = |held: &[Held], table: &str| held.iter().find(|held| held.table == table).unwrap().rows;
    for table in ["targets", "seeds", "findings", "events", "visits", "site_nights", "vendor_sites"] {
        assert!(of(&held, table) > 0, "{table} has nothing to forget: {held:?}");
    }
    assert_eq!(of(&held, "targets"), 2);
    assert_eq!(it.store.every_visit_of(&b).await.unwrap().len(), 1);
    let a_test = it.ask("SELECT count() FROM site_nights WHERE site = 'a.test'").await;
    it.store.forget(&b, true).await.unwrap();
    assert!(it.store.held_of(&b, true).await.unwrap().iter().all(|held| held.rows == 0));
    assert_eq!(it.store.every_visit_of(&b).await.unwrap(), []);
    assert_eq!(of(&it.store.held_of(&other, false).await.unwrap(), "targets"), 1);
    assert_eq!(it.ask("SELECT count() FROM site_nights WHERE site = 'a.test'").await, a_test);
}

impl Fixture {
    /// As if the rows of a.test had been written so many days ago, and the table's parts merged since.
    async fn age(&self, table: &str, days: u32) {
        let aged = format!(
            "INSERT INTO {table} SELECT * REPLACE (recorded_at - INTERVAL {days} DAY AS recorded_at) FROM {table} WHERE site = 'a.test'"
        );
        self.ask(&format!("CREATE TABLE aged AS {table}")).await;
        self.ask(&aged.replacen(table, "aged", 1)).await;
        self.ask(&format!("DELETE FROM {table} WHERE site = 'a.test'")).await;
        self.ask(&format!("INSERT INTO {table} SELECT * FROM aged")).await;
        self.ask("DROP TABLE aged").await;
        self.ask(&format!("OPTIMIZE TABLE {table} FINAL")).await;
    }

    async fn count(&self, table: &str) -> String {
        self.ask(&format!("SELECT count() FROM {table}")).await
    }
}
