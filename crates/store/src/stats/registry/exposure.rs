//! Who is there, when, and what they hear.

use super::{AT_LEAST_ONE, QUANTILES, SITE_REACH, Statistic, WILSON};
use crate::stats::{
    Chart, Over, Unit,
    column::{DENOMINATOR, HIGH, LOW, NUMERATOR, SEGMENT, SHARE, VENDOR, VENDOR_NAME, VENDOR_OR_ALL, of},
};

pub(super) const PREVALENCE: Statistic = Statistic {
    name: "prevalence",
    title: "On how many sites each vendor is contacted before any choice",
    definition: "A vendor is present on a site if at least one page of it contacts the vendor before the visitor has made any choice. \
                 With --by category it is any vendor of the category.",
    numerator: "Sites that contact the vendor before any choice",
    denominator: "Sites of which it was seen what they do before a choice",
    sources: &[SITE_REACH, WILSON],
    columns: &[
        SEGMENT,
        VENDOR,
        VENDOR_NAME,
        of("category", Unit::Text, "What it does: session_replay, analytics, ..."),
        of("exposure", Unit::Text, "content, tracker, unknown or none: the worst that was said of it"),
        NUMERATOR,
        DENOMINATOR,
        SHARE,
        LOW,
        HIGH,
    ],
    chart: Some(Chart::Bars { label: "vendor_name", value: "share" }),
    over: Over::Newest,
    by: &["category"],
    usually_by: "",
    of_vendors: true,
    text: include_str!("../../../queries/stats/prevalence.sql"),
};

pub(super) const PRESENCE: Statistic = Statistic {
    name: "presence",
    title: "On how many sites each vendor is met at all, and on how many of those before any choice",
    definition: "A vendor is met on a site if at least one page of it contacts the vendor in any state of consent that was visited: before \
                 a choice, after a refusal, after agreeing, under Global Privacy Control. Of a site that was visited without any choice \
                 only, that is before a choice. Only sites of which it was seen what they do before a choice count. The median is over \
                 sites, of each the earliest contact before any choice.",
    numerator: "Sites on which the vendor is met in whatever state of consent",
    denominator: "Sites of which it was seen what they do before a choice",
    sources: &[SITE_REACH, WILSON, QUANTILES],
    columns: &[
        SEGMENT,
        VENDOR,
        VENDOR_NAME,
        of("category", Unit::Text, "What it does: session_replay, analytics, ..."),
        of("exposure", Unit::Text, "content, tracker, unknown or none: the worst that was said of it"),
        NUMERATOR,
        DENOMINATOR,
        SHARE,
        LOW,
        HIGH,
        of("before", Unit::Count, "Of the numerator: sites that contact it before any choice"),
        of("before_share", Unit::Share, "before / numerator"),
        of("before_low", Unit::Share, "Lower end of its interval"),
        of("before_high", Unit::Share, "Upper end of its interval"),
        of("median_ms", Unit::Milliseconds, "Earliest contact of a site before any choice: median"),
    ],
    chart: Some(Chart::Bars { label: "vendor_name", value: "share" }),
    over: Over::Newest,
    by: &["category"],
    usually_by: "",
    of_vendors: true,
    text: include_str!("../../../queries/stats/presence.sql"),
};

pub(super) const PRE_CONSENT: Statistic = Statistic {
    name: "pre-consent",
    title: "How many sites contact any tracker before any choice, and how many each contacts",
    definition: "A site counts if at least one page of it contacts at least one vendor in scope before the visitor has made any choice. \
                 The numbers of vendors are per site, over all sites of the denominator.",
    numerator: "Sites that contact at least one of the vendors in scope before any choice",
    denominator: "Sites of which it was seen what they do before a choice",
    sources: &[AT_LEAST_ONE, WILSON, QUANTILES],
    columns: &[
        SEGMENT,
        NUMERATOR,
        DENOMINATOR,
        SHARE,
        LOW,
        HIGH,
        of("vendors_mean", Unit::Number, "Distinct vendors that a site contacts before any choice: mean"),
        of("vendors_median", Unit::Number, "Median"),
        of("vendors_p90", Unit::Number, "90th percentile"),
        of("vendors_max", Unit::Count, "Most"),
    ],
    chart: Some(Chart::Bars { label: "segment", value: "share" }),
    over: Over::Newest,
    by: &[],
    usually_by: "",
    of_vendors: true,
    text: include_str!("../../../queries/stats/pre-consent.sql"),
};

