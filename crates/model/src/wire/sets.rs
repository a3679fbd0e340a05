//! The closed sets: each name of ours and its name in the `.proto` files.
//!
//! Both directions match without a catch-all, so that a name added on one side does not compile until it has
//! its place on the other.

use super::{
    fault::{Checked, Problem, fault},
    proto,
};
use crate::{
    BlockReason, ConsentMeans, ConsentStep, Direction, FieldKind, GapKind, Lane, ListenMeans, MarkKind, PageKind,
    Phase, PictureKind, Profile, RefusalReason, StorageArea, Transport, Witness,
};

/// The name that the number `value` of the field `field` stands for.
fn named<F: TryFrom<i32>>(field: &str, value: i32) -> Checked<F> {
    F::try_from(value).or_else(|_| fault(field, Problem::Unknown(value)))
}

pub(super) fn to_profile(name: Profile) -> proto::Profile {
    match name {
        Profile::Untouched => proto::Profile::Untouched,
        Profile::Reject => proto::Profile::Reject,
        Profile::Accept => proto::Profile::Accept,
        Profile::Gpc => proto::Profile::Gpc,
    }
}

pub(super) fn profile(field: &str, value: i32) -> Checked<Profile> {
    Ok(match named(field, value)? {
        proto::Profile::Unspecified => return fault(field, Problem::Missing),
        proto::Profile::Untouched => Profile::Untouched,
        proto::Profile::Reject => Profile::Reject,
        proto::Profile::Accept => Profile::Accept,
        proto::Profile::Gpc => Profile::Gpc,
    })
}

pub(super) fn to_picture_kind(name: PictureKind) -> proto::PictureKind {
    match name {
        PictureKind::Banner => proto::PictureKind::Banner,
        PictureKind::End => proto::PictureKind::End,
    }
}

pub(super) fn picture_kind(field: &str, value: i32) -> Checked<PictureKind> {
    Ok(match named(field, value)? {
        proto::PictureKind::Unspecified => return fault(field, Problem::Missing),
        proto::PictureKind::Banner => PictureKind::Banner,
        proto::PictureKind::End => PictureKind::End,
    })
}

pub(super) fn to_lane(name: Lane) -> proto::Lane {
    match name {
        Lane::Interactive => proto::Lane::Interactive,
        Lane::Bulk => proto::Lane::Bulk,
    }
}

pub(super) fn lane(field: &str, value: i32) -> Checked<Lane> {
    Ok(match named(field, value)? {
        proto::Lane::Unspecified => return fault(field, Problem::Missing),
        proto::Lane::Interactive => Lane::Interactive,
        proto::Lane::Bulk => Lane::Bulk,
    })
}

pub(super) fn to_page_kind(name: PageKind) -> proto::PageKind {
    match name {
        PageKind::Home => proto::PageKind::Home,
        PageKind::Contact => proto::PageKind::Contact,
        PageKind::Login => proto::PageKind::Login,
        PageKind::Checkout => proto::PageKind::Checkout,
        PageKind::Product => proto::PageKind::Product,
        PageKind::Search => proto::PageKind::Search,
        PageKind::Article => proto::PageKind::Article,
        PageKind::Health => proto::PageKind::Health,
        PageKind::Legal => proto::PageKind::Legal,
        PageKind::Other => proto::PageKind::Other,
    }
}

pub(super) fn page_kind(field: &str, value: i32) -> Checked<PageKind> {
    Ok(match named(field, value)? {
        proto::PageKind::Unspecified => return fault(field, Problem::Missing),
        proto::PageKind::Home => PageKind::Home,
        proto::PageKind::Contact => PageKind::Contact,
        proto::PageKind::Login => PageKind::Login,
        proto::PageKind::Checkout => PageKind::Checkout,
        proto::PageKind::Product => PageKind::Product,
        proto::PageKind::Search => PageKind::Search,
        proto::PageKind::Article => PageKind::Article,
        proto::PageKind::Health => PageKind::Health,
        proto::PageKind::Legal => PageKind::Legal,
        proto::PageKind::Other => PageKind::Other,
    })
}

