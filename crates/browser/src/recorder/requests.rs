//! Requests, their redirects, answers and failures.

use std::collections::HashMap;

use base64::{Engine, prelude::BASE64_STANDARD};
use chromiumoxide::cdp::browser_protocol::{
    fetch,
    network::{self, CorsError, ErrorReason},
};
use earshot_model::{Body, Fact, GapKind, Initiator, Request, Response, Witness};

use super::{
    BodyQuery, Recorder, Source,
    door::Word,
    draft::{Draft, Slot, reference},
    headers, initiator, is_networked, transport, without_query,
};
use crate::bounds;

/// Every request by the browser's id, with its redirects.
#[derive(Debug, Default)]
pub(super) struct Requests {
    trails: HashMap<String, Trail>,
    seen: usize,
    /// Requests that are made on behalf of others: their slots, and the others' ids.
    on_behalf: Vec<(Slot, String)>,
}

/// One request and the redirects that it followed.
#[derive(Debug, Default)]
pub(super) struct Trail {
    /// In order; never empty once it is in the map.
    pub hops: Vec<Hop>,
    from_cache: bool,
    /// The session that told of it first. Others may tell of it too.
    pub session: String,
}

/// One hop of a trail.
#[derive(Debug)]
pub(super) struct Hop {
    pub slot: Slot,
    pub host: String,
    pub status: Option<u16>,
    /// Cut to [`bounds::ADDRESS`].
    url: String,
    /// The browser's time, to recognise a second telling; not a number for one that the network domain did not tell.
    at_s: f64,
    ended: bool,
    /// Whether its headers were on the wire, as far as is known: not those that HSTS or a cache answered.
    pub on_wire: bool,
}

impl Requests {
    pub(super) fn seen(&self) -> usize {
        self.seen
    }

    pub(super) fn trail(&self, id: &str) -> Option<&Trail> {
        self.trails.get(id)
    }

    pub(super) fn trails(&self) -> impl Iterator<Item = (&String, &Trail)> {
        self.trails.iter()
    }

    /// Tells of each request that was made on behalf of another which one that is: of its redirects the one to the same
    /// address.
    pub(super) fn refer(&self, draft: &mut Draft) {
        for (slot, id) in &self.on_behalf {
            let Some(trail) = self.trails.get(id) else { continue };
            let Some(Fact::Request(request)) = draft.fact_mut(*slot) else { continue };
            let url = bounds::cut(&request.url, bounds::ADDRESS);
            let hop = trail.hops.iter().find(|hop| hop.url == url).or(trail.hops.first());
            request.initiator.request = hop.map(|hop| reference(hop.slot));
        }
    }

    pub(super) fn served_from_cache(&mut self, id: &str) {
        if let Some(trail) = self.trails.get_mut(id) {
            trail.from_cache = true;
            if let Some(hop) = trail.hops.last_mut() {
                hop.on_wire = false;
            }
        }
    }

    /// The last hop, if it was neither answered nor failed; from now on it is.
    pub(super) fn end(&mut self, id: &str) -> Option<(&mut Hop, bool)> {
        let trail = self.trails.get_mut(id)?;
        let from_cache = trail.from_cache;
        let hop = trail.hops.last_mut()?;
        (!std::mem::replace(&mut hop.ended, true)).then_some((hop, from_cache))
    }

    /// Adds a hop to the trail of `id`.
    pub(super) fn push(&mut self, id: &str, session: &str, slot: Slot, url: &str, at_s: f64) {
        self.seen += 1;
        let host = url::Url::parse(url).ok();
        let host = host.as_ref().and_then(url::Url::host_str).unwrap_or_default();
        let (host, url) = (bounds::cut(host, bounds::NAME), bounds::cut(url, bounds::ADDRESS));
        let trail = self.trails.entry(id.to_owned()).or_default();
        if trail.hops.is_empty() {
            session.clone_into(&mut trail.session);
        }
        trail.hops.push(Hop {
            slot,
            host: host.to_owned(),
            status: None,
            url: url.to_owned(),
            at_s,
            ended: false,
            on_wire: true,
        });
    }

