//! A vendor: one file of the catalogue.

use std::fmt;

use earshot_model::Exposure;
use serde::{Deserialize, Serialize};

use super::{AccountRule, HostRule, Signature, StoragePattern, UrlPattern, Wildcard};
use super::{account::AccountText, guide, signature::SignatureText};
use crate::DetectError;

/// Somebody who runs code on other people's pages.
#[derive(Clone, Debug, PartialEq)]
pub struct Vendor {
    /// Its id in kebab-case; the name of its file.
    pub id: String,
    /// What people call the product.
    pub name: String,
    /// Who runs it.
    pub company: String,
    /// What it is for.
    pub category: Category,
    /// How much its presence matters; never [`Exposure::Unknown`].
    pub exposure: Exposure,
    /// Where its code comes from and its data goes to. No two vendors have the same pattern.
    pub hosts: Vec<UrlPattern>,
    /// The addresses among them that carry what was recorded of the visitor.
    pub uploads: Vec<UrlPattern>,
    /// Names behind which a CNAME of the site's own domain means this vendor.
    pub cnames: Vec<HostRule>,
    /// By what its requests are recognised at a host that is not its own.
    pub signatures: Vec<Signature>,
    /// Where its requests name its customer.
    pub accounts: Vec<AccountRule>,
    /// Names of cookies that its script writes on the page's own domain. (A cookie on the vendor's domain is known by
    /// that domain.)
    pub cookies: Vec<Wildcard>,
    /// Keys that its script writes into the page's own storage, databases and caches included.
    pub storage: Vec<StoragePattern>,
    /// Names that its script defines on `window`.
    pub globals: Vec<String>,
    /// What it can hear.
    pub hears: Vec<Hears>,
    /// How long after its first contact a recorder usually uploads for the first time, in ms; `None` where it is not
    /// known or there is no recorder.
    pub first_upload_ms: Option<u32>,
    /// Its own switch for consent or masking, in one line.
    pub consent: String,
    /// The name or address of its documentation on that switch.
    pub docs: String,
    /// How sure the entry is.
    pub confidence: Confidence,
    /// Where the facts come from.
    pub sources: Vec<String>,
    /// Addresses that are its; at least one ([`crate::Catalogue::lint`]).
    pub examples: Vec<String>,
    /// Addresses that look like its, and are not; at least one.
    pub strangers: Vec<String>,
    /// The compliance guide, Markdown.
    pub guide: String,
}

/// What a vendor is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// Records what a visitor sees and does, to be played back.
    SessionReplay,
    /// Counts and follows visitors.
    Analytics,
    /// Ad pixels, retargeting, conversion.
    Advertising,
    /// Loads others.
    TagManager,
    /// Takes what a site knows of its visitors, to hand it on to others.
    DataPlatform,
    /// Talks with visitors.
    Chat,
    /// Mail, CRM, forms.
    Marketing,
    /// Errors and performance.
    ErrorMonitoring,
    /// Tests and personalises.
    Personalisation,
    /// Asks for consent and keeps the answer.
    Cmp,
    /// Tells people from bots by watching them.
    BotProtection,
    /// Serves fonts, styles, libraries.
    Infrastructure,
}

/// What a vendor's script can hear of a visitor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hears {
    /// Which pages are opened.
    PageViews,
    /// Clicks and taps.
    Clicks,
    /// Scrolling and pointer movement.
    Scroll,
    /// That, when, or what one types.
    Keystrokes,
    /// What stands in form fields.
    FormValues,
    /// What the page shows.
    PageContent,
    /// What is written to somebody.
    Messages,
    /// Who the visitor is: ids, hashed addresses.
    Identifiers,
}

/// How sure an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// Read in the vendor's own source or seen in several independent lists.
    Confirmed,
    /// General knowledge: confirm on a page that runs the vendor's code before a case rests on it.
    Unconfirmed,
}

/// The front matter as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FrontMatter {
    id: String,
    name: String,
    company: String,
    category: Category,
    exposure: Exposure,
    hosts: Vec<String>,
    #[serde(default)]
    uploads: Vec<String>,
    #[serde(default)]
    cnames: Vec<String>,
    #[serde(default)]
    signatures: Vec<SignatureText>,
    #[serde(default)]
    accounts: Vec<AccountText>,
    #[serde(default)]
    cookies: Vec<String>,
    #[serde(default)]
    storage: Vec<String>,
    #[serde(default)]
    globals: Vec<String>,
    #[serde(default)]
    hears: Vec<Hears>,
    first_upload_ms: Option<u32>,
    consent: String,
    docs: String,
    confidence: Confidence,
    sources: Vec<String>,
    examples: Vec<String>,
    strangers: Vec<String>,
}

