//! `events`.

use clickhouse::Row;
use earshot_model::{Cookie, Direction, Event, Fact, Request, Site, SocketFrame, StorageWrite, Visit};
use serde::Serialize;
use url::Url;
use uuid::Uuid;

use super::cut;
use crate::EventNote;

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
}

/// Makes the rows of one visit: what they have in common is worked out once.
pub(crate) struct EventRows<'v> {
    visit: &'v Visit,
    site: Site,
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
        Self { visit, site, common }
    }

    /// The row of one event, with what judging noted about it.
    pub(crate) fn row(&self, event: &Event, note: Option<&EventNote>) -> EventRow {
        let mut row = EventRow {
            seq: event.seq,
            at_ms: event.at_ms,
            fact: event.fact.as_str(),
            vendor: note.and_then(|note| note.vendor.clone()).unwrap_or_default(),
            decoded_bytes: note.map_or(0, |note| note.decoded_bytes),
            frame_site: Site::of_url(&event.frame).map(|site| site.to_string()).unwrap_or_default(),
            ..self.common.clone()
        };
        self.fill(&mut row, &event.fact);
        row.third_party = self.third_party(&row.host);
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
            Fact::Listener(_) | Fact::FieldRead(_) | Fact::ApiCall(_) | Fact::Alias(_) | Fact::Mark(_) => {}
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
}

impl EventRow {
    fn take_request(&mut self, request: &Request) {
        self.url = cut(&request.url);
        self.host = host_of(&request.url);
        self.method.clone_from(&request.method);
        self.transport = request.transport.as_str();
        self.redirect_of = request.redirect_of;
        self.on_leave = request.on_leave;
        self.body_bytes = request.body.as_ref().map_or(0, |body| body.size);
        self.initiator.clone_from(&request.initiator.kind);
        self.initiator_url = cut(request.initiator.url.as_deref().unwrap_or_default());
        for frame in &request.initiator.stack {
            let script = cut(&frame.url);
            if !script.is_empty() && !self.initiator_chain.contains(&script) {
                self.initiator_chain.push(script);
            }
        }
    }

    fn take_frame(&mut self, frame: &SocketFrame) {
        self.direction = match frame.direction {
            Direction::Sent => "sent",
            Direction::Received => "received",
        };
        self.body_bytes = frame.body.size;
    }

    fn take_cookie(&mut self, cookie: &Cookie) {
        self.host.clone_from(&cookie.domain);
        self.request = cookie.set_by;
        self.name = cut(&cookie.name);
        self.value_bytes = cookie.value_len;
        self.lifetime_s = cookie.lifetime_s;
        self.http_only = cookie.http_only;
        self.error = cookie.blocked.clone().unwrap_or_default();
    }

    fn take_storage(&mut self, write: &StorageWrite) {
        self.host = host_of(&write.origin);
        self.name = cut(&write.key);
        self.value_bytes = write.value_len;
        self.area = write.area.as_str();
    }
}

/// Empty for an address without a host, such as `data:`.
fn host_of(url: &str) -> String {
    Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default()
}
