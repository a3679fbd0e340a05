//! Who stored what.

use std::collections::{BTreeSet, HashSet};

use earshot_model::{Cookie, Fact, Site, StorageArea, StorageWrite};
use url::Url;

use super::{Case, contacts::Contact};
use crate::Party;

/// For each event, the contacted third parties that a cookie or a stored value belongs to; empty for other facts.
///
/// A cookie belongs to the party whose answer set it. One that no answer set belongs, on a third party's domain, to
/// the parties there; on the page's own domain, to the vendors whose cookies have such names. A value in storage
/// belongs to the origin's party, in the page's own origin to the vendors whose keys have such names. Only contacted
/// parties count: a name alone proves nobody's presence.
pub(super) fn keepers<'a>(case: &'a Case<'_>, contacts: &'a [Contact<'a>]) -> Vec<Vec<&'a str>> {
    let answered: HashSet<(&str, &str)> =
        case.visit.events.iter().filter_map(|event| set_by_answer(&event.fact)).collect();
    let of_event = |fact: &Fact| match fact {
        Fact::Cookie(cookie) if is_stored(cookie) => {
            // The jar at the end holds what answers have set: those are told by the answers already.
            if cookie.set_by.is_none() && answered.contains(&(cookie.domain.as_str(), cookie.name.as_str())) {
                return Vec::new();
            }
            of_cookie(case, contacts, cookie)
        }
        Fact::Storage(write) => of_storage(case, contacts, write),
        _ => Vec::new(),
    };
    case.visit.events.iter().map(|event| of_event(&event.fact)).collect()
}

/// `cookie:NAME`, `local:KEY`, `session:KEY` of one party, sorted, each once.
pub(super) fn names(case: &Case, key: &str, keepers: &[Vec<&str>]) -> Vec<String> {
    let events = case.visit.events.iter().zip(keepers).filter(|(_, keepers)| keepers.contains(&key));
    let name = |fact: &Fact| match fact {
        Fact::Cookie(cookie) => Some(format!("cookie:{}", cookie.name)),
        Fact::Storage(write) => Some(match write.area {
            StorageArea::Local => format!("local:{}", write.key),
            StorageArea::Session => format!("session:{}", write.key),
        }),
        _ => None,
    };
    events.filter_map(|(event, _)| name(&event.fact)).collect::<BTreeSet<_>>().into_iter().collect()
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

fn of_cookie<'a>(case: &'a Case<'_>, contacts: &'a [Contact<'a>], cookie: &Cookie) -> Vec<&'a str> {
    if let Some(key) = cookie.set_by.and_then(|seq| case.third_party(seq)) {
        return contacts.iter().filter(|contact| contact.key == key).map(|contact| contact.key).collect();
    }
    let domain = cookie.domain.trim_start_matches('.');
    if Site::of_host_or_itself(domain).is_some_and(|site| case.first.owns(&site)) {
        return by_name(contacts, |vendor| vendor.cookies.iter().any(|name| name.matches(&cookie.name)));
    }
    at_host(case, contacts, domain)
}

fn of_storage<'a>(case: &'a Case<'_>, contacts: &'a [Contact<'a>], write: &StorageWrite) -> Vec<&'a str> {
    // A storage key of a partitioned frame is "origin/^0top-site": the origin comes first.
    let origin = write.origin.split("/^").next().unwrap_or(&write.origin);
    if Site::of_url(origin).is_some_and(|site| case.first.owns(&site)) {
        return by_name(contacts, |vendor| vendor.storage.iter().any(|key| key.matches(write.area, &write.key)));
    }
    match Url::parse(origin).ok().as_ref().and_then(Url::host_str) {
        Some(host) => at_host(case, contacts, host),
        None => Vec::new(),
    }
}

fn by_name<'a>(contacts: &'a [Contact<'a>], owns: impl Fn(&crate::Vendor) -> bool) -> Vec<&'a str> {
    let owner = |contact: &&Contact| matches!(contact.party, Party::Vendor(vendor) if owns(vendor));
    contacts.iter().filter(owner).map(|contact| contact.key).collect()
}

/// The contacted party that owns the host; failing that (`facebook.com`, of which the catalogue knows only a path),
/// every party that was contacted at the host or below it.
fn at_host<'a>(case: &'a Case<'_>, contacts: &'a [Contact<'a>], host: &str) -> Vec<&'a str> {
    let owner = Url::parse(&format!("https://{host}/")).ok().and_then(|url| case.catalogue.owner(&url));
    if let Some(contact) = owner.and_then(|owner| contacts.iter().find(|contact| contact.key == owner.id)) {
        return vec![contact.key];
    }
    let below = |seq: &u32| {
        let url = case.request(*seq).and_then(|request| Url::parse(&request.url).ok());
        url.as_ref()
            .and_then(Url::host_str)
            .and_then(|name| name.strip_suffix(host))
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    contacts.iter().filter(|contact| contact.requests.iter().any(below)).map(|contact| contact.key).collect()
}
