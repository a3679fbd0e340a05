//! By which calls a script tells browsers apart, and when that is more than an ordinary page does.
//!
//! The criteria are those of **E&N** where they have any: Englehardt and Narayanan, "Online Tracking: A
//! 1-million-site Measurement and Analysis", CCS 2016, § 6.1 (canvas), § 6.2 (fonts), § 6.3 (WebRTC), § 6.4 (audio).
//!
//! For WebGL and for the reading of properties we know of no published threshold that one visit could be held against;
//! later studies (FP-Inspector: Iqbal, Englehardt and Shafiq, IEEE S&P 2021) learn classifiers instead. There the
//! thresholds are **ours**, deliberately high, and both count only in company of a technique that stands alone.

use std::collections::BTreeSet;

use earshot_model::ApiCall;

/// Width and height in pixels from which a canvas counts (E&N § 6.1, criterion 1).
const MIN_CANVAS_SIDE: u64 = 16;
/// Distinct colours of the text, or else [`MIN_CANVAS_CHARS`] (E&N § 6.1, criterion 2).
const MIN_CANVAS_COLORS: u64 = 2;
/// Distinct characters that a text of several colours has at least. Ours: a number on a badge is one character, drawn
/// over and over in the colours of its states.
const MIN_COLORED_CHARS: u64 = 2;
/// Distinct characters written (E&N § 6.1, criterion 2).
const MIN_CANVAS_CHARS: u64 = 10;
/// What a single `getImageData` must cover, in pixels: 16 by 16 (E&N § 6.1, criterion 4).
const MIN_READ_AREA: u64 = 16 * 16;
/// From how many reads of drawn text a script draws for itself. Ours: fingerprinters read once, or a few times to see
/// whether the result is stable; a map that makes an atlas of its letters (TinySDF in MapLibre and Mapbox) reads once for
/// each letter.
const MANY_CANVAS_READS: u64 = 8;
/// Distinct fonts set (E&N § 6.2).
const MIN_FONTS: u64 = 50;
/// Measurements of one and the same text (E&N § 6.2).
const MIN_SAME_TEXT: u64 = 50;
/// Distinct properties of `navigator` and `screen` together. Ours: analytics scripts read half a dozen (user agent,
/// language, screen size, cookies enabled), error reporters and bot tests about ten.
const MIN_PROPERTIES: u64 = 15;

/// A way to tell browsers apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Technique {
    /// Renders sound that nobody hears, and reads the samples.
    Audio,
    /// Draws text, and reads the pixels.
    Canvas,
    /// Reads what `navigator` and `screen` have.
    Enumeration,
    /// Measures a text in many fonts.
    Fonts,
    /// Asks for the graphics card.
    WebGl,
    /// Opens a peer connection to nobody, to learn local addresses.
    WebRtc,
}

impl Technique {
    /// The name used in reports and in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Audio => "audio",
            Self::Canvas => "canvas",
            Self::Enumeration => "enumeration",
            Self::Fonts => "fonts",
            Self::WebGl => "webgl",
            Self::WebRtc => "webrtc",
        }
    }

    /// Whether the call is evidence of it (not: whether it is enough).
    pub(crate) fn rests_on(self, call: &ApiCall) -> bool {
        let (interface, member) = split(call);
        match self {
            Self::Canvas => draws_and_reads(call),
            Self::Fonts => measures_fonts(call),
            Self::Audio => AUDIO.contains(&member),
            Self::WebGl => asks_for_card(call),
            Self::WebRtc => interface == "RTCPeerConnection",
            Self::Enumeration => matches!(call.api.as_str(), "Navigator" | "Screen"),
        }
    }
}

/// The members by which E&N § 6.4 describes audio fingerprinting.
const AUDIO: [&str; 5] =
    ["startRendering", "createOscillator", "createDynamicsCompressor", "getFloatFrequencyData", "getChannelData"];

/// The techniques of **one script**, by all of its calls.
///
/// Canvas, fonts and the strong form of audio stand alone. The name of the graphics card (maps, games and viewers ask for
/// it, and read the pixels of their scenes), sound without an offline rendering (players do), a data channel (the third sign of E&N § 6.3,
/// that the script waits for candidates, is not observed) and the reading of properties count only beside one of those.
#[must_use]
pub fn techniques(calls: &[&ApiCall]) -> BTreeSet<Technique> {
    let mut found: BTreeSet<Technique> =
        STRONG.iter().filter(|(_, shows)| shows(calls)).map(|(technique, _)| *technique).collect();
    if !found.is_empty() {
        found.extend(WEAK.iter().filter(|(_, shows)| shows(calls)).map(|(technique, _)| *technique));
    }
    found
}

