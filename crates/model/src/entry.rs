//! What we put into the fields of a page, as a visitor would: the other half of every proof of who hears it.

use serde::{Deserialize, Serialize};

/// We typed into a field, or chose in it, and never submitted anything. When it began is the event's moment.
///
/// What was typed is not here: it is derived from the visit, the ordinal and the kind ([`crate::Canary::derive`]).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// The field, as a short selector, in the words of [`crate::FieldRead::field`]: `input#mail[type=email][name=email]`.
    pub field: String,
    /// What the field asks for.
    pub kind: FieldKind,
    /// Which of the visit's canaries it was given, from 0; each field has one of its own.
    pub ordinal: u32,
    /// How many characters of the canary were typed; 0 for a choice.
    pub characters: u32,
    /// When the last key went up: ms since navigation start.
    pub last_key_ms: f64,
    /// When the field lost the focus: ms since navigation start; `None` if it was not taken from it.
    pub blurred_ms: Option<f64>,
    /// Whether the field held what was typed afterwards. A page may write it otherwise, or drop it.
    pub kept: bool,
}

/// What a field asks for, and so what a plausible value of it looks like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// An e-mail address.
    Email,
    /// Somebody's name, or a part of it.
    Name,
    /// A telephone's number.
    Phone,
    /// A payment card's number.
    Card,
    /// What to look for.
    Search,
    /// A text of one's own: a message, a comment, a chat.
    Message,
    /// A password.
    Password,
    /// An address on the web.
    Url,
    /// A number.
    Number,
    /// Any other line of text.
    #[default]
    Text,
    /// Not a field's own: a long text put in at once, so that what cannot be read can be seen to grow.
    Burst,
    /// A choice in a list.
    Select,
    /// A choice among buttons.
    Radio,
    /// A box that is ticked.
    Checkbox,
}

impl FieldKind {
    /// All of them, in order.
    pub const ALL: [Self; 14] = [
        Self::Email,
        Self::Name,
        Self::Phone,
        Self::Card,
        Self::Search,
        Self::Message,
        Self::Password,
        Self::Url,
        Self::Number,
        Self::Text,
        Self::Burst,
        Self::Select,
        Self::Radio,
        Self::Checkbox,
    ];

    /// The name used in reports and in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Name => "name",
            Self::Phone => "phone",
            Self::Card => "card",
            Self::Search => "search",
            Self::Message => "message",
            Self::Password => "password",
            Self::Url => "url",
            Self::Number => "number",
            Self::Text => "text",
            Self::Burst => "burst",
            Self::Select => "select",
            Self::Radio => "radio",
            Self::Checkbox => "checkbox",
        }
    }

    /// Whether something is typed into it; else something is chosen, and there is nothing to look for.
    #[must_use]
    pub fn is_typed(self) -> bool {
        !matches!(self, Self::Select | Self::Radio | Self::Checkbox)
    }
}