pub(super) fn to_block_reason(name: BlockReason) -> proto::BlockReason {
    match name {
        BlockReason::Status => proto::BlockReason::Status,
        BlockReason::Challenge => proto::BlockReason::Challenge,
        BlockReason::Captcha => proto::BlockReason::Captcha,
    }
}

pub(super) fn block_reason(field: &str, value: i32) -> Checked<BlockReason> {
    Ok(match named(field, value)? {
        proto::BlockReason::Unspecified => return fault(field, Problem::Missing),
        proto::BlockReason::Status => BlockReason::Status,
        proto::BlockReason::Challenge => BlockReason::Challenge,
        proto::BlockReason::Captcha => BlockReason::Captcha,
    })
}

pub(super) fn to_refusal_reason(name: RefusalReason) -> proto::RefusalReason {
    match name {
        RefusalReason::PrivateAddress => proto::RefusalReason::PrivateAddress,
        RefusalReason::Robots => proto::RefusalReason::Robots,
        RefusalReason::DoNotScan => proto::RefusalReason::DoNotScan,
    }
}

pub(super) fn refusal_reason(field: &str, value: i32) -> Checked<RefusalReason> {
    Ok(match named(field, value)? {
        proto::RefusalReason::Unspecified => return fault(field, Problem::Missing),
        proto::RefusalReason::PrivateAddress => RefusalReason::PrivateAddress,
        proto::RefusalReason::Robots => RefusalReason::Robots,
        proto::RefusalReason::DoNotScan => RefusalReason::DoNotScan,
    })
}

pub(super) fn to_transport(name: Transport) -> proto::Transport {
    match name {
        Transport::Document => proto::Transport::Document,
        Transport::Script => proto::Transport::Script,
        Transport::Style => proto::Transport::Style,
        Transport::Font => proto::Transport::Font,
        Transport::Image => proto::Transport::Image,
        Transport::Media => proto::Transport::Media,
        Transport::Fetch => proto::Transport::Fetch,
        Transport::Xhr => proto::Transport::Xhr,
        Transport::Beacon => proto::Transport::Beacon,
        Transport::WebSocket => proto::Transport::WebSocket,
        Transport::EventSource => proto::Transport::EventSource,
        Transport::WebTransport => proto::Transport::WebTransport,
        Transport::Preflight => proto::Transport::Preflight,
        Transport::Other => proto::Transport::Other,
    }
}

pub(super) fn transport(field: &str, value: i32) -> Checked<Transport> {
    Ok(match named(field, value)? {
        proto::Transport::Unspecified => return fault(field, Problem::Missing),
        proto::Transport::Document => Transport::Document,
        proto::Transport::Script => Transport::Script,
        proto::Transport::Style => Transport::Style,
        proto::Transport::Font => Transport::Font,
        proto::Transport::Image => Transport::Image,
        proto::Transport::Media => Transport::Media,
        proto::Transport::Fetch => Transport::Fetch,
        proto::Transport::Xhr => Transport::Xhr,
        proto::Transport::Beacon => Transport::Beacon,
        proto::Transport::WebSocket => Transport::WebSocket,
        proto::Transport::EventSource => Transport::EventSource,
        proto::Transport::WebTransport => Transport::WebTransport,
        proto::Transport::Preflight => Transport::Preflight,
        proto::Transport::Other => Transport::Other,
    })
}

pub(super) fn to_direction(name: Direction) -> proto::Direction {
    match name {
        Direction::Sent => proto::Direction::Sent,
        Direction::Received => proto::Direction::Received,
    }
}

pub(super) fn direction(field: &str, value: i32) -> Checked<Direction> {
    Ok(match named(field, value)? {
        proto::Direction::Unspecified => return fault(field, Problem::Missing),
        proto::Direction::Sent => Direction::Sent,
        proto::Direction::Received => Direction::Received,
    })
}

pub(super) fn to_storage_area(name: StorageArea) -> proto::StorageArea {
    match name {
        StorageArea::Local => proto::StorageArea::Local,
        StorageArea::Session => proto::StorageArea::Session,
        StorageArea::IndexedDb => proto::StorageArea::IndexedDb,
        StorageArea::Cache => proto::StorageArea::Cache,
    }
}

