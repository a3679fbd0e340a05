//! What of the typing reaches whom, in what form: the grades of every party and field, each with its proof.
//!
//! Everything that went out since the first key is searched for every form of everything that was typed
//! ([`crate::leak`]); what recorders say of input events in their own formats comes from [`crate::replay`]; who listens
//! and reads, from what scripts did on the page ([`super::conduct`]).

mod address;
mod doubtful;
mod growth;
mod outgoing;
mod recorded;
mod report;
mod signs;
mod silence;
mod typed;

use std::collections::{BTreeMap, BTreeSet};

use earshot_model::{Fact, FieldKind, Finding, Gap, GapKind, Grade, Proof, Way};

pub(crate) use self::silence::HIDING;
use self::{
    doubtful::Doubtful,
    growth::Opaque,
    outgoing::Outgoing,
    recorded::Recordings,
    signs::{Sign, Signs},
    silence::Silence,
    typed::Typed,
};
use super::{
    Case,
    conduct::{self, Deed},
    contacts::Contact,
};
use crate::{
    leak::{Form, KeyStream, Leak},
    listening,
};

/// How much searching one visit is worth, in bytes of work. A busy page with two recorders sends some 5 MB while it is
/// typed into; unpacked that is some 50 MB.
const MAX_SEARCH_WORK_BYTES: usize = 256 * 1024 * 1024;

/// What is known of every party.
#[derive(Default)]
struct Evidence {
    signs: Signs,
    /// What nobody can read.
    opaque: Opaque,
    /// What recorders say of themselves.
    recordings: Recordings,
    /// Parties that were sent what may be of the typing, or chance.
    doubtful: BTreeSet<String>,
    /// What was not searched whole.
    cut: u32,
}

/// Grades every finding of a page that was typed into, adds the findings about keystrokes, and gives what could not be
/// told.
pub(super) fn judge(case: &Case, contacts: &[Contact], deeds: &[Deed], findings: &mut Vec<Finding>) -> Vec<Gap> {
    let typed = typed::collect(case);
    if typed.is_empty() {
        return Vec::new();
    }
    let mut evidence = Evidence::default();
    evidence.search(case, &typed);
    evidence.recordings = recorded::read(case, contacts, &typed, &mut evidence.signs);
    evidence.conducts(case, deeds, &typed);
    let silence = Silence::of(case, contacts, &typed, &evidence);
    for finding in &mut *findings {
        let silent = || silence.tells_of(&finding.vendor).then_some(Grade::K0);
        finding.grade = evidence.signs.grade(&finding.vendor).or_else(silent);
    }
    let told = report::findings(case, &typed, &evidence, &silence, findings);
    findings.extend(told);
    conduct::sort(findings);
    silence.gaps().into_iter().chain(evidence.gap()).collect()
}

impl Evidence {
    /// Searches all that went out.
    fn search(&mut self, case: &Case, typed: &[Typed]) {
        let search = typed::search(case.visit, typed);
        let first_key_ms = typed.iter().map(|typed| typed.first_key_ms).fold(f64::INFINITY, f64::min);
        let sent = outgoing::since(case, first_key_ms);
        let mut streams: BTreeMap<String, KeyStream> = BTreeMap::new();
        let mut doubtful = Doubtful::default();
        let mut left = MAX_SEARCH_WORK_BYTES;
        for (nth, outgoing) in (0..).zip(&sent) {
            let Some(party) = party(case, outgoing) else { continue };
            let hits = search.bytes(outgoing.bytes, &mut left);
            self.cut += u32::from(hits.cut);
            hits.leaks.iter().for_each(|leak| self.leak(case, &party, typed, outgoing, leak));
            hits.weak.into_iter().for_each(|leak| doubtful.note(&party, nth, outgoing, typed, leak));
            self.opaque.note(&party, outgoing, hits.opaque);
            if !outgoing.is_browsers_own() {
                let cut = streams.entry(party).or_default().feed(nth, outgoing.bytes, &mut left);
                self.cut += u32::from(cut && !hits.cut);
            }
        }
        let keys = streams.iter().flat_map(|(party, stream)| {
            stream.leaks(&search).into_iter().map(move |(nth, leak)| (party.clone(), nth, leak))
        });
        self.doubtful = doubtful.parties();
        for (party, nth, leak) in keys.chain(doubtful.believed()) {
            self.leak(case, &party, typed, &sent[nth as usize], &leak);
        }
    }

