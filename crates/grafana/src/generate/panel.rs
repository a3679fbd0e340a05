//! What each kind of panel is: the only place that says so.

use serde_json::{Value, json};

use super::{Of, clickhouse, prometheus, target};
use crate::{Error, Kind, Panel, query::sql};

impl Of<'_> {
    pub(super) fn panel(&self, panel: &Panel, id: usize, place: &Value) -> Result<Value, Error> {
        let (kind, options, custom) = shape(panel);
        let mut it = json!({
            "id": id,
            "type": kind,
            "title": panel.title,
            "description": panel.description(),
            "gridPos": place,
            "datasource": if panel.kind == Kind::Metric { prometheus() } else { clickhouse() },
            "targets": self.targets(panel)?,
            "options": options,
            "fieldConfig": {
                "defaults": self.defaults(panel, &custom)?,
                "overrides": self.overrides(panel)?,
            },
        });
        if !panel.also.is_empty() {
            it["transformations"] = json!([without(&panel.also)]);
        }
        Ok(it)
    }

    fn targets(&self, panel: &Panel) -> Result<Vec<Value>, Error> {
        if let Some(file) = &panel.sql {
            return Ok(vec![target("A", &sql(self.folder, file)?, panel.kind.is_over_time())]);
        }
        let metrics = panel.metrics.iter().zip('A'..).map(|(metric, name)| {
            json!({
                "refId": name.to_string(),
                "datasource": prometheus(),
                "expr": metric.expr,
                "legendFormat": metric.legend,
                "range": true,
                "instant": false,
            })
        });
        Ok(metrics.collect())
    }

    fn defaults(&self, panel: &Panel, custom: &Value) -> Result<Value, Error> {
        let mut defaults = json!({ "custom": custom, "noValue": panel.may_be_empty.as_deref().unwrap_or("no data") });
        if matches!(panel.kind, Kind::Metric) {
            defaults["unit"] = json!(panel.unit.as_deref().unwrap_or("short"));
        }
        if matches!(panel.kind, Kind::Metric | Kind::Trend | Kind::Series | Kind::Stacked) {
            defaults["min"] = json!(0);
        }
        if matches!(panel.kind, Kind::Metric | Kind::Series) {
            defaults["color"] = json!({ "mode": "palette-classic-by-name" });
        }
        if panel.kind == Kind::Series {
            defaults["displayName"] = json!(format!("${{__field.labels.{}}}", panel.columns[1]));
        }
        if panel.kind == Kind::Parts {
            (defaults["min"], defaults["max"]) = (json!(0), json!(1));
        }
        Ok(defaults)
    }

    fn overrides(&self, panel: &Panel) -> Result<Vec<Value>, Error> {
        let mut all = Vec::new();
        for name in &panel.columns {
            let properties = self.properties(panel, name)?;
            if !properties.is_empty() {
                all.push(json!({ "matcher": { "id": "byName", "options": name }, "properties": properties }));
            }
        }
        Ok(all)
    }
}

/// A transformation that leaves columns out of the picture; they stay in the table behind it.
fn without(columns: &[String]) -> Value {
    let excluded: serde_json::Map<_, _> = columns.iter().map(|name| (name.clone(), json!(true))).collect();
    json!({ "id": "organize", "options": { "excludeByName": excluded, "indexByName": {}, "renameByName": {} } })
}

/// Grafana's type of panel, its options, and what its fields have of their own.
fn shape(panel: &Panel) -> (&'static str, Value, Value) {
    match panel.kind {
        Kind::Share => ("stat", stat("/.*/", "value_and_name"), json!({})),
        Kind::Number => ("stat", stat("/.*/", "value"), json!({})),
        Kind::Word => ("stat", stat("/.*/", "value"), json!({})),
        Kind::Coverage => ("bargauge", bar_gauge(), json!({})),
        Kind::Trend | Kind::Series | Kind::Metric => ("timeseries", time_series(), line()),
        Kind::Stacked => ("timeseries", time_series(), standing()),
        Kind::Bars => ("barchart", bar_chart(panel, "none"), bar()),
        Kind::Parts => ("barchart", bar_chart(panel, "normal"), bar()),
        Kind::Table => ("table", table(), json!({ "align": "auto", "inspect": false, "filterable": true })),
    }
}

fn reduce(fields: &str) -> Value {
    json!({ "calcs": ["lastNotNull"], "fields": fields, "values": false })
}

fn stat(fields: &str, text: &str) -> Value {
    json!({
        "graphMode": "none",
        "colorMode": "value",
        "justifyMode": "center",
        "textMode": text,
        "wideLayout": true,
        "showPercentChange": false,
        "percentChangeColorMode": "standard",
        "orientation": "vertical",
        "reduceOptions": reduce(fields),
    })
}

fn bar_gauge() -> Value {
    json!({
        "displayMode": "basic",
        "valueMode": "text",
        "namePlacement": "left",
        "showUnfilled": true,
        "sizing": "auto",
        "minVizWidth": 8,
        "minVizHeight": 12,
        "maxVizHeight": 300,
        "orientation": "horizontal",
        "legend": { "displayMode": "list", "placement": "bottom", "showLegend": false, "calcs": [] },
        "reduceOptions": reduce(""),
    })
}

fn legend(shown: bool) -> Value {
    json!({ "displayMode": "list", "placement": "bottom", "showLegend": shown, "calcs": [] })
}

fn time_series() -> Value {
    json!({ "legend": legend(true), "tooltip": { "mode": "multi", "sort": "desc" } })
}

fn line() -> Value {
    json!({ "drawStyle": "line", "lineWidth": 2, "fillOpacity": 0, "showPoints": "auto", "pointSize": 5, "spanNulls": false })
}

fn standing() -> Value {
    json!({
        "drawStyle": "bars",
        "lineWidth": 0,
        "fillOpacity": 90,
        "showPoints": "never",
        "stacking": { "mode": "normal", "group": "A" },
    })
}

fn bar_chart(panel: &Panel, stacking: &str) -> Value {
    json!({
        "xField": panel.columns[0],
        "orientation": "horizontal",
        "stacking": stacking,
        "showValue": if stacking == "none" { "always" } else { "never" },
        "barWidth": 0.8,
        "groupWidth": 0.8,
        "barRadius": 0,
        "xTickLabelRotation": 0,
        "xTickLabelMaxLength": 24,
        "fullHighlight": false,
        "legend": legend(stacking != "none"),
        "tooltip": { "mode": "multi", "sort": "none" },
    })
}

fn bar() -> Value {
    json!({ "lineWidth": 0, "fillOpacity": 90 })
}

fn table() -> Value {
    json!({ "frameIndex": 0, "showHeader": true, "cellHeight": "sm" })
}
