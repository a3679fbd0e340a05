//! What scripts did besides asking: the findings about it, and what it adds to the finding about a contact.

use std::collections::{BTreeMap, BTreeSet};

use earshot_model::{Event, Exposure, Fact, Finding, FindingId, MarkKind, OutcomeClass, Rule, Traits, Upload};

use super::{
    Case, EventNote, UNKNOWN,
    actor::{Act, Actor},
    install::places::platform,
};
use crate::{Party, fingerprint, fingerprint::Technique, listening};

/// Category of the page's own site, where a finding is about its own scripts.
pub(crate) const FIRST_PARTY: &str = "first_party";

/// How many listeners and fields a finding names: a recorder has some thirty listeners, a checkout as many fields.
const MAX_NAMED: usize = 64;

/// Something that a script did.
pub(super) struct Deed<'a> {
    pub seq: u32,
    pub event: &'a Event,
    /// Who did it.
    party: Party<'a>,
    /// Address of the script (or of the document with an inline one) that did it.
    pub script: &'a str,
}

/// Everything that scripts did on the page, and who they belong to. What nobody can be named for is left out.
pub(super) fn deeds<'a>(case: &Case<'a>) -> Vec<Deed<'a>> {
    let deed = |(seq, event): (u32, &'a Event)| {
        if !matches!(event.fact, Fact::Listener(_) | Fact::FieldRead(_) | Fact::ApiCall(_)) {
            return None;
        }
        let act = if matches!(event.fact, Fact::ApiCall(_)) { Act::Call } else { Act::Other };
        let Actor { party, script } = case.owners.actor(seq, event.fact.stack(), act)?;
        Some(Deed { seq, event, party, script })
    };
    (0..).zip(&case.visit.events).filter_map(deed).collect()
}

/// Says of each such event whom it concerns, where that is a third party.
pub(super) fn annotate(deeds: &[Deed], notes: &mut [EventNote]) {
    for deed in deeds {
        if let Some(note) = notes.get_mut(deed.seq as usize) {
            note.vendor = deed.party.key().map(str::to_owned);
        }
    }
}

/// Adds to the findings about contacts what the vendor's scripts did, and findings of their own where the rules of
/// [`fingerprint`] and [`listening`] are met.
pub(super) fn judge(case: &Case, deeds: &[Deed], findings: &mut Vec<Finding>) {
    if case.visit.outcome.class() != OutcomeClass::Seen {
        return;
    }
    let mut by_party: BTreeMap<String, Vec<&Deed>> = BTreeMap::new();
    for deed in deeds {
        by_party.entry(key(case, &deed.party)).or_default().push(deed);
    }
    for (key, deeds) in &by_party {
        let mut traits = traits(case, deeds);
        let contact = findings.iter_mut().find(|finding| finding.vendor == *key);
        let label = contact.as_deref().map(Label::of).unwrap_or_else(|| Label::new(case, &deeds[0].party));
        if let Some(contact) = contact {
            contact.traits.fingerprints.clone_from(&traits.fingerprints);
            contact.traits.listens.clone_from(&traits.listens);
            contact.traits.reads.clone_from(&traits.reads);
            // How it came there is the same; what its traffic says belongs to the contact.
            traits = Traits { details: BTreeMap::new(), ..contact.traits.clone() };
        }
        let fingerprinting = finding(case, Rule::Fingerprinting, key, &label, &telling_apart(case, deeds), &traits);
        let listening = finding(case, Rule::Listening, key, &label, &hearing(case, deeds), &traits);
        findings.extend(fingerprinting.into_iter().chain(listening));
    }
    sort(findings);
}

/// By moment, then by party, then by rule.
pub(super) fn sort(findings: &mut [Finding]) {
    findings.sort_by(|a, b| {
        let by_time = a.first_contact_ms.total_cmp(&b.first_contact_ms);
        by_time.then_with(|| a.vendor.cmp(&b.vendor)).then_with(|| a.rule.cmp(&b.rule))
    });
}