impl Vendor {
    /// Reads one catalogue file.
    ///
    /// # Errors
    /// [`DetectError`] naming the file and the field.
    pub fn parse(file: &str, text: &str) -> Result<Self, DetectError> {
        let (front, guide) = split(text).ok_or_else(|| DetectError::FrontMatter { file: file.to_owned() })?;
        let front: FrontMatter =
            toml::from_str(front).map_err(|source| DetectError::Toml { file: file.to_owned(), source })?;
        let wrong = |field, problem: &str| DetectError::Field { file: file.to_owned(), field, problem: problem.into() };

        if Some(front.id.as_str()) != file.strip_suffix(".md") {
            return Err(wrong("id", &format!("'{}' is not the file's name", front.id)));
        }
        if !front.id.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-') {
            return Err(wrong("id", "not in kebab-case"));
        }
        if front.exposure == Exposure::Unknown {
            return Err(wrong("exposure", "a vendor in the catalogue is not unknown"));
        }
        if front.hosts.is_empty() {
            return Err(wrong("hosts", "empty: no request could ever be the vendor's"));
        }
        if front.sources.is_empty() {
            return Err(wrong("sources", "empty: where do the facts come from?"));
        }
        if let Some(missing) = missing_heading(guide) {
            return Err(wrong("guide", &format!("no '## {missing}', or not in its place")));
        }
        Ok(Self {
            hosts: parsed(&front.hosts, |text| UrlPattern::parse(text)).map_err(|problem| wrong("hosts", &problem))?,
            uploads: parsed(&front.uploads, |text| UrlPattern::parse(text))
                .map_err(|problem| wrong("uploads", &problem))?,
            cnames: parsed(&front.cnames, |text| cname(text)).map_err(|problem| wrong("cnames", &problem))?,
            signatures: parsed(&front.signatures, Signature::parse).map_err(|problem| wrong("signatures", &problem))?,
            accounts: parsed(&front.accounts, AccountRule::parse).map_err(|problem| wrong("accounts", &problem))?,
            cookies: parsed(&front.cookies, |text| Wildcard::parse(text))
                .map_err(|problem| wrong("cookies", &problem))?,
            storage: parsed(&front.storage, |text| StoragePattern::parse(text))
                .map_err(|problem| wrong("storage", &problem))?,
            id: front.id,
            name: front.name,
            company: front.company,
            category: front.category,
            exposure: front.exposure,
            globals: front.globals,
            hears: front.hears,
            first_upload_ms: front.first_upload_ms,
            consent: front.consent,
            docs: front.docs,
            confidence: front.confidence,
            sources: front.sources,
            examples: front.examples,
            strangers: front.strangers,
            guide: guide.trim().to_owned(),
        })
    }
}

/// Front matter and guide.
fn split(text: &str) -> Option<(&str, &str)> {
    text.strip_prefix("+++\n")?.split_once("\n+++\n")
}

fn parsed<S, T>(texts: &[S], parse: impl Fn(&S) -> Result<T, String>) -> Result<Vec<T>, String> {
    texts.iter().map(parse).collect()
}

fn cname(text: &str) -> Result<HostRule, String> {
    match HostRule::parse(text)? {
        HostRule::Any => Err("'*' would be behind every name".to_owned()),
        rule => Ok(rule),
    }
}

fn missing_heading(guide: &str) -> Option<&'static str> {
    let mut headings = guide::headings(guide);
    guide::SECTIONS.into_iter().find(|section| !headings.any(|heading| heading == *section))
}

impl Category {
    /// The name used in reports and in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SessionReplay => "session_replay",
            Self::Analytics => "analytics",
            Self::Advertising => "advertising",
            Self::TagManager => "tag_manager",
            Self::DataPlatform => "data_platform",
            Self::Chat => "chat",
            Self::Marketing => "marketing",
            Self::ErrorMonitoring => "error_monitoring",
            Self::Personalisation => "personalisation",
            Self::Cmp => "cmp",
            Self::BotProtection => "bot_protection",
            Self::Infrastructure => "infrastructure",
        }
    }
}

impl fmt::Display for Category {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