    /// The hop of a request that was told before, by another session or by another domain.
    fn known(&mut self, sent: &network::EventRequestWillBeSent) -> Option<&mut Hop> {
        let trail = self.trails.get_mut(sent.request_id.as_ref())?;
        let at_s = *sent.timestamp.inner();
        let url = bounds::cut(&sent.request.url, bounds::ADDRESS);
        if sent.redirect_response.is_none() {
            return trail.hops.first_mut();
        }
        trail.hops.iter_mut().find(|hop| hop.url == url && (hop.at_s == at_s || hop.at_s.is_nan()))
    }

    /// The hop of a request that is held back, if it was told before.
    fn known_paused(&self, id: &str, url: &str) -> Option<Slot> {
        let url = bounds::cut(url, bounds::ADDRESS);
        let hops = &self.trails.get(id)?.hops;
        let same = hops.iter().find(|hop| hop.url == url);
        // A request whose address the page's side and the network's write differently is still the same.
        same.or(hops.last().filter(|hop| hop.status.is_none_or(|status| !(300..400).contains(&status))))
            .map(|hop| hop.slot)
    }
}

impl Recorder {
    pub(super) fn on_request(
        &mut self,
        sent: &network::EventRequestWillBeSent,
        source: Source<'_>,
    ) -> Option<BodyQuery> {
        if !is_networked(&sent.request.url) {
            return None;
        }
        let at_s = *sent.timestamp.inner();
        if !self.leaving && self.main_frame.on_request(sent) {
            self.clock.start(at_s, *sent.wall_time.inner(), source.heard);
        }
        if self.is_told(sent) {
            return None;
        }
        let id = sent.request_id.as_ref();
        let before = self.redirected(sent, at_s);
        let (body, untold) = self.told_body(&sent.request);
        let frame = if sent.document_url.is_empty() { source.address } else { &sent.document_url };
        let request = Request {
            url: self.bounded(&sent.request.url),
            method: method(&sent.request),
            transport: transport::of(sent.r#type.as_ref()),
            headers: headers::of(&sent.request.headers),
            body,
            initiator: self.initiator_of(sent, before),
            redirect_of: before.map(reference),
            on_leave: self.leaving,
        };
        let at_ms = self.ordered(sent, source);
        let slot = self.draft.add(Witness::Browser, Some(at_ms), frame, Fact::Request(request))?;
        self.requests.push(id, source.session, slot, &sent.request.url, at_s);
        if let Some(other) = &sent.initiator.request_id {
            self.requests.on_behalf.push((slot, other.as_ref().to_owned()));
        }
        untold.then(|| self.owe(sent.request_id.clone(), slot))
    }

    /// The moment of a request. The browser itself tells of navigations, the page's process of everything else.
    fn ordered(&mut self, sent: &network::EventRequestWillBeSent, source: Source<'_>) -> f64 {
        let at_ms = self.clock.exact(*sent.timestamp.inner());
        match sent.r#type {
            Some(network::ResourceType::Document) => self.order.told_by_browser(source.session, at_ms),
            _ => self.order.told(source.session, at_ms),
        }
    }

    /// Who caused a request. Of a redirect it is who caused the first one: the browser names nobody, or the parser.
    fn initiator_of(&self, sent: &network::EventRequestWillBeSent, before: Option<Slot>) -> Initiator {
        match before.and_then(|slot| self.draft.fact(slot)) {
            Some(Fact::Request(first)) => first.initiator.clone(),
            _ => initiator::of(&sent.initiator),
        }
    }

    /// Whether the request was told before. What the network domain knows better than who held it back, it adds.
    fn is_told(&mut self, sent: &network::EventRequestWillBeSent) -> bool {
        let Some(hop) = self.requests.known(sent) else { return false };
        let slot = hop.slot;
        let was_held = hop.at_s.is_nan();
        self.draft.witness(slot, Witness::Browser);
        if was_held {
            hop.at_s = *sent.timestamp.inner();
            self.draft.date(slot, self.clock.exact(*sent.timestamp.inner()));
            if let Some(Fact::Request(request)) = self.draft.fact_mut(slot) {
                request.initiator = initiator::of(&sent.initiator);
            }
        }
        true
    }

    /// Ends the hop that `sent` follows, if it is a redirect, and gives its slot.
    fn redirected(&mut self, sent: &network::EventRequestWillBeSent, at_s: f64) -> Option<Slot> {
        let id = sent.request_id.as_ref();
        if let Some(redirect) = &sent.redirect_response {
            if let Some(hop) = self.requests.trails.get_mut(id).and_then(|trail| trail.hops.last_mut()) {
                hop.on_wire &= sent.redirect_has_extra_info;
            }
            self.answer(id, redirect, at_s);
        }
        self.requests.trail(id).and_then(|trail| trail.hops.last()).map(|hop| hop.slot)
    }

