//! Tells somebody what happens in a visit while it happens. What is told is looked up in what was written down, and nothing is
//! asked of the page for it.

use std::{collections::HashMap, fmt, sync::Arc};

use earshot_model::{Choice, ConsentStep, Fact, LiveEvent, LiveFact, Site, Transport};
use url::Url;

use crate::{bounds, recorder::Recorder};

/// Addresses of one host that are told: one host may serve several of its owner's products.
const ADDRESSES: usize = 4;
/// Hosts that are told of one visit: more than a page of news contacts.
const HOSTS: usize = 120;

/// Who is told what happens in a visit; by default nobody. It is told between two messages of the browser, and must not keep
/// them waiting.
#[derive(Clone, Default)]
pub struct Audience(Option<Arc<dyn Fn(LiveEvent) + Send + Sync>>);

/// What was told of one visit, and what comes next.
pub(crate) struct Telling {
    audience: Audience,
    /// Of whom nothing is told: the page's own site.
    own: Site,
    /// How much of what was written down was looked at.
    looked: usize,
    has_begun: bool,
    /// Whether something was typed: from then on a path may hold it.
    has_typed: bool,
    /// The paths told of each host.
    hosts: HashMap<String, Vec<String>>,
}

impl Audience {
    /// Has `tell` told.
    pub fn of(tell: impl Fn(LiveEvent) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(tell)))
    }

    fn tell(&self, at_ms: f64, fact: LiveFact) {
        if let Some(tell) = &self.0 {
            tell(LiveEvent { at_ms, fact });
        }
    }
}

impl fmt::Debug for Audience {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Audience").field(&self.0.is_some()).finish()
    }
}

impl Telling {
    pub(crate) fn new(audience: Audience, own: Site) -> Self {
        Self { audience, own, looked: 0, has_begun: false, has_typed: false, hosts: HashMap::new() }
    }

    /// Whether anybody is told.
    pub(crate) fn is_on(&self) -> bool {
        self.audience.0.is_some()
    }

    /// Tells something that is not written down.
    pub(crate) fn tell(&mut self, at_ms: f64, fact: LiveFact) {
        self.has_typed |= matches!(fact, LiveFact::Typing { .. });
        self.audience.tell(at_ms, fact);
    }

    /// Tells what was written down since.
    pub(crate) fn look(&mut self, recorder: &Recorder) {
        if !self.is_on() {
            return;
        }
        if recorder.has_started() && !std::mem::replace(&mut self.has_begun, true) {
            self.audience.tell(0.0, LiveFact::Navigated);
        }
        let (facts, until) = recorder.facts_from(self.looked);
        self.looked = until;
        for (at_ms, fact) in facts {
            let told = match fact {
                Fact::Request(request) => self.contact(&request.url, request.transport, recorder),
                Fact::Consent(consent) => match consent.step {
                    ConsentStep::Banner => {
                        let source = bounds::cut(&consent.source, LiveFact::ADDRESS).to_owned();
                        Some(LiveFact::Banner { source })
                    }
                    ConsentStep::Reject => Some(LiveFact::Choice(Choice::Reject)),
                    ConsentStep::Accept => Some(LiveFact::Choice(Choice::Accept)),
                    ConsentStep::Reload => Some(LiveFact::Reload),
                    ConsentStep::Press | ConsentStep::Call | ConsentStep::Signal => None,
                },
                _ => None,
            };
            if let Some(told) = told {
                self.audience.tell(at_ms.unwrap_or_default(), told);
            }
        }
    }

    /// A contact with somebody else, if that is news.
    fn contact(&mut self, url: &str, transport: Transport, recorder: &Recorder) -> Option<LiveFact> {
        let url = Url::parse(url).ok()?;
        let host = url.host_str()?;
        let path = if self.has_typed { "" } else { url.path() };
        let is_known = self.hosts.contains_key(host);
        if !is_known && (self.hosts.len() >= HOSTS || self.is_own(host, recorder)) {
            return None;
        }
        let paths = self.hosts.entry(host.to_owned()).or_default();
        // A host alone says no more of one that was told already.
        let is_told = (is_known && self.has_typed) || paths.iter().any(|known| known == path);
        if is_told || paths.len() >= ADDRESSES {
            return None;
        }
        paths.push(path.to_owned());
        let address = bounds::cut(&format!("{host}{path}"), LiveFact::ADDRESS).to_owned();
        Some(LiveFact::Contact { address, transport })
    }

    /// Whether a host is of the site that was asked for, or of the one that it led to.
    fn is_own(&self, host: &str, recorder: &Recorder) -> bool {
        let site = Site::of_host_or_itself(host);
        let landed = Url::parse(&recorder.document().url).ok();
        let landed = landed.and_then(|url| Site::of_host_or_itself(url.host_str()?));
        site.is_none_or(|site| site == self.own || landed == Some(site))
    }
}
