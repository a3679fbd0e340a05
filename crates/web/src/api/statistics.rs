//! `/api/v1/statistics`: the named statistics, their definitions, and their answers.

use axum::{
    Json,
    body::Body,
    extract::{Path, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use earshot_store::{InScope, STATISTICS, Statistic};
use futures::stream;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    access::Reader,
    answer,
    asked::{self, Asked},
    link,
    problem::Problem,
    server::{Inner, Shared},
};

/// Rows of each group in a document; files have all.
const MOST_ROWS: u64 = 1_000;

/// All statistics.
#[derive(Serialize, ToSchema)]
#[schema(as = Statistics)]
pub(crate) struct Listed {
    statistics: Vec<Entry>,
}

/// A statistic, defined.
#[derive(Serialize, ToSchema)]
#[schema(as = Statistic)]
pub(crate) struct Entry {
    name: &'static str,
    title: &'static str,
    definition: &'static str,
    numerator: &'static str,
    denominator: &'static str,
    columns: Vec<Column>,
    /// Where its answer is.
    address: String,
}

/// A column of an answer.
#[derive(Serialize, ToSchema)]
struct Column {
    name: &'static str,
    unit: &'static str,
    meaning: &'static str,
}

/// A statistic, answered.
#[derive(Serialize, ToSchema)]
#[schema(as = StatisticAnswer)]
pub(crate) struct Answered {
    #[serde(flatten)]
    entry: Entry,
    /// How much is in scope, and how much of it was seen.
    #[schema(value_type = Object)]
    in_scope: InScope,
    /// By the names of the columns.
    #[schema(value_type = Vec<Object>)]
    rows: Vec<Map<String, Value>>,
    /// Whether there are more rows than so many of each group; `format=ndjson` has all.
    more: bool,
    /// What was asked, and with which parameters.
    sql: String,
    #[schema(value_type = Object)]
    parameters: Map<String, Value>,
}

/// The answer as a file.
struct File {
    /// What the store calls the form.
    form: &'static str,
    kind: &'static str,
    ending: &'static str,
}

pub(crate) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(show))
}

/// All statistics, defined.
#[utoipa::path(get, path = "/statistics", tag = "statistics", responses((status = 200, description = "All of them.", body = Listed)))]
async fn list(_: Reader) -> Json<Listed> {
    Json(Listed { statistics: STATISTICS.iter().map(|statistic| entry(statistic)).collect() })
}

/// The answer of a statistic over a scope.
#[utoipa::path(
    get,
    path = "/statistics/{name}",
    tag = "statistics",
    params(
        ("name" = String, Path, description = "The statistic.", example = "prevalence"),
        ("portfolio" = Option<String>, Query, description = "Only sites of this portfolio.", example = "shops"),
        ("since" = Option<String>, Query, description = "Only nights from this one on.", example = "2026-01-01"),
        ("until" = Option<String>, Query, description = "Only nights until this one.", example = "2026-12-31"),
        ("run" = Option<String>, Query, description = "Only this run.", example = "01ARZ3NDEKTSV4RRFFQ69G5FAV"),
        ("region" = Option<Vec<String>>, Query, description = "Only what was seen through one of these exits; - for the usual one.", example = json!(["-"])),
        ("where" = Option<Vec<String>>, Query, description = "Only sites of which a column has a value: NAME=VALUE.", example = json!(["sector=retail"])),
        ("category" = Option<Vec<String>>, Query, description = "Only third parties of these categories.", example = json!(["analytics"])),
        ("vendor" = Option<Vec<String>>, Query, description = "Only these third parties.", example = json!(["microsoft-clarity"])),
        ("all" = Option<String>, Query, description = "1: every third party, not only trackers.", example = "1"),
        ("by" = Option<String>, Query, description = "The dimension that the answer is grouped by.", example = "sector"),
        ("days" = Option<u16>, Query, description = "How many nights are the latest ones, where those are compared with the ones before.", example = 7),
        ("limit" = Option<u64>, Query, description = "Rows of each group at most.", example = 10),
        ("format" = Option<String>, Query, description = "json, ndjson, csv or parquet: all rows as a file, instead of a document.", example = "ndjson"),
    ),
    responses((status = 200, description = "The answer.", body = Answered))
)]
async fn show(
    _: Reader,
    State(web): State<Shared>,
    Path(name): Path<String>,
    asked: Result<Asked, Problem>,
) -> Result<Response, Problem> {
    let (statistic, asked) = (known(&name)?, asked?);
    match asked.format.as_str() {
        "" => document(&web, statistic, &asked).await.map(|answered| Json(answered).into_response()),
        format => file(&web, statistic, &asked, format).await,
    }
}

