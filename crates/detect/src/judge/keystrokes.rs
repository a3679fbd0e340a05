//! What of the typing reaches whom, in what form: the grades of every party and field, each with its proof.
//!
//! Everything that went out since the first key is searched for every form of everything that was typed
//! ([`crate::leak`]); what recorders say of input events in their own formats comes from [`crate::replay`]; who listens
//! and reads, from what scripts did on the page ([`super::conduct`]).

mod doubtful;
mod growth;
mod outgoing;
mod report;
mod silence;
mod typed;

use std::{
    cmp::Ordering,
    collections::{BTreeMap, BTreeSet},
};

use earshot_model::{Event, Fact, FieldKind, Finding, Gap, GapKind, Grade, Proof};

use self::{doubtful::Doubtful, growth::Opaque, outgoing::Outgoing, silence::Silence, typed::Typed};
use super::{
    Case,
    conduct::{self, Deed},
    contacts::Contact,
};
use crate::{
    leak::{Form, KeyStream, Leak, Search},
    listening,
    replay::{self, Input},
};

/// How much searching one visit is worth, in bytes of work. A busy page with two recorders sends some 5 MB while it is
/// typed into; unpacked that is some 50 MB.
const MAX_SEARCH_WORK_BYTES: usize = 256 * 1024 * 1024;

/// How much reading recorders' own formats is worth in one visit.
const MAX_REPLAY_WORK_BYTES: usize = 64 * 1024 * 1024;

/// What [`Form`] calls a text that was found as it was typed.
const WHOLE: &str = "whole";

/// Something by which one can tell that a party hears of one field.
#[derive(Clone, Debug)]
struct Sign {
    /// Which of the typed fields.
    field: usize,
    grade: Grade,
    form: String,
    weak: bool,
    /// How many characters of it, or of a mask, it shows; 0 where that says nothing.
    extent: usize,
    proof: Proof,
}

/// What went to each party, as a stream of keys and one by one.
type Streams<'a> = BTreeMap<String, (KeyStream, Vec<Outgoing<'a>>)>;

/// What is known of every party, by its key.
#[derive(Debug, Default)]
struct Signs {
    by_party: BTreeMap<String, Vec<Sign>>,
    /// What nobody can read.
    opaque: Opaque,
    /// Recorders that were sent text of the page that repeats what was typed.
    echoed: BTreeSet<String>,
}

/// Grades every finding of a page that was typed into, adds the findings about keystrokes, and gives what could not be
/// told.
pub(super) fn judge(case: &Case, contacts: &[Contact], deeds: &[Deed], findings: &mut Vec<Finding>) -> Vec<Gap> {
    let typed = typed::collect(case.visit);
    if typed.is_empty() {
        return Vec::new();
    }
    let mut signs = Signs::default();
    let cut = search(case, &typed, &mut signs);
    recorders(case, contacts, &typed, &mut signs);
    conducts(case, deeds, &typed, &mut signs);
    let silence = Silence::of(case, contacts, &typed, &signs.opaque, cut.is_some());
    for finding in &mut *findings {
        let silent = || silence.tells_of(&finding.vendor).then_some(Grade::K0);
        finding.grade = signs.grade(&finding.vendor).or_else(silent);
    }
    let told = report::findings(case, &typed, &signs, &silence, findings);
    findings.extend(told);
    conduct::sort(findings);
    silence.gaps().into_iter().chain(cut).collect()
}

