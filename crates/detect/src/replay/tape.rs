//! What the readers write down of a party's messages, within bounds.

use std::collections::{BTreeMap, BTreeSet};

use earshot_model::{Canary, Event, Fact, FieldKind, Visit};

use super::{Input, InputText, Layer, Reader, Recording, masking, text};
use crate::insight::{Message, Sheet};

/// How many input events are kept: ten fields of fifty keys, eight times over.
pub(super) const MAX_INPUTS: usize = 4096;

/// How many bytes of a party's texts are read, and searched for the places of its input events: those of a long visit,
/// several times. Formats with references can name one text a million times.
const MAX_SEARCHED: usize = 32 * 1024 * 1024;

/// How many settings are kept: recorders tell about a dozen.
const MAX_SETTINGS: usize = 32;

/// How many strings and names of elements a reader may remember between messages, each: a page has some thousand.
const MAX_REMEMBERED: usize = 65_536;

/// From how many characters on the beginning of a canary is one: 4 made-up syllables, which no page shows by chance.
const MIN_BEGINNING: usize = 8;

/// How far a recorder's clock may stand outside of the visit, in ms, and still be believed.
const MAX_CLOCK_ERROR_MS: f64 = 60_000.0;

/// What the readers write down of a party's messages.
pub(crate) struct Tape<'v> {
    visit: &'v Visit,
    canaries: &'v [Canary],
    recording: Recording,
    clues: Clues,
    memory: Memory,
    here: Here,
    /// What is left for reading texts and finding places, in bytes.
    left: usize,
}

/// By what a masking mode is recognised.
#[derive(Debug, Default)]
pub(super) struct Clues {
    /// What the recorder's own configuration says, if it sends that.
    pub settings: BTreeMap<&'static str, String>,
    /// Input events with words in clear, with characters in their place, and with nothing.
    pub inputs_raw: u32,
    pub inputs_masked: u32,
    pub inputs_absent: u32,
    /// Texts of the page with words in them, masked as a whole, and masked in part.
    pub texts_raw: u32,
    pub texts_masked: u32,
    pub texts_partly: u32,
    /// Texts with digits in clear: some modes mask those alone.
    pub digits_raw: u32,
}

/// What one message says about another.
#[derive(Default)]
pub(super) struct Memory {
    /// Strings that later messages name by number (Datadog).
    pub strings: Vec<String>,
    /// Which elements say nothing, by id: those whose text no mode changes (Clarity), and boxes (rrweb).
    pub hidden: BTreeSet<i64>,
    /// Which upload was the last one, and when the recorder's clock started: ms since navigation start (Clarity).
    pub clock: Option<(u64, f64)>,
}

/// Where the message stands that is being read.
#[derive(Default)]
struct Here {
    seq: u32,
    sent_ms: Option<f64>,
    length: u64,
    understood: bool,
    recorded: bool,
    echoed: bool,
    /// How far the innermost layer was searched for what the events hold: they stand in order.
    cursor: usize,
}

impl<'v> Tape<'v> {
    pub fn new(visit: &'v Visit, canaries: &'v [Canary]) -> Self {
        let key = |event: &Event| matches!(event.fact, Fact::Entry(_)).then_some((event.seq, event.at_ms?));
        let first_keys = visit.events.iter().filter_map(key).collect();
        let recording = Recording { first_keys, ..Recording::default() };
        let (clues, memory) = (Clues::default(), Memory::default());
        Self { visit, canaries, recording, clues, memory, here: Here::default(), left: MAX_SEARCHED }
    }

    /// Reads one message; whether it carries recording.
    pub fn hear(&mut self, message: &Message, read: Reader) -> bool {
        let (seq, sent_ms, length) = (message.seq(), message.sent_ms(), message.length());
        self.here = Here { seq, sent_ms, length, ..Here::default() };
        read(message, self);
        self.recording.uploads += u32::from(self.here.recorded);
        let understood = self.here.understood || self.here.recorded || !message.documents().is_empty();
        let unread = message.is_cut() || message.has_body() && !understood;
        self.recording.unread += u32::from(unread);
        if self.here.echoed {
            self.recording.echoes.push(seq);
        }
        self.here.recorded
    }

