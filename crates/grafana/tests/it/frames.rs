//! Every question that dashboards and alert rules ask is one that the store answers, with the columns that are shown.

use earshot_grafana::{Asks, ColumnKind, Kind, Query, Scope, folder, queries};
use serde_json::Value;

use crate::web::{Frame, Web, scope};

#[tokio::test]
async fn every_question_is_answered_with_the_columns_that_are_shown() {
    let web = Web::new().await;
    let mut wrong = Vec::new();
    let queries = queries(&folder()).unwrap();
    for query in &queries {
        // With everything, and with one sector only.
        for sector in [None, Some("health")].into_iter().filter(|one| one.is_none() || query.sql.contains("{sector:")) {
            let scope = scope(query, sector);
            let said = match web.frame(query, &scope).await {
                Ok(frame) => complaints(query, &frame, sector.is_none()),
                Err(error) => vec![error],
            };
            let Query { board, title, file, .. } = query;
            wrong.extend(
                said.into_iter().map(|one| format!("{board} / {title} ({file}.sql), sector {sector:?}: {one}")),
            );
        }
    }
    wrong.extend(cookbook(&web, &queries).await);
    wrong.extend(falls_silent(&web, &queries).await);
    wrong.extend(reads_too_much(&web, &queries).await);
    web.engine.stop().await;
    assert!(wrong.is_empty(), "{} of {} wrong:\n{}", wrong.len(), queries.len(), wrong.join("\n"));
}

/// The queries of docs/cookbook.md, with the same variables as the dashboards' panels: each gives something.
async fn cookbook(web: &Web, queries: &[Query]) -> Vec<String> {
    let page = include_str!("../../../../docs/cookbook.md");
    let (mut wrong, mut asked) = (Vec::new(), 0);
    for block in page.split("```sql\n").skip(1) {
        let sql = block.split("```").next().unwrap().to_owned();
        // A panel of the vendor's board has every variable that the page uses.
        let panel =
            queries.iter().find(|query| query.board == "vendor" && matches!(query.asks, Asks::Panel(_))).unwrap();
        let query = Query { sql, ..panel.clone() };
        asked += 1;
        match web.frame(&query, &scope(&query, None)).await {
            Ok(frame) if frame.rows.is_empty() => wrong.push(format!("docs/cookbook.md gives nothing:\n{}", query.sql)),
            Ok(_) => {}
            Err(error) => wrong.push(format!("docs/cookbook.md: {error}\n{}", query.sql)),
        }
    }
    if asked < 8 {
        wrong.push(format!("docs/cookbook.md has {asked} queries only"));
    }
    wrong
}

/// What is wrong with a frame.
fn complaints(query: &Query, frame: &Frame, with_everything: bool) -> Vec<String> {
    let mut said = Vec::new();
    let names: Vec<_> = frame.columns.iter().map(|(name, _)| name).collect();
    let expected: Vec<_> = query.columns.iter().map(|(name, _)| name).collect();
    if names != expected {
        said.push(format!("gives {names:?}, not {expected:?}"));
    }
    for ((name, kind), (_, clickhouse)) in query.columns.iter().zip(&frame.columns) {
        if !kind.takes(clickhouse) {
            said.push(format!("{name} is {clickhouse}, not {kind:?}"));
        }
    }
    if frame.rows.is_empty() && query.may_be_empty.is_none() && with_everything {
        said.push("gives nothing".to_owned());
    }
    if let Asks::Panel(kind) = query.asks {
        said.extend(fits(kind, query, frame));
    }
    said.extend(not_a_share(query, frame));
    said
}

/// What a kind of panel needs of its frame.
fn fits(kind: Kind, query: &Query, frame: &Frame) -> Option<String> {
    let kinds: Vec<_> = query.columns.iter().map(|(_, kind)| *kind).collect();
    let numbers = kinds.iter().filter(|kind| **kind == ColumnKind::Number).count();
    let rows = frame.rows.len();
    let ok = match kind {
        Kind::Share => kinds == [ColumnKind::Number; 2] && rows <= 1,
        Kind::Number => kinds == [ColumnKind::Number] && rows <= 1,
        Kind::Word => kinds == [ColumnKind::Text] && rows <= 1,
        Kind::Coverage => numbers == kinds.len() && rows <= 1,
        Kind::Trend | Kind::Stacked => kinds[0] == ColumnKind::Time && numbers == kinds.len() - 1,
        Kind::Series => kinds == [ColumnKind::Time, ColumnKind::Text, ColumnKind::Number],
        Kind::Bars => kinds == [ColumnKind::Text, ColumnKind::Number],
        Kind::Parts => kinds[0] == ColumnKind::Text && numbers == kinds.len() - 1,
        Kind::Table => true,
        Kind::Metric => false,
    };
    let in_time = || frame.rows.windows(2).all(|pair| text(&pair[0][0]) <= text(&pair[1][0]));
    if !ok {
        Some(format!("{kinds:?} in {rows} rows is nothing for {kind:?}"))
    } else if kind.is_over_time() && !in_time() {
        Some("is not in the order of time".to_owned())
    } else {
        None
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Shares are from 0 to 1.
fn not_a_share(query: &Query, frame: &Frame) -> Vec<String> {
    let mut said = Vec::new();
    for (index, (name, _)) in query.columns.iter().enumerate() {
        let share = name.starts_with("share") || name == "low" || name == "high";
        let values = frame.rows.iter().filter_map(|row| row.get(index)?.as_f64());
        if let (true, Some(off)) = (share, values.clone().find(|value| !(-1e-9..=1.0 + 1e-9).contains(value))) {
            said.push(format!("{name} is {off}"));
        }
    }
    said
}

/// With nothing chosen, as where nothing was crawled yet, every question is still one that the store understands.
async fn falls_silent(web: &Web, queries: &[Query]) -> Vec<String> {
    let mut wrong = Vec::new();
    for query in queries {
        let Scope { from, to, interval_s, variables } = scope(query, None);
        let none = variables.into_keys().map(|name| (name, earshot_grafana::Chosen::Some(Vec::new()))).collect();
        let year_s = 366 * 86_400;
        let scope = Scope { from: from - year_s, to: to - year_s, interval_s, variables: none };
        if let Err(error) = web.frame(query, &scope).await {
            wrong.push(format!("{} ({}.sql), nothing chosen: {error}", query.board, query.file));
        }
    }
    wrong
}

/// A panel about a portfolio reads the portfolio's nights and no others: what it filters by reaches the sort key of the roll-ups, through
/// the views.
async fn reads_too_much(web: &Web, queries: &[Query]) -> Vec<String> {
    let (mut wrong, mut reads) = (Vec::new(), 0);
    for query in queries.iter().filter(|query| matches!(query.asks, Asks::Panel(_)) && query.board != "fleet") {
        let explain = Query { sql: format!("EXPLAIN indexes = 1\n{}", query.sql), ..query.clone() };
        let plan = web.frame(&explain, &scope(query, None)).await.unwrap();
        let plan: Vec<_> = plan.rows.iter().map(|row| text(&row[0])).collect();
        for one in plan.join("\n").split("ReadFromMergeTree (").skip(1) {
            let table = one.split(')').next().unwrap();
            if table.ends_with(".site_nights") || table.ends_with(".vendor_sites") {
                reads += 1;
                if !one.contains("(portfolio in ") || !one.contains("(night in ") {
                    wrong.push(format!("{} ({}.sql) reads {table} by {one}", query.board, query.file));
                }
            }
        }
    }
    if reads < 40 {
        wrong.push(format!("only {reads} reads of roll-ups were explained"));
    }
    wrong
}