pub(super) fn storage_area(field: &str, value: i32) -> Checked<StorageArea> {
    Ok(match named(field, value)? {
        proto::StorageArea::Unspecified => return fault(field, Problem::Missing),
        proto::StorageArea::Local => StorageArea::Local,
        proto::StorageArea::Session => StorageArea::Session,
        proto::StorageArea::IndexedDb => StorageArea::IndexedDb,
        proto::StorageArea::Cache => StorageArea::Cache,
    })
}

pub(super) fn to_gap_kind(name: GapKind) -> proto::GapKind {
    match name {
        GapKind::BodyUnread => proto::GapKind::BodyUnread,
        GapKind::BodyCut => proto::GapKind::BodyCut,
        GapKind::EventBudget => proto::GapKind::EventBudget,
        GapKind::UnparsedMessage => proto::GapKind::UnparsedMessage,
        GapKind::TargetUnwatched => proto::GapKind::TargetUnwatched,
        GapKind::CutShort => proto::GapKind::CutShort,
        GapKind::StorageUnread => proto::GapKind::StorageUnread,
        GapKind::ScreenshotMissing => proto::GapKind::ScreenshotMissing,
        GapKind::LeaveUnseen => proto::GapKind::LeaveUnseen,
        GapKind::UnobservedUpload => proto::GapKind::UnobservedUpload,
        GapKind::UploadNotAwaited => proto::GapKind::UploadNotAwaited,
        GapKind::PrivateAddress => proto::GapKind::PrivateAddress,
        GapKind::AliasUnknown => proto::GapKind::AliasUnknown,
        GapKind::PageWitness => proto::GapKind::PageWitness,
        GapKind::FieldUntyped => proto::GapKind::FieldUntyped,
        GapKind::SearchCut => proto::GapKind::SearchCut,
        GapKind::BannerUnwatched => proto::GapKind::BannerUnwatched,
        GapKind::ChoiceNotMade => proto::GapKind::ChoiceNotMade,
        GapKind::SignalUnread => proto::GapKind::SignalUnread,
        GapKind::HostUnreached => proto::GapKind::HostUnreached,
    }
}

pub(super) fn gap_kind(field: &str, value: i32) -> Checked<GapKind> {
    Ok(match named(field, value)? {
        proto::GapKind::Unspecified => return fault(field, Problem::Missing),
        proto::GapKind::BodyUnread => GapKind::BodyUnread,
        proto::GapKind::BodyCut => GapKind::BodyCut,
        proto::GapKind::EventBudget => GapKind::EventBudget,
        proto::GapKind::UnparsedMessage => GapKind::UnparsedMessage,
        proto::GapKind::TargetUnwatched => GapKind::TargetUnwatched,
        proto::GapKind::CutShort => GapKind::CutShort,
        proto::GapKind::StorageUnread => GapKind::StorageUnread,
        proto::GapKind::ScreenshotMissing => GapKind::ScreenshotMissing,
        proto::GapKind::LeaveUnseen => GapKind::LeaveUnseen,
        proto::GapKind::UnobservedUpload => GapKind::UnobservedUpload,
        proto::GapKind::UploadNotAwaited => GapKind::UploadNotAwaited,
        proto::GapKind::PrivateAddress => GapKind::PrivateAddress,
        proto::GapKind::AliasUnknown => GapKind::AliasUnknown,
        proto::GapKind::PageWitness => GapKind::PageWitness,
        proto::GapKind::FieldUntyped => GapKind::FieldUntyped,
        proto::GapKind::SearchCut => GapKind::SearchCut,
        proto::GapKind::BannerUnwatched => GapKind::BannerUnwatched,
        proto::GapKind::ChoiceNotMade => GapKind::ChoiceNotMade,
        proto::GapKind::SignalUnread => GapKind::SignalUnread,
        proto::GapKind::HostUnreached => GapKind::HostUnreached,
    })
}