/// The deeds by which each third party hears what is typed, or reads what stands in fields.
pub(super) fn hearing_by_party<'d, 'a>(case: &Case, deeds: &'d [Deed<'a>]) -> BTreeMap<String, Vec<&'d Deed<'a>>> {
    let mut by_party: BTreeMap<String, Vec<&Deed>> = BTreeMap::new();
    for deed in hearing(case, &deeds.iter().collect::<Vec<_>>()) {
        by_party.entry(key(case, &deed.party)).or_default().push(deed);
    }
    by_party
}

/// A third party's key, or the site's name for its own scripts.
pub(super) fn key(case: &Case, party: &Party) -> String {
    party.key().map_or_else(|| case.visit.task.site().as_str().to_owned(), str::to_owned)
}

/// What the party's scripts did, as a finding tells it.
fn traits(case: &Case, deeds: &[&Deed]) -> Traits {
    let in_page = || deeds.iter().filter(|deed| !is_at_home(case, deed));
    let listens = in_page().filter_map(|deed| match &deed.event.fact {
        Fact::Listener(listener) => Some(format!("{} {}", listener.event, listener.target)),
        _ => None,
    });
    let reads = in_page().filter_map(|deed| match &deed.event.fact {
        Fact::FieldRead(read) => Some(read.field.clone()),
        _ => None,
    });
    let techniques: BTreeSet<_> =
        by_script(case, deeds).iter().flat_map(|(_, techniques)| techniques.iter().copied()).collect();
    Traits {
        listens: sorted(listens),
        reads: sorted(reads),
        fingerprints: sorted(techniques.iter().map(|technique| technique.as_str().to_owned())),
        ..Traits::default()
    }
}

fn sorted(values: impl Iterator<Item = String>) -> Vec<String> {
    values.collect::<BTreeSet<_>>().into_iter().take(MAX_NAMED).collect()
}

/// The calls of each script that count, and the techniques that they come to.
fn by_script<'d, 'a>(case: &Case, deeds: &[&'d Deed<'a>]) -> Vec<(Vec<&'d Deed<'a>>, BTreeSet<Technique>)> {
    let wordpress = is_wordpress(case);
    let mut scripts: BTreeMap<&str, Vec<&Deed>> = BTreeMap::new();
    for deed in deeds {
        let Fact::ApiCall(call) = &deed.event.fact else { continue };
        let emoji_test = wordpress && deed.party == Party::FirstParty && fingerprint::like_emoji_test(call);
        if !emoji_test {
            scripts.entry(deed.script).or_default().push(deed);
        }
    }
    let judged = |deeds: Vec<&'d Deed<'a>>| {
        let calls: Vec<_> = deeds.iter().filter_map(|deed| call(deed)).collect();
        let techniques = fingerprint::techniques(&calls);
        (deeds, techniques)
    };
    scripts.into_values().map(judged).collect()
}

fn call<'a>(deed: &Deed<'a>) -> Option<&'a earshot_model::ApiCall> {
    match &deed.event.fact {
        Fact::ApiCall(call) => Some(call),
        _ => None,
    }
}

/// The deeds by which the party's scripts tell browsers apart.
fn telling_apart<'d, 'a>(case: &Case, deeds: &[&'d Deed<'a>]) -> Vec<&'d Deed<'a>> {
    let evidence = |(deeds, techniques): (Vec<&'d Deed<'a>>, BTreeSet<Technique>)| {
        let rests = move |deed: &&Deed| {
            let is_evidence = |call| techniques.iter().any(|technique| technique.rests_on(call));
            call(deed).is_some_and(is_evidence) && platform(deed.script).is_none()
        };
        deeds.into_iter().filter(rests).collect::<Vec<_>>()
    };
    by_script(case, deeds).into_iter().flat_map(evidence).collect()
}

