//! Whose is an address in this visit?

use std::collections::{HashMap, HashSet};

use earshot_model::{Disguise, Fact, Request, Transport, Visit};
use url::Url;

use super::install::places::platform;
use crate::{
    Catalogue, Category, FirstParty, Hears, Party, Vendor, attribute,
    content::Contents,
    disguise::{Aliases, unmask, unmask_scripts},
    lineage::{Lineage, OnStack, Role},
    loader,
};

/// By which means what others send passes through a script that watches the page: such scripts put themselves around
/// these calls.
const WATCHED: &[Transport] = &[Transport::Fetch, Transport::Xhr, Transport::Beacon, Transport::WebSocket];

/// Everything about a visit's addresses: whose they are, who is in disguise, who made which request.
pub(super) struct Owners<'a> {
    pub first: FirstParty,
    /// Parallel to the visit's events: whose the request is. `None` for every other fact.
    pub parties: Vec<Option<Party<'a>>>,
    pub lineage: Lineage<'a>,
    pub contents: Contents<'a>,
    catalogue: &'a Catalogue,
    aliases: Aliases<'a>,
    /// By `seq` of the request.
    disguises: HashMap<u32, Disguise>,
    /// Addresses of scripts in disguise, with the request for it.
    disguised: HashMap<&'a str, u32>,
    /// Those among them that are told by nothing but what they sent.
    by_sending: HashSet<&'a str>,
    /// Whose the addresses on the visit's stacks are: a stack names the same few scripts again and again.
    on_stacks: HashMap<&'a str, Option<Party<'a>>>,
}

impl<'a> Owners<'a> {
    pub(super) fn of(visit: &'a Visit, catalogue: &'a Catalogue) -> Self {
        let first = FirstParty::of(visit);
        let party = |request: Option<&Request>| request.and_then(|asked| attribute(&asked.url, &first, catalogue));
        let mut parties: Vec<_> = visit.events.iter().map(|event| party(request(&event.fact))).collect();
        let contents = Contents::of_visit(&visit.events);
        let aliases = Aliases::of(visit, &first, catalogue);
        let mut unmasked = unmask(visit, &first, &aliases, &parties, &contents);
        for (seq, found) in &unmasked {
            parties[*seq as usize] = Some(Party::Vendor(found.vendor));
        }
        // Only what runs can be on a stack: a page and what it sends may have one address.
        let script = |seq: &u32| {
            let asked = request(&visit.events.get(*seq as usize)?.fact)?;
            matches!(asked.transport, Transport::Script | Transport::Other).then_some((asked.url.as_str(), *seq))
        };
        let hidden: HashMap<&str, u32> = unmasked.keys().filter_map(script).collect();
        let owner = |url: &str| match hidden.get(url) {
            Some(seq) => parties[*seq as usize].clone(),
            None => attribute(url, &first, catalogue),
        };
        let lineage = Lineage::of(visit, |on_stack| role(on_stack, visit, owner, &parties));
        let scripts = unmask_scripts(visit, &parties, |seq| lineage.cause(seq), &unmasked);
        let by_sending = scripts.keys().filter_map(script).map(|(url, _)| url).collect();
        for (seq, found) in scripts {
            parties[seq as usize] = Some(Party::Vendor(found.vendor));
            unmasked.insert(seq, found);
        }
        let mut owners = Self {
            aliases,
            disguised: unmasked.keys().filter_map(script).collect(),
            by_sending,
            disguises: unmasked.into_iter().map(|(seq, found)| (seq, found.disguise)).collect(),
            on_stacks: HashMap::new(),
            first,
            parties,
            lineage,
            contents,
            catalogue,
        };
        for frame in visit.events.iter().flat_map(|event| event.fact.stack()) {
            if !owners.on_stacks.contains_key(frame.url.as_str()) {
                owners.on_stacks.insert(&frame.url, owners.look_up(&frame.url));
            }
        }
        owners
    }

    /// Under which name the request at `seq` hides, if it does.
    pub(super) fn disguise(&self, seq: u32) -> Option<&Disguise> {
        self.disguises.get(&seq)
    }

