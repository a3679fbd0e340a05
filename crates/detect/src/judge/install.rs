//! By which way a vendor came into the page, which is where to take it out again.

pub(super) mod places;

use earshot_model::{Install, InstallRoute, Transport};

use super::{
    Case,
    brought::{Link, bare, links},
    contacts::Contact,
    owners::is_container,
};
use crate::{Category, Party, loader};

/// How many of a vendor's requests are asked for the way they came.
const MAX_ASKED: usize = 16;

/// The way of the request that proves the contact; where nobody saw that, of the first one of which it was seen; else
/// what the page says it was made with.
pub(super) fn route(case: &Case, contact: &Contact) -> Option<Install> {
    let others = contact.requests.iter().copied().filter(|seq| *seq != contact.proof).take(MAX_ASKED);
    std::iter::once(contact.proof)
        .chain(others)
        .find_map(|seq| way(case, seq, &links(case, contact.key, seq)))
        .or_else(|| places::generator(case).map(platform))
}

/// The way of one request, by the nearest sign that says where to go: a tag container, a plug-in or a platform anywhere
/// on it; else the script next to the vendor; else how the page itself asks for it. `None` where nobody saw it.
fn way(case: &Case, seq: u32, links: &[Link]) -> Option<Install> {
    container(case, links)
        .or_else(|| plugin(case, seq, links))
        .or_else(|| links.iter().rev().find_map(|link| places::platform(&link.request.url)).map(platform))
        .or_else(|| script(case, links))
        .or_else(|| in_the_page(case, top(case, seq, links)))
}

fn install(route: InstallRoute, name: impl Into<String>) -> Install {
    Install { route, name: name.into() }
}

fn platform(name: &str) -> Install {
    install(InstallRoute::Platform, name)
}

fn container(case: &Case, links: &[Link]) -> Option<Install> {
    let (vendor, id) = links.iter().rev().find_map(|link| link.container(case))?;
    let route = match vendor.category {
        Category::DataPlatform => InstallRoute::DataPlatform,
        _ => InstallRoute::TagManager,
    };
    Some(install(route, id.unwrap_or_else(|| vendor.name.clone())))
}

/// By a script of the plug-in on the way, or by the mark that WordPress leaves at what a plug-in puts into the page.
fn plugin(case: &Case, seq: u32, links: &[Link]) -> Option<Install> {
    let asked = case.request(seq).map(|request| request.url.as_str());
    let on_the_way = links.iter().rev().map(|link| link.request.url.as_str()).chain(asked);
    let name = on_the_way.filter_map(places::plugin).next().map(str::to_owned);
    let name = name.or_else(|| places::marked_plugin(case, &case.request(top(case, seq, links))?.url));
    name.map(|name| install(InstallRoute::Plugin, name))
}

/// The script, style sheet or frame next to the vendor. A tag manager's script without a container (`gtag.js`) is
/// passed over: the page asks for it on the vendor's behalf. So is a file of a CDN.
fn script(case: &Case, links: &[Link]) -> Option<Install> {
    let link = links.iter().rev().find(|link| !is_on_behalf(case, link))?;
    Some(match &link.party {
        Party::FirstParty => install(InstallRoute::SiteScript, bare(&link.request.url)),
        Party::Vendor(vendor) => install(InstallRoute::OtherVendor, vendor.name.clone()),
        Party::Unknown(site) => install(InstallRoute::OtherVendor, site.as_str()),
    })
}

fn is_on_behalf(case: &Case, link: &Link) -> bool {
    let tag = matches!(link.party, Party::Vendor(vendor) if is_container(vendor)) && link.container(case).is_none();
    tag || link.is_library() || loader::is_loader(&link.request.url)
}

/// `seq` of what the page itself asked for: the first link, or the request, or a request of the vendor's own above it.
fn top(case: &Case, seq: u32, links: &[Link]) -> u32 {
    if let Some(link) = links.first() {
        return link.seq;
    }
    let own_frame = |at: &u32| {
        let frame = case.request(*at).is_some_and(|request| request.transport == Transport::Document);
        frame && case.owners.parties[*at as usize] == Some(Party::FirstParty)
    };
    let chain = case.owners.lineage.chain(seq);
    chain.into_iter().rfind(|at| !own_frame(at)).unwrap_or(seq)
}

/// Inline if only code of the document is on the stack, markup if the parser met it.
fn in_the_page(case: &Case, seq: u32) -> Option<Install> {
    let initiator = &case.request(seq)?.initiator;
    let mut named = initiator.stack.iter().map(|frame| frame.url.as_str()).filter(|url| !url.is_empty()).peekable();
    if named.peek().is_some() {
        let inline = named.all(|url| case.owners.lineage.is_document(url, seq));
        return inline.then(|| install(InstallRoute::Inline, ""));
    }
    let by_parser = initiator.stack.is_empty() && matches!(initiator.kind.as_str(), "parser" | "preload");
    by_parser.then(|| install(InstallRoute::Markup, ""))
}