/// The deeds by which a third party's scripts hear what is typed, or read what stands in fields. The page's own scripts
/// handle its own forms, and so do those of the platform that it is built with. A consent platform keeps the keys within
/// its banner. Of somebody whom nobody knows, keys on the whole page are not enough: a widget closes on Escape.
fn hearing<'d, 'a>(case: &Case, deeds: &[&'d Deed<'a>]) -> Vec<&'d Deed<'a>> {
    let hears = |deed: &&&Deed| match (&deed.event.fact, &deed.party) {
        (Fact::Listener(listener), Party::Unknown(_)) => {
            listening::hears_typing(listener) && listening::is_field(&listener.target)
        }
        (Fact::Listener(listener), _) => listening::hears_typing(listener),
        (Fact::FieldRead(read), _) => listening::holds_input(&read.field),
        _ => false,
    };
    let is_asked = |party: &Party| match party {
        Party::FirstParty => false,
        Party::Vendor(vendor) => vendor.exposure != Exposure::None,
        Party::Unknown(_) => true,
    };
    let elsewhere = |deed: &&&Deed| is_asked(&deed.party) && platform(deed.script).is_none() && !is_at_home(case, deed);
    deeds.iter().filter(elsewhere).filter(hears).copied().collect()
}

/// Whether a script works in its own company's frame (a player's keys, a chat's own field), or a stranger's in another
/// party's, or a third party's in one without an address, which chats make for themselves: as far as we can tell, that
/// is no part of the page that the visitor types into.
fn is_at_home(case: &Case, deed: &Deed) -> bool {
    if deed.event.frame.starts_with("about:") {
        return deed.party != Party::FirstParty;
    }
    match (case.owners.owner(&deed.event.frame), &deed.party) {
        (Some(Party::FirstParty) | None, _) | (_, Party::FirstParty) => false,
        (Some(Party::Vendor(frame)), Party::Vendor(vendor)) => frame.company == vendor.company,
        (Some(_), Party::Unknown(_)) => true,
        (Some(Party::Unknown(_)), Party::Vendor(_)) => false,
    }
}

/// WordPress puts a test for emoji into every page, and its files lie under these paths.
fn is_wordpress(case: &Case) -> bool {
    case.visit.events.iter().any(|event| match &event.fact {
        Fact::Request(request) => request.url.contains("/wp-includes/") || request.url.contains("/wp-content/"),
        Fact::Mark(mark) => {
            mark.kind == MarkKind::Generator && mark.value.starts_with("WordPress") || mark.name == "_wpemojiSettings"
        }
        _ => false,
    })
}

/// What a party is called in findings.
pub(super) struct Label {
    pub name: String,
    pub category: String,
    pub exposure: Exposure,
}

impl Label {
    /// As the finding about its contact has it, which a filter list may have had a word in.
    pub(super) fn of(known: &Finding) -> Self {
        Self { name: known.vendor_name.clone(), category: known.category.clone(), exposure: known.exposure }
    }

    fn new(case: &Case, party: &Party) -> Self {
        let (name, category, exposure) = match party {
            Party::Vendor(vendor) => (vendor.name.clone(), vendor.category.as_str(), vendor.exposure),
            Party::Unknown(site) => (site.to_string(), UNKNOWN, Exposure::Unknown),
            Party::FirstParty => (case.visit.task.site().to_string(), FIRST_PARTY, Exposure::Unknown),
        };
        Self { name, category: category.to_owned(), exposure }
    }
}

/// The finding that the evidence proves, by its earliest event; `None` without evidence.
fn finding(
    case: &Case,
    rule: Rule,
    vendor: &str,
    label: &Label,
    evidence: &[&Deed],
    traits: &Traits,
) -> Option<Finding> {
    let at_ms = |deed: &Deed| deed.event.at_ms.filter(|at| at.is_finite()).unwrap_or(f64::from(case.visit.took_ms));
    let first = evidence.iter().min_by(|a, b| at_ms(a).total_cmp(&at_ms(b)).then_with(|| a.seq.cmp(&b.seq)))?;
    let task = &case.visit.task;
    Some(Finding {
        id: FindingId::derive(case.visit.id(), rule, vendor),
        run: task.run,
        visit: case.visit.id(),
        site: task.site(),
        page: task.page.clone(),
        rule,
        vendor: vendor.to_owned(),
        vendor_name: label.name.clone(),
        category: label.category.clone(),
        exposure: label.exposure,
        first_contact_ms: at_ms(first),
        proof: first.seq,
        proof_url: first.script.to_owned(),
        requests: 0,
        upload: Upload::default(),
        stored: Vec::new(),
        grade: None,
        heard: Vec::new(),
        traits: traits.clone(),
    })
}