/// The statistic of that name.
pub(crate) fn known(name: &str) -> Result<&'static Statistic, Problem> {
    let detail = || "there is no such statistic; /statistics names all";
    Statistic::find(name).ok_or_else(|| Problem::new(StatusCode::NOT_FOUND, detail()))
}

async fn document(web: &Inner, statistic: &'static Statistic, asked: &Asked) -> Result<Answered, Problem> {
    let answer = answer::ask(web, statistic, &asked.scope, MOST_ROWS).await?;
    let names = || statistic.columns.iter().map(|column| column.name.to_owned());
    let rows = answer.rows.into_iter().map(|row| names().zip(row).collect()).collect();
    let parameters = asked.scope.parameters(statistic.usually_by);
    Ok(Answered {
        entry: Entry {
            address: link::with_query(&["api", "v1", "statistics", statistic.name], &asked::query(&asked.scope)),
            ..entry(statistic)
        },
        in_scope: answer.seen,
        rows,
        more: answer.more,
        sql: statistic.sql(),
        parameters: parameters.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
    })
}

/// As the store gives it, piece by piece: an answer may be larger than memory.
async fn file(web: &Inner, statistic: &'static Statistic, asked: &Asked, format: &str) -> Result<Response, Problem> {
    let bad = |detail: String| Problem::new(StatusCode::BAD_REQUEST, detail);
    let file = match format {
        "json" => File { form: "JSON", kind: "application/json", ending: "json" },
        "ndjson" => File { form: "JSONEachRow", kind: "application/x-ndjson", ending: "ndjson" },
        "csv" => File { form: "CSVWithNames", kind: "text/csv; charset=utf-8", ending: "csv" },
        "parquet" => File { form: "Parquet", kind: "application/vnd.apache.parquet", ending: "parquet" },
        _ => return Err(bad("format: json, ndjson, csv or parquet; without it, a document".to_owned())),
    };
    if let Some(why) = statistic.refuses(&asked.scope) {
        return Err(bad(why));
    }
    let unavailable = |error| Problem::unavailable("the store", &error);
    let mut answer = web.store.statistic(statistic, &asked.scope, file.form).map_err(unavailable)?;
    // The first piece is waited for: what is wrong with the question shows there.
    let first = answer.next().await.map_err(unavailable)?;
    let rest = stream::unfold(answer, async |mut answer| Some((answer.next().await.transpose()?, answer)));
    let pieces = stream::StreamExt::chain(stream::iter(first.map(Ok)), rest);
    let name = format!("attachment; filename=\"{}.{}\"", statistic.name, file.ending);
    let name = HeaderValue::try_from(name).unwrap_or(HeaderValue::from_static("attachment"));
    let headers = [(header::CONTENT_TYPE, HeaderValue::from_static(file.kind)), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, Body::from_stream(pieces)).into_response())
}

fn entry(statistic: &'static Statistic) -> Entry {
    let Statistic { name, title, definition, numerator, denominator, columns, .. } = statistic;
    let columns =
        columns.iter().map(|column| Column { name: column.name, unit: column.unit.as_str(), meaning: column.meaning });
    let address = link::path(&["api", "v1", "statistics", name]);
    Entry { name, title, definition, numerator, denominator, columns: columns.collect(), address }
}
