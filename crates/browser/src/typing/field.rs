//! A field as its document tells of it, and in which order fields are typed into.

use std::collections::{BTreeMap, BTreeSet};

use earshot_model::FieldKind;
use serde::Deserialize;

use super::kind;

/// Characters of a canary below which what is found proves nothing.
pub(super) const SHORTEST: u32 = 10;

/// Choices of one kind that are made on a page: enough to see who hears of it.
pub(super) const CHOICES: usize = 3;

/// The kinds of which one comes first each: what a visitor is asked for by forms of all sorts.
const FIRST: [FieldKind; 7] = [
    FieldKind::Email,
    FieldKind::Name,
    FieldKind::Message,
    FieldKind::Phone,
    FieldKind::Password,
    FieldKind::Card,
    FieldKind::Search,
];

/// What `page.js` says of a document.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Listing {
    pub address: String,
    pub fields: Vec<Listed>,
    pub openers: Vec<ListedOpener>,
    /// Elements that were looked at.
    pub elements: usize,
}

/// What it says of a field.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Listed {
    /// By which it is asked for again.
    pub number: u32,
    /// In the words of our script in the page.
    pub selector: String,
    pub shape: Shape,
    #[serde(rename = "type")]
    pub type_: String,
    pub autocomplete: String,
    pub mode: String,
    /// Its name, label and placeholder, lower case.
    pub words: String,
    pub role: String,
    /// The radio buttons that it is one of.
    pub group: String,
    /// Characters that it takes; 0 if it does not say.
    pub longest: u32,
    /// Whether something stands in it.
    pub filled: bool,
}

/// What one does with a field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Shape {
    /// `<input>`.
    #[default]
    Line,
    /// `<textarea>`.
    Area,
    /// `contenteditable`.
    Edit,
    Select,
    Radio,
    Checkbox,
}

impl Shape {
    /// What a field is called of which no more may be said.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Line | Self::Radio | Self::Checkbox => "input",
            Self::Area => "textarea",
            Self::Edit => "[contenteditable]",
            Self::Select => "select",
        }
    }
}

/// Something harmless that shows fields when it is pressed, as its document tells of it.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct ListedOpener {
    pub number: u32,
    pub shows: Shows,
}

/// The same, and which of the documents it is in.
#[derive(Clone, Copy, Debug)]
pub(super) struct Opener {
    pub world: usize,
    pub number: u32,
    pub shows: Shows,
}

impl Opener {
    pub(super) fn new(world: usize, listed: &ListedOpener) -> Self {
        Self { world, number: listed.number, shows: listed.shows }
    }

    /// Its identity within the visit.
    pub(super) fn key(&self) -> (usize, u32) {
        (self.world, self.number)
    }
}

/// What an opener shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Shows {
    Search,
    Form,
    Chat,
}

impl Shows {
    /// In the order in which they are pressed: what is opened last is what stays open, and a chat says most.
    pub(super) const ALL: [Self; 3] = [Self::Search, Self::Form, Self::Chat];

    /// Whether such a field is shown already. A chat is none of the page's own fields.
    pub(super) fn is_among(self, fields: &[Field]) -> bool {
        let is_shown = |kind| fields.iter().any(|field| field.kind == kind);
        match self {
            Self::Search => is_shown(FieldKind::Search),
            Self::Form => is_shown(FieldKind::Message),
            Self::Chat => false,
        }
    }
}

/// A field, and which of the documents it is in.
#[derive(Clone, Debug)]
pub(super) struct Field {
    pub world: usize,
    /// The document's address.
    pub address: String,
    pub kind: FieldKind,
    pub listed: Listed,
}

impl Field {
    pub(super) fn new(world: usize, address: &str, listed: Listed) -> Self {
        Self { world, address: address.to_owned(), kind: kind::of(&listed), listed }
    }

    /// Its identity within the visit.
    pub(super) fn key(&self) -> (usize, u32) {
        (self.world, self.listed.number)
    }

    /// Whether it takes enough of a canary to prove something. Of a choice nothing is asked.
    pub(super) fn is_roomy(&self) -> bool {
        self.listed.longest == 0 || self.listed.longest >= SHORTEST
    }
}

/// One field of each kind, in the order of the page.
pub(super) fn first(fields: Vec<Field>) -> Vec<Field> {
    let is_empty = |field: &&Field| !field.listed.filled;
    let first_of = |kind: &FieldKind| fields.iter().filter(is_empty).find(|field| field.kind == *kind).map(Field::key);
    let first: BTreeSet<_> = FIRST.iter().filter_map(first_of).collect();
    fields.into_iter().filter(|field| first.contains(&field.key())).collect()
}

/// The choices that are made: a few of each kind, one of each group of radio buttons.
pub(super) fn choices(fields: Vec<Field>) -> Vec<Field> {
    let mut groups = BTreeSet::new();
    let mut counts = BTreeMap::new();
    let mut is_wanted = |field: &Field| {
        let group = (field.world, field.listed.group.clone());
        if field.kind == FieldKind::Radio && !groups.insert(group) {
            return false;
        }
        let count: &mut usize = counts.entry(field.kind).or_default();
        *count += 1;
        *count <= CHOICES
    };
    fields.into_iter().filter(|field| is_wanted(field)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(number: u32, type_: &str, words: &str) -> Field {
        Field::new(0, "", Listed { number, type_: type_.into(), words: words.into(), ..Listed::default() })
    }

    #[test]
    fn one_of_each_kind_comes_first() {
        let fields = vec![
            field(0, "text", "company"),
            field(1, "text", "first name"),
            field(2, "text", "last name"),
            field(3, "email", ""),
            field(4, "email", "again"),
            field(5, "search", ""),
        ];
        let numbers: Vec<_> = first(fields).iter().map(|field| field.listed.number).collect();
        assert_eq!(numbers, [1, 3, 5]);
    }

    #[test]
    fn of_choices_a_few_are_made_and_one_of_a_group() {
        let choice = |number, shape, group: &str| {
            Field::new(0, "", Listed { number, shape, group: group.into(), ..Listed::default() })
        };
        let mut fields = vec![choice(0, Shape::Radio, "a"), choice(1, Shape::Radio, "a"), choice(2, Shape::Radio, "b")];
        fields.extend((3..8).map(|number| choice(number, Shape::Checkbox, "")));
        let numbers: Vec<_> = choices(fields).iter().map(|field| field.listed.number).collect();
        assert_eq!(numbers, [0, 2, 3, 4, 5]);
    }
}
