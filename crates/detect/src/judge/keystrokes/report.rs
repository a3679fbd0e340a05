//! The findings about keystrokes: one for each party that was sent something of the typing, or may have been.

use std::collections::BTreeSet;

use earshot_model::{Exposure, FieldKind, Finding, FindingId, GapKind, Grade, Heard, Rule, Traits, Upload};

use super::{Sign, Signs, silence::Silence, typed::Typed};
use crate::insight::Details;
use crate::judge::{
    Case,
    conduct::{FIRST_PARTY, Label},
};

/// What is said of a party whose unreadable bodies grow with what is typed. No grade says so: nobody has read them.
const GROWS: &str = "with what is typed, not readable";

/// What a finding about keystrokes takes over from what a recorder's traffic says of itself.
const MASKING: [&str; 4] = ["input_text", "masking", "masking_setting", "page_text"];

/// A party about which something is to be told.
struct Subject<'a> {
    party: &'a str,
    grade: Grade,
    /// Whether it is the page's own site.
    own: bool,
    /// Whether what it is sent grows, unread.
    grows: bool,
}

/// One finding for each party with a grade from K3 on, or whose unreadable bodies grow. What a site's own server is told
/// of its own forms is told only where it is the content itself.
pub(super) fn findings(
    case: &Case,
    typed: &[Typed],
    signs: &Signs,
    silence: &Silence,
    known: &[Finding],
) -> Vec<Finding> {
    let site = case.visit.task.site();
    let growing = signs.opaque.growing(typed);
    let parties: BTreeSet<&String> = signs.by_party.keys().chain(&growing).collect();
    let subject = |party: &'_ String| {
        let (own, grade) = (*party == site.as_str(), signs.grade(party).unwrap_or_default());
        (own, grade, growing.contains(party) && !own && !grade.is_content())
    };
    let told = parties.into_iter().filter_map(|party| {
        let (own, grade, grows) = subject(party);
        let told = if own { grade.is_content() } else { grade >= Grade::K3 || grows };
        told.then(|| Subject { party, grade, own, grows }.finding(case, typed, signs, silence, known))
    });
    told.flatten().collect()
}

impl Subject<'_> {
    fn finding(
        &self,
        case: &Case,
        typed: &[Typed],
        signs: &Signs,
        silence: &Silence,
        known: &[Finding],
    ) -> Option<Finding> {
        let known = known.iter().find(|finding| finding.vendor == self.party);
        let label = known.map(Label::of).unwrap_or_else(|| self.label());
        let of_party = signs.of(self.party);
        let best = of_party.iter().max_by(|a, b| a.rank(b));
        let first = |sign: &Sign| (sign.proof.at_ms, sign.proof.event, sign.proof.url.clone());
        let contact = || known.map(|known| (known.first_contact_ms, known.proof, known.proof_url.clone()));
        let (first_contact_ms, proof, proof_url) = best.map(first).or_else(contact)?;
        let fields = typed.iter().enumerate();
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
            exposure: if self.grade.is_content() && !self.own { Exposure::Content } else { label.exposure },
            first_contact_ms,
            proof,
            proof_url,
            requests: 0,
            upload: Upload::default(),
            stored: Vec::new(),
            grade: Some(self.grade),
            heard: fields.filter_map(|(field, typed)| self.heard(field, typed, of_party, silence)).collect(),
            traits: Traits {
                details: self.details(case, signs, known, best),
                ..known.map(|known| known.traits.clone()).unwrap_or_default()
            },
        })
    }

    fn label(&self) -> Label {
        let (category, exposure) =
            if self.own { (FIRST_PARTY, Exposure::None) } else { (crate::judge::UNKNOWN, Exposure::Unknown) };
        Label { name: self.party.to_owned(), category: category.to_owned(), exposure }
    }

    /// What it hears of one field; `None` where that is not known, and for the long text where it is nothing.
    fn heard(&self, field: usize, typed: &Typed, signs: &[Sign], silence: &Silence) -> Option<Heard> {
        let of_field = || signs.iter().filter(|sign| sign.field == field);
        let heard = |grade, form: &str| Heard {
            field: typed.entry.field.clone(),
            kind: typed.entry.kind,
            entry: typed.seq,
            grade,
            form: form.to_owned(),
            ..Heard::default()
        };
        let Some(best) = of_field().max_by(|a, b| a.rank(b)) else {
            let silent = typed.proves_silence() && silence.tells_of(self.party);
            return silent.then(|| heard(Grade::K0, "nothing"));
        };
        if typed.entry.kind == FieldKind::Burst && !best.grade.is_content() {
            return None;
        }
        let times: BTreeSet<_> =
            of_field().filter(|sign| sign.grade == best.grade).map(|sign| sign.proof.event).collect();
        Some(Heard {
            weak: best.weak,
            times: u32::try_from(times.len()).unwrap_or(u32::MAX),
            proof: Some(best.proof.clone()),
            ..heard(best.grade, &best.form)
        })
    }

    /// How it masks, whether the page's own text tells what was typed, whether what nobody can read grows, and what a
    /// first party may hide.
    fn details(&self, case: &Case, signs: &Signs, known: Option<&Finding>, best: Option<&Sign>) -> Details {
        let masking = known.map(|known| known.traits.details.clone()).unwrap_or_default();
        let mut details: Details = masking.into_iter().filter(|(key, _)| MASKING.contains(&key.as_str())).collect();
        if signs.echoed.contains(self.party) {
            details.insert("page_text_repeats".to_owned(), vec!["what was typed".to_owned()]);
        }
        if self.grows {
            details.insert("grows".to_owned(), vec![GROWS.to_owned()]);
        }
        if let Some(best) = best.filter(|_| self.own) {
            details.insert("first_party".to_owned(), vec![own_host(case, &best.proof.url)]);
        }
        details
    }
}

/// What is known of a host of the site's own that is sent what is typed: behind a CNAME or a known proxy of a vendor's it
/// would not be the site's.
fn own_host(case: &Case, url: &str) -> String {
    let host = url::Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
    let unknown = case.visit.gaps.iter().any(|gap| gap.kind == GapKind::AliasUnknown && gap.detail.contains(&host));
    let names = if unknown { "its other names are not known" } else { "no other name and no vendor's signs found" };
    format!("{host}: {names}; where its server passes it on cannot be seen")
}
