//! Who was told something about the visit although the visitor had refused, or opts out by Global Privacy Control.
//!
//! To load a script, a style or a font tells that somebody is there, and no more than a page needs to be shown. A **hit**
//! tells about the visit: a body, a frame on a socket, a beacon, one of the vendor's own addresses for what was recorded;
//! of a tracker without such addresses a pixel with a query. Consent platforms and infrastructure make none: they may
//! keep the choice itself.
//!
//! **Under Global Privacy Control** a hit means that the vendor was told something about the visit, and by nothing in it
//! that it must not sell or share it. It does not mean that the law was broken: a business may let a service provider
//! process what it may not sell (Cal. Civ. Code § 1798.140(ag)), by a contract that no request shows; and the law may not
//! apply to the business, or to a visitor from elsewhere. There is no grace: the signal is there from the first request on.

use earshot_model::{Direction, Event, Exposure, Fact, Finding, FindingId, Request, Rule, Transport};
use url::Url;

use super::{Case, window::Window};
use crate::{Category, FilterList, Party, consent::Sent, insight::clarity};

/// How long after a refusal hits are not held against anybody, in ms: what was recorded before is flushed, the platform
/// tells others, and tags hear of it. Klaro, Cookiebot and tarteaucitron are through within some 300 ms on a busy machine.
const GRACE_MS: f64 = 1_000.0;

/// The key of what is said of a proof from the page that was loaded after the refusal.
const AFTER_RELOAD: &str = "after_reload";

/// The key of what requests say of consent.
pub(super) const CONSENT_SENT: &str = "consent_sent";

/// The key of what is said of a recorder that keeps no cookies and records.
const RECORDS: &str = "recording";

/// A request that told something, and whether the page that sent it was loaded after the refusal.
#[derive(Clone, Debug, PartialEq)]
struct Hit {
    /// `seq` of the request, or of the frame.
    seq: u32,
    /// `seq` of the request.
    asked: u32,
    at_ms: f64,
    after_reload: bool,
    /// What it says of consent itself.
    sent: Sent,
}

/// Of the candidates for [`Rule::DespiteReject`] and [`Rule::UnderGpc`] keeps those that were told something and not, by
/// the same hit, that they must not use it; proved by the best hit. What says that consent is denied becomes
/// [`Rule::CookielessPing`].
pub(super) fn keep(case: &Case, list: Option<&FilterList>, findings: &mut Vec<Finding>) {
    let (mut pings, reloaded): (Vec<Finding>, _) = (Vec::new(), reloaded(case));
    findings.retain_mut(|finding| {
        if !is_contact(finding.rule) || finding.rule == Rule::PreConsentContact && !speaks(finding) {
            return true;
        }
        let (restrained, free): (Vec<_>, Vec<_>) = hits(case, list, finding, reloaded)
            .into_iter()
            .partition(|hit| hit.sent.is_restricted() || is_told_off(finding));
        if let Some(hit) = best(&restrained, |hit| is_ping(finding, hit)).filter(|_| !keeps_google_cookies(finding))
            && !pings.iter().any(|ping| ping.vendor == finding.vendor)
        {
            pings.push(ping(case, finding, hit, restrained.len()));
        }
        if finding.rule == Rule::PreConsentContact {
            return true;
        }
        let proof = best(&free, |_| true);
        if let Some(hit) = proof {
            prove(case, finding, hit, free.len());
        }
        proof.is_some()
    });
    findings.extend(pings);
}

/// Whether the party was told something of consent.
fn speaks(finding: &Finding) -> bool {
    finding.traits.details.contains_key(CONSENT_SENT) || is_told_off(finding)
}

/// Whether it is about a contact in a state in which nobody has agreed.
pub(super) fn is_contact(rule: Rule) -> bool {
    matches!(rule, Rule::PreConsentContact | Rule::DespiteReject | Rule::UnderGpc)
}

/// Whether a restrained hit is a ping in the sense of [`Rule::CookielessPing`]. Before a choice, and under Global Privacy
/// Control, only Google's consent mode and Clarity's own say so by design.
fn is_ping(finding: &Finding, hit: &Hit) -> bool {
    let google = hit.sent.google.is_some() && hit.sent.is_denied();
    finding.rule == Rule::DespiteReject || google || is_told_off(finding)
}