pub(super) const FIRST_CONTACT: Statistic = Statistic {
    name: "first-contact",
    title: "When vendors are contacted first, in ms since navigation start",
    definition: "Of each site the earliest contact with the vendor before any choice counts, over all its pages; the quantiles are over \
                 sites. The first row is about the earliest contact with any vendor in scope.",
    numerator: "Sites that contact the vendor before any choice, at a moment that is known: what the quantiles are over",
    denominator: "Sites of which it was seen what they do before a choice",
    sources: &[QUANTILES],
    columns: &[
        SEGMENT,
        VENDOR_OR_ALL,
        VENDOR_NAME,
        NUMERATOR,
        DENOMINATOR,
        of("p10_ms", Unit::Milliseconds, "10th percentile"),
        of("p25_ms", Unit::Milliseconds, "First quartile"),
        of("median_ms", Unit::Milliseconds, "Median"),
        of("p75_ms", Unit::Milliseconds, "Third quartile"),
        of("p90_ms", Unit::Milliseconds, "90th percentile"),
        of("p95_ms", Unit::Milliseconds, "95th percentile"),
    ],
    chart: Some(Chart::Bars { label: "vendor_name", value: "median_ms" }),
    over: Over::Newest,
    by: &["category"],
    usually_by: "",
    of_vendors: true,
    text: include_str!("../../../queries/stats/first-contact.sql"),
};

pub(super) const KEYSTROKES: Statistic = Statistic {
    name: "keystrokes",
    title: "What is heard of what visitors type: sites by the worst grade",
    definition: "Each site has the highest grade, K0 to K6, of any third party on any page that was typed into. Without a grade are sites \
                 of which nobody knows: there is no third party, or not all that was sent could be read. It is about every third party, \
                 whoever is in scope.",
    numerator: "Sites with that grade",
    denominator: "Sites on which something was typed",
    sources: &[WILSON],
    columns: &[
        SEGMENT,
        of("grade", Unit::Text, "K6 (the text while it is typed) to K0 (nothing); empty where nobody knows"),
        NUMERATOR,
        DENOMINATOR,
        SHARE,
        LOW,
        HIGH,
        of("or_worse", Unit::Count, "Sites with that grade or a higher one; NULL where nobody knows"),
        of("or_worse_share", Unit::Share, "or_worse / denominator"),
        of("or_worse_low", Unit::Share, "Lower end of its interval"),
        of("or_worse_high", Unit::Share, "Upper end of its interval"),
    ],
    chart: Some(Chart::Bars { label: "grade", value: "share" }),
    over: Over::Newest,
    by: &[],
    usually_by: "",
    of_vendors: false,
    text: include_str!("../../../queries/stats/keystrokes.sql"),
};

pub(super) const HEARING: Statistic = Statistic {
    name: "hearing",
    title: "Who is sent what visitors type, or a hash or checksum of it",
    definition: "A vendor hears on a site if it has grade K4, K5 or K6 there for any field. Each site counts under the highest grade that \
                 the vendor has on it. The first row is about all vendors in scope together.",
    numerator: "Sites on which the vendor is sent what was typed, or a hash or checksum of it (K4 to K6)",
    denominator: "Sites on which something was typed and the vendor was met, in whatever state of consent",
    sources: &[WILSON],
    columns: &[
        SEGMENT,
        VENDOR_OR_ALL,
        VENDOR_NAME,
        NUMERATOR,
        DENOMINATOR,
        SHARE,
        LOW,
        HIGH,
        of("k0", Unit::Count, "Sites on which it hears nothing"),
        of("k1", Unit::Count, "Sites on which it listens for keys"),
        of("k2", Unit::Count, "Sites on which it reads the value"),
        of("k3", Unit::Count, "Sites on which it is sent when and how long"),
        of("k4", Unit::Count, "Sites on which it is sent a hash or a checksum"),
        of("k5", Unit::Count, "Sites on which it is sent the text after the field was left"),
        of("k6", Unit::Count, "Sites on which it is sent the text while it is typed"),
        of("unknown", Unit::Count, "Sites on which nobody knows what it hears"),
    ],
    chart: Some(Chart::Bars { label: "vendor_name", value: "share" }),
    over: Over::Newest,
    by: &["category"],
    usually_by: "",
    of_vendors: true,
    text: include_str!("../../../queries/stats/hearing.sql"),
};
