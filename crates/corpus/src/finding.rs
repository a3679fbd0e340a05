//! What is concluded from a made-up visit: from who was cast for it, as judging would from what is seen.

use std::collections::BTreeMap;

use earshot_model::{
    Choice, Entry, Exposure, Fact, Finding, FindingId, Grade, Heard, Install, InstallRoute, Profile, Proof, Rule,
    Traits, Upload, Visit, Way,
};

use crate::{
    Manner,
    party::Party,
    visit::{Actor, Scene},
};

/// How somebody was met within a part of the visit.
struct Contact {
    first_ms: f64,
    proof: u32,
    requests: u32,
    upload: Upload,
}

/// All findings of the visit; `seqs` says where each mark of its tape has gone.
pub(crate) fn all(scene: &Scene<'_>, visit: &Visit, seqs: &[u32]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for actor in &scene.actors {
        for (rule, contact) in contacts(scene, actor, seqs) {
            findings.push(finding(visit, actor, rule, &contact, scene));
        }
        conduct(scene, actor, visit, seqs, &mut findings);
    }
    page(scene, visit, &mut findings);
    findings
}

fn contacts(scene: &Scene<'_>, actor: &Actor<'_>, seqs: &[u32]) -> Vec<(Rule, Contact)> {
    let clock = &scene.course.clock;
    if scene.occasion.profile == Profile::Gpc {
        let told = actor.party.is_tracker().then(|| within(actor, seqs, 0.0, f64::INFINITY)).flatten();
        return told.map(|contact| (Rule::UnderGpc, contact)).into_iter().collect();
    }
    let chosen = clock.choosing_ms.unwrap_or(f64::INFINITY);
    let before = within(actor, seqs, 0.0, chosen).map(|contact| (Rule::PreConsentContact, contact));
    let rule = match clock.choice {
        Some((Choice::Accept, _)) => Some(Rule::AfterAccept),
        Some((Choice::Reject, _)) if !actor.party.is_tracker() => None,
        Some((Choice::Reject, _)) if actor.manner == Manner::Cookieless => Some(Rule::CookielessPing),
        Some((Choice::Reject, _)) => Some(Rule::DespiteReject),
        None => None,
    };
    let after = rule.and_then(|rule| Some((rule, within(actor, seqs, chosen, f64::INFINITY)?)));
    before.into_iter().chain(after).collect()
}

fn within(actor: &Actor<'_>, seqs: &[u32], from_ms: f64, to_ms: f64) -> Option<Contact> {
    let mut met = actor.requests.iter().filter(|(_, at_ms, _)| (from_ms..to_ms).contains(at_ms)).peekable();
    let (mark, first_ms, _) = **met.peek()?;
    let mut contact = Contact { first_ms, proof: seqs[mark as usize], requests: 0, upload: Upload::default() };
    for (_, _, bytes) in met {
        contact.requests += 1;
        if *bytes > 0 {
            contact.upload.count += 1;
            contact.upload.wire_bytes += bytes;
            contact.upload.decoded_bytes += bytes * 3;
        }
    }
    Some(contact)
}

/// What its scripts do with what is typed, and whether they tell browsers apart.
fn conduct(scene: &Scene<'_>, actor: &Actor<'_>, visit: &Visit, seqs: &[u32], findings: &mut Vec<Finding>) {
    if scene.occasion.profile != Profile::Untouched || actor.party.category == "infrastructure" {
        return;
    }
    let Some(contact) = within(actor, seqs, 0.0, f64::INFINITY) else { return };
    let quiet = |contact: &Contact| Contact { requests: 0, upload: Upload::default(), ..*contact };
    let grade = actor.what.grade;
    if grade >= Grade::K1 {
        findings.push(finding(visit, actor, Rule::Listening, &quiet(&contact), scene));
    }
    if grade >= Grade::K3 {
        let mut one = finding(visit, actor, Rule::Keystrokes, &quiet(&contact), scene);
        one.heard = heard(visit, &one);
        findings.push(one);
    }
    if !fingerprints(actor.party).is_empty() {
        findings.push(finding(visit, actor, Rule::Fingerprinting, &quiet(&contact), scene));
    }
}

