//! What a choice changes, and who asks for one.

use super::{Source, Statistic, WILSON};
use crate::stats::{
    Chart, Over, Unit,
    column::{DENOMINATOR, HIGH, LOW, NUMERATOR, SEGMENT, SHARE, VENDOR_NAME, VENDOR_OR_ALL, of},
};

const GPC_SPEC: Source = Source {
    title: "W3C: Global Privacy Control",
    url: "https://www.w3.org/TR/gpc/",
    follows: "What the signal asks for: not to be sold or shared. Whether that is done behind a server nobody can see; here it is \
              ignored if the vendor is told something at all.",
};
const CONSENT_MODE_DOCS: Source = Source {
    title: "Google: Consent mode",
    url: "https://developers.google.com/tag-platform/security/concepts/consent-mode",
    follows: "What tags do while storage is denied: no cookies of theirs, pings that say so.",
};
const PLATFORMS: Source = Source {
    title: "HTTP Archive: Web Almanac 2022, Privacy",
    url: "https://almanac.httparchive.org/en/2022/privacy",
    follows: "Consent management platforms, as a share of websites. There a platform is known by its files; here by the banner that \
              can be seen, and banners of no platform count as plain.",
};

pub(super) const GATING: Statistic = Statistic {
    name: "gating",
    title: "How vendors wait for consent: gated, on paper, opt-out, ...",
    definition: "Each vendor on each site counts once, under the worst state that it is in on any page there; README says what the states \
                 mean. Sites of which nobody watched a refusal whole are left out, unless nothing asks there. The interval takes pairs \
                 for independent, which those of one site are not: it is too narrow rather than too wide.",
    numerator: "Vendors on sites (each pair once) in that state",
    denominator: "Vendors on sites (each pair once), of sites on which a refusal was made and watched whole, or nothing asks",
    sources: &[WILSON],
    columns: &[
        SEGMENT,
        of(
            "gating",
            Unit::Text,
            "gated, on_paper, opt_out, cookieless, despite_reject_only, before_choice, no_banner or unknown",
        ),
        of("sites", Unit::Count, "Sites that they are on"),
        NUMERATOR,
        DENOMINATOR,
        SHARE,
        LOW,
        HIGH,
    ],
    chart: Some(Chart::Bars { label: "gating", value: "share" }),
    over: Over::Newest,
    by: &["category", "vendor"],
    usually_by: "",
    of_vendors: true,
    text: include_str!("../../../queries/stats/gating.sql"),
};

pub(super) const REJECTION: Statistic = Statistic {
    name: "rejection",
    title: "Who is told something after a refusal",
    definition: "A refusal is not heeded on a site if the vendor is told something after it on any page. A ping without an identifier \
                 that says that consent is denied is none. The first row is about all vendors in scope together.",
    numerator: "Sites on which the vendor is told something after a refusal",
    denominator: "Sites on which the vendor was met, in whatever state of consent, and a refusal was made and watched whole",
    sources: &[WILSON],
    columns: &[SEGMENT, VENDOR_OR_ALL, VENDOR_NAME, NUMERATOR, DENOMINATOR, SHARE, LOW, HIGH],
    chart: Some(Chart::Bars { label: "vendor_name", value: "share" }),
    over: Over::Newest,
    by: &["category"],
    usually_by: "",
    of_vendors: true,
    text: include_str!("../../../queries/stats/rejection.sql"),
};

pub(super) const GPC: Statistic = Statistic {
    name: "gpc",
    title: "Who ignores Global Privacy Control",
    definition: "Ignored on a site: the vendor is told something under Global Privacy Control on any page. Honoured: it is told \
                 something without it, and nothing under it, watched whole. Else nobody knows. The first row is about all vendors in \
                 scope together.",
    numerator: "Sites on which the vendor ignores it",
    denominator: "Sites on which it is known whether the vendor ignores or honours it",
    sources: &[GPC_SPEC, WILSON],
    columns: &[
        SEGMENT,
        VENDOR_OR_ALL,
        VENDOR_NAME,
        NUMERATOR,
        DENOMINATOR,
        SHARE,
        LOW,
        HIGH,
        of("unknown", Unit::Count, "Sites that were watched under it and have the vendor, of which nobody knows"),
    ],
    chart: Some(Chart::Bars { label: "vendor_name", value: "share" }),
    over: Over::Newest,
    by: &["category"],
    usually_by: "",
    of_vendors: true,
    text: include_str!("../../../queries/stats/gpc.sql"),
};

pub(super) const CONSENT_MODE: Statistic = Statistic {
    name: "consent-mode",
    title: "Where Google's tags take data although consent mode says denied",
    definition: "A page says so by Google's consent mode while analytics_storage or ad_storage is denied. It is ignored if a tag that it \
                 is about sends a full hit or writes its cookie all the same, before the visitor has agreed. The first row is about all \
                 such tags together.",
    numerator: "Sites on which the tag takes data although its storage is denied",
    denominator: "Sites with a page that says that storage is denied, on any visit that saw it",
    sources: &[CONSENT_MODE_DOCS, WILSON],
    columns: &[SEGMENT, VENDOR_OR_ALL, VENDOR_NAME, NUMERATOR, DENOMINATOR, SHARE, LOW, HIGH],
    chart: Some(Chart::Bars { label: "vendor_name", value: "share" }),
    over: Over::Newest,
    by: &["category"],
    usually_by: "",
    of_vendors: true,
    text: include_str!("../../../queries/stats/consent-mode.sql"),
};

pub(super) const CMP: Statistic = Statistic {
    name: "cmp",
    title: "Which consent platforms sites use, and whether refusing is as easy as agreeing",
    definition: "A site asks if a banner that asks for consent could be seen on any of its pages, and does not ask if one would have been \
                 noticed on every page and none was. Sites of which neither is known are left out.",
    numerator: "Sites with that platform",
    denominator: "Sites of which it is known whether they ask",
    sources: &[PLATFORMS, WILSON],
    columns: &[
        SEGMENT,
        of("banner", Unit::Flag, "Whether a banner asks"),
        of(
            "cmp",
            Unit::Text,
            "Its platform, or the rule by which it was answered; plain for none; empty where nothing asks",
        ),
        NUMERATOR,
        DENOMINATOR,
        SHARE,
        LOW,
        HIGH,
        of("no_reject", Unit::Count, "Of the numerator: sites whose first layer offers to agree and not to refuse"),
        of(
            "reject_harder",
            Unit::Count,
            "Of the numerator: sites where refusing takes more presses than agreeing, or cannot be done",
        ),
    ],
    chart: Some(Chart::Bars { label: "cmp", value: "share" }),
    over: Over::Newest,
    by: &[],
    usually_by: "",
    of_vendors: false,
    text: include_str!("../../../queries/stats/cmp.sql"),
};