/// Searches all that went out. What was not searched whole is a gap.
fn search(case: &Case, typed: &[Typed], signs: &mut Signs) -> Option<Gap> {
    let search = typed::search(case.visit, typed);
    let first_key_ms = typed.iter().map(|typed| typed.first_key_ms).fold(f64::INFINITY, f64::min);
    let mut streams: Streams = BTreeMap::new();
    let mut doubtful = Doubtful::default();
    let (mut left, mut cut) = (MAX_SEARCH_WORK_BYTES, 0_u32);
    for outgoing in outgoing::since(case, first_key_ms) {
        let Some(party) = party(case, &outgoing) else { continue };
        let hits = search.bytes(outgoing.bytes, &mut left);
        cut += u32::from(hits.cut);
        hits.leaks.iter().for_each(|leak| signs.leak(&party, typed, &outgoing, leak));
        hits.weak.into_iter().for_each(|leak| doubtful.note(&party, outgoing.event.seq, leak));
        if outgoing.is_body() {
            signs.opaque.note(&party, outgoing.at_ms, hits.opaque);
        }
        let (stream, sent) = streams.entry(party).or_default();
        stream.feed(outgoing.event.seq, outgoing.bytes, &mut left);
        sent.push(outgoing);
    }
    keys_one_by_one(&search, typed, &streams, signs);
    for (party, seq, leak) in doubtful.believed() {
        let outgoing = streams.get(&party).and_then(|(_, sent)| sent.iter().find(|sent| sent.event.seq == seq));
        outgoing.into_iter().for_each(|outgoing| signs.leak(&party, typed, outgoing, &leak));
    }
    let detail = format!("{cut} of the things that were sent were too large or too deeply packed to be searched whole");
    (cut > 0).then_some(Gap { kind: GapKind::SearchCut, detail })
}

/// Parties to whom every key goes by itself.
fn keys_one_by_one(search: &Search, typed: &[Typed], streams: &Streams, signs: &mut Signs) {
    for (party, (stream, sent)) in streams {
        for (seq, leak) in stream.leaks(search) {
            if let Some(outgoing) = sent.iter().find(|outgoing| outgoing.event.seq == seq) {
                signs.leak(party, typed, outgoing, &leak);
            }
        }
    }
}

/// Whose what went out is. What goes to the page's own site is the site's, disguises seen through.
fn party(case: &Case, outgoing: &Outgoing) -> Option<String> {
    let party = case.owners.parties.get(outgoing.asked as usize)?.as_ref()?;
    Some(conduct::key(case, party))
}

/// What recorders' own formats say of input events.
fn recorders(case: &Case, contacts: &[Contact], typed: &[Typed], signs: &mut Signs) {
    let canaries: Vec<_> = typed.iter().map(|typed| typed.canary.clone()).collect();
    let entries: Vec<_> = typed.iter().map(|typed| (typed.seq, typed.entry)).collect();
    let mut left = MAX_REPLAY_WORK_BYTES;
    for contact in contacts {
        let messages = messages(case, contact);
        let read = replay::recording(contact.key, case.visit, &case.owners.first, &messages, &canaries, &mut left);
        let Some(recording) = read else { continue };
        for echo in replay::heard_by(&recording, &entries, &canaries) {
            let field = typed.iter().position(|typed| typed.seq == echo.entry);
            let sign = field.and_then(|field| {
                Some(Sign {
                    field,
                    grade: echo.grade,
                    form: echo.form,
                    weak: echo.weak,
                    extent: echo.input.text.tells(),
                    proof: recorded(case, &typed[field], echo.input)?,
                })
            });
            sign.into_iter().for_each(|sign| signs.add(contact.key, sign));
        }
        if !recording.echoes.is_empty() {
            signs.echoed.insert(contact.key.to_owned());
        }
    }
}

/// The requests to a party, and what it was sent over its sockets, in order.
fn messages(case: &Case, contact: &Contact) -> Vec<u32> {
    let frame = |event: &Event| match &event.fact {
        Fact::SocketFrame(frame) => contact.requests.contains(&frame.request).then_some(event.seq),
        _ => None,
    };
    let mut messages: Vec<_> = case.visit.events.iter().filter_map(frame).chain(contact.requests.clone()).collect();
    messages.sort_unstable();
    messages
}

/// Where a recorder's own input event stands.
fn recorded(case: &Case, typed: &Typed, input: Input) -> Option<Proof> {
    let event = case.visit.events.get(input.seq as usize)?;
    let (asked, part) = match &event.fact {
        Fact::Request(request) => (request, "body"),
        Fact::SocketFrame(frame) => (case.request(frame.request)?, "frame"),
        _ => return None,
    };
    let at_ms = event.at_ms.unwrap_or(f64::from(case.visit.took_ms));
    Some(Proof {
        event: input.seq,
        url: asked.url.clone(),
        part: part.to_owned(),
        bytes: input.bytes,
        chain: input.chain,
        inner: input.inner,
        name: input.what.to_owned(),
        stack: asked.initiator.stack.clone(),
        phase: event.phase,
        at_ms,
        since_first_key_ms: at_ms - typed.first_key_ms,
    })
}

