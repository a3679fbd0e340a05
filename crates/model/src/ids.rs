//! Identifiers. All but [`RunId`] are derived from what they name, so that work done twice has one name.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use ulid::Ulid;
use uuid::Uuid;

use crate::{PageUrl, Profile, Rule};

/// The namespace of every derived id: a fixed random UUID, so that ids of other programs never collide with ours.
const NAMESPACE: Uuid = Uuid::from_u128(0x6d3c_7b0e_52a1_4b8e_9f4e_2a57_c1d0_e5a9);

/// One campaign over a portfolio. A ULID: sorts by the time at which the run was started.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RunId(pub Ulid);

/// One page opened once under one profile. UUID v5 of (run, page, profile, repetition), so that a task that is
/// delivered twice produces the same id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct VisitId(pub Uuid);

/// One judgement. UUID v5 of (visit, rule, vendor): judging the same visit again overwrites, never adds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FindingId(pub Uuid);

/// Names a notice; derived from the runs and the channel that it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NoticeId(pub Uuid);

impl RunId {
    /// A new id that carries the present time.
    #[must_use]
    pub fn new() -> Self {
        Self(Ulid::generate())
    }
}

impl Default for RunId {
    fn default() -> Self {
        Self::new()
    }
}

impl VisitId {
    /// The id of the `repetition`-th visit (from 0) of `page` under `profile` in `run`.
    #[must_use]
    pub fn derive(run: RunId, page: &PageUrl, profile: Profile, repetition: u32) -> Self {
        Self(derive(&[&run.to_string(), page.as_str(), profile.as_str(), &repetition.to_string()]))
    }
}

impl FindingId {
    /// The id of what `rule` says about `vendor` (a catalogue id, or the registrable domain of an unknown party).
    #[must_use]
    pub fn derive(visit: VisitId, rule: Rule, vendor: &str) -> Self {
        Self(derive(&[&visit.to_string(), rule.as_str(), vendor]))
    }
}

impl NoticeId {
    /// The id of what the channel of that name is told about the change from one run to another.
    #[must_use]
    pub fn derive(earlier: RunId, later: RunId, channel: &str) -> Self {
        Self(derive(&["notice", &earlier.to_string(), &later.to_string(), channel]))
    }
}

/// The parts are joined by a byte that occurs in none of them.
fn derive(parts: &[&str]) -> Uuid {
    Uuid::new_v5(&NAMESPACE, parts.join("\0").as_bytes())
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for RunId {
    type Err = ulid::DecodeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ulid::from_string(&text.to_ascii_uppercase()).map(Self)
    }
}

macro_rules! uuid_id {
    ($($name:ident),*) => {$(
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }
    )*};
}
uuid_id!(VisitId, FindingId, NoticeId);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_visit_has_the_same_id_and_another_has_another() {
        let run = RunId::new();
        let page = PageUrl::parse("https://shop.test/").unwrap();
        let first = VisitId::derive(run, &page, Profile::Untouched, 0);
        assert_eq!(first, VisitId::derive(run, &page, Profile::Untouched, 0));
        assert_ne!(first, VisitId::derive(run, &page, Profile::Untouched, 1));
        assert_ne!(first, VisitId::derive(RunId::new(), &page, Profile::Untouched, 0));
    }

    #[test]
    fn ids_survive_their_text_form() {
        let run = RunId::new();
        assert_eq!(run.to_string().parse::<RunId>().unwrap(), run);
        assert_eq!(run.to_string().to_lowercase().parse::<RunId>().unwrap(), run);
        assert!("not-an-id".parse::<RunId>().is_err());
    }
}
