//! Events.

use super::{
    fault::{Checked, Problem, each, fault, invalid, maybe, maybe_text, present, status, text, within, word},
    proto::{self, event::Fact as Form},
    sets,
};
use crate::{Body, Cookie, Event, Fact, Initiator, Request, Response, ScriptFrame, SocketFrame, StorageWrite};

pub(super) fn to_event(event: &Event) -> proto::Event {
    let fact = match event.fact.clone() {
        Fact::Request(request) => Form::Request(to_request(request)),
        Fact::Response(response) => Form::Response(to_response(response)),
        Fact::Failed { request, error } => Form::Failed(proto::Failed { request, error }),
        Fact::SocketFrame(frame) => Form::SocketFrame(to_socket_frame(frame)),
        Fact::Cookie(cookie) => Form::Cookie(to_cookie(cookie)),
        Fact::Storage(write) => Form::Storage(to_storage(write)),
    };
    proto::Event { seq: event.seq, at_ms: event.at_ms, frame: event.frame.clone(), fact: Some(fact) }
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
    };
    Ok(Event { seq: form.seq, at_ms: form.at_ms, frame: text("frame", form.frame)?, fact })
}

/// Each event stands where its `seq` says, and what refers to a request refers to one.
pub(super) fn check_order(events: &[Event]) -> Checked<()> {
    for (index, event) in events.iter().enumerate() {
        let path = format!("events[{index}]");
        if event.seq as usize != index {
            return within(&path, invalid("seq", format!("{} stands at {index}", event.seq)));
        }
        if let Some((field, seq)) = reference(&event.fact)
            && !events.get(seq as usize).is_some_and(|event| matches!(event.fact, Fact::Request(_)))
        {
            return within(&path, invalid(field, format!("event {seq} is no request")));
        }
    }
    Ok(())
}

/// The field that names a request, and the `seq` that it names.
fn reference(fact: &Fact) -> Option<(&'static str, u32)> {
    match fact {
        Fact::Request(request) => request.redirect_of.map(|seq| ("request.redirect_of", seq)),
        Fact::Response(response) => Some(("response.request", response.request)),
        Fact::Failed { request, .. } => Some(("failed.request", *request)),
        Fact::SocketFrame(frame) => Some(("socket_frame.request", frame.request)),
        Fact::Cookie(cookie) => cookie.set_by.map(|seq| ("cookie.set_by", seq)),
        Fact::Storage(_) => None,
    }
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
    })
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
    let line = |line: ScriptFrame| proto::ScriptFrame {
        url: line.url,
        function: line.function,
        line: line.line,
        column: line.column,
    };
    let stack = initiator.stack.into_iter().map(line).collect();
    proto::Initiator { kind: initiator.kind, url: initiator.url, stack }
}

fn initiator(form: proto::Initiator) -> Checked<Initiator> {
    Ok(Initiator {
        kind: text("kind", form.kind)?,
        url: maybe_text("url", form.url)?,
        stack: each("stack", Initiator::MAX_FRAMES, form.stack, script_frame)?,
    })
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
    }
}

/// Neither name nor domain must say something: nameless cookies exist, and a blocked one may lack a domain.
fn cookie(form: proto::Cookie) -> Checked<Cookie> {
    Ok(Cookie {
        name: text("name", form.name)?,
        domain: text("domain", form.domain)?,
        value_len: form.value_len,
        lifetime_s: form.lifetime_s,
        http_only: form.http_only,
        set_by: form.set_by,
        blocked: maybe_text("blocked", form.blocked)?,
    })
}

fn to_storage(write: StorageWrite) -> proto::StorageWrite {
    proto::StorageWrite {
        area: sets::to_storage_area(write.area).into(),
        origin: write.origin,
        key: write.key,
        value_len: write.value_len,
    }
}

fn storage(form: proto::StorageWrite) -> Checked<StorageWrite> {
    Ok(StorageWrite {
        area: sets::storage_area("area", form.area)?,
        origin: text("origin", form.origin)?,
        key: text("key", form.key)?,
        value_len: form.value_len,
    })
}