    pub(super) fn on_response(&mut self, received: &network::EventResponseReceived) {
        let id = received.request_id.as_ref();
        if !self.leaving {
            self.main_frame.on_response(id, &received.response);
        }
        self.answer(id, &received.response, *received.timestamp.inner());
    }

    pub(super) fn on_failed(&mut self, failed: &network::EventLoadingFailed) {
        let id = failed.request_id.as_ref();
        if !self.leaving {
            self.main_frame.on_failed(id, &failed.error_text);
        }
        let at_ms = self.clock.exact(*failed.timestamp.inner());
        let preflight = failed.cors_error_status.as_ref().is_some_and(|status| is_of_preflight(&status.cors_error));
        let error = if preflight { Fact::PREFLIGHT_REFUSED } else { &failed.error_text };
        self.fail(id, error, at_ms);
    }

    /// A request that is held back while leaving; or its answer, when that is held back in turn.
    pub(super) fn on_paused(&mut self, paused: &fetch::EventRequestPaused, source: Source<'_>) -> Option<BodyQuery> {
        let id = paused.network_id.as_ref().map_or_else(|| paused.request_id.as_ref(), AsRef::as_ref);
        let at_ms = self.clock.heard(source.heard);
        let held = Witness::Interception;
        if let Some(word) = Word::of_paused(paused) {
            self.fail_by(held, id, word.error(), at_ms);
            return None;
        }
        if let Some(status) = paused.response_status_code {
            self.answered_by(held, id, (status, "", false), at_ms);
            return None;
        }
        if let Some(error) = &paused.response_error_reason {
            self.fail_by(held, id, &net_error(error), at_ms);
            return None;
        }
        if !is_networked(&paused.request.url) {
            return None;
        }
        if let Some(slot) = self.requests.known_paused(id, &paused.request.url) {
            self.draft.witness(slot, Witness::Interception);
            return None;
        }
        self.held_back(id, paused, source)
    }

    /// Writes down a request that only who held it back tells of.
    fn held_back(&mut self, id: &str, paused: &fetch::EventRequestPaused, source: Source<'_>) -> Option<BodyQuery> {
        let at_ms = self.clock.heard(source.heard);
        let redirected = paused.redirected_request_id.as_ref().map(AsRef::<str>::as_ref);
        let before = self.requests.trail(id).or_else(|| self.requests.trail(redirected?));
        let before = before.and_then(|trail| trail.hops.last()).map(|hop| hop.slot);
        let (body, untold) = self.told_body(&paused.request);
        let request = Request {
            url: self.bounded(&paused.request.url),
            method: method(&paused.request),
            transport: transport::of(Some(&paused.resource_type)),
            headers: headers::of(&paused.request.headers),
            body,
            initiator: match before.and_then(|slot| self.draft.fact(slot)) {
                Some(Fact::Request(first)) => first.initiator.clone(),
                _ => Initiator { kind: "other".to_owned(), ..Initiator::default() },
            },
            redirect_of: before.map(reference),
            on_leave: true,
        };
        let frame = self.main_frame.address(paused.frame_id.as_ref());
        let frame = if frame.is_empty() { source.address } else { frame };
        let slot = self.draft.add(Witness::Interception, Some(at_ms), frame, Fact::Request(request))?;
        self.requests.push(id, source.session, slot, &paused.request.url, f64::NAN);
        untold.then(|| self.owe(network::RequestId::new(id), slot))
    }

    /// Notes that the last hop of `id` got no answer.
    pub(super) fn fail(&mut self, id: &str, error: &str, at_ms: f64) {
        self.fail_by(Witness::Browser, id, error, at_ms);
    }

    /// Notes the answer to the last hop of `id`.
    pub(super) fn answered(&mut self, id: &str, status: i64, mime: &str, local: bool, at_ms: f64) {
        self.answered_by(Witness::Browser, id, (status, mime, local), at_ms);
    }

    fn fail_by(&mut self, witness: Witness, id: &str, error: &str, at_ms: f64) {
        let Some((hop, _)) = self.requests.end(id) else { return };
        let fact = Fact::Failed { request: reference(hop.slot), error: bounds::cut(error, bounds::NAME).to_owned() };
        let (_, frame) = self.draft.place(hop.slot);
        self.draft.add(witness, Some(at_ms), frame, fact);
    }

