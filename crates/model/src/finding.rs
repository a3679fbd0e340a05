//! A finding: a judgement over the events of one visit, with the events that prove it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{FindingId, Grade, Heard, PageUrl, RunId, Site, VisitId};

/// A judgement over the events of one visit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Derived from (visit, rule, vendor).
    pub id: FindingId,
    /// The run.
    pub run: RunId,
    /// The visit that it was read from.
    pub visit: VisitId,
    /// The visited site.
    pub site: Site,
    /// The visited page.
    pub page: PageUrl,
    /// What is said.
    pub rule: Rule,
    /// Catalogue id of the third party, or its registrable domain if the catalogue does not know it.
    pub vendor: String,
    /// What people call the vendor.
    pub vendor_name: String,
    /// What it does: `session_replay`, `analytics`, `advertising`, … `unknown`.
    pub category: String,
    /// How much it matters for exposure.
    pub exposure: Exposure,
    /// When it was first seen: the first contact, or the first call of what the rule is about; ms since navigation
    /// start.
    pub first_contact_ms: f64,
    /// `seq` of the event that proves it.
    pub proof: u32,
    /// Address of the request, or of the script, that proves it.
    pub proof_url: String,
    /// How many requests went to the vendor.
    pub requests: u32,
    /// What it was sent.
    pub upload: Upload,
    /// What it stored: `cookie:_clck`, `local:amplitude_id`; sorted, each once.
    pub stored: Vec<String>,
    /// How much it hears of what is typed on this page; `None` where nothing was typed, so that nobody knows.
    pub grade: Option<Grade>,
    /// What it hears of each field; for [`Rule::Keystrokes`], else empty.
    pub heard: Vec<Heard>,
    /// How it came there, and what else it does.
    #[serde(flatten)]
    pub traits: Traits,
}

/// How a vendor came into a page, and what it does there besides being contacted. Empty where nothing was seen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Traits {
    /// Whose account it works for, by the vendor's own numbers: `project:abc123`, `measurement:G-AB12`; sorted.
    pub accounts: Vec<String>,
    /// How it came into the page, which is where to fix it; `None` where that was not seen.
    pub install: Option<Install>,
    /// Who brought it, from the page downwards: scripts and tag containers on the way to the proof. Empty if the page
    /// itself asked for it.
    pub brought_by: Vec<String>,
    /// Under which other name it hides, if it does.
    pub disguise: Option<Disguise>,
    /// Registrable domains of the frames that it ran in, the page itself not among them; sorted.
    pub frames: Vec<String>,
    /// What its scripts listen to: `keydown document`, `input input#mail`; sorted.
    pub listens: Vec<String>,
    /// Form fields that its scripts read; sorted.
    pub reads: Vec<String>,
    /// Techniques by which its scripts tell browsers apart: `canvas`, `webgl`, `audio`, `fonts`, `enumeration`; sorted.
    pub fingerprints: Vec<String>,
    /// What else the vendor's own traffic says of itself: `script_version`, `upload_host`, `events`, …
    pub details: BTreeMap<String, Vec<String>>,
}

/// How something came into a page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Install {
    /// Which way.
    pub route: InstallRoute,
    /// What exactly: a container's id, a plug-in's name, a script's address; may be empty.
    pub name: String,
}

/// A way into a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InstallRoute {
    /// A tag in the page's own HTML (`<script src>`, `<img>`, `<iframe>`).
    Markup,
    /// A snippet of script in the page's own HTML.
    Inline,
    /// A script that the site itself serves.
    SiteScript,
    /// A tag manager's container: Google Tag Manager, Tealium, Adobe Launch.
    TagManager,
    /// A customer data platform: Segment, RudderStack, mParticle.
    DataPlatform,
    /// A plug-in of the site's CMS or shop.
    Plugin,
    /// The platform that the site is built with: Shopify, Wix, Squarespace.
    Platform,
    /// A script of another vendor.
    OtherVendor,
}

/// A name that is not the vendor's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disguise {
    /// By which means.
    pub kind: DisguiseKind,
    /// The host that the page asks.
    pub host: String,
    /// For a CNAME, the names that it leads through; else empty.
    pub chain: Vec<String>,
    /// By what it was recognised: a path, a parameter, a name.
    pub sign: String,
}