/// Whether Clarity's own uploads say that consent is denied, and it keeps no cookies: it starts as if all were granted, and
/// goes on without cookies once it is told. It records all the same: one of the ping's details says so.
fn is_told_off(finding: &Finding) -> bool {
    let details = |key| finding.traits.details.get(key).map(Vec::as_slice).unwrap_or_default();
    let denied = details("consent").iter().any(|said| said.contains("analytics=denied"));
    finding.vendor == clarity::VENDOR && denied && details("cookieless") == ["true"]
}

/// Whether Google's tags wrote their cookies in this part of the visit: then a ping is not cookieless.
fn keeps_google_cookies(finding: &Finding) -> bool {
    finding.stored.iter().any(|name| name.starts_with("cookie:_ga") || name.starts_with("cookie:_gcl"))
}

fn ping(case: &Case, finding: &Finding, hit: &Hit, count: usize) -> Finding {
    let id = FindingId::derive(case.visit.id(), Rule::CookielessPing, &finding.vendor);
    let mut ping = Finding { id, rule: Rule::CookielessPing, ..finding.clone() };
    prove(case, &mut ping, hit, count);
    if !hit.sent.said.is_empty() {
        ping.traits.details.insert(CONSENT_SENT.to_owned(), hit.sent.said.clone());
    }
    if is_told_off(finding) {
        ping.traits.details.insert(RECORDS.to_owned(), vec!["goes on without cookies".to_owned()]);
    }
    ping
}

/// One from a page that was loaded after the refusal before one from the page itself; then the earliest.
fn best(hits: &[Hit], wanted: impl Fn(&Hit) -> bool) -> Option<&Hit> {
    let by_worth = |a: &&Hit, b: &&Hit| {
        b.after_reload.cmp(&a.after_reload).then(a.at_ms.total_cmp(&b.at_ms)).then(a.seq.cmp(&b.seq))
    };
    hits.iter().filter(|hit| wanted(hit)).min_by(by_worth)
}

fn prove(case: &Case, finding: &mut Finding, hit: &Hit, count: usize) {
    finding.proof = hit.seq;
    finding.first_contact_ms = hit.at_ms;
    finding.proof_url = case.request(hit.asked).map(|request| request.url.clone()).unwrap_or_default();
    finding.requests = u32::try_from(count).unwrap_or(u32::MAX);
    if case.clock.choice.is_some() && finding.rule != Rule::UnderGpc {
        finding.traits.details.insert(AFTER_RELOAD.to_owned(), vec![hit.after_reload.to_string()]);
    }
}

/// Whether the request at `seq` went out and told something to somebody whom the catalogue knows.
pub(super) fn is_hit(case: &Case, seq: u32) -> bool {
    let party = case.owners.parties.get(seq as usize).and_then(Option::as_ref);
    let sent = case.sent.get(seq as usize) == Some(&true);
    sent && party.zip(case.request(seq)).is_some_and(|(party, request)| tells(case, None, party, request))
}

/// The hits on the party of a finding, in the part of the visit that its rule is about.
fn hits(case: &Case, list: Option<&FilterList>, finding: &Finding, reloaded: Option<u32>) -> Vec<Hit> {
    if finding.exposure == Exposure::None || finding.category == Category::Cmp.as_str() {
        return Vec::new();
    }
    let hit = |(seq, event): (u32, &Event)| {
        let asked = asked_by(seq, &event.fact)?;
        let party = case.owners.parties.get(asked as usize)?.as_ref()?;
        if !case.sent[asked as usize] || party.key() != Some(&finding.vendor) {
            return None;
        }
        if asked == seq && !tells(case, list, party, case.request(asked)?) {
            return None;
        }
        let after_reload = reloaded.is_some_and(|document| is_of(case, asked, document));
        let counts = match finding.rule {
            Rule::DespiteReject => after_reload || is_late(case, seq),
            _ => case.is_in(Window::Early, seq),
        };
        let hit = |request| Hit { seq, asked, at_ms: case.at_ms(seq), after_reload, sent: Sent::by(request) };
        case.request(asked).filter(|_| counts).map(hit)
    };
    (0..).zip(&case.visit.events).filter_map(hit).collect()
}

