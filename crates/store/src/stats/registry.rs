//! All statistics.

mod change;
mod company;
mod consent;
mod exposure;
mod look;

use super::{Source, Statistic};

/// All statistics, in the order in which they are listed.
pub const STATISTICS: &[&Statistic] = &[
    &exposure::PREVALENCE,
    &exposure::PRESENCE,
    &exposure::PRE_CONSENT,
    &exposure::FIRST_CONTACT,
    &exposure::KEYSTROKES,
    &exposure::HEARING,
    &consent::GATING,
    &consent::REJECTION,
    &consent::GPC,
    &consent::CONSENT_MODE,
    &consent::CMP,
    &change::TREND,
    &change::CHANGES,
    &change::TIME_TO_FIX,
    &company::TOGETHER,
    &company::LOADED_BY,
    &look::SECTORS,
    &look::PAGE_KINDS,
    &look::WORST_SITES,
    &look::COVERAGE,
];

const SITE_REACH: Source = Source {
    title: "Karaj, Macbeth, Berson, Pujol: WhoTracks.Me: Shedding light on the opaque world of online tracking (2018)",
    url: "https://arxiv.org/abs/1804.08959",
    follows: "Site reach: the share of sites on which a tracker is present. There sites are weighed by nothing either; but they are \
              those that people open, and here those of the portfolio, a few pages each. Reach itself, the share of page loads, \
              cannot be told without people.",
};
const AT_LEAST_ONE: Source = Source {
    title: "HTTP Archive: Web Almanac 2022, Privacy",
    url: "https://almanac.httparchive.org/en/2022/privacy",
    follows: "The share of websites with at least one third-party tracker. There home pages are counted, by a list of trackers; here a \
              few pages of each site, by the catalogue, and only what happens before any choice.",
};
const WILSON: Source = Source {
    title: "Wilson: Probable Inference, the Law of Succession, and Statistical Inference (1927)",
    url: "https://doi.org/10.1080/01621459.1927.10502953",
    follows: "The interval of a share at 95 %: z = 1.959964, without a correction for continuity. It takes the sites for a sample; of a \
              portfolio that was seen whole the share is exact.",
};
const QUANTILES: Source = Source {
    title: "Hyndman, Fan: Sample Quantiles in Statistical Packages (1996)",
    url: "https://doi.org/10.1080/00031305.1996.10473566",
    follows: "Definition 7, linear between the two nearest values; ClickHouse calls it quantileExactInclusive.",
};
