//! Alert rules, as Grafana's file provisioning reads them.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::target;
use crate::{Alerts, Error, Rule, query::sql};

/// Where a rule says more of itself.
const RUNBOOK: &str = "docs/grafana.md#alerts";

pub(super) fn rules(folder: &Path, alerts: &Alerts) -> Result<Value, Error> {
    let mut groups = Vec::<(String, Vec<Value>)>::new();
    for it in &alerts.rules {
        let made = rule(it, &sql(folder, &it.sql)?);
        match groups.iter_mut().find(|(every, _)| *every == it.every) {
            Some((_, rules)) => rules.push(made),
            None => groups.push((it.every.clone(), vec![made])),
        }
    }
    let groups = groups.into_iter().map(|(every, rules)| {
        json!({ "orgId": 1, "folder": "Earshot", "name": format!("earshot-{every}"), "interval": every, "rules": rules })
    });
    Ok(json!({ "apiVersion": 1, "groups": groups.collect::<Vec<_>>() }))
}

fn rule(it: &Rule, sql: &str) -> Value {
    let expression = json!({ "type": "__expr__", "uid": "__expr__" });
    let query = |name: &str, datasource: &str, from: u64, model: Value| json!({ "refId": name, "datasourceUid": datasource, "relativeTimeRange": { "from": from, "to": 0 }, "model": model });
    let reduce = json!({
        "refId": "B", "datasource": expression, "type": "reduce", "expression": "A", "reducer": "last",
        "settings": { "mode": "dropNN" },
    });
    let above = json!({ "evaluator": { "type": "gt", "params": [it.above] } });
    let threshold = json!({ "refId": "C", "datasource": expression, "type": "threshold", "expression": "B", "conditions": [above] });
    json!({
        "uid": it.uid,
        "title": it.title,
        "condition": "C",
        "for": it.pending,
        "noDataState": it.no_data,
        "execErrState": "Error",
        "isPaused": false,
        "labels": { "severity": it.severity, "service": "earshot" },
        "annotations": annotations(it),
        "data": [
            query("A", "earshot-clickhouse", it.lookback_s(), target("A", sql, false)),
            query("B", "__expr__", 0, reduce),
            query("C", "__expr__", 0, threshold),
        ],
    })
}

fn annotations(it: &Rule) -> Value {
    let said = [
        ("summary", it.summary.clone()),
        ("description", it.means.clone()),
        ("runbook", format!("{}\n\n{}", it.first, it.then)),
        ("runbook_url", RUNBOOK.to_owned()),
        ("__dashboardUid__", format!("earshot-{}", it.dashboard)),
    ];
    said.into_iter().map(|(name, text)| (name.to_owned(), Value::from(text))).collect::<Map<_, _>>().into()
}