/// What is said of the page itself.
fn page(scene: &Scene<'_>, visit: &Visit, findings: &mut Vec<Finding>) {
    let first =
        findings.iter().find(|finding| finding.rule == Rule::PreConsentContact && finding.exposure.is_tracker());
    let site = visit.task.site().to_string();
    let about = |rule, vendor: String, like: &Finding| Finding {
        id: FindingId::derive(visit.id(), rule, &vendor),
        rule,
        vendor_name: vendor.clone(),
        vendor,
        category: "first_party".to_owned(),
        exposure: Exposure::None,
        requests: 0,
        upload: Upload::default(),
        stored: Vec::new(),
        grade: None,
        heard: Vec::new(),
        traits: Traits::default(),
        ..like.clone()
    };
    let said = match (first, scene.occasion.site.cmp) {
        (Some(first), None) if scene.occasion.profile != Profile::Gpc => Some(about(Rule::NoBanner, site, first)),
        (Some(first), Some(cmp)) if !scene.occasion.site.offers_reject => {
            let platform = &scene.parties.cmps[cmp];
            let mut said = about(Rule::NoReject, platform.id.clone(), first);
            (said.vendor_name, said.category) = (platform.name.clone(), platform.category.to_owned());
            Some(said)
        }
        _ => None,
    };
    findings.extend(said);
}

fn finding(visit: &Visit, actor: &Actor<'_>, rule: Rule, contact: &Contact, scene: &Scene<'_>) -> Finding {
    let party = actor.party;
    let graded = rule != Rule::AfterAccept && scene.occasion.profile == Profile::Untouched;
    let mut stored = actor.stored.clone();
    stored.sort_unstable();
    stored.dedup();
    Finding {
        id: FindingId::derive(visit.id(), rule, &party.id),
        run: visit.task.run,
        visit: visit.id(),
        site: visit.task.site(),
        page: visit.task.page.clone(),
        rule,
        vendor: party.id.clone(),
        vendor_name: party.name.clone(),
        category: party.category.to_owned(),
        exposure: party.exposure,
        first_contact_ms: contact.first_ms,
        proof: contact.proof,
        proof_url: party.script.clone(),
        requests: contact.requests,
        upload: contact.upload,
        stored,
        grade: graded.then_some(actor.what.grade),
        heard: Vec::new(),
        traits: traits(actor, scene),
    }
}

fn traits(actor: &Actor<'_>, scene: &Scene<'_>) -> Traits {
    let (what, party) = (actor.what, actor.party);
    let manager = scene.actors.iter().find(|actor| actor.party.category == "tag_manager");
    let bringer = match what.route {
        InstallRoute::TagManager => manager.map(|manager| format!("GTM-{}", &manager.what.account[3..10])),
        InstallRoute::OtherVendor => scene.actors.first().map(|other| other.party.script.clone()),
        InstallRoute::SiteScript => Some(format!("https://{}/assets/app.js", scene.occasion.site.domain)),
        _ => None,
    };
    let listens = if what.grade >= Grade::K1 {
        vec!["input document".to_owned(), "keydown window".to_owned()]
    } else {
        Vec::new()
    };
    Traits {
        accounts: if party.exposure == Exposure::Unknown { Vec::new() } else { vec![what.account.clone()] },
        install: Some(Install { route: what.route, name: bringer.clone().unwrap_or_default() }),
        brought_by: bringer.into_iter().collect(),
        disguise: None,
        frames: Vec::new(),
        reads: if what.grade >= Grade::K2 { vec!["input[type=email][name=email]".to_owned()] } else { Vec::new() },
        listens,
        fingerprints: fingerprints(party),
        details: BTreeMap::new(),
    }
}

/// Parties whose scripts tell browsers apart. Assumed: one in eight of those that nobody knows, and who fends off bots.
fn fingerprints(party: &Party) -> Vec<String> {
    let many =
        party.category == "bot_protection" || (party.exposure == Exposure::Unknown && party.name.contains("pixel"));
    if many { vec!["canvas".to_owned(), "webgl".to_owned()] } else { Vec::new() }
}

fn heard(visit: &Visit, finding: &Finding) -> Vec<Heard> {
    let entries = visit.events.iter().filter_map(|event| match &event.fact {
        Fact::Entry(entry) => Some((event.seq, entry)),
        _ => None,
    });
    entries.take(2).map(|(seq, entry)| of_field(seq, entry, finding)).collect()
}

fn of_field(seq: u32, entry: &Entry, finding: &Finding) -> Heard {
    let grade = finding.grade.unwrap_or_default();
    let form = match grade {
        Grade::K3 => "masked, 15 characters",
        Grade::K4 => "sha256 of the trimmed lower-case value",
        _ => "whole",
    };
    let proof = Proof {
        event: finding.proof,
        url: finding.proof_url.clone(),
        part: "body".to_owned(),
        bytes: (0, 328),
        chain: vec!["gzip".to_owned()],
        inner: (373, 388),
        at_ms: entry.last_key_ms + 600.0,
        since_first_key_ms: 700.0,
        ..Proof::default()
    };
    Heard {
        field: entry.field.clone(),
        kind: entry.kind,
        entry: seq,
        grade,
        form: form.to_owned(),
        weak: false,
        way: Way::Taken,
        times: 1,
        proof: Some(proof),
    }
}