/// How a vendor hides under another name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DisguiseKind {
    /// A CNAME of the site's own domain leads to the vendor.
    Cname,
    /// A host that is not the vendor's takes its requests: a reverse proxy, or the vendor's software on a server of
    /// somebody's own. From outside the two look alike.
    Proxy,
    /// A tagging server of the site's own takes them, and may pass them to anybody.
    ServerSideTagging,
}

/// What went to a vendor in request bodies and socket frames.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upload {
    /// How many requests or frames had a body.
    pub count: u32,
    /// Their bytes as sent.
    pub wire_bytes: u64,
    /// Their bytes after unpacking (gzip, zlib and what lies inside).
    pub decoded_bytes: u64,
}

/// What is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// The vendor was contacted before any choice about consent.
    PreConsentContact,
    /// A script told browsers apart by published criteria before any choice about consent.
    Fingerprinting,
    /// A third party's script listens to what a visitor types, or reads form fields, before any choice about consent.
    Listening,
    /// What a visitor types reaches the party, or when and how long it is typed, before any choice about consent.
    Keystrokes,
    /// The vendor was told something about the visit after the visitor had refused.
    DespiteReject,
    /// The vendor was contacted after the visitor had agreed: nothing is wrong with that. With [`Rule::PreConsentContact`]
    /// and [`Rule::DespiteReject`] of the same page's other visits it shows whether it waits for consent.
    AfterAccept,
    /// The vendor was told something about the visit although the browser says by Global Privacy Control that it opts
    /// out, and the vendor was not told that it must not use it.
    UnderGpc,
    /// The vendor was sent a ping that says that consent is denied, without an identifier ("cookieless ping").
    CookielessPing,
    /// The page's consent mode says denied, and the vendor was sent a full hit all the same.
    ConsentModeIgnored,
    /// Trackers run and nothing asked for a choice. The vendor is the site itself, the proof the first tracker's request.
    NoBanner,
    /// The first layer of the banner offers to agree and not to refuse. The vendor is the banner's platform, or the site
    /// itself; the proof is the banner.
    NoReject,
}

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exposure {
    /// A third party that a page needs to be shown (fonts, CDN): said, never counted as a tracker.
    None,
    /// A third party that nobody knows: shown as such.
    Unknown,
    /// A tracker.
    Tracker,
    /// A tracker that can take the content of what a visitor does: session replay, chat.
    Content,
}

impl Rule {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::PreConsentContact,
        Self::Fingerprinting,
        Self::Listening,
        Self::Keystrokes,
        Self::DespiteReject,
        Self::AfterAccept,
        Self::UnderGpc,
        Self::CookielessPing,
        Self::ConsentModeIgnored,
        Self::NoBanner,
        Self::NoReject,
    ];

    /// Whether nothing is wrong with it by itself: it is told so that visits can be compared.
    #[must_use]
    pub fn is_neutral(self) -> bool {
        self == Self::AfterAccept
    }

    /// The name used in ids, reports and the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PreConsentContact => "pre_consent_contact",
            Self::Fingerprinting => "fingerprinting",
            Self::Listening => "listening",
            Self::Keystrokes => "keystrokes",
            Self::DespiteReject => "despite_reject",
            Self::AfterAccept => "after_accept",
            Self::UnderGpc => "under_gpc",
            Self::CookielessPing => "cookieless_ping",
            Self::ConsentModeIgnored => "consent_mode_ignored",
            Self::NoBanner => "no_banner",
            Self::NoReject => "no_reject",
        }
    }
}

impl InstallRoute {
    /// The name used in reports and in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Markup => "markup",
            Self::Inline => "inline",
            Self::SiteScript => "site_script",
            Self::TagManager => "tag_manager",
            Self::DataPlatform => "data_platform",
            Self::Plugin => "plugin",
            Self::Platform => "platform",
            Self::OtherVendor => "other_vendor",
        }
    }
}

impl DisguiseKind {
    /// The name used in reports and in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cname => "cname",
            Self::Proxy => "proxy",
            Self::ServerSideTagging => "server_side_tagging",
        }
    }
}

impl Exposure {
    /// The name used in reports and in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Unknown => "unknown",
            Self::Tracker => "tracker",
            Self::Content => "content",
        }
    }

    /// Whether it counts as a tracker.
    #[must_use]
    pub fn is_tracker(self) -> bool {
        self >= Self::Tracker
    }
}