    /// Counts messages that are not read.
    pub fn skip(&mut self, messages: usize) {
        self.recording.unread += u32::try_from(messages).unwrap_or(u32::MAX);
    }

    /// What was heard, with the masking mode in the vendor's words.
    pub fn into_recording(self, vendor: &str) -> Recording {
        let masking = (self.recording.uploads > 0).then(|| masking::recognise(vendor, &self.clues)).flatten();
        let texts = (self.clues.texts_raw, self.clues.texts_masked + self.clues.texts_partly);
        Recording { masking, texts, ..self.recording }
    }

    /// Says that the message carries recording.
    pub fn recorded(&mut self) {
        self.here.recorded = true;
    }

    /// Says that the message could be read, whatever it carries.
    pub fn understood(&mut self) {
        self.here.understood = true;
    }

    /// The next sheet is read: what was searched belongs to another.
    pub fn turn(&mut self) {
        self.here.cursor = 0;
    }

    /// Notes an input event, of which `token` is what stands in the sheet. `epoch_ms` is the recorder's clock, in ms since
    /// 1970.
    pub fn input(&mut self, what: &'static str, text: InputText, epoch_ms: Option<f64>, token: &str, sheet: &Sheet) {
        let at_ms = epoch_ms.and_then(|epoch| self.since_navigation(epoch));
        self.input_at(what, text, at_ms, token, sheet);
    }

    /// Notes an input event whose time is known in ms since navigation start.
    pub fn input_at(&mut self, what: &'static str, text: InputText, at_ms: Option<f64>, token: &str, sheet: &Sheet) {
        self.recorded();
        match &text {
            InputText::Raw(text) if text::has_words(text) => self.clues.inputs_raw += 1,
            InputText::Masked { .. } => self.clues.inputs_masked += 1,
            InputText::Absent => self.clues.inputs_absent += 1,
            _ => {}
        }
        if self.recording.inputs.len() >= MAX_INPUTS {
            return;
        }
        let Here { seq, sent_ms, length, .. } = self.here;
        let inner = self.place(token, sheet.bytes);
        let (layer, chain, bytes) = (Layer::around(sheet.bytes, inner), sheet.chain.clone(), (0, length));
        self.recording.inputs.push(Input {
            seq,
            at_ms,
            sent_ms,
            text,
            what,
            bytes,
            chain,
            inner,
            layer,
            is_shown: false,
        });
    }

    /// Notes a text of the page that changed at a known time and of which only the length was sent, if something that was
    /// typed is as long.
    pub fn length(
        &mut self,
        what: &'static str,
        characters: usize,
        mask: char,
        at_ms: f64,
        token: &str,
        sheet: &Sheet,
    ) {
        let is_as_long = |canary: &Canary| canary.text().encode_utf16().count() == characters;
        if !self.canaries.iter().any(is_as_long) || self.recording.inputs.len() >= MAX_INPUTS {
            return;
        }
        let Here { seq, sent_ms, length, .. } = self.here;
        let text = InputText::Masked { characters, mask };
        let (inner, chain, bytes) = (self.place(token, sheet.bytes), sheet.chain.clone(), (0, length));
        let (layer, at_ms) = (Layer::around(sheet.bytes, inner), Some(at_ms));
        self.recording.inputs.push(Input {
            seq,
            at_ms,
            sent_ms,
            text,
            what,
            bytes,
            chain,
            inner,
            layer,
            is_shown: true,
        });
    }

    /// Notes the value that an element of the page has as an attribute, if it holds a canary.
    pub fn value(&mut self, what: &'static str, value: &str, epoch_ms: Option<f64>, sheet: &Sheet) {
        if self.is_typed(value) {
            self.input(what, InputText::of(value), epoch_ms, value, sheet);
        }
    }

