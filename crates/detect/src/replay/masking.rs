//! Masking modes: which one a recording shows, and which setting of the vendor's would change it.

use super::{Masking, tape::Clues};

/// Whether something is hidden; `None` where that was not seen.
type Hidden = Option<bool>;

/// A mode, by what it was recognised, and whether it hides all that the recorder can hide.
struct Mode {
    name: String,
    why: &'static str,
    strictest: bool,
}

impl Mode {
    fn new(name: impl Into<String>, why: &'static str, strictest: bool) -> Self {
        Self { name: name.into(), why, strictest }
    }
}

/// Recognises the mode by what the recorder says of itself, else by what its messages hold. `None` where too little was
/// seen to say.
pub(super) fn recognise(vendor: &str, clues: &Clues) -> Option<Masking> {
    let mode = match vendor {
        "microsoft-clarity" => clarity(clues),
        "openreplay" => openreplay(clues),
        "datadog-rum" => datadog(clues),
        "amplitude" => amplitude(clues),
        "highlight" => highlight(clues).or_else(|| plain(clues)),
        _ => plain(clues),
    }?;
    let setting = match (vendor, mode.strictest) {
        ("microsoft-clarity", true) => {
            "None: this is the strictest mode. The checksum of a field's value leaves in every mode.".to_owned()
        }
        (_, true) => format!("None: it hides what it can. {}", setting(vendor)),
        (_, false) => setting(vendor).to_owned(),
    };
    Some(Masking { mode: mode.name, why: mode.why.to_owned(), setting })
}

/// How to have all hidden, by the vendor's own names.
fn setting(vendor: &str) -> &'static str {
    match vendor {
        "microsoft-clarity" => {
            "Choose the masking mode 'Strict' in the project's settings, or put data-clarity-mask=\"true\" on elements; the \
             checksum of a field's value leaves in every mode."
        }
        "posthog" => "Keep session_recording.maskAllInputs: true and set session_recording.maskTextSelector: \"*\".",
        "sentry-replay" => "Keep maskAllInputs and maskAllText of replayIntegration at their default true.",
        "openreplay" => {
            "Set defaultInputMode: 2 (hidden; 1 sends lengths), obscureTextEmails and obscureTextNumbers, and put \
             data-openreplay-obscured on elements."
        }
        "mixpanel" => "Keep record_mask_all_inputs at its default true and record_mask_text_selector at \"*\".",
        "amplitude" => "Set privacyConfig.defaultMaskLevel: \"conservative\" of the session replay plug-in.",
        "datadog-rum" => "Set defaultPrivacyLevel: \"mask\".",
        "new-relic" => "Keep session_replay.mask_all_inputs: true and session_replay.mask_text_selector: \"*\".",
        "highlight" => "Set privacySetting: \"strict\".",
        "fullstory" => "Switch 'Private by Default' on in FullStory's settings, or put the class fs-mask on elements.",
        _ => "Set rrweb's maskAllInputs: true and maskTextSelector: \"*\".",
    }
}

/// In every mode inputs are masked; the modes differ in the text of the page.
fn clarity(clues: &Clues) -> Option<Mode> {
    let (mode, why) = match (clues.texts_raw, clues.texts_masked, clues.texts_partly, clues.digits_raw) {
        (0, 0, 0, _) => return None,
        (0, _, 0, 0) => ("strict", "of the page's text only the length is sent"),
        (_, 0, partly, 0) if partly > 0 => ("balanced", "words with a digit or an @ are masked, others are not"),
        (_, _, partly, 0) if partly > 0 => {
            ("balanced, parts masked", "some texts are masked whole, others by the word")
        }
        (_, _, partly, _) if partly > 0 => ("balanced, parts unmasked", "words with a digit are masked in some texts"),
        (_, 0, _, digits) if digits > 0 => ("relaxed", "words with a digit are sent as they are"),
        (_, 0, ..) => ("balanced or relaxed", "text is sent as it is; no word with a digit or an @ was seen"),
        _ => ("mixed", "some texts are masked whole, others are sent as they are"),
    };
    Some(Mode::new(mode, why, mode == "strict"))
}

/// `defaultInputMode`.
fn openreplay(clues: &Clues) -> Option<Mode> {
    let inputs = match (clues.inputs_raw, clues.inputs_masked, clues.inputs_absent) {
        (0, 0, 0) => None,
        (0, 0, _) => Some(("hidden inputs", "values are left out of input messages")),
        (0, ..) => Some(("obscured inputs", "input messages hold the length of the value")),
        _ => Some(("plain inputs", "input messages hold values")),
    };
    let (mode, why) = inputs?;
    let text = page_text(clues);
    let parts = [Some(mode.to_owned()), named("page text", text)];
    let name = parts.into_iter().flatten().collect::<Vec<_>>().join(", ");
    Some(Mode::new(name, why, text == Some(true) && clues.inputs_raw + clues.inputs_masked == 0))
}