    /// Notes a place where what was typed was found.
    fn leak(&mut self, case: &Case, party: &str, typed: &[Typed], outgoing: &Outgoing, leak: &Leak) {
        let Some(field) = typed.iter().position(|typed| typed.entry.ordinal == leak.ordinal) else { return };
        let of_field = &typed[field];
        // Nothing can be sent before it was typed: what is found earlier is a coincidence.
        if outgoing.at_ms < of_field.first_key_ms {
            return;
        }
        let grade = match &leak.form {
            Form::Digest { .. } => Grade::K4,
            Form::Text { .. } if of_field.is_under_way(outgoing.at_ms) => Grade::K6,
            Form::Text { .. } => Grade::K5,
        };
        let way = match () {
            () if of_field.is_in_frame_of(case, party) => Way::OwnFrame,
            () if address::holds(outgoing, leak, of_field) => Way::PageAddress,
            () => Way::Taken,
        };
        let sign = Sign {
            grade,
            form: leak.form.to_string(),
            weak: matches!(leak.form, Form::Digest { weak: true, .. }),
            way,
            extent: if let Form::Text { characters, .. } = leak.form { characters } else { 0 },
            event: outgoing.event.seq,
            at_ms: outgoing.at_ms,
        };
        self.signs.add(party, field, sign, || proof(outgoing, leak, of_field));
    }

    /// Who listens for keys, and who reads the fields that were typed into.
    fn conducts(&mut self, case: &Case, deeds: &[Deed], typed: &[Typed]) {
        let fields = || typed.iter().enumerate().filter(|(_, typed)| typed.entry.kind != FieldKind::Burst);
        for (party, deeds) in conduct::hearing_by_party(case, deeds) {
            for (deed, (field, typed)) in deeds.iter().flat_map(|deed| fields().map(move |field| (deed, field))) {
                if let Some(sign) = conduct_sign(deed, &typed.entry.field) {
                    self.signs.add(&party, field, sign, || conduct_proof(deed, typed));
                }
            }
        }
    }

    fn gap(&self) -> Option<Gap> {
        let cut = self.cut;
        let detail =
            format!("{cut} of the things that were sent were too large or too deeply packed to be searched whole");
        (cut > 0).then_some(Gap { kind: GapKind::SearchCut, detail })
    }
}

/// Whose what went out is. What goes to the page's own site is the site's, disguises seen through.
fn party(case: &Case, outgoing: &Outgoing) -> Option<String> {
    let party = case.owners.parties.get(outgoing.asked as usize)?.as_ref()?;
    Some(conduct::key(case, party))
}

fn proof(outgoing: &Outgoing, leak: &Leak, typed: &Typed) -> Proof {
    Proof {
        event: outgoing.event.seq,
        url: outgoing.request.url.clone(),
        part: outgoing.part.clone(),
        bytes: (leak.bytes.start as u64, leak.bytes.end as u64),
        chain: leak.chain.iter().map(ToString::to_string).collect(),
        inner: (leak.inner.start as u64, leak.inner.end as u64),
        layer: leak.around.clone(),
        name: leak.name.clone(),
        stack: outgoing.stack().to_vec(),
        phase: outgoing.event.phase,
        at_ms: outgoing.at_ms,
        since_first_key_ms: outgoing.at_ms - typed.first_key_ms,
    }
}

/// What a deed means for a field.
fn conduct_sign(deed: &Deed, field: &str) -> Option<Sign> {
    let (grade, form) = match &deed.event.fact {
        Fact::FieldRead(read) if read.field == field => (Grade::K2, "the value".to_owned()),
        Fact::Listener(listener) if listening::covers(listener, field) => {
            (Grade::K1, format!("{} on {}", listener.event, listener.target))
        }
        _ => return None,
    };
    let (event, at_ms) = (deed.seq, deed.event.at_ms.unwrap_or_default());
    Some(Sign { grade, form, weak: false, way: Way::Taken, extent: 0, event, at_ms })
}

fn conduct_proof(deed: &Deed, typed: &Typed) -> Proof {
    let at_ms = deed.event.at_ms.unwrap_or_default();
    Proof {
        event: deed.seq,
        url: deed.script.to_owned(),
        stack: deed.event.fact.stack().to_vec(),
        phase: deed.event.phase,
        at_ms,
        since_first_key_ms: at_ms - typed.first_key_ms,
        ..Proof::default()
    }
}