    /// Who is behind a host of the page's own site, as DNS says.
    pub(super) fn behind(&self, host: &str) -> Option<&'a Vendor> {
        self.aliases.behind_host(&host.to_ascii_lowercase()).map(|found| found.vendor)
    }

    /// Whose an address is, disguises seen through.
    pub(super) fn owner(&self, url: &str) -> Option<Party<'a>> {
        self.on_stacks.get(url).cloned().unwrap_or_else(|| self.look_up(url))
    }

    fn look_up(&self, url: &str) -> Option<Party<'a>> {
        let owner = attribute(url, &self.first, self.catalogue)?;
        if matches!(owner, Party::Vendor(_)) {
            return Some(owner);
        }
        if let Some(seq) = self.disguised.get(url) {
            return self.parties[*seq as usize].clone();
        }
        let behind = self.aliases.behind(&Url::parse(url).ok()?);
        Some(behind.map_or(owner, |found| Party::Vendor(found.vendor)))
    }

    /// Whose the doings of a script at that address are. A script that is taken for a vendor's only by what it sent may
    /// be the site's own bundle with the vendor's code in it: what else it does stays with its address.
    pub(super) fn doer(&self, url: &str) -> Option<Party<'a>> {
        match self.by_sending.contains(url) {
            true => attribute(url, &self.first, self.catalogue),
            false => self.owner(url),
        }
    }
}

/// Whether the vendor's script runs what others have put into it.
pub(super) fn is_container(vendor: &Vendor) -> bool {
    matches!(vendor.category, Category::TagManager | Category::DataPlatform)
}

/// Whether the vendor's script puts itself around the browser's own functions for everybody: error monitoring and
/// consent platforms do.
pub(super) fn stands_around(vendor: &Vendor) -> bool {
    matches!(vendor.category, Category::ErrorMonitoring | Category::Cmp)
}

/// Whether the vendor's script watches what the page shows, and puts itself around canvases and requests to do so.
/// Product analytics with a recorder (PostHog, Amplitude) are known by what they hear.
pub(super) fn records(vendor: &Vendor) -> bool {
    matches!(vendor.category, Category::SessionReplay | Category::BotProtection)
        || vendor.category == Category::Analytics && vendor.hears.contains(&Hears::PageContent)
}

/// What a script on the stack of a request is to it. A library or a loader does what it is called for; the scripts of
/// the platform that a site is built with run what its people have chosen there, and count. A script that watches the
/// page has put itself around `fetch` and the like, hence is on the stack of what others send; and around timers and
/// listeners, hence is on the stack of everything that happens later. A consent platform that blocks what has no consent
/// puts itself around the making of elements too. What goes to its own company a script sends itself.
fn role<'a>(
    on_stack: OnStack<'_>,
    visit: &Visit,
    owner: impl Fn(&str) -> Option<Party<'a>>,
    parties: &[Option<Party<'_>>],
) -> Role {
    let vendor = match owner(on_stack.script) {
        Some(Party::Vendor(vendor)) => vendor,
        Some(Party::FirstParty) if loader::is_loader(on_stack.script) => return Role::Between,
        _ => return Role::Maker,
    };
    if vendor.category == Category::Infrastructure {
        return if platform(on_stack.script).is_some() { Role::Maker } else { Role::Between };
    }
    if is_container(vendor) {
        return Role::Container;
    }
    let at = on_stack.request as usize;
    let own = matches!(&parties[at], Some(Party::Vendor(to)) if to.company == vendor.company);
    let watched = request(&visit.events[at].fact).is_some_and(|request| WATCHED.contains(&request.transport));
    let around = vendor.category == Category::Cmp
        || (stands_around(vendor) || records(vendor)) && (watched || !on_stack.innermost);
    if around && !own { Role::Between } else { Role::Maker }
}

fn request(fact: &Fact) -> Option<&Request> {
    match fact {
        Fact::Request(request) => Some(request),
        _ => None,
    }
}