/// `defaultPrivacyLevel`. Fields for addresses, numbers and passwords are masked at every level.
fn datadog(clues: &Clues) -> Option<Mode> {
    let (mode, why) = match (page_text(clues), clues.inputs_raw, clues.inputs_masked + clues.inputs_absent) {
        (Some(true), ..) => ("mask", "the page's text is crossed out"),
        (_, raw, _) if raw > 0 => ("allow", "input records hold values"),
        (Some(false), _, masked) if masked > 0 => ("mask-user-input", "text is sent as it is, input is masked"),
        (Some(false), ..) => ("mask-user-input or allow", "text is sent as it is; no input was seen"),
        _ => return None,
    };
    Some(Mode::new(mode, why, mode == "mask"))
}

/// `defaultMaskLevel`. Fields for addresses, numbers and passwords are masked at every level.
fn amplitude(clues: &Clues) -> Option<Mode> {
    let (mode, why) = match (page_text(clues), clues.inputs_raw, clues.inputs_masked) {
        (Some(true), ..) => ("conservative", "the page's text is masked"),
        (_, raw, _) if raw > 0 => ("light", "input events hold values"),
        (Some(false), _, masked) if masked > 0 => ("medium", "text is sent as it is, input is masked"),
        (Some(false), ..) => ("light or medium", "text is sent as it is; no input was seen"),
        _ => return None,
    };
    Some(Mode::new(mode, why, mode == "conservative"))
}

/// `privacySetting`.
fn highlight(clues: &Clues) -> Option<Mode> {
    let said = ["default", "none", "strict"]
        .into_iter()
        .find(|mode| clues.settings.get("privacy_setting") == Some(&(*mode).to_owned()))?;
    Some(Mode::new(said, "the recorder says so when it opens a session", said == "strict"))
}

/// Two switches, for inputs and for text, as rrweb has them.
fn plain(clues: &Clues) -> Option<Mode> {
    let said = |key: &str| clues.settings.get(key).map(|value| value == "true");
    let seen = match (clues.inputs_raw, clues.inputs_masked + clues.inputs_absent) {
        (0, 0) => None,
        (raw, _) => Some(raw == 0),
    };
    // What was seen stands above what was said.
    let inputs = seen.filter(|hidden| !hidden).or_else(|| said("maskAllInputs")).or(seen);
    let text = page_text(clues).or_else(|| said("maskAllText"));
    let parts = [named("inputs", inputs), named("page text", text)];
    let mode: Vec<String> = parts.into_iter().flatten().collect();
    let why = match clues.settings.is_empty() {
        true => "what its messages hold",
        false => "its own settings, which it sends, and what its messages hold",
    };
    let strictest = (inputs, text) == (Some(true), Some(true));
    (!mode.is_empty()).then(|| Mode::new(mode.join(", "), why, strictest))
}

fn named(what: &str, hidden: Hidden) -> Option<String> {
    hidden.map(|hidden| format!("{what} {}", if hidden { "masked" } else { "in clear" }))
}

/// Whether the page's text is hidden: some texts are masked or left alone in every mode, so that the greater part tells.
fn page_text(clues: &Clues) -> Hidden {
    match (clues.texts_raw, clues.texts_masked) {
        (0, 0) => None,
        (raw, masked) => Some(masked > raw),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(vendor: &str, clues: &Clues) -> String {
        recognise(vendor, clues).map(|masking| masking.mode).unwrap_or_default()
    }

    #[test]
    fn nothing_seen_is_nothing_said() {
        for vendor in ["microsoft-clarity", "openreplay", "datadog-rum", "amplitude", "posthog", "highlight", "x.test"]
        {
            assert_eq!(recognise(vendor, &Clues::default()), None, "{vendor}");
        }
    }

    #[test]
    fn claritys_modes_are_told_by_the_pages_text() {
        let texts = |raw, masked, partly, digits| Clues {
            texts_raw: raw,
            texts_masked: masked,
            texts_partly: partly,
            digits_raw: digits,
            ..Clues::default()
        };
        for (clues, told) in [
            (texts(0, 5, 0, 0), "strict"),
            (texts(5, 0, 1, 0), "balanced"),
            (texts(5, 0, 0, 2), "relaxed"),
            (texts(5, 0, 0, 0), "balanced or relaxed"),
            (texts(5, 2, 1, 0), "balanced, parts masked"),
            (texts(5, 0, 1, 1), "balanced, parts unmasked"),
            (texts(5, 2, 0, 0), "mixed"),
        ] {
            assert_eq!(mode("microsoft-clarity", &clues), told);
        }
    }

    #[test]
    fn what_was_seen_stands_above_what_was_said() {
        let mut clues = Clues { inputs_masked: 3, texts_raw: 2, ..Clues::default() };
        assert_eq!(mode("x.test", &clues), "inputs masked, page text in clear");
        clues.settings.insert("maskAllInputs", "false".into());
        assert_eq!(mode("posthog", &clues), "inputs in clear, page text in clear");
        clues.settings.insert("maskAllInputs", "true".into());
        clues.inputs_raw = 1;
        assert_eq!(mode("posthog", &clues), "inputs in clear, page text in clear");
    }
}
