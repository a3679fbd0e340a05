//! Events.

use super::{
    fault::{Checked, Problem, each, fault, invalid, maybe, maybe_text, present, status, text, within, word},
    proto::{self, event::Fact as Form},
    sets,
};
use crate::{
    Alias, ApiCall, Body, Consent, ConsentButton, Cookie, Entry, Event, Fact, FieldRead, Header, Initiator, Listener,
    Mark, Request, Response, ScriptFrame, SocketFrame, StorageWrite, Witness,
};

pub(super) fn to_event(event: &Event) -> proto::Event {
    let fact = match event.fact.clone() {
        Fact::Request(request) => Form::Request(to_request(request)),
        Fact::Response(response) => Form::Response(to_response(response)),
        Fact::Failed { request, error } => Form::Failed(proto::Failed { request, error }),
        Fact::SocketFrame(frame) => Form::SocketFrame(to_socket_frame(frame)),
        Fact::Cookie(cookie) => Form::Cookie(to_cookie(cookie)),
        Fact::Storage(write) => Form::Storage(to_storage(write)),
        Fact::Listener(listener) => Form::Listener(to_listener(listener)),
        Fact::FieldRead(FieldRead { field, count, stack }) => {
            Form::FieldRead(proto::FieldRead { field, count, stack: to_stack(stack) })
        }
        Fact::ApiCall(ApiCall { api, detail, count, stack }) => {
            Form::ApiCall(proto::ApiCall { api, detail, count, stack: to_stack(stack) })
        }
        Fact::Alias(Alias { host, chain }) => Form::Alias(proto::Alias { host, chain }),
        Fact::Mark(Mark { kind, name, value }) => {
            Form::Mark(proto::Mark { kind: sets::to_mark_kind(kind).into(), name, value })
        }
        Fact::Entry(entry) => Form::Entry(to_entry(entry)),
        Fact::Consent(consent) => Form::Consent(to_consent(consent)),
    };
    proto::Event {
        seq: event.seq,
        at_ms: event.at_ms,
        frame: event.frame.clone(),
        fact: Some(fact),
        seen_by: event.seen_by.iter().map(|witness| sets::to_witness(witness).into()).collect(),
        phase: sets::to_phase(event.phase).into(),
    }
}

pub(super) fn event(form: proto::Event) -> Checked<Event> {
    if form.at_ms.is_some_and(|at_ms| !at_ms.is_finite()) {
        return invalid("at_ms", "not a finite number");
    }
    let Some(fact) = form.fact else { return fault("fact", Problem::Missing) };
    let fact = match fact {
        Form::Request(form) => Fact::Request(within("request", request(form))?),
        Form::Response(form) => Fact::Response(within("response", response(form))?),
        Form::Failed(form) => {
            Fact::Failed { request: form.request, error: within("failed", text("error", form.error))? }
        }
        Form::SocketFrame(form) => Fact::SocketFrame(within("socket_frame", socket_frame(form))?),
        Form::Cookie(form) => Fact::Cookie(within("cookie", cookie(form))?),
        Form::Storage(form) => Fact::Storage(within("storage", storage(form))?),
        Form::Listener(form) => Fact::Listener(within("listener", listener(form))?),
        Form::FieldRead(form) => Fact::FieldRead(within("field_read", field_read(form))?),
        Form::ApiCall(form) => Fact::ApiCall(within("api_call", api_call(form))?),
        Form::Alias(form) => Fact::Alias(within("alias", alias(form))?),
        Form::Mark(form) => Fact::Mark(within("mark", mark(form))?),
        Form::Entry(form) => Fact::Entry(within("entry", entry(form))?),
        Form::Consent(form) => Fact::Consent(within("consent", consent(form))?),
    };
    let seen_by = each("seen_by", Witness::ALL.len(), form.seen_by, |witness| sets::witness("", witness))?;
    Ok(Event {
        seq: form.seq,
        at_ms: form.at_ms,
        phase: sets::phase("phase", form.phase)?,
        frame: text("frame", form.frame)?,
        seen_by: seen_by.into_iter().collect(),
        fact,
    })
}

/// Each event stands where its `seq` says, and what refers to a request refers to one.
pub(super) fn check_order(events: &[Event]) -> Checked<()> {
    for (index, event) in events.iter().enumerate() {
        let path = format!("events[{index}]");
        if event.seq as usize != index {
            return within(&path, invalid("seq", format!("{} stands at {index}", event.seq)));
        }
        for (field, seq) in references(&event.fact) {
            if !events.get(seq as usize).is_some_and(|event| matches!(event.fact, Fact::Request(_))) {
                return within(&path, invalid(field, format!("event {seq} is no request")));
            }
        }
    }
    Ok(())
}

