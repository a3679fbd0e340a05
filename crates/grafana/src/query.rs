//! Every question that the dashboards and alert rules ask of ClickHouse.

use std::path::Path;

use crate::{Alerts, Board, ColumnKind, Error, Kind, Vocabulary};

/// One question, before its variables and macros are put in.
#[derive(Clone, Debug)]
pub struct Query {
    /// The dashboard that asks it; `alerts` for a rule.
    pub board: String,
    /// What people call the panel, variable, annotation or rule.
    pub title: String,
    /// Who asks.
    pub asks: Asks,
    /// File below `sql`, without its ending.
    pub file: String,
    /// Its text.
    pub sql: String,
    /// The columns that it must give, in order, and of which kind.
    pub columns: Vec<(String, ColumnKind)>,
    /// Why it may give no rows although all is well; else it gives some.
    pub may_be_empty: Option<String>,
}

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asks {
    /// A panel of this kind.
    Panel(Kind),
    /// A variable, for its values.
    Variable,
    /// An annotation.
    Annotation,
    /// An alert rule, whose time range reaches back so many seconds.
    Alert(u64),
}

/// Every question of `deploy/grafana`, board by board: variables, annotations, panels; then the rules.
///
/// # Errors
/// [`Error`] if a file is not what it should be.
pub fn queries(folder: &Path) -> Result<Vec<Query>, Error> {
    let vocabulary = Vocabulary::load(folder)?;
    let mut all = Vec::new();
    for board in Board::load_all(folder)? {
        all.extend(of_board(folder, &vocabulary, &board)?);
    }
    for rule in Alerts::load(folder)?.rules {
        let text = rule.labels.iter().map(|label| (label.clone(), ColumnKind::Text));
        all.push(Query {
            board: "alerts".to_owned(),
            title: rule.title.clone(),
            asks: Asks::Alert(rule.lookback_s()),
            sql: sql(folder, &rule.sql)?,
            columns: text.chain([("value".to_owned(), ColumnKind::Number)]).collect(),
            file: rule.sql,
            may_be_empty: None,
        });
    }
    Ok(all)
}

fn of_board(folder: &Path, vocabulary: &Vocabulary, board: &Board) -> Result<Vec<Query>, Error> {
    let query = |title: &str, asks, file: String, columns, may_be_empty| {
        let (board, title) = (board.name.clone(), title.to_owned());
        Ok(Query { board, title, asks, sql: sql(folder, &file)?, file, columns, may_be_empty })
    };
    let mut all = Vec::new();
    for name in &board.variables {
        let columns = match name.as_str() {
            "vendor" => vec![(name.clone(), ColumnKind::Text), ("vendor_name".to_owned(), ColumnKind::Text)],
            _ => vec![(name.clone(), ColumnKind::Text)],
        };
        all.push(query(name, Asks::Variable, format!("variables/{name}"), columns, None)?);
    }
    for name in &board.annotations {
        let columns = [
            ("time", ColumnKind::Time),
            ("timeEnd", ColumnKind::Time),
            ("title", ColumnKind::Text),
            ("text", ColumnKind::Text),
            ("tags", ColumnKind::Text),
        ];
        let columns = columns.map(|(name, kind)| (name.to_owned(), kind)).to_vec();
        all.push(query(name, Asks::Annotation, format!("annotations/{name}"), columns, None)?);
    }
    for panel in board.panels() {
        let Some(file) = &panel.sql else { continue };
        let columns = panel.columns.iter().chain(&panel.also);
        let columns: Result<Vec<_>, Error> =
            columns.map(|name| Ok((name.clone(), vocabulary.column(name)?.kind))).collect();
        all.push(query(&panel.title, Asks::Panel(panel.kind), file.clone(), columns?, panel.may_be_empty.clone())?);
    }
    Ok(all)
}

/// The text of a file below `sql`, without what comes after its last line.
pub(crate) fn sql(folder: &Path, file: &str) -> Result<String, Error> {
    Ok(Error::read(folder.join("sql").join(format!("{file}.sql")))?.trim_end().to_owned())
}
