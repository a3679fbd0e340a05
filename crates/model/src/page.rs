//! A page: a normalised http(s) address, and what kind of page it looks like.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use thiserror::Error;
use url::Url;

use crate::Site;

/// A normalised `http` or `https` address without fragment or credentials, at most [`PageUrl::MAX_BYTES`] long.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PageUrl(Url);

/// Why a text is no page address.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum PageUrlError {
    /// The text does not parse as a URL.
    #[error("not a URL: {0}")]
    Syntax(#[from] url::ParseError),
    /// A scheme that no browser opens as a page here.
    #[error("'{0}:' is not http or https")]
    Scheme(String),
    /// No host, or one that cannot be a site.
    #[error("no usable host: {0}")]
    Host(#[from] crate::SiteError),
    /// Longer than [`PageUrl::MAX_BYTES`].
    #[error("longer than {} bytes", PageUrl::MAX_BYTES)]
    TooLong,
}

impl PageUrl {
    /// Longest address taken. Servers and proxies commonly stop at 8 KiB; a longer one is a trap, not a page.
    pub const MAX_BYTES: usize = 8 * 1024;

    /// Parses and normalises: fragment and credentials are dropped, a trailing dot of the host too.
    ///
    /// # Errors
    /// See [`PageUrlError`].
    pub fn parse(text: &str) -> Result<Self, PageUrlError> {
        if text.len() > Self::MAX_BYTES {
            return Err(PageUrlError::TooLong);
        }
        let mut url = Url::parse(text.trim())?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(PageUrlError::Scheme(url.scheme().to_owned()));
        }
        url.set_fragment(None);
        // These two fail only for URLs that cannot have them, which http and https can.
        let _ = url.set_username("");
        let _ = url.set_password(None);
        let host = url.host_str().unwrap_or_default().to_owned();
        Site::of_host(&host)?;
        if let Some(bare) = host.strip_suffix('.') {
            url.set_host(Some(bare))?;
        }
        Ok(Self(url))
    }

    /// The address as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The parsed form.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.0
    }

    /// The host, ASCII and lower case; an IPv6 literal in its brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    /// The registrable domain that this page belongs to.
    #[must_use]
    pub fn site(&self) -> Site {
        Site::of_host_or_itself(self.host()).expect("parse() refuses an empty host")
    }
}

impl fmt::Display for PageUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for PageUrl {
    type Err = PageUrlError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl TryFrom<String> for PageUrl {
    type Error = PageUrlError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<PageUrl> for String {
    fn from(page: PageUrl) -> Self {
        page.0.into()
    }
}

/// What a page is for, guessed from its address: a portfolio is better served by one page of each kind than by a
/// hundred of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PageKind {
    /// The entry page.
    Home,
    /// Contact forms and "write to us".
    Contact,
    /// Sign-in and registration.
    Login,
    /// Cart and payment.
    Checkout,
    /// One thing that is sold.
    Product,
    /// Search results.
    Search,
    /// News, blog posts, articles.
    Article,
    /// Forms and pages about a visitor's health: appointments, symptoms, prescriptions.
    Health,
    /// Privacy policy, terms, imprint.
    Legal,
    /// None of the above.
    Other,
}

/// Words in a path segment that tell its kind, in the order in which they are tried. Several languages, because
/// portfolios have several. A site's own naming is the only source there is; a wrong guess costs variety, not truth.
const KIND_WORDS: &[(PageKind, &[&str])] = &[
    (PageKind::Checkout, &["checkout", "cart", "basket", "kasse", "warenkorb", "panier", "payment", "carrito"]),
    (
        PageKind::Login,
        &["login", "signin", "sign-in", "log-in", "register", "signup", "sign-up", "account", "anmelden", "connexion"],
    ),
    (
        PageKind::Health,
        &[
            "appointment",
            "appointments",
            "patient",
            "patients",
            "intake",
            "symptoms",
            "symptom",
            "prescription",
            "termin",
        ],
    ),
    (PageKind::Contact, &["contact", "kontakt", "support", "help", "quote", "demo", "contacto"]),
    (PageKind::Legal, &["privacy", "terms", "imprint", "impressum", "legal", "cookies", "datenschutz"]),
    (PageKind::Search, &["search", "suche", "recherche"]),
    (PageKind::Product, &["product", "products", "item", "shop", "p", "dp", "store", "produkt", "service", "services"]),
    (PageKind::Article, &["blog", "news", "article", "articles", "post", "posts", "magazine"]),
];

impl PageKind {
    /// Guesses from the path's segments (and `s=`/`q=` of a search); the root path is [`PageKind::Home`].
    #[must_use]
    pub fn guess(page: &PageUrl) -> Self {
        let url = page.url();
        let path = url.path().to_ascii_lowercase();
        if path.trim_matches('/').is_empty() {
            let searches = url.query_pairs().any(|(key, _)| key == "s" || key == "q");
            return if searches { Self::Search } else { Self::Home };
        }
        let segments = || path.split('/').map(|segment| segment.split('.').next().unwrap_or(segment));
        let holds = |words: &[&str]| segments().any(|segment| words.iter().any(|word| names(segment, word)));
        KIND_WORDS.iter().find(|(_, words)| holds(words)).map_or(Self::Other, |(kind, _)| *kind)
    }

    /// The name used in reports and in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Home => "home",
            Self::Contact => "contact",
            Self::Login => "login",
            Self::Checkout => "checkout",
            Self::Product => "product",
            Self::Search => "search",
            Self::Article => "article",
            Self::Health => "health",
            Self::Legal => "legal",
            Self::Other => "other",
        }
    }
}

/// `contact-us` and `contact_form` name `contact`; `contactless` does not.
fn names(segment: &str, word: &str) -> bool {
    segment.strip_prefix(word).is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '_', '+']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_normalised() {
        for (given, kept) in [
            ("HTTPS://User:pw@Shop.TEST:443/a/../b?x=1#top", "https://shop.test/b?x=1"),
            ("http://shop.test.", "http://shop.test/"),
            ("https://bücher.example/", "https://xn--bcher-kva.example/"),
            ("https://[::1]:8443/", "https://[::1]:8443/"),
        ] {
            assert_eq!(PageUrl::parse(given).unwrap().as_str(), kept);
        }
    }

    #[test]
    fn what_is_no_page_is_refused_by_name() {
        assert_eq!(PageUrl::parse("ftp://shop.test/"), Err(PageUrlError::Scheme("ftp".into())));
        assert!(matches!(PageUrl::parse("https://"), Err(PageUrlError::Syntax(_))));
        assert!(matches!(PageUrl::parse("https://co.uk/"), Err(PageUrlError::Host(_))));
        assert_eq!(PageUrl::parse(&format!("https://a.test/{}", "x".repeat(9000))), Err(PageUrlError::TooLong));
    }

    #[test]
    fn kinds_come_from_whole_words() {
        for (path, kind) in [
            ("", PageKind::Home),
            ("?q=shoes", PageKind::Search),
            ("contact-us", PageKind::Contact),
            ("contactless", PageKind::Other),
            ("account/login.php", PageKind::Login),
            ("shop/cart/", PageKind::Checkout),
            ("products/7", PageKind::Product),
            ("blog/2026/x", PageKind::Article),
        ] {
            let page = PageUrl::parse(&format!("https://shop.test/{path}")).unwrap();
            assert_eq!(PageKind::guess(&page), kind, "{path}");
        }
    }
}
