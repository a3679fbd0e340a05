//! Sites side by side, and how much of them was seen.

use super::{AT_LEAST_ONE, QUANTILES, Statistic, WILSON};
use crate::stats::{
    Chart, Over, Unit,
    column::{DENOMINATOR, HIGH, LOW, NUMERATOR, SEGMENT, SHARE, of},
};

pub(super) const SECTORS: Statistic = Statistic {
    name: "sectors",
    title: "Sectors side by side; --by country, sensitive or a tag for others",
    definition: "For each sector, as the portfolio says it: as pre-consent, beside the share of sites with those that hear content, and \
                 the share of sites where somebody is sent what visitors type.",
    numerator: "Sites that contact at least one of the vendors in scope before any choice",
    denominator: "Sites of which it was seen what they do before a choice",
    sources: &[AT_LEAST_ONE, WILSON, QUANTILES],
    columns: &[
        SEGMENT,
        of("sites", Unit::Count, "Sites, seen or not"),
        NUMERATOR,
        DENOMINATOR,
        SHARE,
        LOW,
        HIGH,
        of(
            "recording",
            Unit::Count,
            "Of the denominator: sites that contact one that hears content, whatever is in scope",
        ),
        of("recording_share", Unit::Share, "recording / denominator"),
        of("recording_low", Unit::Share, "Lower end of its interval"),
        of("recording_high", Unit::Share, "Upper end of its interval"),
        of(
            "hearing",
            Unit::Count,
            "Sites on which a third party is sent what was typed, or a hash or checksum of it (K4 to K6)",
        ),
        of("typed_in", Unit::Count, "Sites on which something was typed"),
        of("hearing_share", Unit::Share, "hearing / typed_in"),
        of("hearing_low", Unit::Share, "Lower end of its interval"),
        of("hearing_high", Unit::Share, "Upper end of its interval"),
        of(
            "vendors_median",
            Unit::Number,
            "Distinct vendors that a site of the denominator contacts before any choice: median",
        ),
        of("first_contact_median_ms", Unit::Milliseconds, "Earliest contact of a site with any of them: median"),
    ],
    chart: Some(Chart::Bars { label: "segment", value: "share" }),
    over: Over::Newest,
    by: &[],
    usually_by: "sector",
    of_vendors: true,
    text: include_str!("../../../queries/stats/sectors.sql"),
};

pub(super) const PAGE_KINDS: Statistic = Statistic {
    name: "page-kinds",
    title: "On which kinds of pages trackers are contacted before any choice",
    definition: "Kinds are told by the address: home, contact, login, checkout, ... A site counts for each kind of which a page was seen.",
    numerator: "Sites that contact at least one of the vendors in scope before any choice on a page of that kind",
    denominator: "Sites of which a page of that kind was seen",
    sources: &[AT_LEAST_ONE, WILSON],
    columns: &[
        SEGMENT,
        of("page_kind", Unit::Text, "What the page looks like"),
        NUMERATOR,
        DENOMINATOR,
        SHARE,
        LOW,
        HIGH,
    ],
    chart: Some(Chart::Bars { label: "page_kind", value: "share" }),
    over: Over::Newest,
    by: &[],
    usually_by: "",
    of_vendors: true,
    text: include_str!("../../../queries/stats/page-kinds.sql"),
};

pub(super) const WORST_SITES: Statistic = Statistic {
    name: "worst-sites",
    title: "Where to look first: the sites on which most is heard and most are contacted",
    definition: "Sites by their points, from 0 to 100, as docs/score.md has them; where they are equal, by the grade at which a third party \
                 is sent what visitors type, then by how many hear content, then by how many vendors in scope are contacted before any \
                 choice. Sites without any of it are left out. The report of a site may say five points more: what a site is about is \
                 guessed there from its name and pages, and counts here only where the portfolio says it.",
    numerator: "",
    denominator: "",
    sources: &[],
    columns: &[
        SEGMENT,
        of("site", Unit::Text, "Registrable domain"),
        of("owner", Unit::Text, "Whose it is, as the portfolio says"),
        of("sector", Unit::Text, "What they do, as the portfolio says"),
        of("night", Unit::Night, "Of which night its newest scan is"),
        of("points", Unit::Count, "The site's score, over the vendors in scope: docs/score.md says how it is made"),
        of("grade", Unit::Text, "K0 to K6: the most that any third party hears; empty where nobody knows"),
        of("recorders", Unit::Count, "Vendors in scope that hear content, contacted before any choice"),
        of("vendors", Unit::Count, "Vendors in scope contacted before any choice"),
        of(
            "despite_reject",
            Unit::Count,
            "Vendors in scope that are told something after a refusal; NULL if none was watched whole",
        ),
        of(
            "under_gpc",
            Unit::Count,
            "Vendors in scope that are told something under Global Privacy Control; NULL if that was not watched whole",
        ),
        of("first_contact_ms", Unit::Milliseconds, "Earliest contact with any of them before any choice"),
        of("run_id", Unit::Text, "The run of that scan"),
    ],
    chart: None,
    over: Over::Newest,
    by: &[],
    usually_by: "",
    of_vendors: true,
    text: include_str!("../../../queries/stats/worst-sites.sql"),
};

pub(super) const COVERAGE: Statistic = Statistic {
    name: "coverage",
    title: "How many sites were seen, and why the others were not",
    definition: "A site is seen if at least one page of it was; else it counts under how most visits ended, with the commonest reason. \
                 What was not seen is in no other statistic: it is never counted as clean.",
    numerator: "Sites that ended so",
    denominator: "All sites in scope",
    sources: &[WILSON],
    columns: &[
        SEGMENT,
        of("state", Unit::Text, "seen, blocked, failed, refused or absent"),
        of("why", Unit::Text, "The commonest outcome of visits and crawls that saw nothing; empty for seen"),
        NUMERATOR,
        DENOMINATOR,
        SHARE,
        LOW,
        HIGH,
        of("visits_planned", Unit::Count, "Visits that were planned on them"),
        of("visits_seen", Unit::Count, "Visits that saw their page"),
        of("visits_partial", Unit::Count, "Those of them that did not see all of it"),
    ],
    chart: Some(Chart::Bars { label: "state", value: "share" }),
    over: Over::Newest,
    by: &[],
    usually_by: "",
    of_vendors: false,
    text: include_str!("../../../queries/stats/coverage.sql"),
};
