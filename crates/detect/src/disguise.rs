//! Vendors under names that are not theirs: behind a CNAME of the site's own domain, behind a proxy, behind a tagging
//! server.
//!
//! An address that the catalogue knows is nobody else's, so only the page's own hosts and hosts that nobody knows are
//! looked at. Of a proxy's host only the requests with the vendor's signs are the vendor's; behind a CNAME every
//! request is, since the host is another name of the vendor's machine.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use earshot_model::{Alias, Disguise, DisguiseKind, Fact, Request, Transport, Visit};
use url::Url;

use crate::{Catalogue, FirstParty, Party, Signature, Vendor, content::Contents};

/// Who is behind a request.
#[derive(Clone, Debug)]
pub(crate) struct Unmasked<'c> {
    pub vendor: &'c Vendor,
    pub disguise: Disguise,
}

/// The hosts of the page's own site that are other names of a vendor's.
#[derive(Clone, Debug)]
pub(crate) struct Aliases<'c> {
    by_host: HashMap<String, Unmasked<'c>>,
    catalogue: &'c Catalogue,
}

impl<'c> Aliases<'c> {
    /// Of those that DNS told of. The page's own host is never a disguise: the visitor went there, and what lies behind
    /// it is the site's hosting.
    pub(crate) fn of(visit: &Visit, first: &FirstParty, catalogue: &'c Catalogue) -> Self {
        let landed = visit.final_url.as_ref().unwrap_or(&visit.task.page);
        let own: BTreeSet<_> = [&visit.task.page, landed].iter().filter_map(|page| host(page.as_str())).collect();
        let behind = |alias: &Alias| {
            let name = alias.host.trim_end_matches('.').to_ascii_lowercase();
            let (sign, vendor) = alias.chain.iter().find_map(|name| Some((name, catalogue.behind(name)?)))?;
            if own.contains(&name) || first.is_home_of(vendor) {
                return None;
            }
            let disguise = Disguise {
                kind: DisguiseKind::Cname,
                host: name.clone(),
                chain: alias.chain.clone(),
                sign: sign.clone(),
            };
            Some((name, Unmasked { vendor, disguise }))
        };
        let aliases = visit.events.iter().filter_map(|event| match &event.fact {
            Fact::Alias(alias) => behind(alias),
            _ => None,
        });
        Self { by_host: aliases.collect(), catalogue }
    }

    /// Who is behind that host.
    pub(crate) fn behind_host(&self, host: &str) -> Option<&Unmasked<'c>> {
        self.by_host.get(host.trim_end_matches('.'))
    }

    /// Who is behind that address: where a company answers for several vendors under one name, the path tells which.
    pub(crate) fn behind(&self, url: &Url) -> Option<Unmasked<'c>> {
        let found = self.behind_host(url.host_str()?)?;
        let mut there = url.clone();
        let known = there.set_host(Some(found.disguise.sign.trim_end_matches('.'))).ok();
        let owner = known.and_then(|()| self.catalogue.owner(&there));
        let vendor = owner.filter(|owner| owner.company == found.vendor.company).unwrap_or(found.vendor);
        Some(Unmasked { vendor, disguise: found.disguise.clone() })
    }
}

/// A request as the signatures look at it.
struct Asked<'v> {
    seq: u32,
    url: Url,
    request: &'v Request,
    /// Whether it goes to the page's own site.
    own_site: bool,
}

/// Who is behind which request that the catalogue does not know by its address, by `seq`.
pub(crate) fn unmask<'c>(
    visit: &Visit,
    first: &FirstParty,
    aliases: &Aliases<'c>,
    parties: &[Option<Party<'c>>],
    contents: &Contents<'_>,
) -> BTreeMap<u32, Unmasked<'c>> {
    let signatures: Vec<_> = aliases
        .catalogue
        .vendors()
        .iter()
        .filter(|vendor| !first.is_home_of(vendor))
        .flat_map(|vendor| vendor.signatures.iter().map(move |signature| (vendor, signature)))
        .collect();
    let mut unmasked = BTreeMap::new();
    for asked in (0..).zip(&visit.events).zip(parties).filter_map(|((seq, event), party)| {
        let (Fact::Request(request), Some(Party::FirstParty | Party::Unknown(_))) = (&event.fact, party) else {
            return None;
        };
        let own_site = *party == Some(Party::FirstParty);
        Some(Asked { seq, url: Url::parse(&request.url).ok()?, request, own_site })
    }) {
        if let Some(found) = aliases.behind(&asked.url).or_else(|| by_signature(&asked, &signatures, contents)) {
            unmasked.insert(asked.seq, found);
        }
    }
    unmask_preflights(visit, &mut unmasked);
    unmasked
}

