//! The answer to a statistic: asked for, and read into rows.

use axum::http::StatusCode;
use earshot_store::{InScope, Scope, Statistic};
use serde_json::Value;

use crate::{problem::Problem, server::Inner};

/// Rows, in the order of the statistic's columns.
#[derive(Debug)]
pub(crate) struct Answer {
    pub rows: Vec<Vec<Value>>,
    /// How much is in scope, and how much of it was seen.
    pub seen: InScope,
    /// Whether there are more rows, of some group, than were asked for.
    pub more: bool,
}

/// One row, by the names of its columns.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row<'a> {
    statistic: &'static Statistic,
    values: &'a [Value],
}

/// Asks; `limit` rows of each group at most, where the scope says nothing.
///
/// # Errors
/// If the statistic cannot be asked so, or the store does not answer.
pub(crate) async fn ask(
    web: &Inner,
    statistic: &'static Statistic,
    scope: &Scope,
    limit: u64,
) -> Result<Answer, Problem> {
    let (rows, seen) = tokio::join!(rows(web, statistic, scope, limit), web.store.in_scope(scope));
    let (rows, more) = rows?;
    Ok(Answer { rows, more, seen: seen.map_err(|error| Problem::unavailable("the store", &error))? })
}

/// The same without what is in scope.
///
/// # Errors
/// As [`ask`].
pub(crate) async fn rows(
    web: &Inner,
    statistic: &'static Statistic,
    scope: &Scope,
    limit: u64,
) -> Result<(Vec<Vec<Value>>, bool), Problem> {
    if let Some(why) = statistic.refuses(scope) {
        return Err(Problem::new(StatusCode::BAD_REQUEST, why));
    }
    let limit = scope.limit.unwrap_or(limit).min(limit);
    // One more than is shown tells whether there are more.
    let asked = Scope { limit: Some(limit + 1), ..scope.clone() };
    let unavailable = |error| Problem::unavailable("the store", &error);
    let mut answer = web.store.statistic(statistic, &asked, "JSONCompactEachRow").map_err(unavailable)?;
    let mut bytes = Vec::new();
    while let Some(piece) = answer.next().await.map_err(unavailable)? {
        bytes.extend_from_slice(&piece);
    }
    let rows = serde_json::Deserializer::from_slice(&bytes).into_iter::<Vec<Value>>();
    let mut rows: Vec<_> = rows.collect::<Result<_, _>>().map_err(|error| Problem::unavailable("the store", &error))?;
    let all = rows.len();
    // A segment's rows need not stand together.
    let mut counts = std::collections::HashMap::new();
    rows.retain(|row: &Vec<Value>| {
        let count = counts.entry(row.first().map(ToString::to_string)).or_insert(0_u64);
        *count += 1;
        *count <= limit
    });
    let more = rows.len() < all;
    Ok((rows, more))
}

impl<'a> Row<'a> {
    pub fn new(statistic: &'static Statistic, values: &'a [Value]) -> Self {
        Self { statistic, values }
    }

    /// The value of a column; `None` if it has none, or there is no such column.
    pub fn value(&self, column: &str) -> Option<&'a Value> {
        let index = self.statistic.columns.iter().position(|known| known.name == column)?;
        self.values.get(index).filter(|value| !value.is_null())
    }

    pub fn number(&self, column: &str) -> Option<f64> {
        self.value(column)?.as_f64()
    }

    /// A whole number of things; 0 if nothing is said.
    pub fn count(&self, column: &str) -> u64 {
        self.value(column).and_then(Value::as_u64).unwrap_or_default()
    }

    /// Words; empty if nothing is said.
    pub fn text(&self, column: &str) -> &'a str {
        self.value(column).and_then(Value::as_str).unwrap_or_default()
    }
}
