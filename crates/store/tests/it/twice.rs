//! Work that is done twice counts once.

use earshot_model::{Exposure, Outcome};

use crate::{Fixture, make, store_on};

#[tokio::test]
async fn migrating_again_changes_nothing_and_other_databases_stand_beside() {
    let it = Fixture::new().await;
    it.store.migrate().await.unwrap();
    let (one, two) = tokio::join!(it.store.migrate(), it.store.migrate());
    one.and(two).unwrap();
    let versions = it.ask("SELECT version, name FROM schema_migrations FINAL ORDER BY version").await;
    assert_eq!(
        versions,
        "1\t0001_tables.sql\n2\t0002_conduct.sql\n3\t0003_keystrokes.sql\n4\t0004_consent.sql\n5\t0005_proof.sql\n6\t0006_portfolios.sql\n7\t0007_tokens.sql\n8\t0008_rollups.sql\n9\t0009_codecs.sql\n10\t0010_counted.sql\n"
    );
    assert_eq!(it.store.schema_version().await.unwrap(), 10);

    let odd = store_on(&it.engine, "odd `name`");
    odd.migrate().await.unwrap();
    odd.put_run(&make::run(1)).await.unwrap();
    assert_eq!((odd.runs(10).await.unwrap().len(), it.store.runs(10).await.unwrap().len()), (1, 0));
    it.engine.stop().await;
}

/// A database that an earlier version has filled: its rows are read with what they did not have as empty.
#[tokio::test]
async fn rows_of_before_a_migration_are_read_after_it() {
    let it = Fixture::new().await;
    let run = make::run(1);
    it.store.put_run(&run).await.unwrap();
    let judged =
        make::visit(run.id, "https://a.test/", Outcome::of_status(200), &[("clarity", Exposure::Content, 1.0)]);
    it.store.put_visits(std::slice::from_ref(&judged)).await.unwrap();
    // As if the second migration had never been.
    let new = "SELECT table, name FROM system.columns WHERE database = 'earshot' AND table = 'findings' \
               AND name IN ('accounts', 'details', 'install_route', 'fingerprints')";
    assert_eq!(it.ask(new).await.lines().count(), 4);
    for column in ["accounts", "details", "install_route", "fingerprints"] {
        it.ask(&format!("ALTER TABLE findings DROP COLUMN {column}")).await;
    }
    it.ask("ALTER TABLE events DROP COLUMN headers, DROP COLUMN phase").await;
    it.ask("TRUNCATE TABLE schema_migrations").await;
    it.ask("INSERT INTO schema_migrations (version, name, digest) SELECT 0, 'none', ''").await;
    it.store.migrate().await.unwrap();
    assert_eq!(it.ask(new).await.lines().count(), 4);
    assert_eq!(it.store.findings(run.id).unwrap().all().await.unwrap(), judged.findings);
    assert_eq!(it.ask("SELECT DISTINCT phase, headers FROM events").await, "pre_choice\t{}\n");
    it.engine.stop().await;
}

#[tokio::test]
async fn a_migration_that_was_changed_later_is_refused() {
    let it = Fixture::new().await;
    it.ask("INSERT INTO schema_migrations (version, name, digest) SELECT 1, '0001_tables.sql', 'other'").await;
    let error = it.store.migrate().await.unwrap_err().to_string();
    assert!(error.starts_with("migration 0001_tables.sql was changed"), "{error}");
    it.engine.stop().await;
}

#[tokio::test]
async fn a_visit_that_is_recorded_twice_counts_once() {
    let it = Fixture::new().await;
    let run = make::run(1);
    it.store.put_run(&run).await.unwrap();
    let crawl = make::crawl(run.id, "https://a.test/", &["https://a.test/"]);
    let vendors = [("clarity", Exposure::Content, 100.0), ("meta", Exposure::Tracker, 80.0)];
    let first = make::visit(run.id, "https://a.test/", Outcome::of_status(200), &vendors);
    // The second time the page behaved differently: one vendor less, later.
    let second =
        make::visit(run.id, "https://a.test/", Outcome::of_status(200), &[("clarity", Exposure::Content, 140.0)]);
    for judged in [&first, &first, &second] {
        it.store.put_run(&run).await.unwrap();
        it.store.put_crawls(std::slice::from_ref(&crawl)).await.unwrap();
        it.store.put_visits(std::slice::from_ref(judged)).await.unwrap();
    }
    let progress = it.store.progress(run.id).await.unwrap();
    assert_eq!((progress.crawled, progress.recorded, progress.trackers), (1, 1, 1), "{progress:?}");
    assert!(it.store.is_complete(run.id).await.unwrap());
    let exposure = it.store.exposure(run.id).await.unwrap();
    let rows: Vec<_> =
        exposure.iter().map(|row| (row.vendor.as_str(), row.requests, row.median_first_contact_ms)).collect();
    assert_eq!(rows, [("clarity", 1, 140.0)], "what only the first recording had is gone");
    assert_eq!(it.store.findings(run.id).unwrap().all().await.unwrap(), second.findings);
    assert_eq!(it.store.gaps(run.id).unwrap().all().await.unwrap().len(), 2);
    assert_eq!(it.store.runs(10).await.unwrap().len(), 1);
    it.engine.stop().await;
}

