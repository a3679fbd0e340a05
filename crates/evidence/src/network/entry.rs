//! One request with what came of it.

use earshot_model::{
    Direction, Event, Header, Initiator, Request, ScriptFrame, SocketFrame, Transport, Visit, Witness,
};
use jiff::{SignedDuration, Timestamp};
use url::Url;

use super::{
    Answers,
    form::{self, CallFrame, Content, Empty, Entry, Message, Named, PostData, Response, Stack, Timings},
    text::Budget,
};

/// The browser does not tell which version was spoken.
const HTTP: &str = "unknown";

pub(super) fn of<'a>(
    visit: &'a Visit,
    event: &'a Event,
    request: &'a Request,
    vendor: Option<&'a str>,
    answers: &Answers<'a>,
    budget: &mut Budget,
) -> Entry<'a> {
    let took = elapsed(event, answers);
    let moment = |at_ms: Option<f64>| moment(visit.started_at, at_ms.unwrap_or_default());
    let frames = answers.frames.get(&event.seq).into_iter().flatten();
    let messages = frames.map(|(event, frame)| message(moment(event.at_ms), frame, budget)).collect();
    Entry {
        pageref: form::PAGE,
        started_date_time: moment(event.at_ms).to_string(),
        time: took,
        request: sent(request, budget),
        response: answer(event.seq, answers),
        cache: Empty {},
        // Only two moments are seen: that of the request and that of the answer's head.
        timings: Timings { send: 0.0, wait: took, receive: 0.0 },
        server_ip_address: is_document(visit, request).then(|| visit.served.address.as_deref().map(host)).flatten(),
        comment: event.at_ms.is_none().then(|| "when it was sent was not seen".to_owned()),
        seq: event.seq,
        phase: event.phase.as_str(),
        vendor,
        seen_by: event.seen_by.iter().map(Witness::as_str).collect(),
        resource_type: request.transport.as_str(),
        initiator: initiator(&request.initiator),
        on_leave: request.on_leave,
        web_socket_messages: messages,
    }
}

/// Whether it asked for the document whose server is known.
fn is_document(visit: &Visit, request: &Request) -> bool {
    let page = visit.final_url.as_ref().unwrap_or(&visit.task.page);
    request.transport == Transport::Document && request.url.split('#').next() == Some(page.as_str())
}

fn sent<'a>(request: &'a Request, budget: &mut Budget) -> form::Request<'a> {
    let body = request.body.as_ref();
    let post_data = body.map(|body| {
        let text = budget.spend(body);
        PostData {
            mime_type: request.header("content-type").unwrap_or_default().to_owned(),
            text: text.text,
            encoding: text.is_base64.then_some("base64"),
            comment: text.comment,
        }
    });
    form::Request {
        method: &request.method,
        url: &request.url,
        http_version: HTTP,
        cookies: [],
        headers: request.headers.iter().map(header).collect(),
        query_string: query(&request.url),
        post_data,
        headers_size: -1,
        body_size: body.map_or(0, |body| i64::try_from(body.size).unwrap_or(i64::MAX)),
    }
}

fn header(header: &Header) -> Named {
    Named {
        name: header.name.clone(),
        value: header.value.clone().unwrap_or_default(),
        comment: header.value.is_none().then_some("withheld"),
    }
}

fn query(address: &str) -> Vec<Named> {
    let Ok(url) = Url::parse(address) else { return Vec::new() };
    let named = |(name, value): (std::borrow::Cow<str>, std::borrow::Cow<str>)| Named {
        name: name.into_owned(),
        value: value.into_owned(),
        comment: None,
    };
    url.query_pairs().map(named).collect()
}

fn answer<'a>(seq: u32, answers: &Answers<'a>) -> Response<'a> {
    let response = answers.responses.get(&seq).map(|(_, response)| *response);
    Response {
        status: response.map_or(0, |response| response.status),
        status_text: "",
        http_version: HTTP,
        cookies: [],
        headers: [],
        content: Content { size: -1, mime_type: response.map_or("", |response| &response.mime) },
        redirect_url: answers.redirects.get(&seq).copied().unwrap_or_default(),
        headers_size: -1,
        body_size: -1,
        error: answers.failures.get(&seq).map(|(_, error)| *error),
    }
}

/// From the request to the head of its answer or to its failure, in ms; 0 where one of them was not seen.
fn elapsed(event: &Event, answers: &Answers) -> f64 {
    let response = answers.responses.get(&event.seq).map(|(event, _)| event.at_ms);
    let end = response.or_else(|| answers.failures.get(&event.seq).map(|(event, _)| event.at_ms));
    let took = end.flatten().zip(event.at_ms).map_or(0.0, |(end, start)| end - start);
    if took.is_finite() { took.max(0.0) } else { 0.0 }
}

fn initiator(initiator: &Initiator) -> form::Initiator<'_> {
    let frames: Vec<_> = initiator.stack.iter().map(call_frame).collect();
    form::Initiator {
        kind: &initiator.kind,
        url: initiator.url.as_deref(),
        stack: (!frames.is_empty()).then_some(Stack { call_frames: frames }),
    }
}

fn call_frame(frame: &ScriptFrame) -> CallFrame<'_> {
    CallFrame { function_name: &frame.function, url: &frame.url, line_number: frame.line, column_number: frame.column }
}

fn message(at: Timestamp, frame: &SocketFrame, budget: &mut Budget) -> Message {
    let text = budget.spend(&frame.body);
    Message {
        kind: match frame.direction {
            Direction::Sent => "send",
            Direction::Received => "receive",
        },
        time: at.as_duration().as_secs_f64(),
        opcode: if text.is_base64 { 2 } else { 1 },
        data: text.text,
        comment: text.comment,
    }
}

fn moment(started_at: Timestamp, at_ms: f64) -> Timestamp {
    let after = SignedDuration::try_from_secs_f64(at_ms / 1000.0).ok();
    after.and_then(|after| started_at.checked_add(after).ok()).unwrap_or(started_at)
}

/// Without the port, and without the brackets of IPv6.
fn host(address: &str) -> &str {
    let host = address.rsplit_once(':').map_or(address, |(host, _)| host);
    host.trim_start_matches('[').trim_end_matches(']')
}
