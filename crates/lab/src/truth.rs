//! What is true of a site, as its author wrote it: the measure of every scan of the lab.

mod states;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

pub use self::states::States;

/// Vendors that carry fonts and libraries and are no trackers: a page that contacts only these is clean.
pub const INFRASTRUCTURE: &[&str] = &["google-fonts", "jsdelivr", "cdnjs"];

/// How opening a page should end. The same names as in Earshot's reports.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expected {
    /// The page is shown.
    #[default]
    Loaded,
    /// The page is shown, but never comes to its end.
    Partial,
    /// A parking company's page.
    Parked,
    /// It leads to another registrable domain.
    OffSite,
    /// A wall: 403, or a challenge page.
    Blocked,
    /// An error page.
    HttpError,
    /// Earshot should not go there (private address, robots.txt).
    Refused,
    /// Nothing answers.
    Unreachable,
    /// The document never comes.
    TimedOut,
    /// The page kills its renderer, or any of several outcomes is right.
    Any,
}

/// By what a page is a wall.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wall {
    /// By its status alone.
    Status,
    /// It waits for proof of humanity.
    Challenge,
    /// A CAPTCHA stands in place of the page.
    Captcha,
}

/// Some texts for each vendor, by catalogue id (or registrable domain, where no vendor is known).
pub type ByVendor = BTreeMap<String, BTreeSet<String>>;

/// Third party to field to what it hears of it.
///
/// A field goes by its `name` or `id`; [`OTHER_FIELDS`] are those that the party has no word of their own for. What is
/// heard is a grade, or several with `|` between them of which one must be reported, and after it words that the
/// reported form or chain must hold, in any case: `K5`, `K4 sha256`, `K5|K6 gzip`. With `?` at the end it may be so or
/// not.
pub type Keystrokes = BTreeMap<String, BTreeMap<String, String>>;

/// The name of fields that have no other: of at least one of them that much is heard, and of none more.
pub const OTHER_FIELDS: &str = "*";

/// What is true of one page, opened once without any consent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageTruth {
    /// Address.
    pub url: String,
    /// Path, the key within its site.
    pub path: String,
    /// Kind of page: `home`, `contact`, `login`, `checkout`, `product`, `search`, `article`, `legal`, `other`.
    pub kind: String,
    /// How opening it should end.
    pub outcome: Expected,
    /// Vendors contacted, by catalogue id.
    pub vendors: BTreeSet<String>,
    /// Registrable domains contacted that belong to no vendor.
    pub unknown: BTreeSet<String>,
    /// Vendors whose recorder or tag sends at least one body within five seconds.
    pub uploads: BTreeSet<String>,
    /// Vendors whose first upload comes later: vendor to seconds after load.
    pub late_uploads: BTreeMap<String, u32>,
    /// Vendors reached under a name of the site's own, and by which means: `cname`, `proxy`, `server_side_tagging`.
    pub disguised: BTreeMap<String, String>,
    /// Cookies that vendors set on the site, by name.
    pub cookies: BTreeSet<String>,
    /// Keys that vendors write to local or session storage. A trailing `*` stands for any rest.
    pub storage: BTreeSet<String>,
    /// What else is stored, as `indexeddb:NAME` or `cache:NAME`.
    pub stored: BTreeSet<String>,
    /// For whom vendors work: all of a vendor's accounts, as `project:abc123`, or without the kind where vendors give
    /// none.
    pub accounts: ByVendor,
    /// How vendors came into the page: `tag_manager:GTM-LAB0042`, or `markup` where the name says nothing.
    pub install: BTreeMap<String, String>,
    /// Who brought them: each text is contained in one of those on the way.
    pub brought_by: ByVendor,
    /// Registrable domains of frames that vendors run in, the page's own not among them.
    pub frames: ByVendor,
    /// All that is fingerprinted, as `VENDOR TECHNIQUE`. With `?` at the end it may be so or not.
    pub fingerprints: BTreeSet<String>,
    /// All third parties that listen to typing or read fields. With `?` at the end it may be so or not.
    pub listening: BTreeSet<String>,
    /// What vendors listen to: each text is contained in what is reported.
    pub listens: ByVendor,
    /// Fields that vendors read: each text is contained in what is reported.
    pub reads: ByVendor,
    /// What vendors' own traffic says: vendor to key to values, each contained in what is reported.
    pub details: BTreeMap<String, ByVendor>,
    /// What third parties hear of what is typed, and of which field: all that hear more than that somebody types.
    pub keystrokes: Keystrokes,
    /// All whose bodies grow with what is typed and cannot be read. With `?` at the end it may be so or not.
    pub grows: BTreeSet<String>,
    /// By what a blocked page is a wall, where it matters.
    pub wall: Option<Wall>,
    /// What the outcome's detail holds, where it matters.
    pub detail: Option<String>,
    /// At which step nothing is answered: `dns`, `tls` or `connection`; for pages that cannot be reached.
    pub failure: Option<String>,
    /// What is true of it when it is opened several times; for pages that are there for it.
    pub states: Option<States>,
}

/// What is true of one site.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteTruth {
    /// The name that stands in a portfolio.
    pub domain: String,
    /// Where a crawl starts.
    pub start: String,
    /// What the site is there for.
    pub about: String,
    /// Whether it belongs to the demo portfolio.
    pub demo: bool,
    /// Whether it belongs to the portfolio of consent states.
    pub consent: bool,
    /// Whether it attacks its visitor.
    pub hostile: bool,
    /// Vendors whose code is not published: stand-ins set the same cookies and call the same endpoints.
    pub simulated: BTreeSet<String>,
    /// Its pages.
    pub pages: Vec<PageTruth>,
    /// What a verify says once the site has changed: by path and vendor.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub verdicts: BTreeMap<String, BTreeMap<String, String>>,
}

impl PageTruth {
    /// Whether the page is shown and nobody listens there.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        let tracker = |vendor: &String| !INFRASTRUCTURE.contains(&vendor.as_str());
        let nobody = self.unknown.is_empty() && self.disguised.is_empty() && !self.vendors.iter().any(tracker);
        self.outcome == Expected::Loaded && nobody
    }
}

impl SiteTruth {
    /// Every vendor contacted by any page, under whatever name.
    #[must_use]
    pub fn vendors(&self) -> BTreeSet<String> {
        self.pages.iter().flat_map(|page| page.vendors.iter().chain(page.disguised.keys())).cloned().collect()
    }

    /// The page with that path.
    #[must_use]
    pub fn page(&self, path: &str) -> Option<&PageTruth> {
        self.pages.iter().find(|page| page.path == path)
    }
}
