//! Whether something goes on under another name.

use std::collections::BTreeSet;

use earshot_model::{Finding, Rule, Site};

use super::{Asked, Claim, Sighting};

/// Paths that many share say nothing: `/`, `/js`, `/collect`. From so many characters on a path is a sign.
const TELLING: usize = 12;

/// Account numbers that are shorter stand in addresses by chance.
const ACCOUNT: usize = 6;

/// As many parameters of the same names are a sign; fewer are common to many.
const PARAMETERS: usize = 4;

/// Under which name a vendor is asked now that was asked under others before, if none of these is left.
pub(super) fn to(claim: &Claim, then: &[&Sighting], now: &[&Sighting]) -> Option<String> {
    let domains = |sightings: &[&Sighting]| -> BTreeSet<String> {
        let hosts = sightings.iter().flat_map(|sighting| sighting.hosts_of(&claim.vendor));
        hosts.map(domain).collect()
    };
    let (before, after) = (domains(then), domains(now));
    if before.is_empty() || after.is_empty() || !before.is_disjoint(&after) {
        return None;
    }
    let disguise = now.iter().flat_map(|sighting| sighting.about(&claim.vendor)).find_map(disguise);
    let hosts: BTreeSet<_> = now.iter().flat_map(|sighting| sighting.hosts_of(&claim.vendor)).collect();
    let hosts = hosts.into_iter().collect::<Vec<_>>().join(", ");
    Some(format!("now at {hosts}{}", disguise.map(|disguise| format!(" ({disguise})")).unwrap_or_default()))
}

fn disguise(finding: &Finding) -> Option<String> {
    let disguise = finding.traits.disguise.as_ref()?;
    let way = match disguise.chain.last() {
        Some(last) => format!("a CNAME that leads to {last}"),
        None => format!("{}, recognised by {}", disguise.kind.as_str().replace('_', " "), disguise.sign),
    };
    Some(way)
}

/// The vendor is not recognised any more, yet its own numbers, or a path of its own, turn up at a host that nobody asked before.
pub(super) fn traces(claim: &Claim, before: &[&Sighting], now: &[&Sighting]) -> Option<String> {
    let own: Vec<&Asked> =
        before.iter().flat_map(|sighting| &sighting.asked).filter(|asked| asked.vendor == claim.vendor).collect();
    let accounts =
        before.iter().flat_map(|sighting| sighting.about(&claim.vendor)).flat_map(|finding| &finding.traits.accounts);
    let accounts: BTreeSet<&str> = accounts
        .filter_map(|account| account.split_once(':').map(|(_, number)| number))
        .filter(|number| number.len() >= ACCOUNT)
        .collect();
    if let Some(sign) = aliased(claim, before, now) {
        return Some(sign);
    }
    let parameters: Vec<BTreeSet<&str>> =
        own.iter().map(|asked| asked.parameters()).filter(|names| names.len() >= PARAMETERS).collect();
    let paths: BTreeSet<&str> = own.iter().map(|asked| asked.path()).filter(|path| path.len() >= TELLING).collect();
    now.iter().flat_map(|sighting| fresh(before, sighting)).find_map(|asked| {
        if let Some(account) = accounts.iter().find(|account| asked.url.contains(**account)) {
            return Some(format!("its account {account} is told to {} now", asked.host));
        }
        let path = asked.path();
        let given = asked.parameters();
        if asked.vendor != claim.vendor && parameters.iter().any(|names| names.is_subset(&given)) {
            return Some(format!("{}{path} is asked for with the same parameters now", asked.host));
        }
        paths.contains(path).then(|| format!("its path {path} is asked of {} now", asked.host))
    })
}