    /// Whether a canary stands in a text.
    pub fn is_typed(&mut self, text: &str) -> bool {
        self.affords(text) && self.canaries.iter().any(|canary| holds(text, canary))
    }

    /// Whether there is enough left to read a text; what it takes is taken.
    pub fn affords(&mut self, text: &str) -> bool {
        let affords = self.left >= text.len();
        self.left = self.left.saturating_sub(text.len());
        affords
    }

    /// Notes a text that the page shows.
    pub fn text(&mut self, shown: &str, is_masked: bool) {
        self.recorded();
        if !self.affords(shown) {
            return;
        }
        if is_masked || text::mask_of(shown).is_some() {
            self.clues.texts_masked += 1;
            return;
        }
        if text::has_words(shown) {
            self.clues.texts_raw += 1;
        }
        self.here.echoed = self.here.echoed || self.is_typed(shown);
    }

    /// Notes what the recorder says of its own configuration.
    pub fn setting(&mut self, key: &'static str, value: impl ToString) {
        if self.clues.settings.len() < MAX_SETTINGS {
            self.clues.settings.insert(key, text::shortened(&value.to_string()).to_owned());
        }
    }

    pub(super) fn clues(&mut self) -> &mut Clues {
        &mut self.clues
    }

    pub(super) fn memory(&mut self) -> &mut Memory {
        &mut self.memory
    }

    /// When the message was sent that is being read: ms since navigation start.
    pub fn sent_ms(&self) -> Option<f64> {
        self.here.sent_ms
    }

    /// A time of the recorder's clock as ms since navigation start; `None` if it cannot be.
    pub fn since_navigation(&self, epoch_ms: f64) -> Option<f64> {
        let at = epoch_ms - self.visit.started_at.as_millisecond() as f64;
        let end = f64::from(self.visit.took_ms);
        (-MAX_CLOCK_ERROR_MS..end + MAX_CLOCK_ERROR_MS).contains(&at).then_some(at)
    }

    /// Where a token stands in its layer; the whole layer where that cannot be told.
    fn place(&mut self, token: &str, layer: &[u8]) -> (u64, u64) {
        let written = serde_json::to_string(token).unwrap_or_default();
        let needle = written.get(1..written.len().saturating_sub(1)).unwrap_or_default().as_bytes();
        let from = self.here.cursor.min(layer.len());
        let rest = &layer[from..];
        let wanted = self.left > 0 && !needle.is_empty();
        match wanted.then(|| memchr::memmem::find(rest, needle)).flatten() {
            Some(at) => {
                self.left = self.left.saturating_sub(at);
                self.here.cursor = from + at;
                ((from + at) as u64, (from + at + needle.len()) as u64)
            }
            None => {
                self.left = self.left.saturating_sub(rest.len());
                (0, layer.len() as u64)
            }
        }
    }
}

impl Memory {
    pub fn remember(&mut self, string: &str) {
        if self.strings.len() < MAX_REMEMBERED {
            self.strings.push(text::shortened(string).to_owned());
        }
    }

    pub fn hide(&mut self, element: i64) {
        if self.hidden.len() < MAX_REMEMBERED {
            self.hidden.insert(element);
        }
    }
}

/// Whether a text holds a canary, or so much of its beginning that it is no other's.
fn holds(text: &str, canary: &Canary) -> bool {
    let whole = canary.text();
    // A number's beginning is any number's, and every address on the web begins like all others.
    let is_own = !matches!(
        canary.kind,
        FieldKind::Phone | FieldKind::Card | FieldKind::Number | FieldKind::Url | FieldKind::Password
    );
    let beginning = whole.get(..MIN_BEGINNING).filter(|_| is_own).unwrap_or(whole);
    !beginning.is_empty() && text.contains(beginning)
}
