//! Under which name we are asked, and by whose page.

use axum::http::{HeaderMap, HeaderName, header};
use url::Url;

/// Names of this machine. A page of the web whose name leads here (DNS rebinding) sends its own.
const OURS: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];
/// What browsers say of whose page asks (W3C, Fetch Metadata). Only where they trust the way: by https, or on this machine.
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Whether the name under which we are asked is one of this machine, or one of `hosts`.
pub(crate) fn is_ours(headers: &HeaderMap, hosts: &[String]) -> bool {
    let host = text(headers, &header::HOST).unwrap_or_default();
    let name = host.rsplit_once(':').filter(|(_, port)| !port.ends_with(']')).map_or(host, |(name, _)| name);
    let name = name.to_ascii_lowercase();
    OURS.contains(&name.as_str()) || hosts.contains(&name)
}

/// Whether it comes from a browser: each of them says of a POST where it comes from.
pub(crate) fn is_browser(headers: &HeaderMap) -> bool {
    headers.contains_key(SEC_FETCH_SITE) || headers.contains_key(header::ORIGIN)
}

/// Whether a page of ours sent it, as far as the browser says.
pub(crate) fn from_our_page(headers: &HeaderMap) -> bool {
    if let Some(site) = text(headers, &SEC_FETCH_SITE) {
        return site == "same-origin";
    }
    let origin = text(headers, &header::ORIGIN).and_then(|origin| Url::parse(origin).ok());
    let (Some(origin), Some(host)) = (origin, text(headers, &header::HOST)) else { return false };
    // The scheme is the reverse proxy's matter; the port that goes without saying goes with it.
    let asked = Url::parse(&format!("{}://{host}", origin.scheme())).ok();
    asked.is_some_and(|asked| asked.host().is_some() && asked.origin() == origin.origin())
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(all: &[(&'static str, &str)]) -> HeaderMap {
        all.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap())).collect()
    }

    #[test]
    fn names_are_known_with_and_without_a_port() {
        let hosts = ["earshot.example".to_owned()];
        for host in ["localhost", "LOCALHOST:8750", "127.0.0.1:8750", "[::1]", "[::1]:80", "earshot.example:443"] {
            assert!(is_ours(&headers(&[("host", host)]), &hosts), "{host}");
        }
        for host in ["", "evil.test", "localhost.evil.test", "127.0.0.1.evil.test:8750", "[::2]:80", "example"] {
            assert!(!is_ours(&headers(&[("host", host)]), &hosts), "{host}");
        }
    }

    #[test]
    fn only_our_own_pages_are_ours() {
        let host = ("host", "earshot.example");
        for (all, ours) in [
            (vec![host], false),
            (vec![host, ("sec-fetch-site", "same-origin"), ("origin", "null")], true),
            (vec![host, ("sec-fetch-site", "same-site"), ("origin", "https://earshot.example")], false),
            (vec![host, ("sec-fetch-site", "cross-site")], false),
            (vec![host, ("sec-fetch-site", "none")], false),
            (vec![host, ("origin", "https://earshot.example")], true),
            (vec![("host", "earshot.example:8750"), ("origin", "http://earshot.example:8750")], true),
            (vec![("host", "earshot.example:443"), ("origin", "https://earshot.example")], true),
            (vec![host, ("origin", "https://earshot.example.evil.test")], false),
            (vec![host, ("origin", "http://earshot.example:81")], false),
            (vec![host, ("origin", "null")], false),
            (vec![("origin", "https://earshot.example")], false),
        ] {
            assert_eq!(from_our_page(&headers(&all)), ours, "{all:?}");
        }
        assert!(!is_browser(&headers(&[host])) && is_browser(&headers(&[("origin", "null")])));
    }
}
