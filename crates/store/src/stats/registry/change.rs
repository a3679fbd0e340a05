//! How it changes from night to night.

use super::{AT_LEAST_ONE, Source, Statistic, WILSON};
use crate::stats::{
    Chart, Over, Unit,
    column::{DENOMINATOR, HIGH, LOW, NUMERATOR, SEGMENT, SHARE, VENDOR, VENDOR_NAME, VENDOR_OR_ALL, of},
};

const SURVIVAL: Source = Source {
    title: "Kaplan, Meier: Nonparametric Estimation from Incomplete Observations (1958)",
    url: "https://doi.org/10.1080/01621459.1958.10501452",
    follows: "The median of times of which some have not ended: the first day by which the estimate has half of them fixed. Who is \
              open leaves the count on the night of the last contact.",
};

pub(super) const TREND: Statistic = Statistic {
    name: "trend",
    title: "Night by night: how many sites contact any tracker before any choice",
    definition: "As pre-consent, for each night by itself, newest first. A site that was scanned several times in a night counts once: \
                 by the newest scan through each region, and it contacts whom any of these saw.",
    numerator: "Sites that contact at least one of the vendors in scope before any choice",
    denominator: "Sites of which it was seen that night what they do before a choice",
    sources: &[AT_LEAST_ONE, WILSON],
    columns: &[
        SEGMENT,
        of("night", Unit::Night, "The night of the crawl, else the day (UTC) on which the run was started"),
        of("sites", Unit::Count, "Sites that were to be scanned"),
        of("seen", Unit::Count, "Those of which at least one page was seen"),
        NUMERATOR,
        DENOMINATOR,
        SHARE,
        LOW,
        HIGH,
        of(
            "recorders",
            Unit::Count,
            "Sites that contact one that hears content: session recorders, chats, ...; whatever is in scope",
        ),
        of("recorders_share", Unit::Share, "recorders / denominator"),
        of("recorders_low", Unit::Share, "Lower end of its interval"),
        of("recorders_high", Unit::Share, "Upper end of its interval"),
        of("vendors_mean", Unit::Number, "Distinct vendors that a site contacts before any choice: mean"),
    ],
    chart: Some(Chart::Line { label: "night", value: "share" }),
    over: Over::Nights,
    by: &[],
    usually_by: "",
    of_vendors: true,
    text: include_str!("../../../queries/stats/trend.sql"),
};

pub(super) const CHANGES: Statistic = Statistic {
    name: "changes",
    title: "Who is new on sites, and who is gone from them, within the last nights",
    definition: "The last nights (--days, 7) are compared with those before, each site through each region with itself. A vendor is new \
                 if it was contacted before any choice in the last nights only, and on a night before the site was looked at whole, on \
                 all kinds of pages that it is on now. It is gone if it was contacted before only, and in the last nights the site was \
                 looked at whole at least once, on all kinds of pages that it was on last. Whole: each planned visit saw its page to the \
                 end. What is neither is unclear. `earshot diff` compares page by page.",
    numerator: "",
    denominator: "Sites that were looked at both in the last nights and before",
    sources: &[],
    columns: &[
        SEGMENT,
        VENDOR,
        VENDOR_NAME,
        of("new", Unit::Count, "Sites on which it is new"),
        of("gone", Unit::Count, "Sites from which it is gone"),
        of(
            "unclear",
            Unit::Count,
            "Sites that were looked at before and now, and have it before or now only, but were not looked at well enough to say more",
        ),
        DENOMINATOR,
        of("new_on", Unit::List, "Some of the sites on which it is new"),
        of("gone_from", Unit::List, "Some of the sites from which it is gone"),
    ],
    chart: None,
    over: Over::Nights,
    by: &["category"],
    usually_by: "",
    of_vendors: true,
    text: include_str!("../../../queries/stats/changes.sql"),
};

pub(super) const TIME_TO_FIX: Statistic = Statistic {
    name: "time-to-fix",
    title: "How long vendors stay on sites before any choice, until they are gone",
    definition: "Each vendor on each site through each region begins on the first night on which it was contacted before any choice. It \
                 is fixed on the first night after its last contact on which the site was looked at whole (each planned visit saw its \
                 page to the end), on all kinds of pages that it was on last. Who came back was not fixed. Who is not fixed is open: it \
                 may be there still, or nobody looked well enough. What was there before the first night in scope counts from that night. The interval takes pairs \
                 for independent, which those of one site are not: it is too narrow rather than too wide.",
    numerator: "Vendors on sites (each pair once, through each region) that are fixed",
    denominator: "Vendors on sites (each pair once, through each region) that were contacted before any choice on any night",
    sources: &[SURVIVAL, WILSON],
    columns: &[
        SEGMENT,
        VENDOR_OR_ALL,
        VENDOR_NAME,
        NUMERATOR,
        DENOMINATOR,
        SHARE,
        LOW,
        HIGH,
        of("open", Unit::Count, "Those that are not fixed, or of which nobody knows"),
        of(
            "returned",
            Unit::Count,
            "Those that were there again after a night on which they would have been seen and were not",
        ),
        of("p25_days", Unit::Days, "Days until a quarter is fixed; NULL if it never was"),
        of("median_days", Unit::Days, "Days until half are fixed; NULL if they never were"),
    ],
    chart: Some(Chart::Bars { label: "vendor_name", value: "median_days" }),
    over: Over::Nights,
    by: &["category"],
    usually_by: "",
    of_vendors: true,
    text: include_str!("../../../queries/stats/time-to-fix.sql"),
};
