//! What each kind of fact puts into its row.

use earshot_model::{
    Alias, ApiCall, Consent, ConsentButton, Cookie, Direction, Entry, FieldRead, Listener, Mark, Request, ScriptFrame,
    SocketFrame, StorageWrite,
};
use url::Url;

use super::{EventRow, cut};

impl EventRow {
    /// The scripts, innermost first; a fact that no request or storage gives a host has that of the innermost one.
    pub(super) fn take_stack(&mut self, stack: &[ScriptFrame]) {
        for frame in stack {
            let script = cut(&frame.url);
            if !script.is_empty() && !self.initiator_chain.contains(&script) {
                self.initiator_chain.push(script);
            }
        }
        self.script = self.initiator_chain.first().cloned().unwrap_or_default();
        self.host = host_of(&self.script);
    }

    pub(super) fn take_request(&mut self, request: &Request) {
        self.url = cut(&request.url);
        self.host = host_of(&request.url);
        self.method.clone_from(&request.method);
        self.transport = request.transport.as_str();
        self.redirect_of = request.redirect_of;
        self.on_leave = request.on_leave;
        self.body_bytes = request.body.as_ref().map_or(0, |body| body.size);
        self.initiator.clone_from(&request.initiator.kind);
        self.initiator_url = cut(request.initiator.url.as_deref().unwrap_or_default());
        self.behalf = request.initiator.request;
        // A value that was withheld is empty here; the names of those are known (`Header::WITHHELD`).
        let pair =
            |header: &earshot_model::Header| (cut(&header.name), cut(header.value.as_deref().unwrap_or_default()));
        self.headers = request.headers.iter().map(pair).collect();
    }

    pub(super) fn take_frame(&mut self, frame: &SocketFrame) {
        self.direction = match frame.direction {
            Direction::Sent => "sent",
            Direction::Received => "received",
        };
        self.body_bytes = frame.body.size;
    }

    pub(super) fn take_cookie(&mut self, cookie: &Cookie) {
        self.host.clone_from(&cookie.domain);
        self.request = cookie.set_by;
        self.name = cut(&cookie.name);
        self.path = cut(&cookie.path);
        self.value_bytes = cookie.value_len;
        self.lifetime_s = cookie.lifetime_s;
        self.http_only = cookie.http_only;
        self.secure = cookie.secure;
        self.same_site = cookie.same_site.clone().unwrap_or_default();
        self.partitioned = cookie.partitioned;
        self.kept = cookie.kept;
        self.error = cookie.blocked.clone().unwrap_or_default();
    }

    pub(super) fn take_storage(&mut self, write: &StorageWrite) {
        self.host = host_of(&write.origin);
        self.name = cut(&write.key);
        self.value_bytes = write.value_len;
        self.area = write.area.as_str();
    }

    pub(super) fn take_listener(&mut self, listener: &Listener) {
        self.name = cut(&listener.event);
        self.target = cut(&listener.target);
        self.means = listener.means.as_str();
        self.count = listener.count;
    }

    pub(super) fn take_field_read(&mut self, read: &FieldRead) {
        self.target = cut(&read.field);
        self.count = read.count;
    }

    pub(super) fn take_api_call(&mut self, call: &ApiCall) {
        self.name = cut(&call.api);
        self.detail = cut(&call.detail);
        self.count = call.count;
    }

    pub(super) fn take_alias(&mut self, alias: &Alias) {
        self.host = cut(&alias.host);
        self.chain = alias.chain.iter().map(|name| cut(name)).collect();
    }

    pub(super) fn take_entry(&mut self, entry: &Entry) {
        self.target = cut(&entry.field);
        self.area = entry.kind.as_str();
        self.count = entry.characters;
        self.ordinal = Some(entry.ordinal);
        self.last_key_ms = Some(entry.last_key_ms);
        self.blurred_ms = entry.blurred_ms;
        self.kept = Some(entry.kept);
    }

    pub(super) fn take_consent(&mut self, consent: &Consent) {
        self.area = consent.step.as_str();
        self.name = cut(&consent.source);
        self.detail = cut(&consent.value);
        let button = |button: &ConsentButton| (button.means.as_str().to_owned(), cut(&button.text));
        self.buttons = consent.buttons.iter().map(button).collect();
    }

    pub(super) fn take_mark(&mut self, mark: &Mark) {
        self.area = mark.kind.as_str();
        self.name = cut(&mark.name);
        self.detail = cut(&mark.value);
    }
}

/// Empty for an address without a host, such as `data:`.
pub(super) fn host_of(url: &str) -> String {
    Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default()
}
