//! Whose the hosts of a visit are. A page asks few hosts for most of what it asks for: each is looked up once.

use std::collections::HashMap;

use earshot_model::{Event, Fact, PageUrl, Site, Visit};
use url::Url;

use super::take::{host_named, script_of};

/// The hosts of one visit.
#[derive(Default)]
pub(super) struct Hosts<'v> {
    /// By the beginning of an address.
    origins: HashMap<&'v str, Origin>,
    /// By name.
    parties: HashMap<String, Party>,
}

struct Origin {
    /// Empty for an address without a host, such as `data:`.
    host: String,
    /// Registrable domain of it as a document; empty if it has none.
    site: String,
}

/// Whose a host is.
#[derive(Default)]
struct Party {
    /// Its registrable domain if that is not the visited site; else empty.
    third: String,
    /// `first`, `third`, or empty for what is no host.
    name: &'static str,
}

impl<'v> Hosts<'v> {
    pub(super) fn of(visit: &'v Visit) -> Self {
        let site = visit.task.site();
        // Where redirects led to: it is first party too.
        let landed = visit.final_url.as_ref().map(PageUrl::site);
        let mut hosts = Self::default();
        for event in &visit.events {
            for address in addresses(event) {
                hosts.origins.entry(origin(address)).or_insert_with_key(|origin| Origin::of(origin));
            }
        }
        let named = visit.events.iter().filter_map(|event| host_named(&event.fact));
        let met = hosts.origins.values().map(|origin| origin.host.as_str());
        let party = |host: &str| (host.to_owned(), Party::of(host, &site, landed.as_ref()));
        hosts.parties = named.chain(met).map(party).collect();
        hosts
    }

    /// The host of an address of the visit; empty if it has none.
    pub(super) fn host(&self, address: &str) -> &str {
        self.origins.get(origin(address)).map_or("", |origin| &origin.host)
    }

    /// The registrable domain of a document of the visit; empty if it has none.
    pub(super) fn site(&self, address: &str) -> &str {
        self.origins.get(origin(address)).map_or("", |origin| &origin.site)
    }

    /// The registrable domain of a host of the visit if it is not the visited one; else empty.
    pub(super) fn third_party(&self, host: &str) -> &str {
        self.parties.get(host).map_or("", |party| &party.third)
    }

    /// Whether a host of the visit is `first` or `third` party; empty for what is no host.
    pub(super) fn party(&self, host: &str) -> &'static str {
        self.parties.get(host).map_or("", |party| party.name)
    }
}

impl Origin {
    fn of(origin: &str) -> Self {
        let host = Url::parse(origin).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
        Self { host, site: Site::of_url(origin).map(|site| site.to_string()).unwrap_or_default() }
    }
}

impl Party {
    fn of(host: &str, visited: &Site, landed: Option<&Site>) -> Self {
        let Some(site) = Site::of_host_or_itself(host) else { return Self::default() };
        let first = site == *visited || Some(&site) == landed;
        let third = if site == *visited { String::new() } else { site.to_string() };
        Self { third, name: if first { "first" } else { "third" } }
    }
}

/// The addresses of an event of which the host, or the site, is written down.
fn addresses(event: &Event) -> impl Iterator<Item = &str> {
    let of_fact = match &event.fact {
        Fact::Request(request) => Some(request.url.as_str()),
        Fact::Storage(write) => Some(write.origin.as_str()),
        _ => None,
    };
    [Some(event.frame.as_str()), of_fact, Some(script_of(event.fact.stack()))].into_iter().flatten()
}

/// As much of an address as says its host: what comes behind the authority does not.
fn origin(address: &str) -> &str {
    let Some(authority) = address.find("://").map(|at| at + 3) else { return address };
    address[authority..].find(['/', '?', '#']).map_or(address, |length| &address[..authority + length])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_beginning_of_an_address_says_its_host() {
        for address in [
            "https://www.shop.test/a?b=https://other.test/#c",
            "https://shop.test?x",
            "https://user:word@shop.test:8443/",
            "https:\\\\shop.test\\a",
            "https://shop.test\\a/b",
            "HTTPS://SHOP.test",
            "https://[::1]:80/x",
            "wss://shop.test/socket",
            "blob:https://shop.test/6f1c",
            "data:text/html,https://shop.test/",
            "about:blank",
            "webpack://app/./src/index.js",
            "no address://at all",
            "",
        ] {
            let whole = Url::parse(address).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
            let known = Origin::of(origin(address));
            assert_eq!(known.host, whole, "{address}");
            assert_eq!(known.site, Site::of_url(address).map(|site| site.to_string()).unwrap_or_default(), "{address}");
        }
    }
}
