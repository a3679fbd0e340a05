//! `findings.heard`: what a party hears of each field, as tuples without names.

use earshot_model::{Heard, Proof, ScriptFrame};

use super::{cut, finding::named};
use crate::StoreError;

/// Field, kind, entry, grade, form, whether it is weak, times, one proof or none, and the way.
pub(crate) type HeardTuple = (String, String, u32, String, String, bool, u32, Vec<ProofTuple>, String);

/// Event, address, part, bytes, chain, inner bytes, name, stack, phase, moment, moment since the first key.
type ProofTuple = (u32, String, String, (u64, u64), Vec<String>, (u64, u64), String, Vec<FrameTuple>, String, f64, f64);

/// Address, function, line, column.
type FrameTuple = (String, String, u32, u32);

pub(super) fn to_tuple(heard: &Heard) -> HeardTuple {
    let (kind, grade) = (heard.kind.as_str().to_owned(), heard.grade.as_str().to_owned());
    let (proof, way) = (heard.proof.iter().map(to_proof).collect(), heard.way.as_str().to_owned());
    (cut(&heard.field).to_owned(), kind, heard.entry, grade, heard.form.clone(), heard.weak, heard.times, proof, way)
}

pub(super) fn from_tuple(tuple: HeardTuple) -> Result<Heard, StoreError> {
    let (field, kind, entry, grade, form, weak, times, proof, way) = tuple;
    let proof = proof.into_iter().next().map(from_proof).transpose()?;
    Ok(Heard { field, kind: named(kind)?, entry, grade: named(grade)?, form, weak, way: named(way)?, times, proof })
}

fn to_proof(proof: &Proof) -> ProofTuple {
    let frame =
        |frame: &ScriptFrame| (cut(&frame.url).to_owned(), cut(&frame.function).to_owned(), frame.line, frame.column);
    (
        proof.event,
        cut(&proof.url).to_owned(),
        proof.part.clone(),
        proof.bytes,
        proof.chain.clone(),
        proof.inner,
        cut(&proof.name).to_owned(),
        proof.stack.iter().map(frame).collect(),
        proof.phase.as_str().to_owned(),
        proof.at_ms,
        proof.since_first_key_ms,
    )
}

fn from_proof(tuple: ProofTuple) -> Result<Proof, StoreError> {
    let (event, url, part, bytes, chain, inner, name, stack, phase, at_ms, since_first_key_ms) = tuple;
    let frame = |(url, function, line, column)| ScriptFrame { url, function, line, column };
    let stack = stack.into_iter().map(frame).collect();
    let (phase, layer) = (named(phase)?, Vec::new());
    Ok(Proof { event, url, part, bytes, chain, inner, layer, name, stack, phase, at_ms, since_first_key_ms })
}
