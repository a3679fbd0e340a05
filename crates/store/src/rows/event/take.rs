//! What each kind of fact puts into its row.

use earshot_model::{
    Alias, ApiCall, Consent, ConsentButton, Cookie, Direction, Entry, Fact, FieldRead, Header, Listener, Mark, Request,
    ScriptFrame, SocketFrame, StorageWrite,
};

use super::{EventRow, cut};

impl<'r> EventRow<'r> {
    /// The scripts, innermost first.
    pub(super) fn take_stack(&mut self, stack: &'r [ScriptFrame]) {
        for frame in stack {
            let script = cut(&frame.url);
            if !script.is_empty() && !self.initiator_chain.contains(&script) {
                self.initiator_chain.push(script);
            }
        }
        self.script = script_of(stack);
    }

    pub(super) fn take_request(&mut self, request: &'r Request) {
        self.url = cut(&request.url);
        self.method = &request.method;
        self.transport = request.transport.as_str();
        self.redirect_of = request.redirect_of;
        self.on_leave = request.on_leave;
        self.body_bytes = request.body.as_ref().map_or(0, |body| body.size);
        self.initiator = &request.initiator.kind;
        self.initiator_url = cut(request.initiator.url.as_deref().unwrap_or_default());
        self.behalf = request.initiator.request;
        // A value that was withheld is empty here; the names of those are known (`Header::WITHHELD`).
        let pair = |header: &'r Header| (cut(&header.name), cut(header.value.as_deref().unwrap_or_default()));
        self.headers = request.headers.iter().map(pair).collect();
    }

    pub(super) fn take_frame(&mut self, frame: &'r SocketFrame) {
        self.direction = match frame.direction {
            Direction::Sent => "sent",
            Direction::Received => "received",
        };
        self.body_bytes = frame.body.size;
    }

    pub(super) fn take_cookie(&mut self, cookie: &'r Cookie) {
        self.request = cookie.set_by;
        self.name = cut(&cookie.name);
        self.path = cut(&cookie.path);
        self.value_bytes = cookie.value_len;
        self.lifetime_s = cookie.lifetime_s;
        self.http_only = cookie.http_only;
        self.secure = cookie.secure;
        self.same_site = cookie.same_site.as_deref().unwrap_or_default();
        self.partitioned = cookie.partitioned;
        self.kept = cookie.kept;
        self.error = cookie.blocked.as_deref().unwrap_or_default();
    }

    pub(super) fn take_storage(&mut self, write: &'r StorageWrite) {
        self.name = cut(&write.key);
        self.value_bytes = write.value_len;
        self.area = write.area.as_str();
    }

    pub(super) fn take_listener(&mut self, listener: &'r Listener) {
        self.name = cut(&listener.event);
        self.target = cut(&listener.target);
        self.means = listener.means.as_str();
        self.count = listener.count;
    }

    pub(super) fn take_field_read(&mut self, read: &'r FieldRead) {
        self.target = cut(&read.field);
        self.count = read.count;
    }

    pub(super) fn take_api_call(&mut self, call: &'r ApiCall) {
        self.name = cut(&call.api);
        self.detail = cut(&call.detail);
        self.count = call.count;
    }

    pub(super) fn take_alias(&mut self, alias: &'r Alias) {
        self.chain = alias.chain.iter().map(|name| cut(name)).collect();
    }

    pub(super) fn take_entry(&mut self, entry: &'r Entry) {
        self.target = cut(&entry.field);
        self.area = entry.kind.as_str();
        self.count = entry.characters;
        self.ordinal = Some(entry.ordinal);
        self.last_key_ms = Some(entry.last_key_ms);
        self.blurred_ms = entry.blurred_ms;
        self.kept = Some(entry.kept);
    }

    pub(super) fn take_consent(&mut self, consent: &'r Consent) {
        self.area = consent.step.as_str();
        self.name = cut(&consent.source);
        self.detail = cut(&consent.value);
        let button = |button: &'r ConsentButton| (button.means.as_str(), cut(&button.text));
        self.buttons = consent.buttons.iter().map(button).collect();
    }

    pub(super) fn take_mark(&mut self, mark: &'r Mark) {
        self.area = mark.kind.as_str();
        self.name = cut(&mark.name);
        self.detail = cut(&mark.value);
    }
}

/// The innermost script of a stack that has an address; empty if there is none.
pub(super) fn script_of(stack: &[ScriptFrame]) -> &str {
    stack.iter().map(|frame| cut(&frame.url)).find(|script| !script.is_empty()).unwrap_or_default()
}

/// The host that a fact names by itself, rather than by an address.
pub(super) fn host_named(fact: &Fact) -> Option<&str> {
    match fact {
        Fact::Cookie(cookie) => Some(&cookie.domain),
        Fact::Alias(alias) => Some(cut(&alias.host)),
        _ => None,
    }
}