    fn answered_by(&mut self, witness: Witness, id: &str, (status, mime, local): (i64, &str, bool), at_ms: f64) {
        let Some((hop, from_cache)) = self.requests.end(id) else { return };
        let status = u16::try_from(status).unwrap_or_default();
        hop.status = Some(status);
        let mime = bounds::cut(mime, bounds::NAME).to_owned();
        let fact = Response { request: reference(hop.slot), status, mime, local: local || from_cache };
        let (_, frame) = self.draft.place(hop.slot);
        self.draft.add(witness, Some(at_ms), frame, Fact::Response(fact));
    }

    /// Notes an answer; one of our own door is a failure to reach the host.
    fn answer(&mut self, id: &str, response: &network::Response, at_s: f64) {
        if let Some(word) = Word::of(response) {
            let at_ms = self.clock.exact(at_s);
            return self.fail(id, word.error(), at_ms);
        }
        let local = [response.from_disk_cache, response.from_service_worker, response.from_prefetch_cache];
        let at_ms = self.clock.exact(at_s);
        self.answered(id, response.status, &response.mime_type, local.contains(&Some(true)), at_ms);
    }

    /// The body as far as the event tells it, and whether there is one that it does not tell.
    fn told_body(&mut self, request: &network::Request) -> (Option<Body>, bool) {
        let told = request.post_data_entries.as_deref().unwrap_or_default();
        if told.is_empty() {
            return (None, request.has_post_data == Some(true));
        }
        let parts: Option<Vec<Vec<u8>>> =
            told.iter().map(|entry| BASE64_STANDARD.decode(AsRef::<str>::as_ref(entry.bytes.as_ref()?)).ok()).collect();
        let Some(parts) = parts else { return (None, true) };
        let what = format!("{} {}", request.method, without_query(&request.url));
        (Some(self.draft.body(parts.concat(), &what)), false)
    }

    /// The URL, cut where it is longer than is kept.
    pub(super) fn bounded(&mut self, url: &str) -> String {
        if url.len() <= bounds::URL {
            return url.to_owned();
        }
        self.draft.gap(
            GapKind::BodyCut,
            format!("{}: {} of {} bytes of the URL kept", without_query(url), bounds::URL, url.len()),
        );
        bounds::cut(url, bounds::URL).to_owned()
    }
}

/// The method, upper case: a page may ask with any word.
fn method(request: &network::Request) -> String {
    bounds::cut(&request.method, bounds::NAME).to_uppercase()
}
/// Whether a request failed because of the preflight before it. The preflight itself went out.
fn is_of_preflight(error: &CorsError) -> bool {
    use CorsError as E;
    let named = AsRef::<str>::as_ref(error).starts_with("Preflight");
    named
        || matches!(
            error,
            E::InvalidAllowMethodsPreflightResponse
                | E::InvalidAllowHeadersPreflightResponse
                | E::MethodDisallowedByPreflightResponse
                | E::HeaderDisallowedByPreflightResponse
        )
}

/// The name in `net/base/net_error_list.h` of what the interception calls `NameNotResolved`.
fn net_error(reason: &ErrorReason) -> String {
    let words = AsRef::<str>::as_ref(reason).char_indices().flat_map(|(at, letter)| {
        let gap = (at > 0 && letter.is_ascii_uppercase()).then_some('_');
        gap.into_iter().chain([letter.to_ascii_uppercase()])
    });
    format!("net::ERR_{}", words.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_has_one_name_whoever_tells_of_it() {
        assert_eq!(net_error(&ErrorReason::Failed), "net::ERR_FAILED");
        assert_eq!(net_error(&ErrorReason::NameNotResolved), "net::ERR_NAME_NOT_RESOLVED");
        assert_eq!(net_error(&ErrorReason::BlockedByClient), "net::ERR_BLOCKED_BY_CLIENT");
    }

    #[test]
    fn only_a_preflights_failure_keeps_a_request_back() {
        assert!(is_of_preflight(&CorsError::PreflightMissingAllowOriginHeader));
        assert!(is_of_preflight(&CorsError::HeaderDisallowedByPreflightResponse));
        assert!(!is_of_preflight(&CorsError::MissingAllowOriginHeader));
    }
}
