//! `/method`: how it is looked, what the words mean, and what cannot be seen.

use askama::Template;
use axum::{Router, routing::get};
use earshot_model::{GapKind, Grade};
use earshot_report::{GATINGS, NOTICE, html::METHOD};
use earshot_store::STATISTICS;

use crate::page::{Layout, Page, Section, Visitor};
use crate::server::Shared;

#[derive(Template)]
#[template(path = "method.html")]
struct Method {
    layout: Layout,
    method: &'static str,
    notice: &'static str,
    grades: Vec<(&'static str, &'static str)>,
    gatings: [(&'static str, &'static str); 8],
    outcomes: [Ended; 13],
    gaps: Vec<(&'static str, &'static str)>,
    statistics: usize,
}

/// How the opening of a page can end: its name, the class under which it is counted, and what it means.
type Ended = (&'static str, &'static str, &'static str);

const OUTCOMES: [Ended; 13] = [
    ("loaded", "seen", "shown, and watched to the end"),
    ("partial", "seen", "shown, and cut short: what was seen happened, what was not seen may have"),
    ("blocked", "blocked", "a wall: a status such as 403, a challenge, a CAPTCHA; what stands behind it was not seen"),
    ("http_error", "failed", "an error page"),
    ("unreachable", "failed", "no connection, name or certificate"),
    ("timed_out", "failed", "no document in time"),
    ("crashed", "failed", "the page took its renderer or the browser down"),
    ("not_a_page", "failed", "a download, or no document that a browser shows"),
    ("lost", "failed", "we failed, not the site"),
    ("refused", "refused", "not opened: robots.txt, a list of what is not scanned, an address that is not public"),
    ("set_aside", "refused", "not opened any more: the site had failed too often in a row"),
    ("parked", "absent", "nobody lives there: parked, or for sale"),
    ("off_site", "absent", "the address leads to another site"),
];

const GAPS: [GapKind; 20] = [
    GapKind::CutShort,
    GapKind::BodyUnread,
    GapKind::BodyCut,
    GapKind::EventBudget,
    GapKind::UnparsedMessage,
    GapKind::TargetUnwatched,
    GapKind::PageWitness,
    GapKind::StorageUnread,
    GapKind::ScreenshotMissing,
    GapKind::LeaveUnseen,
    GapKind::UnobservedUpload,
    GapKind::UploadNotAwaited,
    GapKind::PrivateAddress,
    GapKind::AliasUnknown,
    GapKind::FieldUntyped,
    GapKind::SearchCut,
    GapKind::BannerUnwatched,
    GapKind::ChoiceNotMade,
    GapKind::SignalUnread,
    GapKind::HostUnreached,
];

pub(crate) fn routes() -> Router<Shared> {
    Router::new().route("/method", get(show))
}

async fn show(_: Visitor) -> Page<Method> {
    Page(method())
}

fn method() -> Method {
    Method {
        layout: Layout::new("Method and limits", Section::Method),
        method: METHOD,
        notice: NOTICE,
        grades: Grade::ALL.iter().map(|grade| (grade.as_str(), grade.meaning())).collect(),
        gatings: GATINGS,
        outcomes: OUTCOMES,
        gaps: GAPS.iter().map(|gap| (gap.as_str(), meaning(*gap))).collect(),
        statistics: STATISTICS.len(),
    }
}

fn meaning(gap: GapKind) -> &'static str {
    match gap {
        GapKind::CutShort => "the visit ended before it had watched for as long as it should",
        GapKind::BodyUnread => "a request had a body that nobody could read",
        GapKind::BodyCut => "a body was longer than what is kept of it",
        GapKind::EventBudget => "more happened than a visit may hold; what came later was dropped",
        GapKind::UnparsedMessage => "something that the browser said was not understood",
        GapKind::TargetUnwatched => "a worker or frame could not be watched",
        GapKind::PageWitness => "our script in the page told only a part of what it saw",
        GapKind::StorageUnread => "cookies or storage could not be read at the end",
        GapKind::ScreenshotMissing => "no picture could be taken",
        GapKind::LeaveUnseen => "what the page sends when one leaves it was not seen",
        GapKind::UnobservedUpload => "more bytes went to a host than the bodies that were seen",
        GapKind::UploadNotAwaited => "a recorder is there that sends later than the visit waited",
        GapKind::PrivateAddress => "a connection of the page was refused, for its address is not public",
        GapKind::AliasUnknown => "whether a host of the site's own is another name for somebody else's was not known",
        GapKind::FieldUntyped => "something was not typed into a field, or not all of it",
        GapKind::SearchCut => "not all that was sent could be searched for what was typed",
        GapKind::BannerUnwatched => "whether a banner was to be seen, or all of it, was not known",
        GapKind::ChoiceNotMade => "there was a banner, and the choice could not be made",
        GapKind::SignalUnread => "an interface for consent signals is there and did not answer",
        GapKind::HostUnreached => "a host could not be reached, by a failure on our side",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_word_has_its_meaning() {
        let html = method().render().unwrap();
        assert_eq!(GAPS.iter().collect::<HashSet<_>>().len(), GAPS.len());
        for name in ["K0", "K6", "on_paper", "off_site", "signal_unread", "id=\"limits\"", NOTICE] {
            assert!(html.contains(name), "{name}");
        }
        assert_eq!(html.matches("<h1").count(), 1);
    }
}
