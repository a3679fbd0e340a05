//! Whether a visit can say that something is no longer there.

use std::collections::BTreeSet;

use earshot_model::{Gap, GapKind, PageUrl, Rule};

use super::{Asked, Claim, Sighting};

/// A page that asks its own server for less than a quarter of what it asked for is another page: an error, a notice that the shop
/// is being mended.
const SHRUNK: usize = 4;

/// Pages that ask for so little of their own are not compared.
const FEW: usize = 8;

/// Why the visit says nothing about the claim, if it does not. `then` are the visits before, under the same profile.
pub(super) fn flaw(claim: &Claim, then: &[&Sighting], now: &Sighting) -> Option<String> {
    if !now.seen {
        return Some(now.ended.clone());
    }
    if !now.whole {
        return Some("not everything that the profile asks for was done and watched".to_owned());
    }
    let landed: Vec<_> = then.iter().map(|sighting| place(&sighting.final_url)).collect();
    if !landed.contains(&place(&now.final_url)) {
        return Some(format!("it leads to another page now, {}", now.final_url));
    }
    let known = |host: &str| then.iter().flat_map(|sighting| &sighting.asked).any(|asked| asked.host == host);
    // What nobody knew before hides nothing new.
    let is_old = |gap: &Gap| match gap.kind {
        GapKind::AliasUnknown => gap.detail.split(", ").all(known),
        GapKind::HostUnreached => then.iter().any(|sighting| sighting.gaps.contains(gap)),
        _ => false,
    };
    let hides = |gap: &&Gap| claim.is_hidden_by(gap.kind, last_word(claim, then)) && !is_old(gap);
    if let Some(gap) = now.gaps.iter().find(hides) {
        return Some(format!("gap {}: {}", gap.kind.as_str(), gap.detail));
    }
    if claim.rule == Rule::Keystrokes
        && let Some(flaw) = typing_flaw(claim, then, now)
    {
        return Some(flaw);
    }
    away(then, now).or_else(|| shrunk(then, now))
}

/// A script or document that came before and did not come now: what it would have brought may be only away.
fn away(then: &[&Sighting], now: &Sighting) -> Option<String> {
    let spot = |asked: &Asked| (asked.host.clone(), asked.path().to_owned());
    let came: BTreeSet<_> =
        then.iter().flat_map(|sighting| &sighting.asked).filter(|asked| !asked.is_missing).map(spot).collect();
    let missing = now.asked.iter().find(|asked| asked.is_missing && came.contains(&spot(asked)))?;
    Some(format!("{}{} did not come", missing.host, missing.path()))
}

/// Whether anything that the vendor was sent before came as a last word.
fn last_word(claim: &Claim, then: &[&Sighting]) -> bool {
    then.iter().flat_map(|sighting| &sighting.asked).any(|asked| asked.vendor == claim.vendor && asked.is_last_word)
}

fn typing_flaw(claim: &Claim, then: &[&Sighting], now: &Sighting) -> Option<String> {
    let heard = then.iter().flat_map(|sighting| sighting.about(&claim.vendor)).flat_map(|finding| &finding.heard);
    let missing = heard.filter(|heard| heard.is_taken()).find(|heard| !now.typed.contains(&heard.field));
    if let Some(missing) = missing {
        return Some(format!("the field {} was not typed into", missing.field));
    }
    let unread = now.about(&claim.vendor).any(|finding| finding.grade.is_none());
    unread.then(|| "not all that the vendor was sent could be read".to_owned())
}

fn shrunk(then: &[&Sighting], now: &Sighting) -> Option<String> {
    let own = |sighting: &Sighting| sighting.asked.iter().filter(|asked| asked.third_party.is_empty()).count();
    let (before, after) = (then.iter().map(|sighting| own(sighting)).max().unwrap_or_default(), own(now));
    (before >= FEW && after * SHRUNK < before)
        .then(|| format!("the page asks its own server for {after} things and not {before}: it may be another page"))
}

/// Host and path: queries change with every visit on some sites.
fn place(url: &str) -> String {
    PageUrl::parse(url).map_or_else(|_| url.to_owned(), |url| format!("{}{}", url.host(), url.url().path()))
}