/// The fields that name a request, and the `seq` that each names.
fn references(fact: &Fact) -> impl Iterator<Item = (&'static str, u32)> {
    let (field, seq, behalf) = match fact {
        Fact::Request(request) => ("request.redirect_of", request.redirect_of, request.initiator.request),
        Fact::Response(response) => ("response.request", Some(response.request), None),
        Fact::Failed { request, .. } => ("failed.request", Some(*request), None),
        Fact::SocketFrame(frame) => ("socket_frame.request", Some(frame.request), None),
        Fact::Cookie(cookie) => ("cookie.set_by", cookie.set_by, None),
        Fact::Storage(_)
        | Fact::Listener(_)
        | Fact::FieldRead(_)
        | Fact::ApiCall(_)
        | Fact::Alias(_)
        | Fact::Mark(_)
        | Fact::Entry(_)
        | Fact::Consent(_) => ("", None, None),
    };
    let named = |field, seq: Option<u32>| seq.map(|seq| (field, seq));
    named(field, seq).into_iter().chain(named("request.initiator.request", behalf))
}

fn to_request(request: Request) -> proto::Request {
    proto::Request {
        url: request.url,
        method: request.method,
        transport: sets::to_transport(request.transport).into(),
        body: request.body.map(to_body),
        initiator: Some(to_initiator(request.initiator)),
        redirect_of: request.redirect_of,
        on_leave: request.on_leave,
        headers: request.headers.into_iter().map(|Header { name, value }| proto::Header { name, value }).collect(),
    }
}

fn request(form: proto::Request) -> Checked<Request> {
    Ok(Request {
        url: word("url", form.url)?,
        method: word("method", form.method)?,
        transport: sets::transport("transport", form.transport)?,
        body: maybe("body", form.body, body)?,
        initiator: present("initiator", form.initiator, initiator)?,
        redirect_of: form.redirect_of,
        on_leave: form.on_leave,
        headers: each("headers", Request::MAX_HEADERS, form.headers, header)?,
    })
}

fn header(form: proto::Header) -> Checked<Header> {
    Ok(Header { name: word("name", form.name)?, value: maybe_text("value", form.value)? })
}

fn to_body(body: Body) -> proto::Body {
    proto::Body { size: body.size, excerpt: body.excerpt }
}

fn body(form: proto::Body) -> Checked<Body> {
    let len = form.excerpt.len();
    if len > Body::MAX_EXCERPT {
        return fault("excerpt", Problem::TooMany { len, max: Body::MAX_EXCERPT });
    }
    if len as u64 > form.size {
        return invalid("size", format!("{} bytes cannot begin with {len}", form.size));
    }
    Ok(Body { size: form.size, excerpt: form.excerpt })
}

fn to_initiator(initiator: Initiator) -> proto::Initiator {
    proto::Initiator {
        kind: initiator.kind,
        url: initiator.url,
        stack: to_stack(initiator.stack),
        request: initiator.request,
    }
}

fn initiator(form: proto::Initiator) -> Checked<Initiator> {
    Ok(Initiator {
        kind: text("kind", form.kind)?,
        url: maybe_text("url", form.url)?,
        stack: stack(form.stack)?,
        request: form.request,
    })
}

fn to_stack(stack: Vec<ScriptFrame>) -> Vec<proto::ScriptFrame> {
    let line = |ScriptFrame { url, function, line, column }| proto::ScriptFrame { url, function, line, column };
    stack.into_iter().map(line).collect()
}

fn stack(form: Vec<proto::ScriptFrame>) -> Checked<Vec<ScriptFrame>> {
    each("stack", Initiator::MAX_FRAMES, form, script_frame)
}

fn script_frame(form: proto::ScriptFrame) -> Checked<ScriptFrame> {
    Ok(ScriptFrame {
        url: text("url", form.url)?,
        function: text("function", form.function)?,
        line: form.line,
        column: form.column,
    })
}

fn to_response(response: Response) -> proto::Response {
    proto::Response {
        request: response.request,
        status: response.status.into(),
        mime: response.mime,
        local: response.local,
    }
}

fn response(form: proto::Response) -> Checked<Response> {
    Ok(Response {
        request: form.request,
        status: status(form.status)?,
        mime: text("mime", form.mime)?,
        local: form.local,
    })
}

fn to_socket_frame(frame: SocketFrame) -> proto::SocketFrame {
    proto::SocketFrame {
        request: frame.request,
        direction: sets::to_direction(frame.direction).into(),
        body: Some(to_body(frame.body)),
    }
}

fn socket_frame(form: proto::SocketFrame) -> Checked<SocketFrame> {
    Ok(SocketFrame {
        request: form.request,
        direction: sets::direction("direction", form.direction)?,
        body: present("body", form.body, body)?,
    })
}

fn to_cookie(cookie: Cookie) -> proto::Cookie {
    proto::Cookie {
        name: cookie.name,
        domain: cookie.domain,
        value_len: cookie.value_len,
        lifetime_s: cookie.lifetime_s,
        http_only: cookie.http_only,
        set_by: cookie.set_by,
        blocked: cookie.blocked,
        path: cookie.path,
        secure: cookie.secure,
        same_site: cookie.same_site,
        partitioned: cookie.partitioned,
        stack: to_stack(cookie.stack),
        kept: cookie.kept,
    }
}

