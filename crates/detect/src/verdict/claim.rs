//! What is said of a vendor that a fix should end.

use earshot_model::{Exposure, Finding, GapKind, Heard, Profile, Rule};

use super::Sighting;
use crate::judge::conduct::FIRST_PARTY;

/// One thing that is said of a vendor under one profile.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Claim {
    pub vendor: String,
    pub rule: Rule,
    pub profile: Profile,
}

/// Gaps behind which any contact can hide.
const HIDING: [GapKind; 7] = [
    GapKind::EventBudget,
    GapKind::TargetUnwatched,
    GapKind::CutShort,
    GapKind::UnparsedMessage,
    GapKind::UnobservedUpload,
    GapKind::AliasUnknown,
    GapKind::HostUnreached,
];

/// Gaps behind which something can hide that a script does without asking for anything.
const CONDUCT: [GapKind; 1] = [GapKind::PageWitness];

/// Gaps behind which it can hide that somebody is sent what is typed.
const LEAKS: [GapKind; 6] = [
    GapKind::PageWitness,
    GapKind::BodyUnread,
    GapKind::BodyCut,
    GapKind::SearchCut,
    GapKind::FieldUntyped,
    GapKind::UploadNotAwaited,
];

impl Claim {
    /// What a visit says of vendors that a fix should end.
    pub(super) fn of(sighting: &Sighting) -> impl Iterator<Item = Self> + '_ {
        let claimed = sighting.findings.iter().filter(|finding| is_claimed(finding));
        claimed.map(|finding| Self { vendor: finding.vendor.clone(), rule: finding.rule, profile: sighting.profile })
    }

    /// Whether a visit says so.
    pub(super) fn holds(&self, sighting: &Sighting) -> bool {
        sighting.profile == self.profile
            && sighting.about(&self.vendor).any(|finding| finding.rule == self.rule && is_claimed(finding))
    }

    /// Whether a gap of that kind can hide it.
    pub(super) fn is_hidden_by(&self, kind: GapKind, last_word: bool) -> bool {
        let own: &[GapKind] = match self.rule {
            Rule::Keystrokes => &LEAKS,
            Rule::Listening | Rule::Fingerprinting => &CONDUCT,
            _ => &[],
        };
        HIDING.contains(&kind) || own.contains(&kind) || (last_word && kind == GapKind::LeaveUnseen)
    }
}

/// Whether a finding says something that a fix should end. What the site itself does, what needs no choice, and what speaks
/// for a vendor is none.
fn is_claimed(finding: &Finding) -> bool {
    let counts = finding.exposure >= Exposure::Tracker && finding.category != FIRST_PARTY;
    match finding.rule {
        Rule::PreConsentContact | Rule::DespiteReject | Rule::UnderGpc | Rule::ConsentModeIgnored => counts,
        Rule::Fingerprinting | Rule::Listening => counts,
        // Who is sent what is typed need not be known as a tracker.
        Rule::Keystrokes => finding.category != FIRST_PARTY && finding.heard.iter().any(Heard::is_taken),
        Rule::AfterAccept | Rule::CookielessPing | Rule::NoBanner | Rule::NoReject => false,
    }
}
