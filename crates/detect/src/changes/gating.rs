//! How seriously a tracker takes a choice: the words of the view `consent_states`, and which is worse than which.

use super::StateFacts;

/// What a tracker's behaviour towards a choice comes to; what each means, the view `consent_states` says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Gating {
    /// Waits for consent, each state watched whole.
    Gated,
    /// After a refusal it is only sent pings that say so.
    Cookieless,
    /// Fires before the choice and stops after a refusal.
    OptOut,
    /// Waits for the choice and fires whatever it is.
    DespiteRejectOnly,
    /// There is a banner, and it fires before the choice and after a refusal.
    OnPaper,
    /// Fires, and nothing asks.
    NoBanner,
    /// Fires before the choice; no refusal was watched whole.
    BeforeChoice,
    /// Anything else.
    #[default]
    Unknown,
}

/// Whether a tracker heeds Global Privacy Control.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Gpc {
    /// Fires without it and is told nothing under it.
    Honoured,
    /// Told something under it.
    Ignored,
    /// Anything else.
    #[default]
    Unknown,
}

impl Gating {
    const ALL: [Self; 8] = [
        Self::Gated,
        Self::Cookieless,
        Self::OptOut,
        Self::DespiteRejectOnly,
        Self::OnPaper,
        Self::NoBanner,
        Self::BeforeChoice,
        Self::Unknown,
    ];

    /// The name used in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Gated => "gated",
            Self::Cookieless => "cookieless",
            Self::OptOut => "opt_out",
            Self::DespiteRejectOnly => "despite_reject_only",
            Self::OnPaper => "on_paper",
            Self::NoBanner => "no_banner",
            Self::BeforeChoice => "before_choice",
            Self::Unknown => "unknown",
        }
    }

    /// Reads a name of the store. A word that this version does not know says nothing.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self::ALL.into_iter().find(|gating| gating.as_str() == name).unwrap_or_default()
    }

    /// How bad it is, from 0; none where a part of it is not known.
    fn rank(self) -> Option<u8> {
        match self {
            Self::Gated => Some(0),
            Self::Cookieless => Some(1),
            Self::OptOut => Some(2),
            Self::DespiteRejectOnly => Some(3),
            Self::OnPaper => Some(4),
            Self::NoBanner => Some(5),
            Self::BeforeChoice | Self::Unknown => None,
        }
    }
}

impl Gpc {
    /// The name used in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Honoured => "honoured",
            Self::Ignored => "ignored",
            Self::Unknown => "unknown",
        }
    }

    /// Reads a name of the store. A word that this version does not know says nothing.
    #[must_use]
    pub fn named(name: &str) -> Self {
        [Self::Honoured, Self::Ignored].into_iter().find(|gpc| gpc.as_str() == name).unwrap_or_default()
    }
}

impl StateFacts {
    /// Whether `later` takes a choice less (`Some(true)`) or more (`Some(false)`) seriously; none if it does not differ, or
    /// if that is not known.
    pub(super) fn worse(&self, later: &Self) -> Option<bool> {
        // Who fires before the choice is worse than who waits, whatever a refusal would change.
        match (self.gating, later.gating) {
            (Gating::Gated, Gating::BeforeChoice) => return Some(true),
            (Gating::BeforeChoice, Gating::Gated) => return Some(false),
            _ => {}
        }
        if !(self.is_proved() && later.is_proved()) {
            return None;
        }
        let (before, after) = (self.gating.rank()?, later.gating.rank()?);
        (before != after).then_some(after > before)
    }

    /// The same of Global Privacy Control.
    pub(super) fn worse_under_gpc(&self, later: &Self) -> Option<bool> {
        match (self.gpc, later.gpc) {
            (Gpc::Honoured, Gpc::Ignored) => Some(true),
            (Gpc::Ignored, Gpc::Honoured) => Some(false),
            _ => None,
        }
    }

    /// Whether the silence that its word rests on was watched whole.
    fn is_proved(&self) -> bool {
        match self.gating {
            // The view asks for it, or the word rests on nobody's silence.
            Gating::Gated | Gating::OnPaper | Gating::NoBanner => true,
            Gating::Cookieless | Gating::OptOut => self.reject_whole,
            Gating::DespiteRejectOnly => self.before_whole,
            Gating::BeforeChoice | Gating::Unknown => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::changes::Party;

    fn state(gating: Gating) -> StateFacts {
        let (page, vendor, gpc) = (String::new(), Party::default(), Gpc::Unknown);
        StateFacts { page, vendor, gating, gpc, before_whole: true, reject_whole: true }
    }

    #[test]
    fn every_name_is_read_back() {
        for gating in Gating::ALL {
            assert_eq!(Gating::named(gating.as_str()), gating);
        }
        assert_eq!((Gating::named("new word"), Gpc::named("new word")), (Gating::Unknown, Gpc::Unknown));
    }

    #[test]
    fn what_is_not_known_is_never_a_change() {
        use Gating::{BeforeChoice, Cookieless, Gated, NoBanner, OnPaper, OptOut, Unknown};
        for (before, after, worse) in [
            (Gated, OnPaper, Some(true)),
            (OnPaper, Gated, Some(false)),
            (OptOut, OnPaper, Some(true)),
            (OptOut, NoBanner, Some(true)),
            (Gated, Cookieless, Some(true)),
            (Gated, BeforeChoice, Some(true)),
            (BeforeChoice, Gated, Some(false)),
            // What a refusal would change was not watched.
            (BeforeChoice, OnPaper, None),
            (OptOut, BeforeChoice, None),
            (BeforeChoice, NoBanner, None),
            (Unknown, OnPaper, None),
            (Gated, Unknown, None),
            (OnPaper, OnPaper, None),
        ] {
            assert_eq!(state(before).worse(&state(after)), worse, "{before:?} to {after:?}");
        }
        let unproved = StateFacts { reject_whole: false, ..state(Cookieless) };
        assert_eq!(state(OnPaper).worse(&unproved), None, "it may only have been missed");
    }
}