/// A document is what the visitor went to, or what a frame shows: no address of its own says that a vendor takes it.
fn by_signature<'c>(
    asked: &Asked<'_>,
    signatures: &[(&'c Vendor, &'c Signature)],
    contents: &Contents<'_>,
) -> Option<Unmasked<'c>> {
    if asked.request.transport == Transport::Document || asked.request.is_preflight() {
        return None;
    }
    let fits = |(_, signature): &&(&Vendor, &Signature)| {
        (asked.own_site || !signature.own_site)
            && signature.matches(&asked.url, asked.request, || contents.of(asked.seq))
    };
    // Where several fit, the one that asks for most says most.
    let (vendor, signature) = signatures.iter().filter(fits).max_by_key(|(_, signature)| signature.signs())?;
    let host = asked.url.host_str()?.trim_end_matches('.').to_owned();
    let disguise = Disguise { kind: signature.kind, host, chain: Vec::new(), sign: signature.sign().to_owned() };
    Some(Unmasked { vendor, disguise })
}

/// A preflight asks leave for a request, and concerns whom that one concerns.
fn unmask_preflights(visit: &Visit, unmasked: &mut BTreeMap<u32, Unmasked<'_>>) {
    let preflights = (0..).zip(&visit.events).filter_map(|(seq, event)| match &event.fact {
        Fact::Request(request) if request.is_preflight() => Some((seq, request.initiator.request?)),
        _ => None,
    });
    for (seq, asked) in preflights.collect::<Vec<(u32, u32)>>() {
        if let Some(found) = unmasked.get(&asked).cloned() {
            unmasked.entry(seq).or_insert(found);
        }
    }
}

/// The scripts from a tagging server that sent what was recognised there, with nobody else on the stack: a tagging server
/// serves them under names of its own choosing, so only what they do tells them. Not from the page's own host, where
/// such a script may be the site's; and not with another script on the stack, for the site's own may have put itself
/// around `fetch`.
pub(crate) fn unmask_scripts<'c>(
    visit: &Visit,
    parties: &[Option<Party<'c>>],
    cause: impl Fn(u32) -> Option<u32>,
    unmasked: &BTreeMap<u32, Unmasked<'c>>,
) -> BTreeMap<u32, Unmasked<'c>> {
    let landed = visit.final_url.as_ref().unwrap_or(&visit.task.page);
    let own: BTreeSet<_> = [&visit.task.page, landed].iter().filter_map(|page| host(page.as_str())).collect();
    let tagging = unmasked.iter().filter(|(_, found)| found.disguise.kind == DisguiseKind::ServerSideTagging);
    let script = |(seq, found): (&u32, &Unmasked<'c>)| {
        let script = cause(*seq).filter(|script| !unmasked.contains_key(script))?;
        let Fact::Request(request) = &visit.events.get(script as usize)?.fact else { return None };
        let Fact::Request(sent) = &visit.events.get(*seq as usize)?.fact else { return None };
        let mut named = sent.initiator.stack.iter().map(|frame| frame.url.as_str()).filter(|url| !url.is_empty());
        let alone = named.all(|url| url == request.url);
        let its_host = host(&request.url)?;
        let nobodys = matches!(parties.get(script as usize)?, Some(Party::FirstParty | Party::Unknown(_)));
        if request.transport != Transport::Script
            || !nobodys
            || !alone
            || its_host != found.disguise.host
            || own.contains(&its_host)
        {
            return None;
        }
        let sign = format!("sent {}", found.disguise.sign);
        Some((script, Unmasked { vendor: found.vendor, disguise: Disguise { sign, ..found.disguise.clone() } }))
    };
    // The first request of each script names it.
    let mut scripts = BTreeMap::new();
    for (seq, found) in tagging.filter_map(script) {
        scripts.entry(seq).or_insert(found);
    }
    scripts
}

fn host(url: &str) -> Option<String> {
    Some(Url::parse(url).ok()?.host_str()?.trim_end_matches('.').to_owned())
}
