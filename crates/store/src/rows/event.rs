//! `events`.

mod take;

use clickhouse::Row;
use earshot_model::{Event, Fact, Site, Visit, Witness};
use serde::Serialize;
use uuid::Uuid;

use super::cut;
use crate::EventNote;
use take::host_of;

#[derive(Clone, Debug, Default, Row, Serialize)]
pub(crate) struct EventRow {
    run_id: String,
    site: String,
    #[serde(with = "clickhouse::serde::uuid")]
    visit_id: Uuid,
    seq: u32,
    #[serde(with = "clickhouse::serde::uuid")]
    recording: Uuid,
    page: String,
    at_ms: Option<f64>,
    fact: &'static str,
    vendor: String,
    frame_site: String,
    host: String,
    third_party: String,
    url: String,
    method: String,
    transport: &'static str,
    request: Option<u32>,
    redirect_of: Option<u32>,
    status: Option<u16>,
    mime: String,
    local: bool,
    error: String,
    direction: &'static str,
    body_bytes: u64,
    decoded_bytes: u64,
    initiator: String,
    initiator_url: String,
    initiator_chain: Vec<String>,
    on_leave: bool,
    name: String,
    area: &'static str,
    value_bytes: u32,
    lifetime_s: Option<i64>,
    http_only: bool,
    phase: &'static str,
    seen_by: Vec<&'static str>,
    headers: Vec<(String, String)>,
    cause: Option<u32>,
    behalf: Option<u32>,
    script: String,
    party: &'static str,
    path: String,
    secure: bool,
    same_site: String,
    partitioned: bool,
    kept: Option<bool>,
    last_key_ms: Option<f64>,
    blurred_ms: Option<f64>,
    ordinal: Option<u32>,
    buttons: Vec<(String, String)>,
    target: String,
    means: &'static str,
    count: u32,
    detail: String,
    chain: Vec<String>,
}

/// Makes the rows of one visit: what they have in common is worked out once.
pub(crate) struct EventRows<'v> {
    visit: &'v Visit,
    site: Site,
    /// Where redirects led to: it is first party too.
    landed: Option<Site>,
    common: EventRow,
}

impl<'v> EventRows<'v> {
    pub(crate) fn of(visit: &'v Visit, recording: Uuid) -> Self {
        let site = visit.task.site();
        let common = EventRow {
            run_id: visit.task.run.to_string(),
            site: site.to_string(),
            visit_id: visit.id().0,
            recording,
            page: visit.task.page.to_string(),
            ..EventRow::default()
        };
        let landed = visit.final_url.as_ref().map(earshot_model::PageUrl::site);
        Self { visit, site, landed, common }
    }

    /// The row of one event, with what judging noted about it.
    pub(crate) fn row(&self, event: &Event, note: Option<&EventNote>) -> EventRow {
        let mut row = EventRow {
            seq: event.seq,
            at_ms: event.at_ms,
            fact: event.fact.as_str(),
            vendor: note.and_then(|note| note.vendor.clone()).unwrap_or_default(),
            decoded_bytes: note.map_or(0, |note| note.decoded_bytes),
            cause: note.and_then(|note| note.cause),
            phase: event.phase.as_str(),
            seen_by: event.seen_by.iter().map(Witness::as_str).collect(),
            frame_site: Site::of_url(&event.frame).map(|site| site.to_string()).unwrap_or_default(),
            ..self.common.clone()
        };
        row.take_stack(event.fact.stack());
        self.fill(&mut row, &event.fact);
        row.third_party = self.third_party(&row.host);
        if matches!(event.fact, Fact::Cookie(_) | Fact::Storage(_)) {
            row.party = self.party(&row.host);
        }
        row
    }

    fn fill(&self, row: &mut EventRow, fact: &Fact) {
        match fact {
            Fact::Request(request) => row.take_request(request),
            Fact::Response(response) => {
                self.take_address(row, response.request);
                row.status = Some(response.status);
                row.mime.clone_from(&response.mime);
                row.local = response.local;
            }
            Fact::Failed { request, error } => {
                self.take_address(row, *request);
                row.error.clone_from(error);
            }
            Fact::SocketFrame(frame) => {
                self.take_address(row, frame.request);
                row.take_frame(frame);
            }
            Fact::Cookie(cookie) => row.take_cookie(cookie),
            Fact::Storage(write) => row.take_storage(write),
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
    fn take_address(&self, row: &mut EventRow, seq: u32) {
        row.request = Some(seq);
        // `seq` is the position; a visit that was put together wrongly only loses the address here.
        let event = self.visit.events.get(seq as usize).filter(|event| event.seq == seq);
        if let Some(Fact::Request(request)) = event.map(|event| &event.fact) {
            row.url = cut(&request.url);
            row.host = host_of(&request.url);
            row.method.clone_from(&request.method);
            row.transport = request.transport.as_str();
        }
    }

    fn third_party(&self, host: &str) -> String {
        let site = Site::of_host_or_itself(host).filter(|site| *site != self.site);
        site.map(|site| site.to_string()).unwrap_or_default()
    }

    fn party(&self, host: &str) -> &'static str {
        match Site::of_host_or_itself(host) {
            None => "",
            Some(site) if site == self.site || Some(&site) == self.landed.as_ref() => "first",
            Some(_) => "third",
        }
    }
}
