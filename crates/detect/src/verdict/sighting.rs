//! What one visit shows, as far as a verdict needs it.

use std::collections::BTreeSet;

use earshot_model::{
    Direction, Event, Fact, Finding, Gap, OutcomeClass, Phase, Profile, Site, Transport, Visit, VisitId,
};
use url::Url;

use crate::{EventNote, Judgement};

/// What one visit of a page shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Sighting {
    /// The visit.
    pub visit: VisitId,
    /// How it behaved towards consent.
    pub profile: Profile,
    /// Whether the page was shown and watched.
    pub seen: bool,
    /// How opening it ended, for people: `loaded`, `blocked (HTTP 403)`.
    pub ended: String,
    /// Whether everything that the profile asks for was done and watched.
    pub whole: bool,
    /// Where redirects led to; empty if the page was not reached.
    pub final_url: String,
    /// Fields that were typed into.
    pub typed: Vec<String>,
    /// What could not be seen.
    pub gaps: Vec<Gap>,
    /// What was concluded from it.
    pub findings: Vec<Finding>,
    /// Everything that it asked for and sent over sockets.
    pub asked: Vec<Asked>,
    /// Hosts of the page's own site that are other names: the host, and the names that it leads through.
    pub aliases: Vec<(String, Vec<String>)>,
    /// Key of the evidence's manifest; empty if no evidence was kept.
    pub evidence: String,
}

/// A request, or a socket frame that was sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// The whole address.
    pub url: String,
    /// Its host.
    pub host: String,
    /// Its registrable domain if that is not the page's own site; else empty.
    pub third_party: String,
    /// Whose it is: catalogue id or registrable domain; empty for the first party.
    pub vendor: String,
    /// Whether something was sent in a body or frame.
    pub has_body: bool,
    /// Whether it came late: a beacon, or seen while the page was left.
    pub is_last_word: bool,
    /// Whether it is a script or a document that did not come: its server, or the way to it, failed. What it would have
    /// brought may be only away.
    pub is_missing: bool,
    /// Where the visitor stood with consent.
    pub phase: Phase,
}

/// Statuses of servers that are busy, broken, or turn visitors away. What is gone for good (404, 410) was taken away.
const AWAY: [u16; 4] = [403, 408, 425, 429];

impl Sighting {
    /// What a visit shows that was judged just now, and whether it is whole.
    #[must_use]
    pub fn of(visit: &Visit, judgement: &Judgement, whole: bool) -> Self {
        let typed = |event: &Event| match &event.fact {
            Fact::Entry(entry) => Some(entry.field.clone()),
            _ => None,
        };
        let alias = |event: &Event| match &event.fact {
            Fact::Alias(alias) => Some((alias.host.clone(), alias.chain.clone())),
            _ => None,
        };
        let missing = missing(visit);
        let asked = |(event, note): (&Event, &EventNote)| Asked::of(visit, event, note.vendor.as_deref(), &missing);
        Self {
            visit: visit.id(),
            profile: visit.task.profile,
            seen: visit.outcome.class() == OutcomeClass::Seen,
            ended: format!("{} ({})", visit.outcome.as_str(), visit.outcome.detail()),
            whole,
            final_url: visit.final_url.as_ref().map(ToString::to_string).unwrap_or_default(),
            typed: visit.events.iter().filter_map(typed).collect(),
            gaps: visit.gaps.iter().chain(&judgement.gaps).cloned().collect(),
            findings: judgement.findings.clone(),
            asked: visit.events.iter().zip(&judgement.notes).filter_map(asked).collect(),
            aliases: visit.events.iter().filter_map(alias).collect(),
            evidence: String::new(),
        }
    }

    /// What was concluded about a vendor.
    pub(super) fn about<'a>(&'a self, vendor: &'a str) -> impl Iterator<Item = &'a Finding> + 'a {
        self.findings.iter().filter(move |finding| finding.vendor == vendor)
    }

    /// Hosts under which a vendor was asked.
    pub(super) fn hosts_of<'a>(&'a self, vendor: &'a str) -> BTreeSet<&'a str> {
        self.asked.iter().filter(|asked| asked.vendor == vendor).map(|asked| asked.host.as_str()).collect()
    }
}

impl Asked {
    fn of(visit: &Visit, event: &Event, vendor: Option<&str>, missing: &BTreeSet<u32>) -> Option<Self> {
        let (request, has_body) = match &event.fact {
            Fact::Request(request) => (request, request.body.is_some()),
            Fact::SocketFrame(frame) if frame.direction == Direction::Sent => {
                match &visit.events.get(frame.request as usize)?.fact {
                    Fact::Request(request) => (request, true),
                    _ => return None,
                }
            }
            _ => return None,
        };
        let host = Url::parse(&request.url).ok()?.host_str()?.to_owned();
        let site = Site::of_host_or_itself(&host).filter(|site| *site != visit.task.site());
        Some(Self {
            third_party: site.map(|site| site.to_string()).unwrap_or_default(),
            url: request.url.clone(),
            host,
            vendor: vendor.unwrap_or_default().to_owned(),
            has_body,
            is_last_word: request.on_leave || request.transport == Transport::Beacon,
            is_missing: missing.contains(&event.seq),
            phase: event.phase,
        })
    }

    /// The names of its parameters.
    pub(super) fn parameters(&self) -> BTreeSet<&str> {
        let query = self.url.split_once('?').map_or("", |(_, query)| query.split('#').next().unwrap_or(query));
        let names = query.split('&').map(|pair| pair.split('=').next().unwrap_or(pair));
        names.filter(|name| !name.is_empty()).collect()
    }

    /// The path, without the query.
    pub(super) fn path(&self) -> &str {
        let rest = self.url.split_once("://").map_or(self.url.as_str(), |(_, rest)| rest);
        let path = rest.find('/').map_or("/", |at| &rest[at..]);
        path.split(['?', '#']).next().unwrap_or(path)
    }
}

/// Scripts and documents that did not come. What the page's own policy blocks is no failure.
fn missing(visit: &Visit) -> BTreeSet<u32> {
    let failed = |event: &Event| match &event.fact {
        Fact::Response(response) if response.status >= 500 || AWAY.contains(&response.status) => Some(response.request),
        Fact::Failed { request, error } if !error.contains("ERR_BLOCKED_BY_") => Some(*request),
        _ => None,
    };
    let brings = |seq: &u32| match visit.events.get(*seq as usize).map(|event| &event.fact) {
        Some(Fact::Request(request)) => matches!(request.transport, Transport::Script | Transport::Document),
        _ => false,
    };
    visit.events.iter().filter_map(failed).filter(brings).collect()
}
