//! The keys of a keyboard as a browser tells of them: a US layout, which has every character of a canary.

use chromiumoxide::cdp::browser_protocol::input::{DispatchKeyEventParams, DispatchKeyEventType};

/// CDP's bit for the Shift key.
const SHIFT: i64 = 8;

/// One key that is pressed. It has no `Debug`: what is typed is not printed.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Key {
    /// `KeyboardEvent.key`.
    key: String,
    /// `KeyboardEvent.code`.
    code: String,
    /// The key's number on Windows, which is `KeyboardEvent.keyCode` everywhere.
    number: i64,
    /// What it writes; `None` for a key that writes nothing.
    text: Option<String>,
    /// The same without Shift.
    plain: Option<String>,
    pub shifted: bool,
}

impl Key {
    /// The key for a character. `None` for one that is not on the keyboard.
    pub(super) fn of(character: char) -> Option<Self> {
        let (plain, code, number) = place(character)?;
        Some(Self {
            key: character.to_string(),
            code,
            number,
            text: Some(character.to_string()),
            plain: Some(plain.to_string()),
            shifted: plain != character,
        })
    }

    /// A key that writes nothing.
    fn silent(key: &str, code: &str, number: i64) -> Self {
        Self { key: key.to_owned(), code: code.to_owned(), number, text: None, plain: None, shifted: false }
    }

    pub(super) fn tab() -> Self {
        Self::silent("Tab", "Tab", 9)
    }

    pub(super) fn shift() -> Self {
        Self::silent("Shift", "ShiftLeft", 16)
    }

    /// The same with the Shift key's own bit, which is set while it goes down.
    pub(super) fn held(self) -> Self {
        Self { shifted: true, ..self }
    }

    pub(super) fn arrow_down() -> Self {
        Self::silent("ArrowDown", "ArrowDown", 40)
    }

    pub(super) fn arrow_up() -> Self {
        Self::silent("ArrowUp", "ArrowUp", 38)
    }

    /// Whether it presses a button that has the focus when it is let go.
    pub(super) fn is_bar(&self) -> bool {
        self.key == " "
    }

    pub(super) fn down(&self) -> DispatchKeyEventParams {
        // A key without text makes no keypress.
        let kind = if self.text.is_some() { DispatchKeyEventType::KeyDown } else { DispatchKeyEventType::RawKeyDown };
        DispatchKeyEventParams { text: self.text.clone(), unmodified_text: self.plain.clone(), ..self.event(kind) }
    }

    pub(super) fn up(&self) -> DispatchKeyEventParams {
        self.event(DispatchKeyEventType::KeyUp)
    }

    fn event(&self, kind: DispatchKeyEventType) -> DispatchKeyEventParams {
        DispatchKeyEventParams {
            modifiers: Some(if self.shifted { SHIFT } else { 0 }),
            key: Some(self.key.clone()),
            code: Some(self.code.clone()),
            windows_virtual_key_code: Some(self.number),
            native_virtual_key_code: Some(self.number),
            ..DispatchKeyEventParams::new(kind)
        }
    }
}

/// The character that the key has without Shift, the key's name and its number.
fn place(character: char) -> Option<(char, String, i64)> {
    let plain = match character {
        '@' => '2',
        ':' => ';',
        '_' => '-',
        '+' => '=',
        '?' => '/',
        '!' => '1',
        '#' => '3',
        other => other.to_ascii_lowercase(),
    };
    let (code, number) = match plain {
        'a'..='z' => (format!("Key{}", plain.to_ascii_uppercase()), i64::from(u32::from(plain.to_ascii_uppercase()))),
        '0'..='9' => (format!("Digit{plain}"), i64::from(u32::from(plain))),
        ' ' => ("Space".to_owned(), 32),
        ';' => ("Semicolon".to_owned(), 186),
        '=' => ("Equal".to_owned(), 187),
        ',' => ("Comma".to_owned(), 188),
        '-' => ("Minus".to_owned(), 189),
        '.' => ("Period".to_owned(), 190),
        '/' => ("Slash".to_owned(), 191),
        _ => return None,
    };
    Some((plain, code, number))
}

#[cfg(test)]
mod tests {
    use earshot_model::{Canary, FieldKind, PageUrl, Profile, RunId, VisitId};

    use super::*;

    #[test]
    fn every_canary_can_be_typed_and_none_holds_enter_or_tab() {
        let page = PageUrl::parse("https://shop.test/").unwrap();
        let visit = VisitId::derive(RunId::new(), &page, Profile::Untouched, 0);
        for kind in FieldKind::ALL {
            for ordinal in 0..20 {
                let canary = Canary::derive(visit, ordinal, kind);
                assert!(canary.text().chars().all(|c| Key::of(c).is_some()), "{kind:?}");
            }
        }
        assert!(Key::of('\n').is_none() && Key::of('\r').is_none() && Key::of('\t').is_none());
    }

    #[test]
    fn keys_have_the_numbers_of_their_places() {
        let told = |c| Key::of(c).map(|key| (key.code, key.number, key.shifted)).unwrap();
        assert_eq!(told('q'), ("KeyQ".into(), 81, false));
        assert_eq!(told('Q'), ("KeyQ".into(), 81, true));
        assert_eq!(told('@'), ("Digit2".into(), 50, true));
        // 46 would be the Delete key.
        assert_eq!(told('.'), ("Period".into(), 190, false));
    }
}
