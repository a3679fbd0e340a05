//! By what one can tell that an answer is no page of the site: a CAPTCHA in its place, or a domain that nobody uses.
//! Each verdict needs two signs that do not depend on each other.

use crate::inventory::Look;

/// Where frames of CAPTCHAs come from: a host, or a host and the beginning of a path. By each one's own integration guide:
/// docs.hcaptcha.com, developers.google.com/recaptcha, developers.cloudflare.com/turnstile, docs.datadome.co,
/// docs.humansecurity.com, docs.friendlycaptcha.com, docs.arkoselabs.com, docs.geetest.com.
const CAPTCHA_FRAMES: &[&str] = &[
    "hcaptcha.com",
    "www.google.com/recaptcha/",
    "recaptcha.net/recaptcha/",
    "challenges.cloudflare.com",
    "captcha-delivery.com",
    "captcha.px-cdn.net",
    "captcha.px-cloud.net",
    "friendlycaptcha.com",
    "arkoselabs.com",
    "funcaptcha.com",
    "geetest.com",
];

/// Statuses that CAPTCHAs are answered with.
const CAPTCHA_STATUSES: &[u16] = &[200, 403, 405, 429, 503];

/// Hosts of parking companies that serve what stands on a parked domain. The companies: J. Zirngibl et al., "Domain
/// Parking: Largely Present, Rarely Considered!", TMA 2022 (<https://tma22-parking.github.io>); the cloudfront.net name
/// is ParkingCrew's.
const PARKING_HOSTS: &[&str] = &[
    "sedoparking.com",
    "parkingcrew.net",
    "d38psrni17bvxu.cloudfront.net",
    "bodis.com",
    "above.com",
    "parklogic.com",
    "skenzo.com",
];

/// Markets to which the address of a domain for sale leads.
const MARKETS: &[&str] = &[
    "sedo.com",
    "afternic.com",
    "dan.com",
    "hugedomains.com",
    "undeveloped.com",
    "buydomains.com",
    "domainmarket.com",
    "forsale.godaddy.com",
    "efty.com",
];

/// What titles of domains for sale say beside the domain's name (Sedo, Dan, HugeDomains, Afternic, GoDaddy).
const FOR_SALE: &[&str] = &[
    "this website is for sale",
    "this domain is for sale",
    "domain is for sale",
    "domain name for sale",
    "domain for sale",
    "is for sale",
    "is available for purchase",
    "is parked",
    "parked domain",
];

/// Characters of text up to which a page is nearly empty: a parked page has a name and a few links, a CAPTCHA a sentence
/// or two beside its frame.
const NEARLY_EMPTY: u32 = 400;

/// Characters of text up to which a page whose title offers its domain for sale has no other content: the offer itself,
/// with terms.
const ONLY_AN_OFFER: u32 = 3_000;

/// What there is beside a CAPTCHA: a link for help, a logo.
const FURNITURE: u32 = 3;

/// What is known of an answered document.
pub(crate) struct Signs<'a> {
    pub status: u16,
    /// The registrable domain that was asked for.
    pub asked: &'a str,
    /// The host of the document at the end.
    pub host: &'a str,
    pub title: &'a str,
    /// `None` if the page did not say.
    pub look: Option<Look>,
    /// Host and path of the documents that frames were given.
    pub frames: &'a [String],
    /// Host and path of scripts.
    pub scripts: &'a [String],
}

impl Signs<'_> {
    /// Whether the document consists of a CAPTCHA. A page that has one beside its content, a login say, is a page.
    pub(crate) fn is_captcha(&self) -> bool {
        let Some(look) = self.look else { return false };
        let alone =
            look.text_len <= NEARLY_EMPTY && look.fields == 0 && look.links <= FURNITURE && look.images <= FURNITURE;
        alone
            && CAPTCHA_STATUSES.contains(&self.status)
            && self.frames.iter().any(|frame| CAPTCHA_FRAMES.iter().any(|known| is_at(frame, known)))
    }

    /// By what one can tell that the domain is parked or for sale, if one can.
    pub(crate) fn parked(&self) -> Option<String> {
        // Who asks for a market or a parking company means it.
        if MARKETS.iter().chain(PARKING_HOSTS).any(|known| is_at(known, self.asked)) {
            return None;
        }
        let known = |names: &[&'static str], at: &str| names.iter().find(|known| is_at(at, known)).copied();
        if let Some(market) = known(MARKETS, self.host).or_else(|| known(PARKING_HOSTS, self.host)) {
            return Some(format!("leads to {market}"));
        }
        let look = self.look?;
        let theirs = self.frames.iter().chain(self.scripts).find_map(|at| known(PARKING_HOSTS, at));
        if let Some(host) = theirs.filter(|_| look.text_len <= NEARLY_EMPTY) {
            return Some(format!("nothing but {host}"));
        }
        let title = self.title.to_lowercase();
        let offer = FOR_SALE.iter().find(|phrase| title.contains(**phrase))?;
        let named = title.contains(self.asked) && look.text_len <= ONLY_AN_OFFER;
        named.then(|| format!("its title says '{} {offer}'", self.asked))
    }
}

