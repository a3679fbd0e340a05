//! What asks for consent: nothing at all, or a banner that can only be agreed to.

use std::collections::HashSet;

use earshot_model::{
    Choice, Consent, ConsentMeans, ConsentStep, Exposure, Fact, Finding, FindingId, Gap, GapKind, Phase, Profile, Rule,
    Traits, Transport, Upload,
};

use super::{
    Case,
    conduct::{FIRST_PARTY, Label},
};
use crate::{Category, Party, Vendor, consent::HIDING};

/// The key of the words on a banner's buttons.
const BUTTONS: &str = "buttons";

/// The findings about what asks, and what could not be known of it.
pub(super) fn judge(case: &Case, known: &[Finding]) -> (Vec<Finding>, Option<Gap>) {
    if case.clock.banner_ms.is_some() || case.clock.choice.is_some() {
        return (no_reject(case).into_iter().collect(), None);
    }
    let gap = unloaded(case);
    let no_banner = if gap.is_none() { no_banner(case, known) } else { None };
    (no_banner.into_iter().collect(), gap)
}

/// Part of a consent platform did not come, or not in time: its banner may have been in it.
fn unloaded(case: &Case) -> Option<Gap> {
    let came: HashSet<u32> = case
        .visit
        .events
        .iter()
        .filter_map(|event| match &event.fact {
            Fact::Response(response) if response.status < 400 => Some(response.request),
            _ => None,
        })
        .collect();
    (0..).zip(&case.owners.parties).find_map(|(seq, party)| {
        let Some(Party::Vendor(vendor)) = party else { return None };
        let request = case.request(seq).filter(|_| vendor.category == Category::Cmp && !came.contains(&seq))?;
        let brings =
            matches!(request.transport, Transport::Script | Transport::Document | Transport::Fetch | Transport::Xhr);
        let detail = || format!("{} did not load", vendor.name);
        brings.then(|| Gap { kind: GapKind::BannerUnwatched, detail: detail() })
    })
}

/// Trackers run where nothing asked for a choice, in a visit in which it would have been seen. A site may keep its banner
/// from visitors under Global Privacy Control: such visits say nothing.
fn no_banner(case: &Case, known: &[Finding]) -> Option<Finding> {
    if is_hidden(case) || case.visit.task.profile == Profile::Gpc {
        return None;
    }
    let of_tracker = |finding: &&Finding| {
        finding.rule == Rule::PreConsentContact && finding.exposure.is_tracker() && unasked(case, finding.proof)
    };
    let first = known.iter().filter(of_tracker).min_by(|a, b| a.first_contact_ms.total_cmp(&b.first_contact_ms))?;
    let finding = about(case, Rule::NoBanner, &site(case), label_of_site(case));
    Some(Finding {
        first_contact_ms: first.first_contact_ms,
        proof: first.proof,
        proof_url: first.proof_url.clone(),
        ..finding
    })
}

fn is_hidden(case: &Case) -> bool {
    case.visit.gaps.iter().any(|gap| HIDING.contains(&gap.kind))
}

fn unasked(case: &Case, seq: u32) -> bool {
    case.visit.events.get(seq as usize).is_some_and(|event| event.phase == Phase::NoBanner)
}

/// The first banner offers to agree and not to refuse, and no other banner of the visit offers it either. A banner whose
/// buttons are too many to be kept may do so, as may one that was not seen whole, or has a button whose words are not known;
/// one that we refused with one press does.
fn no_reject(case: &Case) -> Option<Finding> {
    if is_hidden(case) {
        return None;
    }
    let banners: Vec<(u32, &Consent)> = (0..)
        .zip(&case.visit.events)
        .filter_map(|(seq, event)| match &event.fact {
            Fact::Consent(consent) if consent.step == ConsentStep::Banner => Some((seq, consent)),
            _ => None,
        })
        .collect();
    let offers = |means| banners.iter().flat_map(|(_, banner)| &banner.buttons).any(|button| button.means == means);
    let cut = banners.iter().any(|(_, banner)| banner.buttons.len() >= Consent::BUTTONS);
    let refused = matches!(case.clock.choice, Some((Choice::Reject, _))) && case.clock.presses == Some(1);
    if offers(ConsentMeans::Reject) || offers(ConsentMeans::Unknown) || cut || refused {
        return None;
    }
    let agrees = |banner: &Consent| banner.buttons.iter().any(|button| button.means == ConsentMeans::Accept);
    let (seq, banner) = banners.iter().copied().find(|(_, banner)| agrees(banner))?;
    let (vendor, label) = match platform(case, &banner.source) {
        Some(vendor) => (vendor.id.clone(), label(vendor)),
        None => (site(case), label_of_site(case)),
    };
    let mut finding = about(case, Rule::NoReject, &vendor, label);
    let words = banner.buttons.iter().map(|button| button.text.clone()).collect();
    finding.traits.details.insert(BUTTONS.to_owned(), words);
    let frame = case.visit.events.get(seq as usize).map(|event| event.frame.clone()).unwrap_or_default();
    Some(Finding { first_contact_ms: case.at_ms(seq), proof: seq, proof_url: frame, ..finding })
}

/// The platform of the catalogue whose name is in that of the rule by which the banner was recognised: `Klaro`,
/// `Cybotcookiebot`, `com_didomi.io`. The longest name wins.
fn platform<'a>(case: &Case<'a>, source: &str) -> Option<&'a Vendor> {
    let source = letters(source);
    let platforms = case.catalogue.vendors().iter().filter(|vendor| vendor.category == Category::Cmp);
    platforms.filter(|vendor| source.contains(&letters(&vendor.id))).max_by_key(|vendor| vendor.id.len())
}

fn letters(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

fn site(case: &Case) -> String {
    case.visit.task.site().as_str().to_owned()
}

fn label_of_site(case: &Case) -> Label {
    Label { name: site(case), category: FIRST_PARTY.to_owned(), exposure: Exposure::None }
}

fn label(vendor: &Vendor) -> Label {
    Label { name: vendor.name.clone(), category: vendor.category.as_str().to_owned(), exposure: vendor.exposure }
}

/// A finding that is about no contact.
fn about(case: &Case, rule: Rule, vendor: &str, label: Label) -> Finding {
    let task = &case.visit.task;
    Finding {
        id: FindingId::derive(case.visit.id(), rule, vendor),
        run: task.run,
        visit: case.visit.id(),
        site: task.site(),
        page: task.page.clone(),
        rule,
        vendor: vendor.to_owned(),
        vendor_name: label.name,
        category: label.category,
        exposure: label.exposure,
        first_contact_ms: 0.0,
        proof: 0,
        proof_url: String::new(),
        requests: 0,
        upload: Upload::default(),
        stored: Vec::new(),
        grade: None,
        heard: Vec::new(),
        traits: Traits::default(),
    }
}