pub(super) fn to_witness(name: Witness) -> proto::Witness {
    match name {
        Witness::Browser => proto::Witness::Browser,
        Witness::Interception => proto::Witness::Interception,
        Witness::Page => proto::Witness::Page,
        Witness::Inventory => proto::Witness::Inventory,
        Witness::Dns => proto::Witness::Dns,
        Witness::Egress => proto::Witness::Egress,
    }
}

pub(super) fn witness(field: &str, value: i32) -> Checked<Witness> {
    Ok(match named(field, value)? {
        proto::Witness::Unspecified => return fault(field, Problem::Missing),
        proto::Witness::Browser => Witness::Browser,
        proto::Witness::Interception => Witness::Interception,
        proto::Witness::Page => Witness::Page,
        proto::Witness::Inventory => Witness::Inventory,
        proto::Witness::Dns => Witness::Dns,
        proto::Witness::Egress => Witness::Egress,
    })
}

pub(super) fn to_phase(name: Phase) -> proto::Phase {
    match name {
        Phase::PreChoice => proto::Phase::PreChoice,
        Phase::PreBanner => proto::Phase::PreBanner,
        Phase::PostReject => proto::Phase::PostReject,
        Phase::PostAccept => proto::Phase::PostAccept,
        Phase::NoBanner => proto::Phase::NoBanner,
        Phase::Gpc => proto::Phase::Gpc,
    }
}

pub(super) fn phase(field: &str, value: i32) -> Checked<Phase> {
    Ok(match named(field, value)? {
        // Older messages have none; their visits made no choice.
        proto::Phase::Unspecified | proto::Phase::PreChoice => Phase::PreChoice,
        proto::Phase::PreBanner => Phase::PreBanner,
        proto::Phase::PostReject => Phase::PostReject,
        proto::Phase::PostAccept => Phase::PostAccept,
        proto::Phase::NoBanner => Phase::NoBanner,
        proto::Phase::Gpc => Phase::Gpc,
    })
}

pub(super) fn to_listen_means(name: ListenMeans) -> proto::ListenMeans {
    match name {
        ListenMeans::Listener => proto::ListenMeans::Listener,
        ListenMeans::Handler => proto::ListenMeans::Handler,
        ListenMeans::Observer => proto::ListenMeans::Observer,
    }
}

pub(super) fn listen_means(field: &str, value: i32) -> Checked<ListenMeans> {
    Ok(match named(field, value)? {
        proto::ListenMeans::Unspecified => return fault(field, Problem::Missing),
        proto::ListenMeans::Listener => ListenMeans::Listener,
        proto::ListenMeans::Handler => ListenMeans::Handler,
        proto::ListenMeans::Observer => ListenMeans::Observer,
    })
}

pub(super) fn to_mark_kind(name: MarkKind) -> proto::MarkKind {
    match name {
        MarkKind::Generator => proto::MarkKind::Generator,
        MarkKind::Global => proto::MarkKind::Global,
        MarkKind::Container => proto::MarkKind::Container,
        MarkKind::InlineScript => proto::MarkKind::InlineScript,
        MarkKind::Script => proto::MarkKind::Script,
        MarkKind::Literal => proto::MarkKind::Literal,
    }
}

pub(super) fn mark_kind(field: &str, value: i32) -> Checked<MarkKind> {
    Ok(match named(field, value)? {
        proto::MarkKind::Unspecified => return fault(field, Problem::Missing),
        proto::MarkKind::Generator => MarkKind::Generator,
        proto::MarkKind::Global => MarkKind::Global,
        proto::MarkKind::Container => MarkKind::Container,
        proto::MarkKind::InlineScript => MarkKind::InlineScript,
        proto::MarkKind::Script => MarkKind::Script,
        proto::MarkKind::Literal => MarkKind::Literal,
    })
}

