//! `deploy/clickhouse/users.sql`: what the embedded engine can say about it.

use crate::Fixture;

const USERS: &str = include_str!("../../../../deploy/clickhouse/users.sql");

/// The engine parses each statement. It keeps no users, so that what they may do is a server's to show.
#[tokio::test]
async fn every_statement_is_one_that_clickhouse_knows() {
    let it = Fixture::new().await;
    let text: String = USERS.lines().filter(|line| !line.trim_start().starts_with("--")).collect::<Vec<_>>().join("\n");
    let statements: Vec<&str> = text.split(';').map(str::trim).filter(|statement| !statement.is_empty()).collect();
    assert_eq!(statements.len(), 13);
    for statement in statements {
        let explained = it.ask(&format!("EXPLAIN AST {statement}")).await;
        assert!(!explained.trim().is_empty(), "{statement}");
    }
    // Every table of ours is below the database that is granted.
    let elsewhere = "SELECT count() FROM system.tables WHERE database NOT IN ('earshot', 'system', 'default', \
                     'information_schema', 'INFORMATION_SCHEMA', '_local')";
    assert_eq!(it.ask(elsewhere).await.trim(), "0");
    it.engine.stop().await;
}
