//! What a recording holds of what was typed into which field.

use earshot_model::{Canary, Entry, Grade};

use super::{Input, InputText, Recording, clarity_checksum};

/// How far the clocks of a page and of its browser may stand apart, in ms.
const CLOCK_SLACK_MS: f64 = 100.0;

/// How long after a field was left an event of it may come, in ms: recorders wait for a pause in typing (Clarity 750 ms).
const TAIL_MS: f64 = 2_000.0;

/// In how many characters Clarity's masks come: a value's length is rounded up to them.
const CLARITY_WORD: usize = 5;

/// The mask of Clarity.
const CLARITY_MASK: char = '•';

/// From how many characters on a part of a value is taken for it.
const MIN_PART: usize = 3;

/// What a recorder heard of one entry, in one form and one message.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Echo {
    /// `seq` of the [`Entry`].
    pub entry: u32,
    /// Which canary.
    pub ordinal: u32,
    /// How much of it: K3, K4, K5 or K6.
    pub grade: Grade,
    /// In which form.
    pub form: String,
    /// Whether many values share the form.
    pub weak: bool,
    /// How many events of this message say it.
    pub times: u32,
    /// The one that tells most of the value, and of those the last.
    pub input: Input,
}

/// What the recording holds of each entry: for every message and grade the event that tells most.
///
/// A raw value is an entry's if it is the beginning of its canary, a checksum if it is that of its canary. A masked event
/// is an entry's if it happened between the first key and the leaving of the field and is not longer than the value, or up to
/// two seconds later and as long; without a time, if it is as long as that value and no other. What fits nothing is
/// nobody's: boxes and lists give events too.
pub(crate) fn heard_by(recording: &Recording, entries: &[(u32, &Entry)], canaries: &[Canary]) -> Vec<Echo> {
    let typed = entries.iter().filter_map(|(seq, entry)| Typed::new(*seq, entry, recording, canaries));
    let typed: Vec<Typed> = typed.collect();
    let mut echoes: Vec<Echo> = Vec::new();
    for input in &recording.inputs {
        let Some(typed) = whose(input, &typed) else { continue };
        let echo = typed.echo(input);
        let key = |echo: &Echo| (echo.entry, echo.grade, echo.input.seq, echo.input.is_shown);
        match echoes.iter_mut().find(|other| key(other) == key(&echo)) {
            Some(before) if echo.input.text.tells() < before.input.text.tells() => before.times += 1,
            Some(before) => *before = Echo { times: before.times + 1, ..echo },
            None => echoes.push(echo),
        }
    }
    echoes
}

/// An entry with its canary.
struct Typed<'a> {
    seq: u32,
    /// When the first key went down: ms since navigation start.
    from_ms: f64,
    entry: &'a Entry,
    /// So much of the canary as was typed.
    text: String,
    checksum: String,
}

impl<'a> Typed<'a> {
    fn new(seq: u32, entry: &'a Entry, recording: &Recording, canaries: &[Canary]) -> Option<Self> {
        let (_, from_ms) = *recording.first_keys.iter().find(|(entry, _)| *entry == seq)?;
        let canary = canaries.iter().find(|canary| canary.ordinal == entry.ordinal)?;
        let text: String = canary.text().chars().take(entry.characters as usize).collect();
        let checksum = clarity_checksum(&text);
        (!text.is_empty()).then_some(Self { seq, from_ms, entry, text, checksum })
    }

    /// When the field was left, or typing ended.
    fn end_ms(&self) -> f64 {
        self.entry.blurred_ms.unwrap_or(self.entry.last_key_ms)
    }

    fn is_within(&self, at_ms: f64) -> bool {
        (self.from_ms - CLOCK_SLACK_MS..=self.end_ms() + CLOCK_SLACK_MS).contains(&at_ms)
    }

    fn is_shortly_after(&self, at_ms: f64) -> bool {
        (self.end_ms()..=self.end_ms() + TAIL_MS).contains(&at_ms)
    }

