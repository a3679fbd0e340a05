//! Who stored what.

use std::collections::{BTreeSet, HashMap, HashSet};

use earshot_model::{Cookie, Fact, Site, StorageWrite};
use url::Url;

use super::{Case, contacts::Contact};
use crate::{Catalogue, Party, Vendor, catalogue};

/// For each event, the contacted third parties that a cookie or a stored value belongs to; empty for other facts.
///
/// A cookie belongs to the party whose answer set it. One that no answer set belongs, on a third party's domain, to
/// the parties there; on the page's own domain, to the vendors whose cookies have such names. A value in storage
/// belongs to the origin's party, in the page's own origin to the vendors whose keys have such names. Only contacted
/// parties count: a name alone proves nobody's presence.
pub(super) fn keepers<'a>(case: &'a Case<'_>, contacts: &'a [Contact<'a>]) -> Vec<Vec<&'a str>> {
    let answered: HashSet<(&str, &str)> =
        case.visit.events.iter().filter_map(|event| set_by_answer(&event.fact)).collect();
    let present = Present::new(contacts);
    let of_event = |fact: &Fact| match fact {
        Fact::Cookie(cookie) if is_stored(cookie) => {
            // The jar at the end holds what answers have set: those are told by the answers already.
            if cookie.set_by.is_none() && answered.contains(&(cookie.domain.as_str(), cookie.name.as_str())) {
                return Vec::new();
            }
            of_cookie(case, &present, cookie)
        }
        Fact::Storage(write) => of_storage(case, &present, write),
        _ => Vec::new(),
    };
    case.visit.events.iter().map(|event| of_event(&event.fact)).collect()
}

/// The contacted third parties, in the ways in which they are asked for: a page can contact thousands and have
/// thousands of cookies.
struct Present<'a> {
    keys: BTreeSet<&'a str>,
    vendors: Vec<&'a Vendor>,
    /// A host, or a domain above it, to the parties that were contacted there.
    by_host: HashMap<&'a str, BTreeSet<&'a str>>,
}

impl<'a> Present<'a> {
    fn new(contacts: &'a [Contact<'a>]) -> Self {
        let vendor = |contact: &Contact<'a>| match contact.party {
            Party::Vendor(vendor) => Some(*vendor),
            _ => None,
        };
        let mut by_host: HashMap<&str, BTreeSet<&str>> = HashMap::new();
        for contact in contacts {
            for host in &contact.hosts {
                for name in catalogue::domains(host) {
                    by_host.entry(name).or_default().insert(contact.key);
                }
            }
        }
        let keys = contacts.iter().map(|contact| contact.key).collect();
        Self { keys, vendors: contacts.iter().filter_map(vendor).collect(), by_host }
    }

    fn by_name(&self, owns: impl Fn(&Vendor) -> bool) -> Vec<&'a str> {
        self.vendors.iter().filter(|vendor| owns(vendor)).map(|vendor| vendor.id.as_str()).collect()
    }

    /// The party that owns the host; failing that (`facebook.com`, of which the catalogue knows only a path), every
    /// party that was contacted at the host or below it.
    fn at_host(&self, catalogue: &Catalogue, host: &str) -> Vec<&'a str> {
        let owner = Url::parse(&format!("https://{host}/")).ok().and_then(|url| catalogue.owner(&url));
        if let Some(key) = owner.and_then(|owner| self.keys.get(owner.id.as_str())) {
            return vec![key];
        }
        self.by_host.get(host).map(|keys| keys.iter().copied().collect()).unwrap_or_default()
    }
}

/// What each party stored: `cookie:NAME`, `local:KEY`, `session:KEY`, sorted, each once.
pub(super) fn names<'a>(case: &Case, keepers: &[Vec<&'a str>]) -> HashMap<&'a str, BTreeSet<String>> {
    let mut names: HashMap<&str, BTreeSet<String>> = HashMap::new();
    for (event, keepers) in case.visit.events.iter().zip(keepers) {
        for keeper in keepers {
            names.entry(keeper).or_default().extend(name(&event.fact));
        }
    }
    names
}

fn name(fact: &Fact) -> Option<String> {
    match fact {
        Fact::Cookie(cookie) => Some(format!("cookie:{}", cookie.name)),
        Fact::Storage(write) => Some(format!("{}:{}", write.area.as_str(), write.key)),
        _ => None,
    }
}

/// A cookie that the browser refused is not stored, and neither is one that is set in order to be deleted.
fn is_stored(cookie: &Cookie) -> bool {
    cookie.blocked.is_none() && cookie.lifetime_s.is_none_or(|seconds| seconds > 0)
}

fn set_by_answer(fact: &Fact) -> Option<(&str, &str)> {
    match fact {
        Fact::Cookie(cookie) if cookie.set_by.is_some() && is_stored(cookie) => Some((&cookie.domain, &cookie.name)),
        _ => None,
    }
}

fn of_cookie<'a>(case: &Case, present: &Present<'a>, cookie: &Cookie) -> Vec<&'a str> {
    if let Some(key) = cookie.set_by.and_then(|seq| case.third_party(seq)) {
        return present.keys.get(key).copied().into_iter().collect();
    }
    let domain = cookie.domain.trim_start_matches('.');
    if Site::of_host_or_itself(domain).is_some_and(|site| case.first.owns(&site)) {
        return present.by_name(|vendor| vendor.cookies.iter().any(|name| name.matches(&cookie.name)));
    }
    present.at_host(case.catalogue, domain)
}

fn of_storage<'a>(case: &Case, present: &Present<'a>, write: &StorageWrite) -> Vec<&'a str> {
    // A storage key of a partitioned frame is "origin/^0top-site": the origin comes first.
    let origin = write.origin.split("/^").next().unwrap_or(&write.origin);
    if Site::of_url(origin).is_some_and(|site| case.first.owns(&site)) {
        return present.by_name(|vendor| vendor.storage.iter().any(|key| key.matches(write.area, &write.key)));
    }
    let url = Url::parse(origin).ok();
    url.as_ref().and_then(Url::host_str).map(|host| present.at_host(case.catalogue, host)).unwrap_or_default()
}
