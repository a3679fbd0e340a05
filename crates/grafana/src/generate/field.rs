//! What a column looks like in a panel, after `columns.toml`.

use serde_json::{Value, json};

use super::Of;
use crate::{Column, ColumnKind, Error, Kind, Panel};

impl Of<'_> {
    /// The properties by which a panel's column differs from what Grafana would make of it.
    pub(super) fn properties(&self, panel: &Panel, name: &str) -> Result<Vec<Value>, Error> {
        let column = self.vocabulary.column(name)?;
        // The time of a chart has an axis; of a chart of words, each line is called by its word.
        if panel.kind.is_over_time() && column.kind != ColumnKind::Number {
            return Ok(Vec::new());
        }
        let mut all = Vec::new();
        let mut add = |id: &str, value: Value| all.push(json!({ "id": id, "value": value }));
        if panel.kind != Kind::Series {
            add("displayName", json!(column.title));
        }
        if let Some(unit) = &column.unit {
            add("unit", json!(unit));
        }
        if column.unit.as_deref() == Some("percentunit") {
            add("min", json!(0));
            add("decimals", json!(1));
            if panel.kind == Kind::Table {
                add("max", json!(1));
            }
        }
        if let (Some(role), false) = (&column.colour, panel.kind == Kind::Series) {
            add("color", json!({ "mode": "fixed", "fixedColor": self.vocabulary.colour(role)? }));
        }
        if let Some(steps) = self.steps(column)? {
            add("thresholds", steps);
            add("color", json!({ "mode": "thresholds" }));
        }
        if let Some(words) = self.words(column)? {
            add("mappings", words);
        }
        if let Some(cell) = cell(panel, column) {
            add("custom.cellOptions", cell);
        }
        if let Some(link) = self.link(panel, name, column)? {
            add("links", json!([link]));
        }
        Ok(all)
    }

    fn steps(&self, column: &Column) -> Result<Option<Value>, Error> {
        let mut steps = Vec::new();
        for (index, (from, role)) in column.steps.iter().enumerate() {
            // The first has no lower end.
            let value = if index == 0 { Value::Null } else { json!(from) };
            steps.push(json!({ "value": value, "color": self.vocabulary.colour(role)? }));
        }
        Ok((!steps.is_empty()).then(|| json!({ "mode": "absolute", "steps": steps })))
    }

    fn words(&self, column: &Column) -> Result<Option<Value>, Error> {
        let mut options = serde_json::Map::new();
        for (index, (word, role)) in column.words.iter().enumerate() {
            options
                .insert(word.clone(), json!({ "text": word, "color": self.vocabulary.colour(role)?, "index": index }));
        }
        Ok((!options.is_empty()).then(|| json!([{ "type": "value", "options": options }])))
    }

    /// The way to the dashboard that says more, with everything that was chosen here and can be chosen there.
    fn link(&self, panel: &Panel, name: &str, column: &Column) -> Result<Option<Value>, Error> {
        let Some(to) = &column.link else { return Ok(None) };
        if panel.kind != Kind::Table {
            return Ok(None);
        }
        let unknown = || Error::Unknown(to.clone(), "boards");
        let there = self.boards.iter().find(|board| board.name == *to).ok_or_else(unknown)?;
        let kept = there.variables.iter().filter(|it| *it != name && self.board.variables.contains(it));
        let kept: String = kept.map(|it| format!("&${{{it}:queryparam}}")).collect();
        let url = format!("/d/earshot-{to}?var-{name}=${{__data.fields.{name}}}{kept}&${{__url_time_range}}");
        Ok(Some(json!({ "title": format!("{} ${{__value.text}}", there.title), "url": url, "targetBlank": false })))
    }
}

/// How a table's cell is drawn; as text if nothing is said.
fn cell(panel: &Panel, column: &Column) -> Option<Value> {
    if panel.kind != Kind::Table {
        None
    } else if column.gauge {
        Some(json!({ "type": "gauge", "mode": "basic", "valueDisplayMode": "text" }))
    } else if !column.words.is_empty() {
        Some(json!({ "type": "color-text" }))
    } else {
        None
    }
}