    /// How long a mask is that stands for the whole value.
    fn masked_length(&self, mask: char) -> usize {
        let length = self.text.encode_utf16().count();
        match mask {
            CLARITY_MASK => (length / CLARITY_WORD + 1) * CLARITY_WORD,
            _ => length,
        }
    }

    /// Whether an input event is as long as the whole value.
    fn fits(&self, input: &Input) -> bool {
        matches!(&input.text, InputText::Masked { characters, mask } if *characters == self.masked_length(*mask))
    }

    /// Whether it is as long as the value was at some moment; of one without a length nobody knows.
    fn may_be(&self, input: &Input) -> bool {
        match &input.text {
            InputText::Masked { characters, mask } => !input.is_shown && *characters <= self.masked_length(*mask),
            _ => true,
        }
    }

    /// Whether a value is the canary, or its beginning.
    fn is_begun_by(&self, value: &str) -> bool {
        self.text == value || value.chars().count() >= MIN_PART && self.text.starts_with(value)
    }

    fn echo(&self, input: &Input) -> Echo {
        let (grade, form, weak) = match &input.text {
            InputText::Raw(value) => (self.grade_of_raw(input), self.form_of_raw(value), false),
            InputText::Checksum { algorithm, .. } => (Grade::K4, format!("{algorithm} of the value"), true),
            InputText::Masked { characters, mask: CLARITY_MASK } => {
                (Grade::K3, format!("masked, {characters} characters (rounded up to fives)"), false)
            }
            InputText::Masked { characters, .. } if input.is_shown => {
                (Grade::K3, format!("as text of the page, masked, {characters} characters"), false)
            }
            InputText::Masked { characters, .. } => (Grade::K3, format!("masked, {characters} characters"), false),
            InputText::Absent => (Grade::K3, "that something was typed".to_owned(), false),
        };
        let (entry, ordinal) = (self.seq, self.entry.ordinal);
        Echo { entry, ordinal, grade, form, weak, times: 1, input: input.clone() }
    }

    /// It is heard while it is typed if the message went out before the field was left.
    fn grade_of_raw(&self, input: &Input) -> Grade {
        match input.sent_ms {
            Some(sent) if sent < self.end_ms() => Grade::K6,
            _ => Grade::K5,
        }
    }

    fn form_of_raw(&self, value: &str) -> String {
        match self.text == value {
            true => "whole".to_owned(),
            false => format!("first {} characters", value.chars().count()),
        }
    }
}

/// Whose input it is, if it can be told.
fn whose<'t, 'a>(input: &Input, typed: &'t [Typed<'a>]) -> Option<&'t Typed<'a>> {
    // Nothing of a field goes out before its first key.
    let sent = |typed: &&Typed| input.sent_ms.is_none_or(|sent| sent >= typed.from_ms - CLOCK_SLACK_MS);
    let mut candidates = typed.iter().filter(sent);
    match (&input.text, input.at_ms) {
        (InputText::Raw(value), _) => alone(candidates.filter(|typed| typed.is_begun_by(value))),
        (InputText::Checksum { value, .. }, _) => candidates.find(|typed| typed.checksum == *value),
        (InputText::Masked { .. }, None) => alone(candidates.filter(|typed| typed.fits(input))),
        (InputText::Absent, None) => None,
        (_, Some(at_ms)) => {
            let within: Vec<_> = candidates.clone().filter(|typed| typed.is_within(at_ms)).collect();
            let fitting = within.iter().find(|typed| typed.fits(input));
            let best = fitting.or_else(|| within.iter().find(|typed| typed.may_be(input))).copied();
            best.or_else(|| candidates.find(|typed| typed.is_shortly_after(at_ms) && typed.fits(input)))
        }
    }
}

/// The only one; two that both fit are none.
fn alone<T>(mut candidates: impl Iterator<Item = T>) -> Option<T> {
    let first = candidates.next()?;
    candidates.next().is_none().then_some(first)
}
