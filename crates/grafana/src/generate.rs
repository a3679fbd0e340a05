//! Boards become what Grafana reads.

mod field;
mod panel;
mod rule;

use std::{collections::BTreeMap, path::Path};

use serde_json::{Value, json};

use crate::{Alerts, Board, Error, Vocabulary, query::sql};

/// Files of `deploy/grafana` that are made, by their path in it, with their text.
pub type Generated = BTreeMap<String, String>;

/// Grafana's number for the form of a dashboard; newer Grafanas bring it up to theirs.
const SCHEMA_VERSION: u32 = 41;
/// How many units wide a dashboard is.
const GRID: u32 = 24;
const HEADING: u32 = 1;

/// Everything that is made of `deploy/grafana`: dashboards and alert rules.
///
/// # Errors
/// [`Error`] if a file is not what it should be.
pub fn generate(folder: &Path) -> Result<Generated, Error> {
    let vocabulary = Vocabulary::load(folder)?;
    let boards = Board::load_all(folder)?;
    let mut files = Generated::new();
    for board in &boards {
        let of = Of { folder, vocabulary: &vocabulary, boards: &boards, board };
        files.insert(format!("dashboards/{}.json", board.name), text(&of.dashboard()?));
    }
    let rules = rule::rules(folder, &Alerts::load(folder)?)?;
    files.insert("provisioning/alerting/earshot.json".to_owned(), text(&rules));
    Ok(files)
}

fn text(value: &Value) -> String {
    format!("{value:#}\n")
}

/// One board, and what it is made with.
struct Of<'a> {
    folder: &'a Path,
    vocabulary: &'a Vocabulary,
    boards: &'a [Board],
    board: &'a Board,
}

/// The store, as `provisioning/datasources` names it.
fn clickhouse() -> Value {
    json!({ "type": "grafana-clickhouse-datasource", "uid": "earshot-clickhouse" })
}

/// What scrapes the roles.
fn prometheus() -> Value {
    json!({ "type": "prometheus", "uid": "earshot-prometheus" })
}

/// A question to the store, as the plug-in keeps it.
fn target(name: &str, sql: &str, over_time: bool) -> Value {
    json!({
        "refId": name,
        "datasource": clickhouse(),
        "editorType": "sql",
        "pluginVersion": "4.0.0",
        "queryType": if over_time { "timeseries" } else { "table" },
        "format": if over_time { 0 } else { 1 },
        "rawSql": sql,
    })
}

impl Of<'_> {
    fn dashboard(&self) -> Result<Value, Error> {
        let Board { name, title, about, variables, annotations, from, .. } = self.board;
        let variables: Result<Vec<_>, _> = variables.iter().map(|name| self.variable(name)).collect();
        let annotations: Result<Vec<_>, _> = annotations.iter().map(|name| self.annotation(name)).collect();
        Ok(json!({
            "uid": format!("earshot-{name}"),
            "title": format!("Earshot: {title}"),
            "description": about,
            "tags": ["earshot"],
            // Nights are days in UTC.
            "timezone": "utc",
            "editable": false,
            "graphTooltip": 1,
            "schemaVersion": SCHEMA_VERSION,
            "time": { "from": from, "to": "now" },
            "refresh": if variables.as_ref().is_ok_and(Vec::is_empty) { "1m" } else { "" },
            "links": [{
                "type": "dashboards",
                "title": "Earshot",
                "icon": "external link",
                "tooltip": "",
                "tags": ["earshot"],
                "asDropdown": false,
                "includeVars": true,
                "keepTime": true,
                "targetBlank": false,
            }],
            "templating": { "list": variables? },
            "annotations": { "list": annotations? },
            "panels": self.panels()?,
        }))
    }

    fn variable(&self, name: &str) -> Result<Value, Error> {
        let sql = sql(self.folder, &format!("variables/{name}"))?;
        let label = match name {
            "night" => "Night",
            other => self.vocabulary.column(other)?.title.as_str(),
        };
        let many = matches!(name, "sector" | "category");
        let mut variable = json!({
            "type": "query",
            "name": name,
            "label": label,
            "datasource": clickhouse(),
            "query": sql,
            "definition": sql,
            "refresh": 2,
            "sort": 0,
            "multi": many,
            "includeAll": many,
            "allowCustomValue": name == "site" || name == "vendor",
        });
        if many {
            variable["current"] = json!({ "text": ["All"], "value": ["$__all"] });
        }
        Ok(variable)
    }

    fn annotation(&self, name: &str) -> Result<Value, Error> {
        Ok(json!({
            "name": "Runs",
            "enable": true,
            "hide": false,
            "iconColor": self.vocabulary.colour("share")?,
            "datasource": clickhouse(),
            "target": target("Runs", &sql(self.folder, &format!("annotations/{name}"))?, false),
        }))
    }

    fn panels(&self) -> Result<Vec<Value>, Error> {
        let (mut all, mut y) = (Vec::new(), 0);
        for row in &self.board.rows {
            let place = json!({ "x": 0, "y": y, "w": GRID, "h": HEADING });
            let id = all.len() + 1;
            all.push(json!({ "type": "row", "id": id, "title": row.title, "collapsed": false, "panels": [], "gridPos": place }));
            y += HEADING;
            let (mut x, mut line) = (0, 0);
            for panel in &row.panels {
                if x + panel.width > GRID {
                    (x, y, line) = (0, y + line, 0);
                }
                let place = json!({ "x": x, "y": y, "w": panel.width, "h": panel.height() });
                let id = all.len() + 1;
                all.push(self.panel(panel, id, &place)?);
                (x, line) = (x + panel.width, line.max(panel.height()));
            }
            y += line;
        }
        Ok(all)
    }
}
