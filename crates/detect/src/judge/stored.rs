//! Who stored what.

use std::collections::{BTreeSet, HashMap, HashSet};

use earshot_model::{Cookie, Fact, ScriptFrame, Site, StorageWrite};
use url::Url;

use super::{Case, actor::Act, contacts::Contact};
use crate::{Catalogue, Party, Vendor, catalogue};

/// How many characters of a name must be the vendor's own, not for its `*` to fill, if the page's own script wrote it.
/// Ours: `_hj*` or `mp_*` may be anybody's, `_clck` and `ph_*_posthog` are not.
const MIN_FIXED: usize = 4;

/// For each event, the contacted third parties that a cookie or a stored value belongs to; empty for other facts.
///
/// A cookie belongs to the party whose answer set it. One that no answer set belongs to the third party whose script
/// set it; where nobody saw that, on a third party's domain to the parties there, on the page's own domain to the
/// vendors whose cookies have such names. So does a value in storage, by its origin and key. A tag container runs
/// others' code: what it writes is told by place and name alone. What the page's own script writes is a vendor's if the
/// name leaves no doubt: vendors' code is bundled with the site's. Only contacted parties count: a name alone proves
/// nobody's presence.
pub(super) fn keepers<'a>(case: &'a Case<'_>, contacts: &'a [Contact<'a>]) -> Vec<Vec<&'a str>> {
    let seen: HashSet<(&str, &str)> = case.visit.events.iter().filter_map(|event| seen_set(&event.fact)).collect();
    let present = Present::new(contacts);
    let of_event = |seq: u32, fact: &'a Fact| match fact {
        Fact::Cookie(cookie) if is_stored(cookie) => {
            // The jar at the end holds what was seen being set: that is told already.
            if !is_seen_set(cookie) && seen.contains(&(cookie.domain.as_str(), cookie.name.as_str())) {
                return Vec::new();
            }
            of_cookie(case, &present, seq, cookie)
        }
        Fact::Storage(write) => of_storage(case, &present, seq, write),
        _ => Vec::new(),
    };
    (0..).zip(&case.visit.events).map(|(seq, event)| of_event(seq, &event.fact)).collect()
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

/// What each party stored by those events (given by `seq`): `cookie:NAME`, `local:KEY`, `session:KEY`, `indexeddb:NAME`,
/// `cache:NAME`, sorted, each once.
pub(super) fn names<'a>(
    case: &Case,
    keepers: &[Vec<&'a str>],
    counts: impl Fn(u32) -> bool,
) -> HashMap<&'a str, BTreeSet<String>> {
    let mut names: HashMap<&str, BTreeSet<String>> = HashMap::new();
    for ((seq, event), keepers) in (0..).zip(&case.visit.events).zip(keepers) {
        for keeper in keepers.iter().filter(|_| counts(seq)) {
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

/// A cookie that the browser refused is not stored; neither is one that is set in order to be deleted, nor one of a
/// script that was gone at the end.
fn is_stored(cookie: &Cookie) -> bool {
    let gone = cookie.kept == Some(false) && cookie.set_by.is_none();
    !gone && cookie.blocked.is_none() && cookie.lifetime_s.is_none_or(|seconds| seconds > 0)
}

/// Whether somebody saw it being set, by an answer or by a script.
fn is_seen_set(cookie: &Cookie) -> bool {
    cookie.set_by.is_some() || !cookie.stack.is_empty()
}

fn seen_set(fact: &Fact) -> Option<(&str, &str)> {
    match fact {
        Fact::Cookie(cookie) if is_seen_set(cookie) && is_stored(cookie) => Some((&cookie.domain, &cookie.name)),
        _ => None,
    }
}

fn of_cookie<'a>(case: &'a Case, present: &Present<'a>, seq: u32, cookie: &'a Cookie) -> Vec<&'a str> {
    if let Some(key) = cookie.set_by.and_then(|answer| case.third_party(answer)) {
        return present.keys.get(key).copied().into_iter().collect();
    }
    let domain = cookie.domain.trim_start_matches('.');
    let own = Site::of_host_or_itself(domain).is_some_and(|site| case.owners.first.owns(&site));
    by_script(case, present, seq, &cookie.stack, |fixed| match (own, fixed) {
        (true, Some(fixed)) => present
            .by_name(|vendor| vendor.cookies.iter().any(|name| name.fixed() >= fixed && name.matches(&cookie.name))),
        (true, None) => Vec::new(),
        (false, _) => present.at_host(case.catalogue, domain),
    })
}

fn of_storage<'a>(case: &'a Case, present: &Present<'a>, seq: u32, write: &'a StorageWrite) -> Vec<&'a str> {
    // A storage key of a partitioned frame is "origin/^0top-site": the origin comes first.
    let origin = write.origin.split("/^").next().unwrap_or(&write.origin);
    let own = Site::of_url(origin).is_some_and(|site| case.owners.first.owns(&site));
    by_script(case, present, seq, &write.stack, |fixed| match (own, fixed, Url::parse(origin).ok()) {
        (true, Some(fixed), _) => present.by_name(|vendor| {
            vendor.storage.iter().any(|key| key.key.fixed() >= fixed && key.matches(write.area, &write.key))
        }),
        (true, None, _) | (false, _, None) => Vec::new(),
        (false, _, Some(url)) => url.host_str().map(|host| present.at_host(case.catalogue, host)).unwrap_or_default(),
    })
}

/// The third party whose script wrote it; where nobody saw that, what is told `otherwise`, by place, or by names with at
/// least so many fixed characters (`None`: by no name).
fn by_script<'a>(
    case: &'a Case,
    present: &Present<'a>,
    seq: u32,
    stack: &'a [ScriptFrame],
    otherwise: impl FnOnce(Option<usize>) -> Vec<&'a str>,
) -> Vec<&'a str> {
    let Some(actor) = case.owners.actor(seq, stack, Act::Other) else { return otherwise(Some(0)) };
    match &actor.party {
        _ if case.owners.is_in_container(seq, stack) => otherwise(Some(0)),
        Party::FirstParty => otherwise(Some(MIN_FIXED)),
        party => match party.key().and_then(|key| present.keys.get(key)) {
            Some(key) => vec![key],
            None => otherwise(None),
        },
    }
}
