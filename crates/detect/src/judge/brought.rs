//! Who brought a vendor: the scripts, frames and tag containers between the page and the request that proves it.

use earshot_model::{Fact, MarkKind, Request, Transport};
use url::Url;

use super::{Case, accounts, owners::is_container};
use crate::{Category, Party, Vendor};

/// What a tag manager's rule for its containers is called in the catalogue.
const CONTAINER: &str = "container";

/// How many links are named. A chain that is longer has been told by its ends.
const MAX_LINKS: usize = 32;

/// One on the way from the page to the proof.
pub(super) struct Link<'a> {
    pub seq: u32,
    pub request: &'a Request,
    pub party: Party<'a>,
}

/// From the page downwards to the request at `seq`, neither among them. Nothing of the party with that key is: it does
/// not bring itself.
///
/// A tag container anywhere on the stack of a link has brought it, even if a script stands between: code that a
/// container evaluates has no address of its own.
pub(super) fn links<'a>(case: &Case<'a>, key: &str, seq: u32) -> Vec<Link<'a>> {
    let lineage = &case.owners.lineage;
    let mut upwards: Vec<u32> = Vec::new();
    let mut below = seq;
    let chain = lineage.chain(seq);
    for above in chain.iter().copied().map(Some).chain([None]) {
        upwards.extend(above);
        for container in containers(case, below) {
            if !upwards.contains(&container) && !chain.contains(&container) {
                upwards.push(container);
            }
        }
        below = above.unwrap_or(below);
    }
    upwards.iter().rev().filter_map(|seq| link(case, *seq)).filter(|link| link.party.key() != Some(key)).collect()
}

/// The tag containers on the stack of a request, innermost first.
fn containers(case: &Case, seq: u32) -> Vec<u32> {
    let Some(request) = case.request(seq) else { return Vec::new() };
    let container = |url: &str| matches!(case.owners.owner(url), Some(Party::Vendor(vendor)) if is_container(vendor));
    let scripts = request.initiator.stack.iter().map(|frame| frame.url.as_str()).filter(|url| container(url));
    scripts.filter_map(|url| case.owners.lineage.script(url, seq)).collect()
}

/// A frame of the page's own site is the page.
fn link<'a>(case: &Case<'a>, seq: u32) -> Option<Link<'a>> {
    let (request, party) = (case.request(seq)?, case.owners.parties.get(seq as usize)?.clone()?);
    let own_frame = request.transport == Transport::Document && party == Party::FirstParty;
    (!own_frame).then_some(Link { seq, request, party })
}

/// What the links are called, each once.
pub(super) fn names(case: &Case, links: &[Link]) -> Vec<String> {
    let mut names = Vec::new();
    for link in links {
        let name = link.name(case);
        if !names.contains(&name) && names.len() < MAX_LINKS {
            names.push(name);
        }
    }
    names
}

impl<'a> Link<'a> {
    fn name(&self, case: &Case) -> String {
        match &self.party {
            Party::Vendor(vendor) if is_container(vendor) => match self.account(case, vendor) {
                Some(id) => format!("{} {id}", vendor.name),
                None => vendor.name.clone(),
            },
            Party::Vendor(vendor) if !self.is_library() => vendor.name.clone(),
            _ => bare(&self.request.url),
        }
    }

    /// The vendor, if what was loaded runs what the site's people have put into it. A vendor that has containers and
    /// other scripts (Google's tag beside Google Tag Manager) is one only where the container is named.
    pub(super) fn container(&self, case: &Case) -> Option<(&'a Vendor, Option<String>)> {
        let Party::Vendor(vendor) = self.party else { return None };
        let has_containers = vendor.accounts.iter().any(|rule| rule.name == CONTAINER);
        if !is_container(vendor) || has_containers && self.named_container(case).is_none() {
            return None;
        }
        Some((vendor, self.account(case, vendor)))
    }

    /// Whether it is a file of a CDN, which is anybody's: the file is what counts.
    pub(super) fn is_library(&self) -> bool {
        matches!(self.party, Party::Vendor(vendor) if vendor.category == Category::Infrastructure)
    }

    fn named_container(&self, case: &Case) -> Option<String> {
        accounts::of_request(case, self.seq).into_iter().find(|(rule, _)| rule.name == CONTAINER).map(|(_, id)| id)
    }

    /// The container or account that it was loaded for; failing that, the one that the page says runs in it.
    fn account(&self, case: &Case, vendor: &Vendor) -> Option<String> {
        let named = || accounts::of_request(case, self.seq).into_iter().next().map(|(_, id)| id);
        self.named_container(case).or_else(named).or_else(|| marked(case, vendor))
    }
}

/// The container that the manager's global names, if it names just one.
fn marked(case: &Case, vendor: &Vendor) -> Option<String> {
    let mut marks = case.visit.events.iter().filter_map(|event| match &event.fact {
        Fact::Mark(mark) if mark.kind == MarkKind::Container && vendor.globals.contains(&mark.name) => {
            Some(&mark.value)
        }
        _ => None,
    });
    let only = marks.next().filter(|id| !id.is_empty())?;
    marks.all(|other| other == only).then(|| only.clone())
}

/// Without user, password, query and fragment, which may name people.
pub(super) fn bare(url: &str) -> String {
    let Ok(mut url) = Url::parse(url) else { return String::new() };
    // Refused only for addresses that have neither.
    let _ = url.set_username("").and_then(|()| url.set_password(None));
    url.set_query(None);
    url.set_fragment(None);
    url.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_named_without_what_may_name_people() {
        for (url, named) in [
            ("https://shop.test/a.js?mail=x@y.test#z", "https://shop.test/a.js"),
            ("https://anna:secret@shop.test/a.js", "https://shop.test/a.js"),
            ("data:text/plain,x?y", "data:text/plain,x"),
            ("/a.js", ""),
        ] {
            assert_eq!(bare(url), named, "{url}");
        }
    }
}