/// Two recorders that hold the same visit: the one that wrote its findings first writes its visit last.
#[tokio::test]
async fn whichever_visit_comes_last_finds_its_own_findings() {
    let it = Fixture::new().await;
    let run = make::run(1);
    it.store.put_run(&run).await.unwrap();
    let visit =
        |at| make::visit(run.id, "https://a.test/", Outcome::of_status(200), &[("clarity", Exposure::Content, at)]);
    let (first, second) = (visit(1.0), visit(2.0));
    it.store.put_visits(std::slice::from_ref(&first)).await.unwrap();
    it.ask("CREATE TABLE late AS visits").await;
    it.ask("INSERT INTO late SELECT * FROM visits").await;
    it.store.put_visits(std::slice::from_ref(&second)).await.unwrap();
    assert_eq!(it.store.findings(run.id).unwrap().all().await.unwrap(), second.findings);
    it.ask("INSERT INTO visits SELECT * REPLACE (now64(6) AS recorded_at) FROM late").await;
    assert_eq!(it.store.findings(run.id).unwrap().all().await.unwrap(), first.findings);
    assert_eq!(it.store.gaps(run.id).unwrap().all().await.unwrap().len(), 2);
    it.engine.stop().await;
}

#[tokio::test]
async fn what_a_recorder_left_half_written_does_not_count() {
    let it = Fixture::new().await;
    let run = make::run(1);
    it.store.put_run(&run).await.unwrap();
    let judged =
        make::visit(run.id, "https://a.test/", Outcome::of_status(200), &[("clarity", Exposure::Content, 1.0)]);
    it.store.put_visits(std::slice::from_ref(&judged)).await.unwrap();
    // As after a crash before the last insert.
    it.ask("TRUNCATE TABLE visits").await;
    assert!(it.store.recorded(run.id, &[judged.visit.id()], true).await.unwrap().is_empty());
    assert_eq!(it.store.progress(run.id).await.unwrap().trackers, 0);
    assert_eq!(it.store.findings(run.id).unwrap().all().await.unwrap(), []);
    it.store.put_visits(std::slice::from_ref(&judged)).await.unwrap();
    assert_eq!(it.store.findings(run.id).unwrap().all().await.unwrap(), judged.findings);
    it.engine.stop().await;
}

/// What was lost through our own fault can still be seen: then it counts, and once.
#[tokio::test]
async fn what_was_lost_is_replaced_when_it_is_seen_after_all() {
    let it = Fixture::new().await;
    let run = make::run(1);
    it.store.put_run(&run).await.unwrap();
    let lost = Outcome::Lost { detail: "no worker finished it".into() };
    let lost = make::visit(run.id, "https://a.test/", lost, &[]);
    it.store.put_visits(std::slice::from_ref(&lost)).await.unwrap();
    let id = lost.visit.id();
    assert!(it.store.recorded(run.id, &[id], false).await.unwrap().is_empty());
    assert_eq!(it.store.recorded(run.id, &[id], true).await.unwrap().len(), 1, "the run need not wait for it");
    let seen = make::visit(run.id, "https://a.test/", Outcome::of_status(200), &[]);
    it.store.put_visits(std::slice::from_ref(&seen)).await.unwrap();
    assert_eq!(it.store.recorded(run.id, &[id], false).await.unwrap().len(), 1);
    let visits = it.store.visits(run.id).unwrap().all().await.unwrap();
    assert_eq!(visits.iter().map(|visit| visit.outcome.as_str()).collect::<Vec<_>>(), ["loaded"]);
    it.engine.stop().await;
}
