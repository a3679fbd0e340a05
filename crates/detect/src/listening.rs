//! What a script that listens can hear: typing, or less than that.
//!
//! These are facts about what was asked for, not about what was done with it: a script that listens for keys may do so
//! to close its own window on Escape.

use earshot_model::{ListenMeans, Listener};

/// Events that tell of typing while it happens (UI Events § 5.5 to 5.8). `change` and `submit` come when a field or a
/// form is done with, and are how forms are handled; `paste`, `copy` and `cut` are the clipboard's.
const TYPING: &[&str] = &[
    "keydown",
    "keypress",
    "keyup",
    "beforeinput",
    "input",
    "textinput",
    "compositionstart",
    "compositionupdate",
    "compositionend",
];

/// What hears everything below it.
const WIDE: &[&str] = &["window", "document", "html", "body"];

/// Kinds of `<input>` that nobody types into.
const NOT_TYPED: &[&str] =
    &["button", "checkbox", "color", "file", "hidden", "image", "radio", "range", "reset", "submit"];

/// Whether a listener hears what is typed on the page: key or input events on the window, the document, its body, a
/// form, or a field that takes text. On any other element it hears its own part of the page only (a player, a widget).
/// An observer hears no typing anywhere: what stands in a field is a property, and changes no node.
#[must_use]
pub fn hears_typing(listener: &Listener) -> bool {
    listener.means != ListenMeans::Observer
        && TYPING.contains(&listener.event.to_ascii_lowercase().as_str())
        && (WIDE.contains(&tag(&listener.target).as_str()) || is_field(&listener.target))
}

/// Whether a listener that hears typing hears what is typed into that field: it listens on the field, or on what stands
/// around all fields. Whether a form stands around it, a selector does not say.
#[must_use]
pub fn covers(listener: &Listener, field: &str) -> bool {
    hears_typing(listener) && (listener.target == field || WIDE.contains(&tag(&listener.target).as_str()))
}

/// Whether a listener for an event (by `addEventListener`, or an `on…` property) on a target hears what is typed into a field.
#[must_use]
pub fn hears_field(event: &str, target: &str, field: &str) -> bool {
    covers(&Listener { event: event.to_owned(), target: target.to_owned(), ..Listener::default() }, field)
}

/// Whether that is a form or a field that takes text. Who listens there is after what is typed; who listens to keys on
/// the whole page may wait for Escape.
#[must_use]
pub fn is_field(target: &str) -> bool {
    tag(target) == "form" || takes_text(target)
}

/// Whether what stands in the field is something that a visitor puts there.
#[must_use]
pub fn holds_input(field: &str) -> bool {
    tag(field) == "select" || takes_text(field)
}

fn takes_text(target: &str) -> bool {
    match tag(target).as_str() {
        "input" => !kind(target).is_some_and(|kind| NOT_TYPED.contains(&kind.as_str())),
        "textarea" => true,
        _ => false,
    }
}

/// The element's name: what stands before the first mark of the selector.
fn tag(selector: &str) -> String {
    let end = selector.find(['#', '.', '[', ':', ' ', '>']).unwrap_or(selector.len());
    selector[..end].to_ascii_lowercase()
}

/// What `[type=…]` says, with or without quotes.
fn kind(selector: &str) -> Option<String> {
    let (_, after) = selector.split_once("[type=")?;
    let value = after.split(']').next()?;
    Some(value.trim_matches(['"', '\'']).to_ascii_lowercase())
}