/// Whether the calls of a script show a technique.
type Sign = (Technique, fn(&[&ApiCall]) -> bool);

/// What stands alone.
const STRONG: [Sign; 3] = [
    (Technique::Canvas, |calls| {
        let reads = calls.iter().filter(|call| draws_and_reads(call)).map(|call| u64::from(call.count.max(1)));
        (1..MANY_CANVAS_READS).contains(&reads.sum())
    }),
    (Technique::Fonts, |calls| calls.iter().any(|call| measures_fonts(call))),
    // One of the two forms that E&N § 6.4 found: oscillator, compressor, rendered offline.
    (Technique::Audio, |calls| {
        ["startRendering", "createOscillator", "createDynamicsCompressor"]
            .iter()
            .all(|member| calls_member(calls, member))
    }),
];

/// What counts only in company.
const WEAK: [Sign; 4] = [
    (Technique::WebGl, |calls| calls.iter().any(|call| asks_for_card(call))),
    // The other form that E&N § 6.4 found: an oscillator and the spectrum of its sound.
    (Technique::Audio, |calls| calls_member(calls, "createOscillator") && calls_member(calls, "getFloatFrequencyData")),
    // E&N § 6.3 but for the third sign.
    (Technique::WebRtc, |calls| calls_member(calls, "createDataChannel") && calls_member(calls, "createOffer")),
    (Technique::Enumeration, |calls| {
        let read = |api: &str| calls.iter().filter(|call| call.api == api).map(|call| number(call, "properties")).max();
        read("Navigator").flatten().unwrap_or(0) + read("Screen").flatten().unwrap_or(0) >= MIN_PROPERTIES
    }),
];

/// Whether it may be WordPress's test for emoji: a canvas with text of a single colour. That test writes flags letter
/// by letter, up to twenty distinct ones, and would pass for E&N's "at least 10 distinct characters".
pub(crate) fn like_emoji_test(call: &ApiCall) -> bool {
    draws_and_reads(call) && number(call, "colors").is_none_or(|colors| colors < MIN_CANVAS_COLORS)
}

/// E&N § 6.1, all four criteria. `toBlob` and `convertToBlob` are newer than the study and do what `toDataURL` does. What
/// is not said in the call's detail does not count as met.
fn draws_and_reads(call: &ApiCall) -> bool {
    let at_least = |key, least| number(call, key).is_some_and(|value| value >= least);
    let none = |key| number(call, key) == Some(0);
    let reads = match call.api.as_str() {
        "HTMLCanvasElement.toDataURL" | "HTMLCanvasElement.toBlob" | "OffscreenCanvas.convertToBlob" => true,
        "CanvasRenderingContext2D.getImageData" => at_least("area", MIN_READ_AREA),
        _ => false,
    };
    reads
        && at_least("width", MIN_CANVAS_SIDE)
        && at_least("height", MIN_CANVAS_SIDE)
        && (at_least("chars", MIN_CANVAS_CHARS)
            || at_least("chars", MIN_COLORED_CHARS) && at_least("colors", MIN_CANVAS_COLORS))
        && none("saves")
        && none("listeners")
}

/// E&N § 6.2.
fn measures_fonts(call: &ApiCall) -> bool {
    call.api == "CanvasRenderingContext2D.measureText"
        && number(call, "fonts").is_some_and(|fonts| fonts >= MIN_FONTS)
        && number(call, "same_text").is_some_and(|times| times >= MIN_SAME_TEXT)
}

/// Only the unmasked renderer names the card; the vendor alone is one of a handful.
fn asks_for_card(call: &ApiCall) -> bool {
    let (interface, member) = split(call);
    interface.starts_with("WebGL") && member == "getParameter" && call.detail.contains("UNMASKED_RENDERER_WEBGL")
}

fn calls_member(calls: &[&ApiCall], member: &str) -> bool {
    calls.iter().any(|call| split(call).1 == member)
}

/// `AudioContext.createOscillator` in its two parts; a bare interface has no member.
fn split(call: &ApiCall) -> (&str, &str) {
    call.api.split_once('.').unwrap_or((&call.api, ""))
}

/// The number behind `key=` in the detail.
fn number(call: &ApiCall, key: &str) -> Option<u64> {
    let value = |word: &str| word.strip_prefix(key)?.strip_prefix('=')?.parse().ok();
    call.detail.split_ascii_whitespace().find_map(value)
}
