//! Sites that follow from a seed: as many as wanted, and their truth known by construction.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{Rng as _, SeedableRng as _};

use crate::site::{Pace, Resource, Site};
use crate::truth::{Expected, INFRASTRUCTURE, PageTruth, SiteTruth, Wall};
use crate::{Vendor, Vendors};

/// The one vendor among generated sites whose real SDK runs: the lightest recorder, and the fastest to upload.
const CLARITY: &str = "microsoft-clarity";
/// The project that all of them share.
const CLARITY_PROJECT: &str = "labgen0001";
/// Pages that a generated site may have beside its home page: path, kind, title.
const PAGES: &[(&str, &str, &str)] = &[
    ("/contact", "contact", "Contact us"),
    ("/login", "login", "Sign in"),
    ("/checkout", "checkout", "Checkout"),
    ("/products/lamp", "product", "A lamp"),
    ("/blog/first-post", "article", "Our first post"),
    ("/search", "search", "Search"),
    ("/privacy", "legal", "Privacy policy"),
];
/// Fewest and most pages of a site, the home page included.
const PAGE_COUNT: std::ops::RangeInclusive<usize> = 3..=8;
/// Most trackers on every page of one site.
const MAX_TRACKERS: usize = 6;
/// How long a slow site takes for a document, in ms.
const SLOW_MS: std::ops::Range<u64> = 600..2_500;

/// What a generated site is like.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Temper {
    Clean,
    Blocked,
    Slow,
    Tracked,
}

/// The first `count` sites of a seed. Site n does not depend on `count`.
pub(crate) fn sites(count: usize, seed: u64, vendors: &Vendors) -> Vec<Site> {
    (1..=count).map(|number| site(number, seed, vendors)).collect()
}

fn site(number: usize, seed: u64, vendors: &Vendors) -> Site {
    // A different stream for each site, so that a longer portfolio begins with the shorter one.
    let mut rng = StdRng::seed_from_u64(seed.wrapping_mul(1_000_003).wrapping_add(number as u64));
    let host = format!("gen-{number:05}.test");
    let temper = temper(&mut rng);
    let tags = tags(&mut rng, temper, vendors);
    let mut others: Vec<_> = PAGES.to_vec();
    others.sort_by_cached_key(|_| rng.random::<u32>());
    others.truncate(rng.random_range(PAGE_COUNT) - 1);
    let pages: Vec<_> = std::iter::once(("/", "home", "Welcome")).chain(others).collect();
    let mut site = Site {
        truth: SiteTruth {
            start: format!("https://{host}/"),
            domain: host.clone(),
            about: format!("generated site {number}"),
            demo: true,
            ..SiteTruth::default()
        },
        host,
        aliases: Vec::new(),
        https: true,
        http: false,
        third_party: false,
        address: None,
        cname: BTreeMap::new(),
        resources: HashMap::new(),
        after: HashMap::new(),
        proxies: Vec::new(),
        fault: None,
    };
    for page in &pages {
        // One page in five has a tag of its own, as landing pages do.
        let extra =
            (temper == Temper::Tracked && rng.random_bool(0.2)).then(|| one_tracker(&mut rng, vendors)).flatten();
        let tags: Vec<Tag<'_>> = tags.iter().copied().chain(extra).collect();
        add_page(&mut site, page, &pages, &tags, temper, &mut rng);
    }
    site.resources.insert("/robots.txt".to_owned(), robots(&site.host));
    site.resources.insert("/sitemap.xml".to_owned(), sitemap(&site.truth));
    site
}

fn temper(rng: &mut StdRng) -> Temper {
    match rng.random_range(0..100) {
        0..20 => Temper::Clean,
        20..26 => Temper::Blocked,
        26..31 => Temper::Slow,
        _ => Temper::Tracked,
    }
}

/// A tag on a page: Clarity's real loader, or a stand-in.
#[derive(Clone, Copy)]
enum Tag<'a> {
    Clarity,
    StandIn(&'a Vendor),
}

fn tags<'a>(rng: &mut StdRng, temper: Temper, vendors: &'a Vendors) -> Vec<Tag<'a>> {
    let mut tags = Vec::new();
    for id in INFRASTRUCTURE {
        if rng.random_bool(0.25) {
            tags.extend(vendors.get(id).map(Tag::StandIn));
        }
    }
    if matches!(temper, Temper::Tracked | Temper::Slow) {
        let trackers: Vec<_> = trackers(vendors).collect();
        let count = rng.random_range(1..=MAX_TRACKERS);
        tags.extend(trackers.choose_multiple(rng, count).map(|vendor| Tag::StandIn(vendor)));
        if rng.random_bool(0.15) {
            tags.push(Tag::Clarity);
        }
    }
    tags
}

fn trackers(vendors: &Vendors) -> impl Iterator<Item = &Vendor> {
    vendors.iter().filter(|vendor| !INFRASTRUCTURE.contains(&vendor.id.as_str()))
}

fn one_tracker<'a>(rng: &mut StdRng, vendors: &'a Vendors) -> Option<Tag<'a>> {
    trackers(vendors).collect::<Vec<_>>().choose(rng).map(|vendor| Tag::StandIn(vendor))
}

