//! Whose is an address in this visit, and who did what a stack tells of?

use std::collections::HashMap;

use earshot_model::{Disguise, Fact, Request, ScriptFrame, Transport, Visit};
use url::Url;

use crate::{
    Catalogue, Category, FirstParty, Party, Vendor, attribute,
    content::Contents,
    disguise::{Aliases, unmask, unmask_scripts},
    lineage::{Lineage, OnStack},
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
        let lineage = Lineage::of(visit, |script| stands_between(script, visit, &first, catalogue, &parties));
        let scripts = unmask_scripts(visit, &parties, |seq| lineage.cause(seq), &unmasked);
        for (seq, found) in scripts {
            parties[seq as usize] = Some(Party::Vendor(found.vendor));
            unmasked.insert(seq, found);
        }
        let address = |seq: u32| Some((request(&visit.events.get(seq as usize)?.fact)?.url.as_str(), seq));
        let mut owners = Self {
            aliases,
            disguised: unmasked.keys().filter_map(|seq| address(*seq)).collect(),
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

    /// The third party whose script did what the event at `seq` tells of; `None` where it was the page's own code or
    /// nobody saw it.
    ///
    /// It is the innermost script that counts: what a vendor's script calls of the site's own is the site's doing.
    /// Libraries act for whoever called them. Scripts that put themselves around the browser's functions (error
    /// monitoring, consent platforms) are passed over if another script stands behind them. Inline code of the page is
    /// the page's own, unless a tag container put it there, which then stands further out on the stack.
    pub(super) fn actor(&self, seq: u32, stack: &[ScriptFrame]) -> Option<Party<'a>> {
        let (mut around, mut inline) = (None, false);
        for url in stack.iter().map(|frame| frame.url.as_str()).filter(|url| !url.is_empty()) {
            if self.lineage.is_document(url, seq) {
                inline = true;
                continue;
            }
            match self.owner(url)? {
                Party::FirstParty => return None,
                Party::Vendor(vendor) if vendor.category == Category::Infrastructure => {}
                Party::Vendor(vendor) if stands_around(vendor) => {
                    around = around.or((!inline).then_some(Party::Vendor(vendor)));
                }
                Party::Vendor(vendor) if inline && !is_container(vendor) => return None,
                Party::Unknown(_) if inline => return None,
                party => return Some(party),
            }
        }
        around.filter(|_| !inline)
    }
}

/// Whether the vendor's script runs what others have put into it.
pub(super) fn is_container(vendor: &Vendor) -> bool {
    matches!(vendor.category, Category::TagManager | Category::DataPlatform)
}

/// Whether the vendor's script puts itself around functions that others call.
/// Whether the vendor's script puts itself around the browser's own functions for everybody.
pub(super) fn stands_around(vendor: &Vendor) -> bool {
    matches!(vendor.category, Category::ErrorMonitoring | Category::Cmp)
}

/// Whether a script only stands between a request and who made it. A library does what it is called for. A script that
/// watches the page has put itself around `fetch` and the like, hence is on the stack of what others send; and around
/// timers and listeners, hence is on the stack of everything that happens later. What goes to its own company it sends
/// itself.
fn stands_between(
    on_stack: OnStack<'_>,
    visit: &Visit,
    first: &FirstParty,
    catalogue: &Catalogue,
    parties: &[Option<Party<'_>>],
) -> bool {
    let Some(Party::Vendor(vendor)) = attribute(on_stack.script, first, catalogue) else { return false };
    if vendor.category == Category::Infrastructure {
        return true;
    }
    let watches = stands_around(vendor) || matches!(vendor.category, Category::SessionReplay | Category::BotProtection);
    let at = on_stack.request as usize;
    let own = matches!(&parties[at], Some(Party::Vendor(to)) if to.company == vendor.company);
    let watched = request(&visit.events[at].fact).is_some_and(|request| WATCHED.contains(&request.transport));
    watches && !own && (watched || !on_stack.innermost)
}

fn request(fact: &Fact) -> Option<&Request> {
    match fact {
        Fact::Request(request) => Some(request),
        _ => None,
    }
}
