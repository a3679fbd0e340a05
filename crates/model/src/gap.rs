//! A gap: something that we could not look at, and why. Absence and failure must never look alike.

use serde::{Deserialize, Serialize};

/// Something within a visit that could not be observed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// What kind of thing was missed.
    pub kind: GapKind,
    /// What exactly, for people: a URL, a budget, a CDP error. Never a cookie value or typed text.
    pub detail: String,
}

/// What kind of thing was missed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GapKind {
    /// A request had a body that nobody could read.
    BodyUnread,
    /// A body was longer than the excerpt that is kept.
    BodyCut,
    /// More events than a visit may hold; later ones were dropped.
    EventBudget,
    /// A CDP message of the browser did not parse.
    UnparsedMessage,
    /// A worker or frame could not be watched.
    TargetUnwatched,
    /// The wall was reached before the dwell was over.
    CutShort,
    /// Cookies or storage could not be read at the end.
    StorageUnread,
    /// No screenshot could be taken.
    ScreenshotMissing,
    /// What the page sends when one leaves it could not be drained.
    LeaveUnseen,
    /// More bytes went to a host than the bodies that we saw.
    UnobservedUpload,
    /// A recorder is present whose upload comes later than the visit waited.
    UploadNotAwaited,
    /// A connection of the page was refused because its address is not public.
    PrivateAddress,
    /// Nobody could say whether a host of the site's own is another name for somebody else's.
    AliasUnknown,
    /// Our own script in the page told only a part of what it saw: a bound was reached, or the page got in its way.
    PageWitness,
    /// Something was not typed into a field of the page that takes text, or not all of it.
    FieldUntyped,
    /// Not all that was sent could be searched for what was typed.
    SearchCut,
    /// Nobody could say whether a consent banner was to be seen, or all that it offers.
    BannerUnwatched,
    /// There was a banner, and no way was found to make the choice of the profile, or it did not work.
    ChoiceNotMade,
    /// An interface for consent signals is there and did not answer.
    SignalUnread,
    /// A host that the page asked could not be reached, and not because of the host: our name servers or our upstream failed.
    HostUnreached,
}

impl GapKind {
    /// The name used in reports and in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BodyUnread => "body_unread",
            Self::BodyCut => "body_cut",
            Self::EventBudget => "event_budget",
            Self::UnparsedMessage => "unparsed_message",
            Self::TargetUnwatched => "target_unwatched",
            Self::CutShort => "cut_short",
            Self::StorageUnread => "storage_unread",
            Self::ScreenshotMissing => "screenshot_missing",
            Self::LeaveUnseen => "leave_unseen",
            Self::UnobservedUpload => "unobserved_upload",
            Self::UploadNotAwaited => "upload_not_awaited",
            Self::PrivateAddress => "private_address",
            Self::AliasUnknown => "alias_unknown",
            Self::PageWitness => "page_witness",
            Self::FieldUntyped => "field_untyped",
            Self::SearchCut => "search_cut",
            Self::BannerUnwatched => "banner_unwatched",
            Self::ChoiceNotMade => "choice_not_made",
            Self::SignalUnread => "signal_unread",
            Self::HostUnreached => "host_unreached",
        }
    }
}