/// Neither name nor domain must say something: nameless cookies exist, and a blocked one may lack a domain.
fn cookie(form: proto::Cookie) -> Checked<Cookie> {
    Ok(Cookie {
        name: text("name", form.name)?,
        domain: text("domain", form.domain)?,
        path: text("path", form.path)?,
        value_len: form.value_len,
        lifetime_s: form.lifetime_s,
        http_only: form.http_only,
        secure: form.secure,
        same_site: maybe_text("same_site", form.same_site)?,
        partitioned: form.partitioned,
        set_by: form.set_by,
        stack: stack(form.stack)?,
        kept: form.kept,
        blocked: maybe_text("blocked", form.blocked)?,
    })
}

fn to_storage(write: StorageWrite) -> proto::StorageWrite {
    proto::StorageWrite {
        area: sets::to_storage_area(write.area).into(),
        origin: write.origin,
        key: write.key,
        value_len: write.value_len,
        stack: to_stack(write.stack),
    }
}

fn storage(form: proto::StorageWrite) -> Checked<StorageWrite> {
    Ok(StorageWrite {
        area: sets::storage_area("area", form.area)?,
        origin: text("origin", form.origin)?,
        key: text("key", form.key)?,
        value_len: form.value_len,
        stack: stack(form.stack)?,
    })
}

fn to_listener(listener: Listener) -> proto::Listener {
    proto::Listener {
        event: listener.event,
        target: listener.target,
        means: sets::to_listen_means(listener.means).into(),
        count: listener.count,
        stack: to_stack(listener.stack),
    }
}

fn listener(form: proto::Listener) -> Checked<Listener> {
    Ok(Listener {
        event: word("event", form.event)?,
        target: text("target", form.target)?,
        means: sets::listen_means("means", form.means)?,
        count: form.count,
        stack: stack(form.stack)?,
    })
}

fn field_read(form: proto::FieldRead) -> Checked<FieldRead> {
    Ok(FieldRead { field: text("field", form.field)?, count: form.count, stack: stack(form.stack)? })
}

fn api_call(form: proto::ApiCall) -> Checked<ApiCall> {
    Ok(ApiCall {
        api: word("api", form.api)?,
        detail: text("detail", form.detail)?,
        count: form.count,
        stack: stack(form.stack)?,
    })
}

fn alias(form: proto::Alias) -> Checked<Alias> {
    if form.chain.is_empty() {
        return fault("chain", Problem::Missing);
    }
    let chain = each("chain", Alias::MAX_CHAIN, form.chain, |name| word("", name))?;
    Ok(Alias { host: word("host", form.host)?, chain })
}

fn mark(form: proto::Mark) -> Checked<Mark> {
    Ok(Mark {
        kind: sets::mark_kind("kind", form.kind)?,
        name: text("name", form.name)?,
        value: text("value", form.value)?,
    })
}

fn to_entry(entry: Entry) -> proto::Entry {
    proto::Entry {
        field: entry.field,
        kind: sets::to_field_kind(entry.kind).into(),
        ordinal: entry.ordinal,
        characters: entry.characters,
        last_key_ms: entry.last_key_ms,
        blurred_ms: entry.blurred_ms,
        kept: entry.kept,
    }
}

fn entry(form: proto::Entry) -> Checked<Entry> {
    if !form.last_key_ms.is_finite() {
        return invalid("last_key_ms", "not a finite number");
    }
    if form.blurred_ms.is_some_and(|at_ms| !at_ms.is_finite()) {
        return invalid("blurred_ms", "not a finite number");
    }
    Ok(Entry {
        field: text("field", form.field)?,
        kind: sets::field_kind("kind", form.kind)?,
        ordinal: form.ordinal,
        characters: form.characters,
        last_key_ms: form.last_key_ms,
        blurred_ms: form.blurred_ms,
        kept: form.kept,
    })
}

fn to_consent(consent: Consent) -> proto::Consent {
    let button = |button: ConsentButton| proto::ConsentButton {
        means: sets::to_consent_means(button.means).into(),
        text: button.text,
    };
    proto::Consent {
        step: sets::to_consent_step(consent.step).into(),
        source: consent.source,
        value: consent.value,
        buttons: consent.buttons.into_iter().map(button).collect(),
    }
}

fn consent(form: proto::Consent) -> Checked<Consent> {
    let button = |form: proto::ConsentButton| {
        Ok(ConsentButton { means: sets::consent_means("means", form.means)?, text: text("text", form.text)? })
    };
    Ok(Consent {
        step: sets::consent_step("step", form.step)?,
        source: text("source", form.source)?,
        value: text("value", form.value)?,
        buttons: each("buttons", Consent::BUTTONS, form.buttons, button)?,
    })
}