/// Who listens for keys, and who reads the fields that were typed into.
fn conducts(case: &Case, deeds: &[Deed], typed: &[Typed], signs: &mut Signs) {
    let fields = || typed.iter().enumerate().filter(|(_, typed)| typed.entry.kind != FieldKind::Burst);
    for (party, deeds) in conduct::hearing_by_party(case, deeds) {
        for (deed, (field, typed)) in deeds.iter().flat_map(|deed| fields().map(move |field| (deed, field))) {
            if let Some((grade, form)) = conduct_sign(&deed.event.fact, &typed.entry.field) {
                let proof = conduct_proof(deed, typed);
                signs.add(&party, Sign { field, grade, form, weak: false, extent: 0, proof });
            }
        }
    }
}

/// What a deed means for a field.
fn conduct_sign(fact: &Fact, field: &str) -> Option<(Grade, String)> {
    match fact {
        Fact::FieldRead(read) if read.field == field => Some((Grade::K2, "the value".to_owned())),
        Fact::Listener(listener) if listening::covers(listener, field) => {
            Some((Grade::K1, format!("{} on {}", listener.event, listener.target)))
        }
        _ => None,
    }
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

impl Signs {
    /// Notes a place where what was typed was found.
    fn leak(&mut self, party: &str, typed: &[Typed], outgoing: &Outgoing, leak: &Leak) {
        let Some(field) = typed.iter().position(|typed| typed.entry.ordinal == leak.ordinal) else { return };
        // Nothing can be sent before it was typed: what is found earlier is a coincidence.
        if outgoing.at_ms < typed[field].first_key_ms {
            return;
        }
        let grade = match &leak.form {
            Form::Digest { .. } => Grade::K4,
            Form::Text { .. } if typed[field].is_under_way(outgoing.at_ms) => Grade::K6,
            Form::Text { .. } => Grade::K5,
        };
        let proof = Proof {
            event: outgoing.event.seq,
            url: outgoing.request.url.clone(),
            part: outgoing.part.clone(),
            bytes: (leak.bytes.start as u64, leak.bytes.end as u64),
            chain: leak.chain.iter().map(ToString::to_string).collect(),
            inner: (leak.inner.start as u64, leak.inner.end as u64),
            name: leak.name.clone(),
            stack: outgoing.stack().to_vec(),
            phase: outgoing.event.phase,
            at_ms: outgoing.at_ms,
            since_first_key_ms: outgoing.at_ms - typed[field].first_key_ms,
        };
        let sign = Sign {
            field,
            grade,
            form: leak.form.to_string(),
            extent: if let Form::Text { characters, .. } = leak.form { characters } else { 0 },
            weak: matches!(leak.form, Form::Digest { weak: true, .. }),
            proof,
        };
        self.add(party, sign);
    }

    fn add(&mut self, party: &str, sign: Sign) {
        self.by_party.entry(party.to_owned()).or_default().push(sign);
    }

    fn of(&self, party: &str) -> &[Sign] {
        self.by_party.get(party).map(Vec::as_slice).unwrap_or_default()
    }

    /// The highest grade of a party; `None` where there is no sign at all.
    fn grade(&self, party: &str) -> Option<Grade> {
        self.of(party).iter().map(|sign| sign.grade).max()
    }
}

impl Sign {
    /// What proves best comes last: the higher grade, what few values share, the whole of it, the longest,
    /// the earliest.
    fn rank(&self, other: &Self) -> Ordering {
        let strength = |sign: &Self| (sign.grade, !sign.weak, sign.form == WHOLE, sign.extent);
        strength(self).cmp(&strength(other)).then_with(|| other.proof.at_ms.total_cmp(&self.proof.at_ms))
    }
}
