//! Whose is an address?

use earshot_model::{Site, Visit};
use url::Url;

use crate::{Catalogue, HostRule, Vendor};

/// Whose an address is, seen from a page.
#[derive(Clone, Debug, PartialEq)]
pub enum Party<'c> {
    /// The page's own site.
    FirstParty,
    /// A vendor of the catalogue.
    Vendor(&'c Vendor),
    /// A third party that the catalogue does not know.
    Unknown(Site),
}

/// The sites that are a visit's first party: the one that was asked for and the one where redirects led to.
///
/// Both, because `shop.example` that moved to `shop.test` is one operator who answers with a redirect, not a third
/// party that hears of a visit.
#[derive(Clone, Debug)]
pub struct FirstParty(Vec<Site>);

impl FirstParty {
    /// The first party of a visit.
    #[must_use]
    pub fn of(visit: &Visit) -> Self {
        let landed = visit.final_url.as_ref().map(earshot_model::PageUrl::site);
        Self(std::iter::once(visit.task.site()).chain(landed).collect())
    }

    /// The first party of a page that was reached without a redirect.
    #[must_use]
    pub fn site(site: Site) -> Self {
        Self(vec![site])
    }

    /// Whether the site belongs to it.
    #[must_use]
    pub fn owns(&self, site: &Site) -> bool {
        self.0.contains(site)
    }

    /// Whether a vendor's own site is visited: there it is the party that the visitor came to.
    #[must_use]
    pub fn is_home_of(&self, vendor: &Vendor) -> bool {
        vendor.hosts.iter().any(|pattern| match &pattern.host {
            HostRule::Exact(host) | HostRule::Below(host) => {
                Site::of_host_or_itself(host).is_some_and(|site| self.owns(&site))
            }
            HostRule::Any => false,
        })
    }
}

/// Whose `url` is; `None` for one that leaves nobody's computer (`data:`, `blob:`, `about:`, no host).
///
/// The page's own site is asked before the catalogue, without exception: on posthog.com, PostHog is the party that
/// the visitor came to, and on a page of yandex.ru `mc.yandex.ru` is no third party. A vendor's other registrable
/// domains (facebook.net on facebook.com) stay the vendor's.
///
/// So a tracker under the page's own domain (a CNAME, a reverse proxy, a self-hosted Matomo) is first party here:
/// telling it from the site's own traffic takes more than an address, namely the rest of the visit
/// ([`crate::judge()`]).
#[must_use]
pub fn attribute<'c>(url: &str, first: &FirstParty, catalogue: &'c Catalogue) -> Option<Party<'c>> {
    let url = Url::parse(url).ok()?;
    if !matches!(url.scheme(), "http" | "https" | "ws" | "wss") {
        return None;
    }
    let site = Site::of_host_or_itself(url.host_str()?)?;
    if first.owns(&site) {
        return Some(Party::FirstParty);
    }
    Some(catalogue.owner(&url).map_or(Party::Unknown(site), Party::Vendor))
}

impl Party<'_> {
    /// What it is called in findings and notes: the vendor's id, an unknown party's site; the first party has none.
    #[must_use]
    pub fn key(&self) -> Option<&str> {
        match self {
            Self::FirstParty => None,
            Self::Vendor(vendor) => Some(&vendor.id),
            Self::Unknown(site) => Some(site.as_str()),
        }
    }
}
