//! Who comes with whom.

use super::{Source, Statistic, WILSON};
use crate::stats::{
    Chart, Over, Unit,
    column::{DENOMINATOR, HIGH, LOW, NUMERATOR, SEGMENT, SHARE, VENDOR, VENDOR_NAME, of},
};

const LIFT: Source = Source {
    title: "Brin, Motwani, Ullman, Tsur: Dynamic Itemset Counting and Implication Rules for Market Basket Data (1997)",
    url: "https://doi.org/10.1145/253260.253325",
    follows: "Lift, called interest there.",
};

const CHAINS: Source = Source {
    title: "Ikram, Masood, Tyson, Kaafar, Loizon, Ensafi: The Chain of Implicit Trust (2019)",
    url: "https://arxiv.org/abs/1901.07699",
    follows: "Chains of who loads whom. There each resource hangs on the one that loaded it; here vendors do, by the initiators that \
              the browser tells.",
};

pub(super) const TOGETHER: Statistic = Statistic {
    name: "together",
    title: "Which vendors are on the same sites",
    definition: "Two vendors are together on a site if it contacts both before any choice, on whatever pages. A lift of 1 is what \
                 chance would do; Jaccard's index is the share of sites with both among those with either.",
    numerator: "Sites that contact both before any choice",
    denominator: "Sites of which it was seen what they do before a choice",
    sources: &[LIFT, WILSON],
    columns: &[
        SEGMENT,
        VENDOR,
        VENDOR_NAME,
        of("other_vendor", Unit::Text, "The other one"),
        of("other_name", Unit::Text, "What people call it"),
        NUMERATOR,
        DENOMINATOR,
        SHARE,
        LOW,
        HIGH,
        of("vendor_sites", Unit::Count, "Sites that contact the first before any choice"),
        of("other_sites", Unit::Count, "Sites that contact the other before any choice"),
        of("jaccard", Unit::Number, "numerator / (vendor_sites + other_sites - numerator), 0 to 1"),
        of("lift", Unit::Number, "How many times as many sites have both as if they did not know of each other"),
    ],
    chart: None,
    over: Over::Newest,
    by: &[],
    usually_by: "",
    of_vendors: true,
    text: include_str!("../../../queries/stats/together.sql"),
};

pub(super) const LOADED_BY: Statistic = Statistic {
    name: "loaded-by",
    title: "Who brings whom: the script or tag container next to each vendor",
    definition: "Of those on the way from the page to a vendor the one next to it counts: a script by its host, a tag container by its \
                 id. Following the rows from vendor to vendor gives the chains. Where several bring it to a site, it counts for each.",
    numerator: "Sites on which it brings the vendor before any choice",
    denominator: "Sites that contact the vendor before any choice",
    sources: &[CHAINS, WILSON],
    columns: &[
        SEGMENT,
        of("loaded_by", Unit::Text, "Who brings it; empty for the page itself, or where nobody saw it"),
        VENDOR,
        VENDOR_NAME,
        NUMERATOR,
        DENOMINATOR,
        SHARE,
        LOW,
        HIGH,
    ],
    chart: Some(Chart::Bars { label: "vendor_name", value: "numerator" }),
    over: Over::Newest,
    by: &[],
    usually_by: "",
    of_vendors: true,
    text: include_str!("../../../queries/stats/loaded-by.sql"),
};