/// Whether `at` (a host, with or without a path) is `known` (the same) or below it.
fn is_at(at: &str, known: &str) -> bool {
    let below = |rest: &str| rest.is_empty() || rest.starts_with('/') || known.ends_with('/');
    at.match_indices(known).any(|(start, _)| {
        let host_begins = start == 0 || (at[..start].ends_with('.') && !at[..start].contains('/'));
        host_begins && below(&at[start + known.len()..])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMPTY: Look = Look { text_len: 40, fields: 0, links: 1, images: 0 };

    fn signs<'a>(title: &'a str, look: Look, frames: &'a [String], scripts: &'a [String]) -> Signs<'a> {
        Signs { status: 200, asked: "shop.test", host: "www.shop.test", title, look: Some(look), frames, scripts }
    }

    fn at(places: &[&str]) -> Vec<String> {
        places.iter().map(|place| (*place).to_owned()).collect()
    }

    #[test]
    fn places_are_whole_labels() {
        assert!(is_at("newassets.hcaptcha.com/captcha/v1", "hcaptcha.com"));
        assert!(is_at("www.google.com/recaptcha/api2/anchor", "www.google.com/recaptcha/"));
        for (at, known) in [
            ("nothcaptcha.com/x", "hcaptcha.com"),
            ("hcaptcha.com.evil.test/", "hcaptcha.com"),
            ("www.google.com/maps/embed", "www.google.com/recaptcha/"),
            ("shop.test/x.hcaptcha.com", "hcaptcha.com"),
        ] {
            assert!(!is_at(at, known), "{at} {known}");
        }
    }

    #[test]
    fn a_captcha_is_a_wall_only_where_there_is_nothing_else() {
        let frames = at(&["newassets.hcaptcha.com/captcha/v1/x/static/hcaptcha.html"]);
        assert!(signs("", EMPTY, &frames, &[]).is_captcha());
        for look in [
            Look { text_len: 2_000, ..EMPTY },
            Look { fields: 2, ..EMPTY },
            Look { links: 12, ..EMPTY },
            Look { images: 9, ..EMPTY },
        ] {
            assert!(!signs("", look, &frames, &[]).is_captcha(), "{look:?}");
        }
        assert!(!signs("", EMPTY, &at(&["www.google.com/maps/embed"]), &[]).is_captcha());
        assert!(!Signs { look: None, ..signs("", EMPTY, &frames, &[]) }.is_captcha());
        assert!(!Signs { status: 404, ..signs("", EMPTY, &frames, &[]) }.is_captcha());
    }

    #[test]
    fn a_parked_domain_shows_two_signs() {
        let scripts = at(&["d38psrni17bvxu.cloudfront.net/scripts/js3.js"]);
        let parked = signs("shop.test", EMPTY, &[], &scripts).parked();
        assert_eq!(parked.as_deref(), Some("nothing but d38psrni17bvxu.cloudfront.net"));
        let content = Look { text_len: 5_000, ..EMPTY };
        assert_eq!(signs("Shop", content, &[], &scripts).parked(), None);
        assert_eq!(signs("Shop", EMPTY, &[], &[]).parked(), None);
    }

    #[test]
    fn a_domain_for_sale_says_so_of_itself() {
        let sale = signs("shop.test - This website is for sale!", EMPTY, &[], &[]).parked();
        assert_eq!(sale.as_deref(), Some("its title says 'shop.test this website is for sale'"));
        assert_eq!(signs("Domain for sale: how we sold ours", EMPTY, &[], &[]).parked(), None);
        let article = Look { text_len: 9_000, ..EMPTY };
        assert_eq!(signs("Why shop.test is for sale", article, &[], &[]).parked(), None);
    }

    #[test]
    fn who_asks_for_a_market_means_it() {
        let landed = |asked, host| Signs { asked, host, ..signs("", EMPTY, &[], &[]) }.parked();
        assert_eq!(landed("shop.test", "www.hugedomains.com").as_deref(), Some("leads to hugedomains.com"));
        assert_eq!(landed("hugedomains.com", "www.hugedomains.com"), None);
        assert_eq!(landed("godaddy.com", "forsale.godaddy.com").as_deref(), None);
    }
}
