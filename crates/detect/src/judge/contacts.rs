//! Who was contacted, when first, and by which request.

use std::collections::{BTreeMap, BTreeSet};

use earshot_model::{DisguiseKind, Site};
use url::Url;

use super::Case;
use crate::Party;

/// A third party that was contacted.
#[derive(Debug)]
pub(super) struct Contact<'a> {
    /// Catalogue id, or site.
    pub key: &'a str,
    pub party: &'a Party<'a>,
    /// `seq` of the requests that went out to it, in order.
    pub requests: Vec<u32>,
    /// The hosts that those requests went to, as far as they are the party's: not those that only pass on.
    pub hosts: BTreeSet<String>,
    /// `seq` of the one that proves the first contact.
    pub proof: u32,
    /// When that was: ms since navigation start.
    pub first_ms: f64,
}

/// All third parties that were contacted by those requests (given by `seq`), by first contact, then by key.
pub(super) fn collect<'a>(case: &'a Case<'_>, counts: impl Fn(u32) -> bool) -> Vec<Contact<'a>> {
    let mut by_key: BTreeMap<&str, (&Party, Vec<u32>)> = BTreeMap::new();
    for (seq, party) in (0..).zip(&case.owners.parties) {
        let Some(party) = party.as_ref().filter(|_| case.sent[seq as usize] && counts(seq)) else { continue };
        if let Some(key) = party.key() {
            by_key.entry(key).or_insert((party, Vec::new())).1.push(seq);
        }
    }
    let contact = |(key, (party, requests)): (&'a str, (&'a Party<'a>, Vec<u32>))| {
        let proof =
            requests.iter().copied().min_by(|a, b| rank(case, *a).partial_cmp(&rank(case, *b)).unwrap_or(a.cmp(b)))?;
        let passed_on =
            |seq: u32| case.owners.disguise(seq).is_some_and(|disguise| disguise.kind != DisguiseKind::Cname);
        let hosts = requests.iter().filter(|seq| !passed_on(**seq)).filter_map(|seq| host(case, *seq)).collect();
        Some(Contact { key, party, hosts, proof, first_ms: at_ms(case, proof), requests })
    };
    let mut contacts: Vec<_> = by_key.into_iter().filter_map(contact).collect();
    contacts.sort_by(|a, b| a.first_ms.total_cmp(&b.first_ms).then_with(|| a.key.cmp(b.key)));
    contacts
}

/// Earlier first; at the same moment a preflight last, for it carries nothing itself.
fn rank(case: &Case, seq: u32) -> (f64, bool, u32) {
    let preflight = case.request(seq).is_some_and(|request| request.is_preflight());
    (at_ms(case, seq), preflight, seq)
}

fn host(case: &Case, seq: u32) -> Option<String> {
    let url = Url::parse(&case.request(seq)?.url).ok()?;
    Some(url.host_str()?.trim_end_matches('.').to_owned())
}

/// A request whose moment is not known was made by the end of the visit.
pub(super) fn at_ms(case: &Case, seq: u32) -> f64 {
    let at = case.visit.events.get(seq as usize).and_then(|event| event.at_ms).filter(|at| at.is_finite());
    at.unwrap_or(f64::from(case.visit.took_ms))
}

/// The registrable domains of the frames in which it was asked, without the page's own. A redirect that leads to the
/// page happens in none, and of a preflight the browser does not say where: it names the address itself.
pub(super) fn frames(case: &Case, contact: &Contact) -> Vec<String> {
    let in_frame = |seq: u32| {
        let preflight = case.request(seq).is_some_and(|request| request.is_preflight());
        !preflight && !case.owners.lineage.is_main(seq)
    };
    let asked = contact.requests.iter().filter(|seq| in_frame(**seq));
    let sites = asked.filter_map(|seq| Site::of_url(&case.visit.events.get(*seq as usize)?.frame));
    let others: BTreeSet<_> = sites.filter(|site| !case.owners.first.owns(site)).map(|site| site.to_string()).collect();
    others.into_iter().collect()
}
