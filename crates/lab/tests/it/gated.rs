//! A page that holds the snippet of a compliance guide, and what the lab says of it.

use earshot_detect::{Catalogue, Vendor};
use earshot_lab::{Lab, Received, Sdk, Web};
use url::Url;

use crate::browser::site_of;

/// What a reader fills in; a number where nothing else stands here.
const FILLED_IN: &[(&str, &str)] = &[
    ("YOUR_DSN", "https://0123456789abcdef0123456789abcdef@o1.ingest.sentry.io/1"),
    ("YOUR_REGION", "us5"),
    ("YOUR_SITE", "us5.datadoghq.com"),
    ("YOUR_BEACON", "bam.eu01.nr-data.net"),
    ("YOUR_APPMEASUREMENT_URL", "https://assets.adobedtm.com/extensions/appmeasurement/lab.js"),
];
const NUMBER: &str = "1000001";
/// Vendors that only load others: that their script is fetched is all that can be seen of them.
const LOADERS: &[&str] = &["google-tag-manager", "adobe-launch"];
/// Vendors that the lab has not, whose script comes from a host that the catalogue gives to nobody.
const ELSEWHERE: &[(&str, &str)] = &[("adobe-web-sdk", "cdn1.adoberesources.net")];
/// Those that keep what they have for longer (30 s), and send it when the page is left.
const AT_LEAVING: &[&str] = &["datadog-rum"];

/// A vendor and the site that holds its snippet.
pub struct Gated<'a> {
    pub vendor: &'a Vendor,
    pub host: String,
    pub html: String,
    /// Whether the lab has its hosts; else they are only knocked at.
    pub is_served: bool,
}

impl<'a> Gated<'a> {
    pub fn new(vendor: &'a Vendor, web: &Web) -> Option<Self> {
        let snippet = vendor.guide_snippet().filter(|_| vendor.is_complete())?;
        let html = format!(
            "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>{}</title>\n\
             <link rel=\"icon\" href=\"data:,\">\n<h1>Welcome</h1>\n<form><input name=\"name\"></form>\n\
             <script>\n{}</script>\n</html>\n",
            vendor.name,
            filled_in(&snippet)
        );
        let is_served = is_served(&html, web);
        Some(Self { vendor, host: format!("guide-{}.test", vendor.id), html, is_served })
    }

    /// Whether it says nothing for long, and all when the page is left.
    pub fn sends_at_leaving(&self) -> bool {
        AT_LEAVING.contains(&self.vendor.id.as_str())
    }

    /// What third parties received from its page.
    pub fn sent<'r>(&'r self, received: &'r [Received]) -> impl Iterator<Item = &'r Received> {
        received.iter().filter(|one| site_of(one).as_deref() == Some(&self.host))
    }

    /// Whether the vendor was reached: by more than the request for its script, where the lab has it.
    pub fn is_reached(&self, lab: &Lab, catalogue: &Catalogue) -> bool {
        let is_its = |url: String| {
            let owner = Url::parse(&url).ok().and_then(|url| catalogue.owner(&url));
            owner.is_some_and(|owner| owner.id == self.vendor.id)
        };
        let says = |one: &Received| {
            let is_script = one.headers.get("sec-fetch-dest").is_some_and(|kind| kind == "script");
            let is_first = is_script && self.html.contains(&one.host) && !LOADERS.contains(&self.vendor.id.as_str());
            !is_first && is_its(address(one))
        };
        match self.is_served {
            true => self.sent(&lab.received()).any(says),
            false => {
                lab.refused_hosts().keys().filter_map(|host| host.split(':').next()).any(|host| {
                    ELSEWHERE.contains(&(self.vendor.id.as_str(), host)) || is_its(format!("https://{host}/"))
                })
            }
        }
    }
}

/// The whole address of a request.
pub fn address(one: &Received) -> String {
    format!("{}://{}{}?{}", one.scheme, one.host, one.path, one.query)
}

/// Whether the lab knows the vendor: by its real SDK, a stand-in, or something else at its hosts.
pub fn is_known(vendor: &Vendor, web: &Web) -> bool {
    let own = vendor.examples.iter().filter_map(|example| Some(Url::parse(example).ok()?.host_str()?.to_owned()));
    let held = web.vendors().held().any(|held| held.vendor.as_ref() == Some(&vendor.id));
    web.vendors().get(&vendor.id).is_some() || held || own.into_iter().any(|host| Sdk::has_host(&host))
}

/// Whether the lab has a host that the page names.
fn is_served(html: &str, web: &Web) -> bool {
    let hosts = html.split("https://").skip(1).filter_map(|rest| rest.split(['/', '"', '`']).next());
    hosts.into_iter().any(|host| Sdk::has_host(host) || web.vendors().has_host(host))
}

/// The snippet with the lab's ids in the places of the reader's.
pub fn filled_in(snippet: &str) -> String {
    let (mut rest, mut all) = (snippet, String::new());
    while let Some(at) = rest.find("YOUR_") {
        let len = rest[at..].find(|c: char| !c.is_ascii_uppercase() && c != '_').unwrap_or(rest.len() - at);
        let name = &rest[at..at + len];
        let value = FILLED_IN.iter().find(|(known, _)| *known == name).map_or(NUMBER, |(_, value)| value);
        all.push_str(&rest[..at]);
        all.push_str(value);
        rest = &rest[at + len..];
    }
    all + rest
}
