//! The findings about keystrokes: one for each party that was sent something of the typing, or may have been.

use std::collections::BTreeSet;

use earshot_model::{Exposure, FieldKind, Finding, FindingId, GapKind, Grade, Heard, Rule, Traits, Upload};
use url::Url;

use super::{Evidence, growth::Growth, signs::Tally, silence::Silence, typed::Typed};
use crate::{
    insight::Details,
    judge::{
        Case, UNKNOWN,
        conduct::{FIRST_PARTY, Label},
    },
};

/// What is said of a party whose unreadable bodies grow with what is typed. No grade says so: nobody has read them.
const GROWS: &str = "with what is typed, not readable";

/// What a finding about keystrokes takes over from what a recorder's traffic says of itself.
const MASKING: [&str; 4] = ["input_text", "masking", "masking_setting", "page_text"];

/// A party about which something is to be told.
struct Subject<'a> {
    party: &'a str,
    /// The highest; `None` where there is no sign, and its silence is not known.
    grade: Option<Grade>,
    /// Whether it is the page's own site.
    own: bool,
    /// How what it is sent grows, if it does and nobody can read it.
    growth: Option<Growth>,
    typed: &'a [Typed<'a>],
    evidence: &'a Evidence,
    silence: &'a Silence,
}

/// One finding for each party with a grade from K3 on, or whose unreadable bodies grow. What a site's own server is told
/// of its own forms is told only where it is the content itself.
pub(super) fn findings(
    case: &Case,
    typed: &[Typed],
    evidence: &Evidence,
    silence: &Silence,
    known: &[Finding],
) -> Vec<Finding> {
    let site = case.visit.task.site();
    let growing = evidence.opaque.growing(typed);
    let parties: BTreeSet<&String> = evidence.signs.parties().chain(growing.keys()).collect();
    let subject = |party: &'_ &String| {
        let (own, grade) = (party.as_str() == site.as_str(), evidence.signs.grade(party));
        let sealed = !own && !grade.is_some_and(Grade::is_content);
        (own, grade, growing.get(*party).copied().filter(|_| sealed))
    };
    let told = parties.iter().filter_map(|party| {
        let (own, grade, growth) = subject(party);
        let least = if own { Grade::K4 } else { Grade::K3 };
        (grade >= Some(least) || growth.is_some())
            .then(|| Subject { party, grade, own, growth, typed, evidence, silence }.finding(case, known))
    });
    told.flatten().collect()
}

