//! `events`.

mod hosts;
mod take;

use clickhouse::Row;
use earshot_model::{Event, Fact, Visit, Witness};
use serde::Serialize;
use uuid::Uuid;

use super::cut;
use crate::EventNote;
use hosts::Hosts;
use take::host_named;

/// One row; texts are those of the visit.
#[derive(Clone, Debug, Default, Row, Serialize)]
pub(crate) struct EventRow<'r> {
    run_id: &'r str,
    site: &'r str,
    #[serde(with = "clickhouse::serde::uuid")]
    visit_id: Uuid,
    seq: u32,
    #[serde(with = "clickhouse::serde::uuid")]
    recording: Uuid,
    page: &'r str,
    at_ms: Option<f64>,
    fact: &'static str,
    vendor: &'r str,
    frame_site: &'r str,
    host: &'r str,
    third_party: &'r str,
    url: &'r str,
    method: &'r str,
    transport: &'static str,
    request: Option<u32>,
    redirect_of: Option<u32>,
    status: Option<u16>,
    mime: &'r str,
    local: bool,
    error: &'r str,
    direction: &'static str,
    body_bytes: u64,
    decoded_bytes: u64,
    initiator: &'r str,
    initiator_url: &'r str,
    initiator_chain: Vec<&'r str>,
    on_leave: bool,
    name: &'r str,
    area: &'static str,
    value_bytes: u32,
    lifetime_s: Option<i64>,
    http_only: bool,
    phase: &'static str,
    seen_by: Vec<&'static str>,
    headers: Vec<(&'r str, &'r str)>,
    cause: Option<u32>,
    behalf: Option<u32>,
    script: &'r str,
    party: &'static str,
    path: &'r str,
    secure: bool,
    same_site: &'r str,
    partitioned: bool,
    kept: Option<bool>,
    last_key_ms: Option<f64>,
    blurred_ms: Option<f64>,
    ordinal: Option<u32>,
    buttons: Vec<(&'r str, &'r str)>,
    target: &'r str,
    means: &'static str,
    count: u32,
    detail: &'r str,
    chain: Vec<&'r str>,
}

/// Makes the rows of one visit: what they have in common is worked out once.
pub(crate) struct EventRows<'v> {
    visit: &'v Visit,
    run_id: String,
    site: String,
    visit_id: Uuid,
    recording: Uuid,
    hosts: Hosts<'v>,
}

impl<'v> EventRows<'v> {
    pub(crate) fn of(visit: &'v Visit, recording: Uuid) -> Self {
        Self {
            visit,
            run_id: visit.task.run.to_string(),
            site: visit.task.site().to_string(),
            visit_id: visit.id().0,
            recording,
            hosts: Hosts::of(visit),
        }
    }

    /// The row of one event, with what judging noted about it.
    pub(crate) fn row<'r>(&'r self, event: &'r Event, note: Option<&'r EventNote>) -> EventRow<'r> {
        let mut row = EventRow {
            run_id: &self.run_id,
            site: &self.site,
            visit_id: self.visit_id,
            recording: self.recording,
            page: self.visit.task.page.as_str(),
            seq: event.seq,
            at_ms: event.at_ms,
            fact: event.fact.as_str(),
            vendor: note.and_then(|note| note.vendor.as_deref()).unwrap_or_default(),
            decoded_bytes: note.map_or(0, |note| note.decoded_bytes),
            cause: note.and_then(|note| note.cause),
            phase: event.phase.as_str(),
            seen_by: event.seen_by.iter().map(Witness::as_str).collect(),
            frame_site: self.hosts.site(&event.frame),
            ..EventRow::default()
        };
        row.take_stack(event.fact.stack());
        row.host = self.hosts.host(row.script);
        self.fill(&mut row, &event.fact);
        if let Some(host) = host_named(&event.fact) {
            row.host = host;
        }
        row.third_party = self.hosts.third_party(row.host);
        if matches!(event.fact, Fact::Cookie(_) | Fact::Storage(_)) {
            row.party = self.hosts.party(row.host);
        }
        row
    }

    fn fill<'r>(&'r self, row: &mut EventRow<'r>, fact: &'r Fact) {
        match fact {
            Fact::Request(request) => {
                row.take_request(request);
                row.host = self.hosts.host(&request.url);
            }
            Fact::Response(response) => {
                self.take_address(row, response.request);
                row.status = Some(response.status);
                row.mime = &response.mime;
                row.local = response.local;
            }
            Fact::Failed { request, error } => {
                self.take_address(row, *request);
                row.error = error;
            }
            Fact::SocketFrame(frame) => {
                self.take_address(row, frame.request);
                row.take_frame(frame);
            }
            Fact::Cookie(cookie) => row.take_cookie(cookie),
            Fact::Storage(write) => {
                row.take_storage(write);
                row.host = self.hosts.host(&write.origin);
            }
            Fact::Listener(listener) => row.take_listener(listener),
            Fact::FieldRead(read) => row.take_field_read(read),
            Fact::ApiCall(call) => row.take_api_call(call),
            Fact::Alias(alias) => row.take_alias(alias),
            Fact::Mark(mark) => row.take_mark(mark),
            Fact::Entry(entry) => row.take_entry(entry),
            Fact::Consent(consent) => row.take_consent(consent),
        }
    }

    /// Address and means of the request that an event belongs to.
    fn take_address<'r>(&'r self, row: &mut EventRow<'r>, seq: u32) {
        row.request = Some(seq);
        // `seq` is the position; a visit that was put together wrongly only loses the address here.
        let event = self.visit.events.get(seq as usize).filter(|event| event.seq == seq);
        if let Some(Fact::Request(request)) = event.map(|event| &event.fact) {
            row.url = cut(&request.url);
            row.host = self.hosts.host(&request.url);
            row.method = &request.method;
            row.transport = request.transport.as_str();
        }
    }
}
