//! What is told in words on several pages.

use earshot_model::Exposure;

/// What an exposure means, as the mark beside a name says it.
pub(crate) fn exposure(exposure: Exposure) -> &'static str {
    match exposure {
        Exposure::Content => "! hears content",
        Exposure::Tracker => "tracker",
        Exposure::Unknown => "nobody knows it",
        Exposure::None => "needed to show pages",
    }
}

/// The class that colours it.
pub(crate) fn class(exposure: Exposure) -> &'static str {
    match exposure {
        Exposure::Content => "content",
        Exposure::Tracker => "tracker",
        Exposure::Unknown => "unknown",
        Exposure::None => "none",
    }
}

/// A category, as people say it.
pub(crate) fn category(category: &str) -> String {
    category.replace('_', " ")
}

/// How a vendor waits for consent.
pub(crate) fn gating(gating: &str) -> &str {
    earshot_report::GATINGS.iter().find(|(name, _)| *name == gating).map_or(gating, |(_, words)| words)
}