/// What the vendor was asked for before any choice is asked for still, and is not held against it: other rules judge now than did
/// then.
pub(super) fn asked_still(claim: &Claim, then: &[&Sighting], now: &[&Sighting]) -> Option<String> {
    if claim.rule != Rule::PreConsentContact {
        return None;
    }
    let early = |sightings: &'_ [&Sighting]| -> Vec<Asked> {
        let all = sightings.iter().flat_map(|sighting| &sighting.asked);
        all.filter(|asked| asked.phase.is_before_choice()).cloned().collect()
    };
    let own: BTreeSet<(String, String)> = early(then)
        .into_iter()
        .filter(|asked| asked.vendor == claim.vendor)
        .map(|asked| (asked.host.clone(), asked.path().to_owned()))
        .collect();
    let still = early(now).into_iter().find(|asked| own.contains(&(asked.host.clone(), asked.path().to_owned())))?;
    Some(format!(
        "{}{} is asked for still, and today's rules do not hold it against the vendor",
        still.host,
        still.path()
    ))
}

/// A host that nobody asked before is another name for one of the vendor's.
fn aliased(claim: &Claim, before: &[&Sighting], now: &[&Sighting]) -> Option<String> {
    let asked_before = |host: &str| before.iter().flat_map(|sighting| &sighting.asked).any(|asked| asked.host == host);
    let own: BTreeSet<String> =
        before.iter().flat_map(|sighting| sighting.hosts_of(&claim.vendor)).map(domain).collect();
    let aliases = now.iter().flat_map(|sighting| &sighting.aliases).filter(|(host, _)| !asked_before(host));
    aliases.into_iter().find_map(|(host, chain)| {
        let name = chain.iter().find(|name| own.contains(&domain(name)))?;
        Some(format!("{host} is asked now, another name for {name}"))
    })
}

/// Something that was not there before takes what the page sends: it may be the same behind a name that nobody knows.
pub(super) fn suspicion(claim: &Claim, before: &[&Sighting], now: &[&Sighting]) -> Option<String> {
    if matches!(claim.rule, Rule::Listening | Rule::Fingerprinting | Rule::Keystrokes)
        && let Some(other) = now.iter().find_map(|sighting| successor(claim, before, sighting))
    {
        return Some(other);
    }
    let sinks: BTreeSet<(&str, &str)> =
        before.iter().flat_map(|sighting| &sighting.asked).filter(|asked| asked.has_body).map(sink).collect();
    let strange = |sighting: &Sighting, asked: &Asked| {
        asked.has_body && !sinks.contains(&sink(asked)) && !is_tracker(sighting, &asked.vendor)
    };
    now.iter().find_map(|sighting| {
        let asked = sighting.asked.iter().find(|asked| strange(sighting, asked))?;
        let (host, path) = (&asked.host, asked.path());
        Some(format!(
            "something is sent to {host}{path} now that was not there before: it may be the same under another name"
        ))
    })
}

/// Another party that does now what the vendor did, and did not before.
fn successor(claim: &Claim, before: &[&Sighting], now: &Sighting) -> Option<String> {
    let does = |finding: &&Finding| finding.rule == claim.rule && finding.vendor != claim.vendor;
    let did = |vendor: &str| before.iter().flat_map(|sighting| sighting.about(vendor)).any(|finding| does(&finding));
    let other = now.findings.iter().filter(does).find(|finding| !did(&finding.vendor))?;
    Some(format!(
        "{} does now what the vendor did, and did not before: it may be the same under another name",
        other.vendor_name
    ))
}

/// Requests to hosts, or at the first step of paths of known hosts, that nobody asked before.
fn fresh<'a>(before: &'a [&'a Sighting], now: &'a Sighting) -> impl Iterator<Item = &'a Asked> {
    let known: BTreeSet<(&str, &str)> =
        before.iter().flat_map(|sighting| &sighting.asked).map(|asked| (asked.host.as_str(), asked.path())).collect();
    now.asked.iter().filter(move |asked| !known.contains(&(asked.host.as_str(), asked.path())))
}

/// Where something is sent to: of the site's own hosts the first step of the path too.
fn sink(asked: &Asked) -> (&str, &str) {
    let first = asked.path().split('/').nth(1).unwrap_or_default();
    (&asked.host, if asked.third_party.is_empty() { first } else { "" })
}

fn is_tracker(sighting: &Sighting, vendor: &str) -> bool {
    !vendor.is_empty() && sighting.about(vendor).any(|finding| finding.exposure.is_tracker())
}

fn domain(host: &str) -> String {
    Site::of_host_or_itself(host).map_or_else(|| host.to_owned(), |site| site.to_string())
}
