//! `findings.json`: what was concluded, and for what is heard of the typing the bytes that prove it.

use earshot_model::{Event, Fact, Finding, Proof, Visit};
use serde::Serialize;

use crate::{bundle::Case, excerpt::Excerpt};

/// The findings of a visit.
#[derive(Debug, Serialize)]
pub(crate) struct Findings<'a> {
    schema: &'static str,
    ruleset: &'a str,
    findings: Vec<Proven<'a>>,
}

/// A finding with what proves it.
#[derive(Debug, Serialize)]
struct Proven<'a> {
    #[serde(flatten)]
    finding: &'a Finding,
    /// For each of `heard` that has a proof in something that was sent.
    excerpts: Vec<Shown<'a>>,
}

/// Where what was typed stands, and what stands around it.
#[derive(Debug, Serialize)]
struct Shown<'a> {
    /// `seq` of the entry.
    entry: u32,
    /// `seq` of the request or socket frame.
    event: u32,
    /// Which part of it.
    part: &'a str,
    /// Where in that part, as it was sent.
    bytes: (u64, u64),
    /// Those bytes and some around them; `null` if that part is not kept so far.
    sent: Option<Excerpt>,
    /// How it was wrapped, from outside in.
    chain: &'a [String],
    /// Where in the innermost layer.
    inner: (u64, u64),
    /// That layer around it; `null` where single keys make it up, or a whole message: `chain` and `inner` say where to look.
    unpacked: Option<Excerpt>,
}

impl<'a> Findings<'a> {
    pub fn of(case: &Case<'a>) -> Self {
        let proven = |finding| Proven { finding, excerpts: excerpts(case.visit, finding) };
        Self {
            schema: "earshot.findings/1",
            ruleset: case.ruleset,
            findings: case.findings.iter().map(proven).collect(),
        }
    }
}

fn excerpts<'a>(visit: &Visit, finding: &'a Finding) -> Vec<Shown<'a>> {
    let proofs = finding.heard.iter().filter_map(|heard| Some((heard.entry, heard.proof.as_ref()?)));
    let sent = proofs.filter(|(_, proof)| !proof.part.is_empty());
    sent.map(|(entry, proof)| Shown {
        entry,
        event: proof.event,
        part: &proof.part,
        bytes: proof.bytes,
        sent: part(visit, proof).and_then(|part| Excerpt::around(part, proof.bytes)),
        chain: &proof.chain,
        inner: proof.inner,
        unpacked: Excerpt::of_layer(proof),
    })
    .collect()
}

/// The part of the event that a proof names.
fn part<'a>(visit: &'a Visit, proof: &Proof) -> Option<&'a [u8]> {
    let event: &Event = visit.events.get(proof.event as usize)?;
    match (&event.fact, proof.part.as_str()) {
        (Fact::SocketFrame(frame), "frame") => Some(&frame.body.excerpt),
        (Fact::Request(request), "body") => Some(&request.body.as_ref()?.excerpt),
        (Fact::Request(request), "url") => Some(request.url.as_bytes()),
        (Fact::Request(request), part) => request.header(part.strip_prefix("header:")?).map(str::as_bytes),
        _ => None,
    }
}
