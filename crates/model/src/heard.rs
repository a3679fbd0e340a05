//! What somebody hears of what is typed: the grades of a keystroke finding, and their proof.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::{FieldKind, Phase, ScriptFrame};

/// How much of what is typed into a field somebody takes, in rising order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Grade {
    /// Nothing: it neither listens nor reads, and nothing of it went there.
    #[default]
    K0,
    /// Its script listens for key or input events that the field gives.
    K1,
    /// Its script read the field's value.
    K2,
    /// It was sent when, where or how long something is typed, not what (masked replay).
    K3,
    /// It was sent a hash or a checksum of what was typed.
    K4,
    /// It was sent what was typed, after the field was left.
    K5,
    /// It was sent what was typed, while it was being typed.
    K6,
}

/// What one party hears of one field.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Heard {
    /// The field, as a short selector.
    pub field: String,
    /// What it asks for.
    pub kind: FieldKind,
    /// `seq` of the [`crate::Entry`].
    pub entry: u32,
    /// How much it hears.
    pub grade: Grade,
    /// In which form: `whole`, `first 11 characters`, `sha256 of the trimmed lower-case value`, `masked, 15 characters`.
    pub form: String,
    /// Whether the form is one that many values share (a checksum, a short hash).
    pub weak: bool,
    /// By which way it came there.
    pub way: Way,
    /// How many events show it.
    pub times: u32,
    /// The strongest proof; `None` only for [`Grade::K0`].
    pub proof: Option<Proof>,
}

/// By which way what is typed comes to who is sent it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// It is taken from the field.
    #[default]
    Taken,
    /// The page writes it into its own address, which everybody is told who is asked for something.
    PageAddress,
    /// The field stands in a frame of the party's own.
    OwnFrame,
}

/// Where it can be seen that somebody hears.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Proof {
    /// `seq` of the event: the request or socket frame that carries it, the listener, or the read.
    pub event: u32,
    /// Address of the request, or of the script that listens or reads.
    pub url: String,
    /// Which part of the event holds it: `body`, `url`, `header:NAME`, `frame`; empty where nothing was sent.
    pub part: String,
    /// First byte of it within that part as it was sent, and the byte after the last: of the innermost unit that can be
    /// told from outside, which for packed bodies is the packed stream.
    pub bytes: (u64, u64),
    /// How it was wrapped, from outside in: `gzip`, `json string`, `base64`; empty if it was not.
    pub chain: Vec<String>,
    /// Where it stands in the innermost layer: first byte, and the byte after the last.
    pub inner: (u64, u64),
    /// That layer from [`Proof::AROUND`] bytes before it to as many after it, as far as there are any. Only who has just
    /// judged has it: the store does not keep it, evidence does. Empty where nothing was sent, and where the whole
    /// layer is meant.
    #[serde(skip)]
    pub layer: Vec<u8>,
    /// The name that it has there: a key or parameter; may be empty.
    pub name: String,
    /// The scripts that sent it, listen or read, innermost first.
    pub stack: Vec<ScriptFrame>,
    /// Where the visitor stood with consent.
    pub phase: Phase,
    /// When: ms since navigation start.
    pub at_ms: f64,
    /// When: ms since the first key in this field; negative for what a listener did before.
    pub since_first_key_ms: f64,
}

impl Proof {
    /// How much of what stands around it is shown on either side, in bytes: a few names and values.
    pub const AROUND: usize = 120;

    /// The bytes `at` of a layer, with [`Proof::AROUND`] of what stands before and behind them.
    #[must_use]
    pub fn around(layer: &[u8], at: Range<usize>) -> Vec<u8> {
        let end = at.end.saturating_add(Self::AROUND).min(layer.len());
        layer[at.start.saturating_sub(Self::AROUND).min(end)..end].to_vec()
    }
}

impl Way {
    /// The name used in reports and in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Taken => "taken",
            Self::PageAddress => "page_address",
            Self::OwnFrame => "own_frame",
        }
    }

    /// What there is to say to it behind a form, for people; empty for what is taken.
    #[must_use]
    pub fn remark(self) -> &'static str {
        match self {
            Self::Taken => "",
            Self::PageAddress => ", in the page's own address",
            Self::OwnFrame => ", from a frame of its own",
        }
    }
}

impl Heard {
    /// Whether what was typed, or what can be tested against it, was taken from the field and sent.
    #[must_use]
    pub fn is_taken(&self) -> bool {
        self.grade.is_content() && self.way == Way::Taken
    }
}

impl Grade {
    /// All of them, in order.
    pub const ALL: [Self; 7] = [Self::K0, Self::K1, Self::K2, Self::K3, Self::K4, Self::K5, Self::K6];

    /// The name used in reports and in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::K0 => "K0",
            Self::K1 => "K1",
            Self::K2 => "K2",
            Self::K3 => "K3",
            Self::K4 => "K4",
            Self::K5 => "K5",
            Self::K6 => "K6",
        }
    }

    /// What it means, in a few words.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        match self {
            Self::K0 => "nothing of it",
            Self::K1 => "listens for keys",
            Self::K2 => "reads the value",
            Self::K3 => "is sent when and how long, not what",
            Self::K4 => "is sent a hash or checksum",
            Self::K5 => "is sent the text after the field is left",
            Self::K6 => "is sent the text while it is typed",
        }
    }

    /// Whether what was typed, or what can be tested against it, was sent.
    #[must_use]
    pub fn is_content(self) -> bool {
        self >= Self::K4
    }
}