pub(super) fn to_field_kind(name: FieldKind) -> proto::FieldKind {
    match name {
        FieldKind::Email => proto::FieldKind::Email,
        FieldKind::Name => proto::FieldKind::Name,
        FieldKind::Phone => proto::FieldKind::Phone,
        FieldKind::Card => proto::FieldKind::Card,
        FieldKind::Search => proto::FieldKind::Search,
        FieldKind::Message => proto::FieldKind::Message,
        FieldKind::Password => proto::FieldKind::Password,
        FieldKind::Url => proto::FieldKind::Url,
        FieldKind::Number => proto::FieldKind::Number,
        FieldKind::Text => proto::FieldKind::Text,
        FieldKind::Burst => proto::FieldKind::Burst,
        FieldKind::Select => proto::FieldKind::Select,
        FieldKind::Radio => proto::FieldKind::Radio,
        FieldKind::Checkbox => proto::FieldKind::Checkbox,
    }
}

pub(super) fn field_kind(field: &str, value: i32) -> Checked<FieldKind> {
    Ok(match named(field, value)? {
        proto::FieldKind::Unspecified => return fault(field, Problem::Missing),
        proto::FieldKind::Email => FieldKind::Email,
        proto::FieldKind::Name => FieldKind::Name,
        proto::FieldKind::Phone => FieldKind::Phone,
        proto::FieldKind::Card => FieldKind::Card,
        proto::FieldKind::Search => FieldKind::Search,
        proto::FieldKind::Message => FieldKind::Message,
        proto::FieldKind::Password => FieldKind::Password,
        proto::FieldKind::Url => FieldKind::Url,
        proto::FieldKind::Number => FieldKind::Number,
        proto::FieldKind::Text => FieldKind::Text,
        proto::FieldKind::Burst => FieldKind::Burst,
        proto::FieldKind::Select => FieldKind::Select,
        proto::FieldKind::Radio => FieldKind::Radio,
        proto::FieldKind::Checkbox => FieldKind::Checkbox,
    })
}

pub(super) fn to_consent_step(name: ConsentStep) -> proto::ConsentStep {
    match name {
        ConsentStep::Banner => proto::ConsentStep::Banner,
        ConsentStep::Press => proto::ConsentStep::Press,
        ConsentStep::Call => proto::ConsentStep::Call,
        ConsentStep::Reject => proto::ConsentStep::Reject,
        ConsentStep::Accept => proto::ConsentStep::Accept,
        ConsentStep::Reload => proto::ConsentStep::Reload,
        ConsentStep::Signal => proto::ConsentStep::Signal,
    }
}

pub(super) fn consent_step(field: &str, value: i32) -> Checked<ConsentStep> {
    Ok(match named(field, value)? {
        proto::ConsentStep::Unspecified => return fault(field, Problem::Missing),
        proto::ConsentStep::Banner => ConsentStep::Banner,
        proto::ConsentStep::Press => ConsentStep::Press,
        proto::ConsentStep::Call => ConsentStep::Call,
        proto::ConsentStep::Reject => ConsentStep::Reject,
        proto::ConsentStep::Accept => ConsentStep::Accept,
        proto::ConsentStep::Reload => ConsentStep::Reload,
        proto::ConsentStep::Signal => ConsentStep::Signal,
    })
}

pub(super) fn to_consent_means(name: ConsentMeans) -> proto::ConsentMeans {
    match name {
        ConsentMeans::Accept => proto::ConsentMeans::Accept,
        ConsentMeans::Reject => proto::ConsentMeans::Reject,
        ConsentMeans::Settings => proto::ConsentMeans::Settings,
        ConsentMeans::Dismiss => proto::ConsentMeans::Dismiss,
        ConsentMeans::Other => proto::ConsentMeans::Other,
        ConsentMeans::Unknown => proto::ConsentMeans::Unknown,
    }
}

pub(super) fn consent_means(field: &str, value: i32) -> Checked<ConsentMeans> {
    Ok(match named(field, value)? {
        proto::ConsentMeans::Unspecified => return fault(field, Problem::Missing),
        proto::ConsentMeans::Accept => ConsentMeans::Accept,
        proto::ConsentMeans::Reject => ConsentMeans::Reject,
        proto::ConsentMeans::Settings => ConsentMeans::Settings,
        proto::ConsentMeans::Dismiss => ConsentMeans::Dismiss,
        proto::ConsentMeans::Other => ConsentMeans::Other,
        proto::ConsentMeans::Unknown => ConsentMeans::Unknown,
    })
}
