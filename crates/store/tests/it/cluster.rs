//! The tables on a cluster, as far as one engine can tell.
//!
//! The embedded engine can keep a Keeper's tree in memory, which is enough to make replicated tables, not to change them or
//! to write into them. So three things are asserted: every statement parses as it is sent to a real cluster; the tables are
//! made, replicated and distributed, but for ` ON CLUSTER`, which needs a queue that other nodes read; and on a cluster of one shard,
//! without replication, all statements are carried out, and all that the store does goes through Distributed tables and
//! comes to the same.

use earshot_model::{Exposure, Outcome, Run, RunState};
use earshot_store::{Exported, Retention, Sheet, Store};

use crate::{Fixture, make};

/// One shard, which is this engine itself.
const CONFIG: &str = "<clickhouse>
    <tcp_port>9000</tcp_port>
    <remote_servers><fleet><shard><internal_replication>true</internal_replication>
        <replica><host>127.0.0.1</host><port>9000</port></replica>
    </shard></fleet></remote_servers>
    <zookeeper><implementation>testkeeper</implementation></zookeeper>
    <interserver_http_host>127.0.0.1</interserver_http_host>
    <interserver_http_port>9009</interserver_http_port>
    <macros><shard>1</shard><replica>one</replica></macros>
</clickhouse>";

#[tokio::test]
async fn on_a_cluster_everything_comes_to_the_same() {
    let it = Fixture::configured(Some(CONFIG)).await;
    let cluster = it.store_in("spread").on_cluster_without_keeper("fleet");
    cluster.migrate().await.unwrap();
    cluster.migrate().await.unwrap();
    let plain = it.store_in("plain");
    plain.migrate().await.unwrap();
    let run = Run { state: RunState::Complete, ..make::run(3) };
    let both = [("clarity", Exposure::Content, 100.0), ("meta", Exposure::Tracker, 80.0)];
    let visits = [
        make::visit(run.id, "https://a.test/", Outcome::of_status(200), &both),
        make::visit(run.id, "https://b.test/", Outcome::of_status(200), &both[1..]),
        make::visit(run.id, "https://c.test/", Outcome::of_status(403), &[]),
    ];
    let mut told = Vec::new();
    for store in [&plain, &cluster] {
        for site in ["https://a.test/", "https://b.test/", "https://c.test/"] {
            store.put_crawls(&[make::crawl(run.id, site, &[site])]).await.unwrap();
        }
        // Twice, as after a crash.
        store.put_run(&run).await.unwrap();
        store.put_visits(&visits).await.unwrap();
        store.put_visits(&visits).await.unwrap();
        store.roll_up(run.id).await.unwrap();
        store.roll_up(run.id).await.unwrap();
        told.push(everything(store, &run).await);
    }
    assert_eq!(told[0], told[1]);
    assert!(told[0].contains("clarity\ta.test"), "{}", told[0]);
    let lies = "SELECT count() > 0 FROM spread.visits_local";
    assert_eq!(it.ask(lies).await, "1\n");
    // Every column has come to the table that queries use, and says what it means.
    let lacks = "SELECT count() FROM system.columns WHERE database = 'spread' AND table LIKE '%\\_local' \
                 AND (replaceRegexpOne(table, '_local$', ''), name, comment) NOT IN \
                 (SELECT table, name, comment FROM system.columns WHERE database = 'spread')";
    assert_eq!(it.ask(lacks).await, "0\n");
    let kept = cluster.retain(&Retention { events: Some(30), ..Retention::default() }).await.unwrap();
    assert_eq!(kept.len(), 1, "{kept:?}");
    assert_eq!(it.ask("SELECT count() FROM system.tables WHERE database = 'spread' AND name = 'events_local' AND engine_full LIKE '% TTL %'").await, "1\n");
    it.engine.stop().await;
}

/// What reports, comparisons and exports are made of.
async fn everything(store: &Store, run: &Run) -> String {
    let mut text = String::new();
    for query in [
        "SELECT vendor, site, exposure, pages_before, requests, first_contact_ms FROM counted_vendors ORDER BY vendor, site",
        "SELECT site, state, planned, seen, blocked, looked, typed, trackers, recorders FROM counted_sites ORDER BY site",
        "SELECT site, page, vendor, gating, gpc FROM consent_states ORDER BY site, page, vendor",
        "SELECT site, page, banner, untouched_whole FROM consent_pages ORDER BY site, page",
        "SELECT count() FROM keystrokes",
        "SELECT count() FROM events FINAL WHERE (visit_id, recording) IN (SELECT visit_id, recording FROM visits FINAL)",
    ] {
        text += &crate::read(store.sql(query, "TSV").unwrap()).await;
    }
    let id = run.id;
    let progress = store.progress(id).await.unwrap();
    let exposure = store.exposure(id).await.unwrap();
    let coverage = store.coverage(id).unwrap().all().await.unwrap();
    let states = store.states(id).unwrap().all().await.unwrap();
    let choices = store.choices(id).unwrap().all().await.unwrap();
    let typed = store.typed(id).await.unwrap();
    let findings = store.findings(id).unwrap().all().await.unwrap().len();
    let gaps = store.gaps(id).unwrap().all().await.unwrap().len();
    let brought = store.who_brought(id).unwrap().all().await.unwrap();
    let unwitnessed = store.unwitnessed(id).await.unwrap();
    let expired = store.expired(id).await.unwrap();
    text += &format!("{progress:?}{exposure:?}{coverage:?}{states:?}{choices:?}{typed:?}{findings}{gaps}{brought:?}");
    text += &format!("{unwitnessed}{expired:?}{:?}", store.unrolled().await.unwrap());
    for sheet in Sheet::ALL {
        text += &format!("{} {}\n", sheet.name, store.sheet_rows(sheet, &Exported::default()).await.unwrap());
    }
    text
}

#[tokio::test]
async fn every_statement_for_a_cluster_is_accepted() {
    let it = Fixture::configured(Some(CONFIG)).await;
    it.ask("CREATE DATABASE replicated").await;
    let statements = it.store_in("replicated").on_cluster_of("fleet").statements().unwrap();
    let on = " ON CLUSTER `fleet`";
    for statement in &statements {
        assert!(statement.contains(on), "{statement}");
        // As it is sent: parsed. ON CLUSTER itself needs a queue that other nodes read.
        it.ask(&format!("EXPLAIN AST {statement}")).await;
    }
    let here = it.store_in("replicated");
    for statement in statements.iter().filter(|statement| statement.contains("CREATE TABLE IF NOT EXISTS")) {
        let statement = statement.replacen(on, "", 1);
        here.sql(&statement, "TSV").unwrap().next().await.unwrap_or_else(|error| panic!("{statement}: {error}"));
    }
    let engines = "SELECT countIf(engine LIKE 'Replicated%'), countIf(engine = 'Distributed'), countIf(engine = 'MergeTree') \
                   FROM system.tables WHERE database = 'replicated'";
    assert_eq!(it.ask(engines).await, "16\t0\t0\n");
    it.engine.stop().await;
}