impl Subject<'_> {
    fn finding(&self, case: &Case, known: &[Finding]) -> Option<Finding> {
        let of_party = || known.iter().filter(|finding| finding.vendor == self.party);
        let known = of_party().find(|finding| finding.rule == Rule::PreConsentContact).or(of_party().next());
        let label = known.map(Label::of).unwrap_or_else(|| self.label());
        let (first_contact_ms, proof) = self.first(known)?;
        let taken = self.evidence.signs.of(self.party).any(|(_, tally)| tally.is_taken());
        let task = &case.visit.task;
        Some(Finding {
            id: FindingId::derive(case.visit.id(), Rule::Keystrokes, self.party),
            run: task.run,
            visit: case.visit.id(),
            site: task.site(),
            page: task.page.clone(),
            rule: Rule::Keystrokes,
            vendor: self.party.to_owned(),
            vendor_name: label.name,
            category: label.category,
            exposure: if taken && !self.own { Exposure::Content } else { label.exposure },
            first_contact_ms,
            proof,
            proof_url: address(case, proof),
            requests: 0,
            upload: Upload::default(),
            stored: Vec::new(),
            grade: self.grade,
            heard: (0..self.typed.len()).filter_map(|field| self.heard(field)).collect(),
            traits: Traits {
                details: self.details(case, known),
                ..known.map(|known| known.traits.clone()).unwrap_or_default()
            },
        })
    }

    fn label(&self) -> Label {
        let (category, exposure) = if self.own { (FIRST_PARTY, Exposure::None) } else { (UNKNOWN, Exposure::Unknown) };
        Label { name: self.party.to_owned(), category: category.to_owned(), exposure }
    }

    /// When something of the typing was sent first, and by which event; of what grows, when it had grown.
    fn first(&self, known: Option<&Finding>) -> Option<(f64, u32)> {
        let sent = self.evidence.signs.of(self.party).filter_map(|(_, tally)| tally.first_sent);
        let first = sent.min_by(|a, b| a.0.total_cmp(&b.0));
        let grown = self.growth.map(|growth| (growth.at_ms, growth.event));
        first.or(grown).or(known.map(|known| (known.first_contact_ms, known.proof)))
    }

    /// What it hears of one field; `None` where that is not known, and for the long text where it is nothing.
    fn heard(&self, field: usize) -> Option<Heard> {
        let typed = &self.typed[field];
        let heard = |grade, form: &str| Heard {
            field: typed.entry.field.clone(),
            kind: typed.entry.kind,
            entry: typed.seq,
            grade,
            form: form.to_owned(),
            ..Heard::default()
        };
        let Some((_, tally)) = self.evidence.signs.of(self.party).find(|(of, _)| *of == field) else {
            let silent = typed.proves_silence() && self.silence.tells_of(self.party);
            return silent.then(|| heard(Grade::K0, "nothing"));
        };
        let Tally { best, proof, .. } = tally;
        if typed.entry.kind == FieldKind::Burst && !best.grade.is_content() {
            return None;
        }
        Some(Heard {
            weak: best.weak,
            way: best.way,
            times: tally.times(),
            proof: Some(proof.clone()),
            ..heard(best.grade, &best.form)
        })
    }

    /// How it masks, whether the page's own text tells what was typed, whether what nobody can read grows, whether the
    /// field is the party's own, and what a first party may hide.
    fn details(&self, case: &Case, known: Option<&Finding>) -> Details {
        let masking = known.map(|known| known.traits.details.clone()).unwrap_or_default();
        let mut details: Details = masking.into_iter().filter(|(key, _)| MASKING.contains(&key.as_str())).collect();
        details.extend(self.evidence.recordings.details(self.party));
        if let Some(Growth { before, after, event, .. }) = self.growth {
            let sizes = format!("{before} bytes before a long text, {after} bytes with it (event {event})");
            details.insert("grows".to_owned(), vec![GROWS.to_owned(), sizes]);
        }
        if self.typed.iter().any(|typed| typed.is_in_frame_of(case, self.party)) {
            details.insert("own_frame".to_owned(), vec!["some fields stand in a frame of its own".to_owned()]);
        }
        if self.own {
            let hosts = self.evidence.signs.of(self.party).map(|(_, tally)| own_host(case, &tally.proof.url));
            let hosts: BTreeSet<_> = hosts.collect();
            details.insert("first_party".to_owned(), hosts.into_iter().collect());
        }
        details
    }
}

/// Address of the request at `seq`, or of that which a frame belongs to.
fn address(case: &Case, seq: u32) -> String {
    let asked = match case.visit.events.get(seq as usize).map(|event| &event.fact) {
        Some(earshot_model::Fact::SocketFrame(frame)) => frame.request,
        _ => seq,
    };
    case.request(asked).map(|request| request.url.clone()).unwrap_or_default()
}

/// What is known of a host of the site's own that is sent what is typed: behind a CNAME or a known proxy of a vendor's it
/// would not be the site's.
fn own_host(case: &Case, url: &str) -> String {
    let host = Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
    let unknown = case.visit.gaps.iter().any(|gap| {
        let mut words = gap.detail.split(|c: char| !c.is_ascii_alphanumeric() && c != '.' && c != '-');
        gap.kind == GapKind::AliasUnknown && words.any(|word| word == host)
    });
    let names = if unknown { "its other names are not known" } else { "no other name and no vendor's signs found" };
    format!("{host}: {names}; where its server passes it on cannot be seen")
}
