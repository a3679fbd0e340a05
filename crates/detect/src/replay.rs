//! What recorders' own messages say of what they hear: input events raw, masked or as a checksum, text of the page, and
//! the masking mode that a site has chosen.
//!
//! Each recorder has a reader for its format; rrweb's is the common one, and is tried on messages to strangers too: many
//! sites keep recordings of their own, and many products are rrweb under another name. What was typed is held in memory
//! while a visit is judged, and nowhere else: `Debug` shows lengths.

mod clarity;
mod datadog;
mod fullstory;
mod heard;
mod masking;
mod openreplay;
mod rrweb;
mod tape;
mod text;

use std::fmt;

use earshot_model::{Canary, Proof, Visit};

use crate::{FirstParty, insight::Message};
pub(crate) use clarity::checksum as clarity_checksum;
#[cfg(test)]
pub(crate) use heard::Echo;
pub(crate) use heard::heard_by;
pub(crate) use tape::Tape;

/// How many of a party's messages are read: more come only from pages that were left open for many minutes.
const MAX_MESSAGES: usize = 256;

/// What a recorder's own messages say of its recording.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Recording {
    /// Messages that could be read and carry recording.
    pub uploads: u32,
    /// Messages that could not be read, or not to their end.
    pub unread: u32,
    /// Input and change events in them, in order; at most [`tape::MAX_INPUTS`].
    pub inputs: Vec<Input>,
    /// `seq` of the messages in which text of the page holds a canary: the page showed what was typed.
    pub echoes: Vec<u32>,
    /// The masking mode, where it was recognised.
    pub masking: Option<Masking>,
    /// When the first key went down for each entry of the visit, by its `seq`: ms since navigation start.
    pub first_keys: Vec<(u32, f64)>,
    /// Text of the page that was sent as it is, and that was sent masked: how many pieces.
    pub texts: (u32, u32),
}

/// One input or change event of a recording.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Input {
    /// `seq` of the request or socket frame.
    pub seq: u32,
    /// When it happened by the recorder's own clock: ms since navigation start; `None` where it does not say, or says what
    /// cannot be.
    pub at_ms: Option<f64>,
    /// When the message was sent: ms since navigation start.
    pub sent_ms: Option<f64>,
    /// Of the field's value, what is in it.
    pub text: InputText,
    /// What kind of event: `Clarity change event (42)`, `rrweb input event`.
    pub what: &'static str,
    /// Where it stands in the body as it was sent: the whole of it, which is packed.
    pub bytes: (u64, u64),
    /// How it was wrapped, from outside in.
    pub chain: Vec<String>,
    /// Where it stands in the innermost layer.
    pub inner: (u64, u64),
    /// That layer around it.
    pub layer: Layer,
    /// Whether it is no input event but text of the page that changed: a field without a value of its own
    /// (`contenteditable`), or a page that shows what is typed. Only such as is masked, and as long as something typed.
    pub is_shown: bool,
}

/// Some bytes of a layer.
#[derive(Clone, Default, PartialEq)]
pub(crate) struct Layer(pub Vec<u8>);

/// What an input event holds of a field's value.
#[derive(Clone, PartialEq)]
pub(crate) enum InputText {
    /// The value itself.
    Raw(String),
    /// Characters that stand for those of the value.
    Masked {
        /// How many.
        characters: usize,
        /// Which.
        mask: char,
    },
    /// A number made of the value, by which somebody who has a guess can test it.
    Checksum {
        /// As it was sent.
        value: String,
        /// How it is made.
        algorithm: &'static str,
    },
    /// Nothing: only that there was input.
    Absent,
}

/// How a recorder hides what it hears, as its messages show it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Masking {
    /// The vendor's name for it: `balanced`, `inputs masked, page text not`.
    pub mode: String,
    /// By what it was recognised.
    pub why: String,
    /// The vendor's own setting that would change it.
    pub setting: String,
}

/// Reads one message of a party onto the tape.
pub(crate) type Reader = fn(&Message, &mut Tape);

/// What the messages (requests or socket frames, by `seq`) of one party say of its recording: a vendor of the catalogue by
/// its id, or a stranger by its site. `None` if none of them carries a recording that can be read.
pub(crate) fn recording(
    vendor: &str,
    visit: &Visit,
    first: &FirstParty,
    requests: &[u32],
    canaries: &[Canary],
    budget: &mut usize,
) -> Option<Recording> {
    let read = reader(vendor);
    let mut tape = Tape::new(visit, canaries);
    for seq in requests.iter().take(MAX_MESSAGES) {
        if let Some(message) = Message::open(visit, first, *seq, budget) {
            tape.hear(&message, read);
        }
    }
    tape.skip(requests.len().saturating_sub(MAX_MESSAGES));
    let recording = tape.into_recording(vendor);
    (recording.uploads > 0).then_some(recording)
}

/// The reader of a vendor's format; rrweb's for everybody who has none of their own.
pub(crate) fn reader(vendor: &str) -> Reader {
    match vendor {
        "microsoft-clarity" => clarity::read,
        "openreplay" => openreplay::read,
        "datadog-rum" => datadog::read,
        "fullstory" => fullstory::read,
        _ => rrweb::read,
    }
}

impl Layer {
    /// What stands around a place; nothing, if that place is the whole layer.
    fn around(layer: &[u8], inner: (u64, u64)) -> Self {
        let at = |position: u64| usize::try_from(position).unwrap_or(usize::MAX).min(layer.len());
        let is_whole = at(inner.0) == 0 && at(inner.1) == layer.len();
        if is_whole { Self::default() } else { Self(Proof::around(layer, at(inner.0)..at(inner.1))) }
    }
}

impl fmt::Debug for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

impl Recording {
    /// In which forms input was sent: `raw`, `masked`, `checksum`, `absent`; each once.
    pub fn input_forms(&self) -> impl Iterator<Item = &'static str> {
        InputText::FORMS.into_iter().filter(|form| self.inputs.iter().any(|input| input.text.form() == *form))
    }

    /// In which forms text of the page was sent: `raw`, `masked`.
    pub fn page_text(&self) -> Vec<&'static str> {
        let forms = [("masked", self.texts.1), ("raw", self.texts.0)];
        forms.into_iter().filter(|(_, times)| *times > 0).map(|(form, _)| form).collect()
    }
}

impl InputText {
    const FORMS: [&str; 4] = ["absent", "checksum", "masked", "raw"];

    /// Its name in a report.
    pub fn form(&self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::Checksum { .. } => "checksum",
            Self::Masked { .. } => "masked",
            Self::Raw(_) => "raw",
        }
    }

    /// How much it tells of the value, to compare two of one field: characters, of a mask too.
    pub fn tells(&self) -> usize {
        match self {
            Self::Raw(text) => text.chars().count(),
            Self::Masked { characters, .. } => *characters,
            Self::Checksum { .. } | Self::Absent => 0,
        }
    }

    /// What a text in an input event is: masked if it is made of mask characters alone.
    pub fn of(text: &str) -> Self {
        match text::mask_of(text) {
            Some(mask) => Self::Masked { characters: text.chars().count(), mask },
            None => Self::Raw(text::shortened(text).to_owned()),
        }
    }
}

impl fmt::Debug for InputText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Raw(text) => write!(f, "Raw({} characters)", text.chars().count()),
            Self::Masked { characters, mask } => write!(f, "Masked({characters} × {mask})"),
            // It stands for what was typed: whoever guesses can test it.
            Self::Checksum { algorithm, .. } => write!(f, "Checksum({algorithm})"),
            Self::Absent => f.write_str("Absent"),
        }
    }
}

#[cfg(test)]
mod tests;
