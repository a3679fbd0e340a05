//! Puts variables and macros into a query, as Grafana and its ClickHouse plug-in do (version 4 of the plug-in:
//! <https://grafana.com/docs/plugins/grafana-clickhouse-datasource/latest/query-editor/>).
//!
//! Only what our queries use, and stricter: what Grafana would leave as it stands is an error here.

use std::collections::BTreeMap;

use thiserror::Error;

/// In what a query is asked.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// Beginning of the time range, in seconds since 1970.
    pub from: i64,
    /// Its end.
    pub to: i64,
    /// How much time a point of a chart stands for, in seconds.
    pub interval_s: u32,
    /// What was chosen, by name of the variable.
    pub variables: BTreeMap<String, Chosen>,
}

/// What was chosen for a variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Chosen {
    /// Everything: `$__conditionalAll` leaves its condition out. The values are what there is.
    All(Vec<String>),
    /// These.
    Some(Vec<String>),
}

/// What a query may not say.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ExpandError {
    /// A `$` that is neither a macro nor `${variable:singlequote}`.
    #[error("nobody knows {0}")]
    Unknown(String),
    /// A macro with other arguments than it takes.
    #[error("{0} takes other arguments than {1:?}")]
    Arguments(String, Vec<String>),
}

const CONDITIONAL: &str = "$__conditionalAll(";

/// The query as ClickHouse gets it.
///
/// # Errors
/// [`ExpandError`] names what is not known.
pub fn expand(sql: &str, scope: &Scope) -> Result<String, ExpandError> {
    let sql: Vec<_> = sql.lines().filter(|line| !line.trim_start().starts_with("--")).collect();
    let sql = conditions(&sql.join("\n"), scope)?;
    let mut out = String::with_capacity(sql.len());
    let mut rest = sql.as_str();
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let length = match rest.strip_prefix("$__") {
            Some(_) => called(rest, scope, &mut out)?,
            None => chosen(rest, scope, &mut out)?,
        };
        rest = &rest[length..];
    }
    out.push_str(rest);
    Ok(out)
}

/// `$__conditionalAll(condition, $variable)`, the last first, so that one within another is seen to before that.
fn conditions(sql: &str, scope: &Scope) -> Result<String, ExpandError> {
    let mut sql = sql.to_owned();
    while let Some(at) = sql.rfind(CONDITIONAL) {
        let (arguments, length) = arguments(&sql[at + CONDITIONAL.len() - 1..]);
        let wrong = || ExpandError::Arguments(CONDITIONAL.trim_end_matches('(').to_owned(), arguments.clone());
        let [condition, variable] = arguments.as_slice() else { return Err(wrong()) };
        let name = variable.strip_prefix('$').ok_or_else(wrong)?;
        let chosen = scope.variables.get(name).ok_or_else(|| ExpandError::Unknown(variable.clone()))?;
        let instead = if matches!(chosen, Chosen::All(_)) { "1=1" } else { condition };
        sql = format!("{}{instead}{}", &sql[..at], &sql[at + CONDITIONAL.len() - 1 + length..]);
    }
    Ok(sql)
}

/// A macro at the beginning of `text`; how long it is there.
fn called(text: &str, scope: &Scope, out: &mut String) -> Result<usize, ExpandError> {
    let end = text[1..].find(|c: char| !c.is_ascii_alphanumeric() && c != '_').map_or(text.len(), |at| at + 1);
    let name = &text[..end];
    let (arguments, length) = match text[end..].starts_with('(') {
        true => arguments(&text[end..]),
        false => (Vec::new(), 0),
    };
    let (from, to) = (scope.from, scope.to);
    let expanded = match (name, arguments.as_slice()) {
        ("$__fromTime", []) => format!("toDateTime({from})"),
        ("$__toTime", []) => format!("toDateTime({to})"),
        ("$__interval_s", []) => scope.interval_s.max(1).to_string(),
        ("$__timeFilter", [column]) => {
            format!("{column} >= toDateTime({from}) AND {column} <= toDateTime({to})")
        }
        ("$__dateFilter", [column]) => {
            format!("{column} >= toDate('{}') AND {column} <= toDate('{}')", day(from), day(to))
        }
        ("$__timeInterval", [column]) => {
            format!("toStartOfInterval(toDateTime({column}), INTERVAL {} second)", scope.interval_s.max(1))
        }
        ("$__fromTime" | "$__toTime" | "$__interval_s" | "$__timeFilter" | "$__dateFilter" | "$__timeInterval", _) => {
            return Err(ExpandError::Arguments(name.to_owned(), arguments));
        }
        _ => return Err(ExpandError::Unknown(name.to_owned())),
    };
    out.push_str(&expanded);
    Ok(end + length)
}

/// A variable at the beginning of `text`; how long it is there.
fn chosen(text: &str, scope: &Scope, out: &mut String) -> Result<usize, ExpandError> {
    let unknown = || ExpandError::Unknown(text.chars().take_while(|c| !c.is_whitespace()).collect());
    let (inner, _) = text.strip_prefix("${").and_then(|rest| rest.split_once('}')).ok_or_else(unknown)?;
    let name = inner.strip_suffix(":singlequote").ok_or_else(unknown)?;
    let (Chosen::All(values) | Chosen::Some(values)) = scope.variables.get(name).ok_or_else(unknown)?;
    let quoted: Vec<_> = values.iter().map(|value| format!("'{}'", value.replace('\'', "\\'"))).collect();
    // Nothing chosen is an empty text to Grafana.
    out.push_str(&if quoted.is_empty() { "''".to_owned() } else { quoted.join(",") });
    Ok(inner.len() + "${}".len())
}

/// What stands between the bracket at the beginning of `text` and the one that closes it, at its commas; and how long that is
/// with both.
fn arguments(text: &str) -> (Vec<String>, usize) {
    let (mut depth, mut quoted, mut all, mut begin) = (0, false, Vec::new(), 1);
    for (at, c) in text.char_indices() {
        match c {
            '\'' => quoted = !quoted,
            _ if quoted => {}
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' if depth > 1 => depth -= 1,
            ',' | ')' if depth == 1 => {
                let one = text[begin..at].trim();
                if !one.is_empty() || c == ',' {
                    all.push(one.to_owned());
                }
                begin = at + 1;
                if c == ')' {
                    return (all, begin);
                }
            }
            _ => {}
        }
    }
    (all, text.len())
}

/// The day of a moment, in UTC, as `2026-11-28`.
fn day(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).map_or_else(|_| "1970-01-01".to_owned(), |at| at.strftime("%F").to_string())
}
