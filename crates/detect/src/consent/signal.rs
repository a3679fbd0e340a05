//! What the page's consent interfaces say, all in one shape.

use std::collections::BTreeMap;

use earshot_model::{Consent, ConsentStep, Event, Fact};
use serde_json::{Map, Value};

use super::{
    gpp::{self, Section},
    tcf::Tcf,
};

/// How many purposes are kept of one signal: sites have up to some dozens.
const MAX_PURPOSES: usize = 100;

/// What is said of a value that does not have its interface's form.
pub const UNREADABLE: &str = "cannot be read";

/// One signal, decoded.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DecodedSignal {
    /// The interface that gives it ([`Consent::source`]).
    pub source: String,
    /// When it was seen: ms since navigation start.
    pub at_ms: Option<f64>,
    /// Each purpose that it names, and whether it is allowed. A purpose is called as the interface calls it:
    /// `analytics_storage`, `purpose 1`, `usca sale`, `C0002`.
    pub purposes: BTreeMap<String, bool>,
    /// The same for people, in one line; [`UNREADABLE`] if nobody could read it.
    pub said: String,
}

/// The signals of a visit, in order.
#[must_use]
pub fn signals(events: &[Event]) -> Vec<DecodedSignal> {
    let signal = |event: &Event| match &event.fact {
        Fact::Consent(consent) if consent.step == ConsentStep::Signal => Some(decode(consent, event.at_ms)),
        _ => None,
    };
    events.iter().filter_map(signal).collect()
}

/// Decodes one signal.
#[must_use]
pub fn decode(consent: &Consent, at_ms: Option<f64>) -> DecodedSignal {
    let value = consent.value.trim();
    let read = match (consent.source.as_str(), object(value)) {
        ("tcf" | "gpp", Some(state)) => waiting(&state),
        ("tcf", None) => Tcf::read(value).map(|read| tcf(&read)),
        ("gpp", None) => gpp::read(value).map(|sections| gpp_sections(&sections)),
        ("usp", _) => gpp::us_privacy(value).map(|section| gpp_sections(&[section])),
        ("google_consent_mode", Some(state)) => consent_mode(&state),
        ("gpc", _) => opts_out(value),
        ("gpc.json", Some(state)) => abides(&state),
        ("gpc.json", None) if value.is_empty() => Some((BTreeMap::new(), "no statement".to_owned())),
        (_, Some(state)) => platform(&state),
        (_, None) => None,
    };
    let (mut purposes, said) = read.unwrap_or_else(|| (BTreeMap::new(), UNREADABLE.to_owned()));
    while purposes.len() > MAX_PURPOSES {
        purposes.pop_last();
    }
    DecodedSignal { source: consent.source.clone(), at_ms, purposes, said }
}

type Read = (BTreeMap<String, bool>, String);

fn object(value: &str) -> Option<Map<String, Value>> {
    match serde_json::from_str(value).ok()? {
        Value::Object(object) => Some(object),
        _ => None,
    }
}

/// An interface that is there and has no string yet.
fn waiting(state: &Map<String, Value>) -> Option<Read> {
    let words: Vec<_> = state.iter().map(|(name, value)| format!("{name} {}", plain(value))).collect();
    Some((BTreeMap::new(), format!("no string yet ({})", words.join(", "))))
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn tcf(read: &Tcf) -> Read {
    let purposes =
        (1..=Tcf::KNOWN).map(|purpose| (format!("purpose {purpose}"), read.consents.contains(&purpose))).collect();
    (purposes, read.said())
}

fn gpp_sections(sections: &[Section]) -> Read {
    let (mut purposes, mut said) = (BTreeMap::new(), Vec::new());
    for section in sections {
        match section {
            Section::Europe(read) => {
                let (of_section, words) = tcf(read);
                purposes.extend(of_section);
                said.push(format!("tcf: {words}"));
            }
            Section::States { name, allowed } => {
                purposes.extend(allowed.iter().map(|(what, allowed)| (format!("{name} {what}"), *allowed)));
                said.push(format!("{name}: {}", opt_outs(allowed)));
            }
            Section::Unread(id) => said.push(format!("section {id} {UNREADABLE}")),
        }
    }
    (purposes, if said.is_empty() { "says nothing".to_owned() } else { said.join("; ") })
}

fn opt_outs(allowed: &[(&str, bool)]) -> String {
    if allowed.is_empty() {
        return "does not apply".to_owned();
    }
    let word = |(what, allowed): &(&str, bool)| match allowed {
        true => format!("not opted out of {what}"),
        false => format!("opted out of {what}"),
    };
    allowed.iter().map(word).collect::<Vec<_>>().join(", ")
}

/// Google's: of each kind of storage the default, what was said since, and what follows from other signals.
fn consent_mode(state: &Map<String, Value>) -> Option<Read> {
    let (mut purposes, mut said) = (BTreeMap::new(), Vec::new());
    for (name, signal) in state {
        let kinds = ["update", "default", "implicit"];
        let Some((kind, word)) = kinds.iter().find_map(|kind| Some((*kind, signal.get(kind)?.as_str()?))) else {
            continue;
        };
        purposes.insert(name.clone(), word == "granted");
        said.push(format!("{name} {word} ({kind})"));
    }
    (!said.is_empty()).then(|| (purposes, said.join(", ")))
}

/// What a site says of its support for Global Privacy Control (`/.well-known/gpc.json`): it says nothing of purposes.
fn abides(state: &Map<String, Value>) -> Option<Read> {
    let said = match state.get("gpc")?.as_bool()? {
        true => "the site says that it abides by Global Privacy Control",
        false => "the site says that it does not abide by Global Privacy Control",
    };
    let since =
        state.get("lastUpdate").and_then(Value::as_str).map(|day| format!(" (as of {day})")).unwrap_or_default();
    Some((BTreeMap::new(), format!("{said}{since}")))
}

/// What the browser itself says.
fn opts_out(value: &str) -> Option<Read> {
    let purposes = BTreeMap::from([("sale".to_owned(), false), ("sharing".to_owned(), false)]);
    (value == "1").then(|| (purposes, "the browser opts out of sale and sharing".to_owned()))
}

/// A consent platform's own state.
fn platform(state: &Map<String, Value>) -> Option<Read> {
    let flags = state.get("purposes")?.as_object()?;
    let purposes: BTreeMap<_, _> =
        flags.iter().filter_map(|(name, flag)| Some((name.clone(), flag.as_bool()?))).collect();
    let of = |wanted: bool| {
        let names: Vec<_> =
            purposes.iter().filter(|(_, flag)| **flag == wanted).map(|(name, _)| name.as_str()).collect();
        names.join(", ")
    };
    let mut said = match (of(true), of(false)) {
        (yes, no) if no.is_empty() => format!("allowed: {yes}"),
        (yes, no) if yes.is_empty() => format!("not allowed: {no}"),
        (yes, no) => format!("allowed: {yes}; not allowed: {no}"),
    };
    match state.get("answered").and_then(Value::as_bool) {
        Some(true) => said.push_str("; answered"),
        Some(false) => said.push_str("; not answered"),
        None => {}
    }
    (!purposes.is_empty()).then_some((purposes, said))
}