fn add_page(
    site: &mut Site,
    page: &(&str, &str, &str),
    pages: &[(&str, &str, &str)],
    tags: &[Tag<'_>],
    temper: Temper,
    rng: &mut StdRng,
) {
    let (path, kind, title) = *page;
    let blocked = temper == Temper::Blocked;
    let html = if blocked { wall() } else { html(&site.host, page, pages, tags) };
    let mut resource = Resource::of("page.html", Cow::Owned(html.into_bytes()));
    resource.status = if blocked { 403 } else { 200 };
    if temper == Temper::Slow {
        resource.pace = Pace::After(Duration::from_millis(rng.random_range(SLOW_MS)));
    }
    site.resources.insert(path.to_owned(), resource);
    let mut truth = PageTruth {
        url: format!("https://{}{path}", site.host),
        path: path.to_owned(),
        kind: kind.to_owned(),
        outcome: if blocked { Expected::Blocked } else { Expected::Loaded },
        wall: blocked.then_some(Wall::Status),
        ..PageTruth::default()
    };
    if !blocked {
        tags.iter().for_each(|tag| tag.add_to(&mut truth, &mut site.truth.simulated));
    }
    tracing::trace!(site = site.host, path, title, "generated");
    site.truth.pages.push(truth);
}

impl Tag<'_> {
    fn snippet(self) -> String {
        match self {
            Self::Clarity => {
                format!(r#"<script async src="https://www.clarity.ms/tag/{CLARITY_PROJECT}"></script>"#)
            }
            Self::StandIn(vendor) => vendor.snippet(),
        }
    }

    /// What a page's truth gains by this tag.
    fn add_to(self, truth: &mut PageTruth, simulated: &mut BTreeSet<String>) {
        let strings = |list: &[&str]| list.iter().map(|&item| item.to_owned()).collect::<Vec<_>>();
        match self {
            Self::Clarity => {
                let heard = fields(&truth.kind).iter().map(|(field, heard)| ((*field).to_owned(), (*heard).to_owned()));
                let heard: BTreeMap<String, String> = heard.collect();
                if !heard.is_empty() {
                    truth.keystrokes.insert(CLARITY.to_owned(), heard);
                }
                truth.vendors.insert(CLARITY.to_owned());
                truth.uploads.insert(CLARITY.to_owned());
                truth.cookies.extend(strings(&["_clck", "_clsk"]));
                truth.storage.extend(strings(&["_cltk"]));
                truth.listening.insert(CLARITY.to_owned());
                truth.install.insert(CLARITY.to_owned(), "markup".to_owned());
                truth.accounts.insert(CLARITY.to_owned(), [format!("project:{CLARITY_PROJECT}")].into());
            }
            Self::StandIn(vendor) => {
                truth.vendors.insert(vendor.id.clone());
                truth.vendors.extend(vendor.also.iter().cloned());
                truth.cookies.extend(vendor.cookies.iter().cloned());
                truth.storage.extend(vendor.local.iter().chain(&vendor.session).cloned());
                if vendor.uploads() {
                    truth.uploads.insert(vendor.id.clone());
                }
                // Where a tag is brought by another vendor's script, both ways of saying it would be right.
                if vendor.also.is_empty() {
                    truth.install.insert(vendor.id.clone(), "markup".to_owned());
                }
                simulated.insert(vendor.id.clone());
                simulated.extend(vendor.also.iter().cloned());
            }
        }
    }
}

fn html(host: &str, page: &(&str, &str, &str), pages: &[(&str, &str, &str)], tags: &[Tag<'_>]) -> String {
    let (_, kind, title) = *page;
    let mut html = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>{title} – {host}</title>\n"
    );
    html.push_str("<link rel=\"icon\" href=\"data:,\">\n");
    for tag in tags {
        let _ = writeln!(html, "{}", tag.snippet());
    }
    let _ = writeln!(html, "</head>\n<body style=\"font-family: Inter, sans-serif\">\n<h1>{title}</h1>\n<nav>");
    for (path, _, title) in pages {
        let _ = writeln!(html, "<a href=\"{path}\">{title}</a>");
    }
    let _ = writeln!(html, "</nav>\n{}\n</body>\n</html>", form(kind));
    html
}

fn form(kind: &str) -> &'static str {
    match kind {
        "contact" => "<form><input name=name><input name=email type=email><textarea name=message></textarea></form>",
        "login" => "<form><input name=email type=email><input name=password type=password></form>",
        "checkout" => "<form><input name=name><input name=address><input name=tel type=tel></form>",
        "search" => "<form><input name=q type=search></form>",
        _ => "<p>We make lamps, and we are glad that you are here.</p>",
    }
}

/// The fields of such a page, and what Clarity hears of each: a checksum of all but passwords.
fn fields(kind: &str) -> &'static [(&'static str, &'static str)] {
    const SUM: &str = "K4 checksum";
    match kind {
        "contact" => &[("name", SUM), ("email", SUM), ("message", SUM)],
        "login" => &[("email", SUM), ("password", "K3?")],
        "checkout" => &[("name", SUM), ("address", SUM), ("tel", SUM)],
        "search" => &[("q", SUM)],
        _ => &[],
    }
}

fn wall() -> String {
    "<!doctype html><title>Access denied</title><h1>403</h1><p>You do not have access to this page.</p>".to_owned()
}

fn robots(host: &str) -> Resource {
    let text = format!("User-agent: *\nAllow: /\nSitemap: https://{host}/sitemap.xml\n");
    Resource::of("robots.txt", Cow::Owned(text.into_bytes()))
}

fn sitemap(truth: &SiteTruth) -> Resource {
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    xml.push_str("<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n");
    for page in &truth.pages {
        let _ = writeln!(xml, "  <url><loc>{}</loc></url>", page.url);
    }
    xml.push_str("</urlset>\n");
    Resource::of("sitemap.xml", Cow::Owned(xml.into_bytes()))
}
