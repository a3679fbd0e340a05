//! What is wrong with a field, and the small steps by which fields are checked.

use std::{borrow::Cow, fmt, str::FromStr};

use thiserror::Error;

use super::{MAX_TEXT, WireError};

/// What is wrong with a field.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Problem {
    /// It must be there and is not (or is of a kind that only a later version knows).
    #[error("missing")]
    Missing,
    /// A number that names nothing in a closed set.
    #[error("{0} is no value that this version knows")]
    Unknown(i32),
    /// More bytes or items than are read.
    #[error("{len} is more than the {max} that are read")]
    TooMany {
        /// How many there are.
        len: usize,
        /// How many there may be.
        max: usize,
    },
    /// It does not parse, or contradicts another field.
    #[error("{0}")]
    Invalid(String),
}

/// A problem and the path to its field, which grows on the way out.
#[derive(Debug)]
pub struct Fault {
    path: String,
    problem: Problem,
}

pub type Checked<T> = Result<T, Fault>;

impl From<Problem> for Fault {
    fn from(problem: Problem) -> Self {
        Self { path: String::new(), problem }
    }
}

impl Fault {
    pub(super) fn into_error(self) -> WireError {
        WireError::Field { path: self.path, problem: self.problem }
    }

    fn below(mut self, step: &str) -> Self {
        let joint = if self.path.is_empty() || self.path.starts_with('[') { "" } else { "." };
        self.path = format!("{step}{joint}{}", self.path);
        self
    }
}

/// An error of `checked` lies in the field `name`.
pub(super) fn within<T>(name: &str, checked: Checked<T>) -> Checked<T> {
    checked.map_err(|fault| fault.below(name))
}

pub(super) fn fault<T>(name: &str, problem: Problem) -> Checked<T> {
    within(name, Err(problem.into()))
}

pub(super) fn invalid<T>(name: &str, why: impl fmt::Display) -> Checked<T> {
    fault(name, Problem::Invalid(why.to_string()))
}

/// A message that must be there.
pub(super) fn present<F, T>(name: &str, form: Option<F>, check: impl FnOnce(F) -> Checked<T>) -> Checked<T> {
    within(name, form.ok_or_else(|| Problem::Missing.into()).and_then(check))
}

/// A message that may be there.
pub(super) fn maybe<F, T>(name: &str, form: Option<F>, check: impl FnOnce(F) -> Checked<T>) -> Checked<Option<T>> {
    within(name, form.map(check).transpose())
}

/// Every item of a list of at most `max`.
pub(super) fn each<F, T>(name: &str, max: usize, list: Vec<F>, check: impl Fn(F) -> Checked<T>) -> Checked<Vec<T>> {
    if list.len() > max {
        return fault(name, Problem::TooMany { len: list.len(), max });
    }
    let item = |(index, form)| check(form).map_err(|fault: Fault| fault.below(&format!("[{index}]")));
    within(name, list.into_iter().enumerate().map(item).collect())
}

/// Text that may be empty.
pub(super) fn text(name: &str, text: String) -> Checked<String> {
    if text.len() > MAX_TEXT {
        return fault(name, Problem::TooMany { len: text.len(), max: MAX_TEXT });
    }
    Ok(text)
}

/// Text that says something.
pub(super) fn word(name: &str, given: String) -> Checked<String> {
    if given.is_empty() {
        return fault(name, Problem::Missing);
    }
    text(name, given)
}

/// Text that may be absent, which is not the same as empty.
pub(super) fn maybe_text(name: &str, given: Option<String>) -> Checked<Option<String>> {
    given.map(|given| text(name, given)).transpose()
}

/// Text that has a type of its own.
pub(super) fn parsed<T>(name: &str, given: &str) -> Checked<T>
where
    T: FromStr,
    T::Err: fmt::Display,
{
    if given.is_empty() {
        return fault(name, Problem::Missing);
    }
    given.parse().or_else(|error| invalid(name, format!("'{}': {error}", shortened(given))))
}

/// An HTTP status: three digits at most (RFC 9110 § 15); 0 where a browser reports none.
pub(super) fn status(given: u32) -> Checked<u16> {
    match u16::try_from(given) {
        Ok(status) if status <= 999 => Ok(status),
        _ => invalid("status", format!("{given} is no HTTP status")),
    }
}

/// Enough of a bad value to recognise it in a log line.
fn shortened(text: &str) -> Cow<'_, str> {
    const SHOWN_CHARS: usize = 80;
    match text.char_indices().nth(SHOWN_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]).into(),
        None => text.into(),
    }
}