/// `seq` of the request by which something may have been told: its own, or that of the socket over which a frame went.
fn asked_by(seq: u32, fact: &Fact) -> Option<u32> {
    match fact {
        Fact::Request(_) => Some(seq),
        Fact::SocketFrame(frame) if frame.direction == Direction::Sent && frame.body.size > 0 => Some(frame.request),
        _ => None,
    }
}

/// Whether the request tells something about the visit.
fn tells(case: &Case, list: Option<&FilterList>, party: &Party, request: &Request) -> bool {
    if request.is_preflight() || request.transport == Transport::WebSocket {
        return false;
    }
    if request.transport == Transport::Beacon || request.body.as_ref().is_some_and(|body| body.size > 0) {
        return true;
    }
    let Ok(url) = Url::parse(&request.url) else { return false };
    let is_pixel = request.transport == Transport::Image && url.query().is_some();
    match party {
        Party::Vendor(vendor) if vendor.uploads.is_empty() => is_pixel,
        Party::Vendor(vendor) => {
            carries(request.transport, &url) && vendor.uploads.iter().any(|upload| upload.matches(&url))
        }
        Party::Unknown(_) => {
            let page = case.visit.final_url.as_ref().unwrap_or(&case.visit.task.page).as_str();
            is_pixel && list.is_some_and(|list| list.matches(&request.url, page, request.transport))
        }
        Party::FirstParty => false,
    }
}

/// Whether what is asked for by this means, where a vendor takes what was recorded, can be there to tell something. Many
/// a pixel is asked for as a script (Google's remarketing) or as a frame (Floodlight); a file of code is none, for some
/// vendors' scripts lie where their hits go.
fn carries(transport: Transport, url: &Url) -> bool {
    match transport {
        Transport::Style | Transport::Font | Transport::Media => false,
        Transport::Script => url.query().is_some() && !url.path().ends_with(".js"),
        _ => true,
    }
}

/// Whether it happened after the refusal and its grace, and before the page was left to be loaded once more: what the old
/// page sends then was recorded before.
fn is_late(case: &Case, seq: u32) -> bool {
    let at_ms = case.at_ms(seq);
    let Some((_, chosen_ms)) = case.clock.choice else { return false };
    at_ms >= chosen_ms + GRACE_MS && case.clock.reload_ms.is_none_or(|reload_ms| at_ms < reload_ms)
}

/// `seq` of the page's document as it was loaded after the choice.
fn reloaded(case: &Case) -> Option<u32> {
    let reload_ms = case.clock.reload_ms?;
    let is_page = |request: &Request| {
        request.transport == Transport::Document && request.redirect_of.is_none() && {
            let pages = std::iter::once(&case.visit.task.page).chain(&case.visit.final_url);
            pages.map(|page| bare(page.as_str())).any(|page| page == bare(&request.url))
        }
    };
    (0..).zip(&case.visit.events).find_map(|(seq, event)| match &event.fact {
        Fact::Request(request) if case.at_ms(seq) >= reload_ms && is_page(request) => Some(seq),
        _ => None,
    })
}

fn bare(url: &str) -> &str {
    url.split('#').next().unwrap_or(url)
}

/// Whether the request was made by the page as it was loaded with that document: by a script that was asked for since, or
/// by the document itself. Until that runs, the old page, which has the same address, may still send what it had
/// recorded: so it must have been parsed by then, or a while must have passed. Where nobody saw who made it, nothing is
/// said.
fn is_of(case: &Case, seq: u32, document: u32) -> bool {
    let Some(cause) = case.owners.lineage.cause(seq) else { return false };
    let passed = || case.at_ms(seq) >= case.at_ms(document) + GRACE_MS;
    cause > document
        || cause == document && (passed() || (document + 1..=seq).any(|seq| is_parsed(case, seq, document)))
}

/// Whether the request shows that the document is there: its parser, or a script that was asked for since, made it.
fn is_parsed(case: &Case, seq: u32, document: u32) -> bool {
    let by_parser = case.request(seq).is_some_and(|request| request.initiator.kind == "parser");
    by_parser || case.owners.lineage.cause(seq).is_some_and(|cause| cause > document)
}
