//! What else a run tells: how much of each site was seen, who tells browsers apart, who listens to keys, whose account a
//! vendor works for, and how it came there.

use super::SiteExposure;
use schemars::JsonSchema;
use serde::Serialize;

/// How much of a site was seen. Pages that are planned and counted nowhere else are not visited yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SiteCoverage {
    /// The registrable domain.
    pub site: String,
    /// Pages that its crawl chose, or 1 if it could choose none: the denominator.
    pub planned: u64,
    /// Pages that were shown and watched.
    pub seen: u64,
    /// Of those, pages whose watching was cut short.
    pub partial: u64,
    /// Pages behind a wall: not seen, not clean.
    pub blocked: u64,
    /// Pages that did not work, by cause.
    pub failed: Failures,
    /// Pages that are no page of this site: parked, or leading elsewhere.
    pub absent: u64,
    /// Pages that were not gone to.
    pub refused: u64,
    /// Things within seen pages that could not be observed.
    pub gaps: u64,
    /// What it is exposed to, by what was seen.
    pub exposure: SiteExposure,
}

/// Pages that did not work, by cause.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Failures {
    /// The name leads nowhere.
    pub dns: u64,
    /// The certificate or the handshake is bad.
    pub tls: u64,
    /// Nobody answers at the address.
    pub connection: u64,
    /// Everything else: error pages, time-outs, crashes, downloads.
    pub other: u64,
}

/// A party whose scripts tell browsers apart, by published criteria, before any choice about consent.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Fingerprinter {
    /// Catalogue id, or the registrable domain of a stranger.
    pub vendor: String,
    /// What people call it.
    pub name: String,
    /// What it does.
    pub category: String,
    /// `content`, `tracker`, `unknown` or `none`.
    pub exposure: String,
    /// By which techniques: `canvas`, `webgl`, `audio`, `fonts`, `enumeration`.
    pub techniques: Vec<String>,
    /// Sites on which it does.
    pub sites: u64,
    /// That number over `totals.sites_seen`, from 0 to 1.
    pub pre_consent_share: f64,
    /// Pages on which it does.
    pub pages: u64,
}

/// A third party whose scripts listen to what a visitor types, or read form fields, before any choice about consent.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct KeyListener {
    /// Catalogue id, or the registrable domain of a stranger.
    pub vendor: String,
    /// What people call it.
    pub name: String,
    /// What it does.
    pub category: String,
    /// `content`, `tracker`, `unknown` or `none`.
    pub exposure: String,
    /// What its scripts listen to: `keydown document`.
    pub listens: Vec<String>,
    /// Form fields that its scripts read.
    pub reads: Vec<String>,
    /// Sites on which it does.
    pub sites: u64,
    /// That number over `totals.sites_seen`, from 0 to 1.
    pub pre_consent_share: f64,
    /// Pages on which it does.
    pub pages: u64,
}

/// A party that hears what is typed, or when and how long something is, before any choice about consent.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct KeystrokeHearer {
    /// Catalogue id, the registrable domain of a stranger, or of the site itself (category `first_party`).
    pub vendor: String,
    /// What people call it.
    pub name: String,
    /// What it does.
    pub category: String,
    /// `content`, `tracker`, `unknown` or `none`.
    pub exposure: String,
    /// `K3` to `K6`: the most that it hears anywhere. Less or empty, where it is told only because what it is sent grows
    /// with what is typed and cannot be read.
    pub grade: String,
    /// Whether what it is sent grows so on some page.
    pub grows: bool,
    /// Kinds of the fields that it hears so.
    pub kinds: Vec<String>,
    /// In which forms: `whole`, `sha256 of …`, `masked, …`.
    pub forms: Vec<String>,
    /// Sites on which it hears so much.
    pub sites: u64,
    /// Sites on which it hears anything that was sent, this much or less.
    pub sites_any: u64,
    /// `sites` over `totals.sites_typed`, from 0 to 1.
    pub share: f64,
    /// Pages on which it hears so much.
    pub pages: u64,
}

/// An account of a vendor, and where it works: one account on several sites ties them together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct AccountSites {
    /// The account by the vendor's own number: `project:abc123`.
    pub account: String,
    /// Registrable domains on which it works.
    pub sites: Vec<String>,
    /// Hosts on which it works, each without `www.`.
    pub hosts: Vec<String>,
    /// Pages on which it works.
    pub pages: u64,
}

/// A way into pages, and how often it was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RouteCount {
    /// `markup`, `inline`, `site_script`, `tag_manager`, `data_platform`, `plugin`, `platform` or `other_vendor`.
    pub route: String,
    /// Sites on which it was taken.
    pub sites: u64,
    /// Pages on which it was taken.
    pub pages: u64,
}

/// A script or tag container on the way to a vendor.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Bringer {
    /// Its address or id.
    pub by: String,
    /// Sites on which it brought the vendor.
    pub sites: u64,
    /// That number over the vendor's `sites`, from 0 to 1.
    pub share: f64,
    /// Pages on which it did.
    pub pages: u64,
}

impl SiteCoverage {
    /// Whether every page that was chosen was watched to the end.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.seen > 0 && self.seen >= self.planned && self.partial == 0
    }
}

impl Failures {
    /// All of them.
    #[must_use]
    pub fn total(self) -> u64 {
        self.dns + self.tls + self.connection + self.other
    }
}
