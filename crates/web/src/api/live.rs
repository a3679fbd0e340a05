//! `/api/v1/runs/{run}/live`: what happens in a run, as it happens.
//!
//! A stream of [server-sent events](https://html.spec.whatwg.org/multipage/server-sent-events.html), each with JSON. First `run`
//! says what it is, then `progress` comes whenever that has changed, and what happens in its visits: `opened`, `navigated`,
//! `contact`, `banner`, `choice`, `reload`, `typing`, `typed`, `picture`, `ended` and `broken_off`, each with the id of its visit
//! and the moment in ms since navigation start. `done` is the last. Whose an address is is said by the address alone: what
//! counts is the report.

use std::{convert::Infallible, time::Duration};

use axum::{
    extract::{Path, State},
    http::{HeaderMap, HeaderName, HeaderValue},
    response::{
        IntoResponse,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures::stream;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{access::Reader, api::runs, live::Seat, problem::Problem, server::Shared};

/// How often something is sent when nothing happens, so that proxies keep the connection.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// By which who comes back says how far they have listened.
const LAST_EVENT_ID: &str = "last-event-id";
/// Asks a reverse proxy (nginx) to pass on what comes when it comes.
const UNBUFFERED: (HeaderName, HeaderValue) =
    (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));

pub(crate) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(live))
}

/// What happens in a run, as it happens.
#[utoipa::path(
    get,
    path = "/runs/{run}/live",
    tag = "runs",
    params(("run" = String, Path, description = "The run.", example = "01ARZ3NDEKTSV4RRFFQ69G5FAV")),
    responses((
        status = 200,
        description = "Server-sent events, each with JSON: `run`, `progress`, what happens in visits, and `done` at the end.",
        body = String,
        content_type = "text/event-stream"
    ))
)]
async fn live(
    _: Reader,
    State(web): State<Shared>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Problem> {
    let run = runs::known(&web, &id).await?;
    let after = headers.get(LAST_EVENT_ID).and_then(|id| id.to_str().ok());
    let seat = web.live.sit(&web, run, after)?;
    let told = stream::unfold(seat, async |mut seat: Seat| {
        let told = seat.next().await?;
        let event = Event::default().event(told.name).data(told.data.to_string());
        let event = match told.id {
            Some(id) => event.id(id),
            None => event,
        };
        Some((Ok::<_, Infallible>(event), seat))
    });
    Ok(([UNBUFFERED], Sse::new(told).keep_alive(KeepAlive::new().interval(HEARTBEAT))))
}
