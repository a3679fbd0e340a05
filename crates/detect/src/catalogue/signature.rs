//! By what a vendor's requests are recognised at a host that is not its own.

use earshot_model::{DisguiseKind, Request};
use serde::Deserialize;
use url::Url;

use super::{Wildcard, pattern::segments};
use crate::content::Content;

/// Signs that all have to be there. One sign alone never does: `/collect` is anybody's.
#[derive(Clone, Debug, PartialEq)]
pub struct Signature {
    /// How the vendor hides if this is seen.
    pub kind: DisguiseKind,
    /// Whether it counts only at hosts of the page's own site, which pass on to the vendor. At anybody else's host the
    /// vendor's software, or another that speaks its language, may run for somebody else.
    pub own_site: bool,
    /// As written, for people.
    sign: String,
    path: Vec<Wildcard>,
    query: Vec<Pair>,
    header: Vec<Pair>,
    json: Vec<String>,
    text: Option<String>,
}

/// A name, and what its value looks like if that matters.
#[derive(Clone, Debug, PartialEq)]
struct Pair {
    name: String,
    value: Option<Wildcard>,
}

/// The signature as it is written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SignatureText {
    path: String,
    #[serde(default)]
    query: Vec<String>,
    #[serde(default)]
    header: Vec<String>,
    #[serde(default)]
    json: Vec<String>,
    text: Option<String>,
    #[serde(default)]
    kind: KindText,
    #[serde(default)]
    own_site: bool,
}

/// Which disguise a signature tells of: a CNAME is told by DNS.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum KindText {
    #[default]
    Proxy,
    ServerSideTagging,
}

impl Signature {
    pub(super) fn parse(text: &SignatureText) -> Result<Self, String> {
        let path: Vec<_> = segments(&text.path).map(Wildcard::segment).collect();
        if segments(&text.path).all(|segment| segment.bytes().all(|c| c == b'*')) {
            return Err(format!("path '{}' would match every address", text.path));
        }
        if text.path.contains(['?', '#', ' ']) {
            return Err(format!("path '{}' has a query", text.path));
        }
        if text.query.is_empty() && text.header.is_empty() && text.json.is_empty() && text.text.is_none() {
            return Err(format!("path '{}' alone is no sign: give query, header, json or text too", text.path));
        }
        if text.json.iter().any(String::is_empty) || text.text.as_deref().is_some_and(|text| text.trim().is_empty()) {
            return Err(format!("path '{}': an empty json key or text", text.path));
        }
        Ok(Self {
            kind: match text.kind {
                KindText::Proxy => DisguiseKind::Proxy,
                KindText::ServerSideTagging => DisguiseKind::ServerSideTagging,
            },
            own_site: text.own_site,
            sign: text.sign(),
            path,
            query: pairs(&text.query, str::to_owned)?,
            header: pairs(&text.header, str::to_ascii_lowercase)?,
            json: text.json.clone(),
            text: text.text.clone(),
        })
    }

    /// By what it recognises a vendor, for people: `path b/ss, AQB=1`.
    #[must_use]
    pub fn sign(&self) -> &str {
        &self.sign
    }

    /// How many signs it asks for.
    #[must_use]
    pub fn signs(&self) -> usize {
        self.path.len() + self.query.len() + self.header.len() + self.json.len() + usize::from(self.text.is_some())
    }

    /// Whether all signs are there. The body is asked for only if the others are.
    pub fn matches<'c>(&self, url: &Url, request: &Request, content: impl FnOnce() -> Option<&'c Content>) -> bool {
        let path: Vec<_> = segments(url.path()).collect();
        let in_path = path.windows(self.path.len()).any(|part| self.path.iter().zip(part).all(|(w, s)| w.matches(s)));
        in_path
            && self.query.iter().all(|wanted| url.query_pairs().any(|(name, value)| wanted.fits(&name, &value)))
            && self.header.iter().all(|wanted| {
                request.headers.iter().any(|header| wanted.fits(&header.name, header.value.as_deref().unwrap_or("")))
            })
            && (!self.asks_body(url) || content().is_some_and(|content| self.in_body(url, content)))
    }

    fn asks_body(&self, url: &Url) -> bool {
        !self.json.is_empty() || self.text.as_deref().is_some_and(|text| !in_query(url, text))
    }

    fn in_body(&self, url: &Url, content: &Content) -> bool {
        self.json.iter().all(|key| content.has(key))
            && self.text.as_deref().is_none_or(|text| in_query(url, text) || content.contains(text))
    }
}

fn in_query(url: &Url, text: &str) -> bool {
    url.query_pairs().any(|(_, value)| value.contains(text))
}

impl Pair {
    fn fits(&self, name: &str, value: &str) -> bool {
        self.name == name && self.value.as_ref().is_none_or(|wanted| wanted.matches(value))
    }
}

impl SignatureText {
    fn sign(&self) -> String {
        let mut signs = vec![format!("path {}", self.path.trim_matches('/'))];
        signs.extend(self.query.iter().cloned());
        signs.extend(self.header.iter().map(|header| format!("header {header}")));
        signs.extend(self.json.iter().map(|key| format!("key {key}")));
        signs.extend(self.text.iter().map(|text| format!("text {text}")));
        signs.join(", ")
    }
}

fn pairs(texts: &[String], name: impl Fn(&str) -> String) -> Result<Vec<Pair>, String> {
    let pair = |text: &String| {
        let (key, value) = text.split_once('=').map_or((text.as_str(), None), |(key, value)| (key, Some(value)));
        if key.is_empty() {
            return Err(format!("'{text}' has no name"));
        }
        Ok(Pair { name: name(key), value: value.map(Wildcard::parse).transpose()? })
    };
    texts.iter().map(pair).collect()
}

#[cfg(test)]
mod tests {
    use earshot_model::Header;

    use super::*;

    fn signature(text: &str) -> Result<Signature, String> {
        Signature::parse(&toml::from_str(text).map_err(|error: toml::de::Error| error.to_string())?)
    }

    #[test]
    fn all_signs_have_to_be_there() {
        let request =
            Request { headers: vec![Header::new("Accept", "application/x-clarity-gzip")], ..Request::default() };
        let content =
            Content::read(br#"{"api_key":"k","distinct_id":"d","schema":"iglu:com.acme/1"}"#, &mut { 1 << 20 });
        for (text, url, fits) in [
            ("path = 'b/ss'\nquery = ['AQB=1']", "https://shop.test/b/ss/suite/1?AQB=1&x", true),
            ("path = 'b/ss'\nquery = ['AQB=1']", "https://shop.test/in/b/ss/suite?AQB=1", true),
            ("path = 'b/ss'\nquery = ['AQB=1']", "https://shop.test/b/x/ss?AQB=1", false),
            ("path = 'b/ss'\nquery = ['AQB=1']", "https://shop.test/b/ss/suite?AQB=12", false),
            ("path = 'b/ss'\nquery = ['AQB']", "https://shop.test/b/ss/suite?AQB=12", true),
            ("path = 'gtm.js'\nquery = ['id=GTM-*']", "https://shop.test/x/gtm.js?id=GTM-AB", true),
            ("path = 'gtm.js'\nquery = ['id=GTM-*']", "https://shop.test/gtm.js?id=1", false),
            ("path = 'collect'\nheader = ['Accept=*clarity*']", "https://shop.test/c/collect", true),
            ("path = 'collect'\nheader = ['accept=text']", "https://shop.test/c/collect", false),
            ("path = 'e'\njson = ['api_key', 'distinct_id']", "https://shop.test/ingest/e/", true),
            ("path = 'e'\njson = ['api_key', 'other']", "https://shop.test/ingest/e/", false),
            ("path = 'tp2'\ntext = 'iglu:com.acme'", "https://shop.test/tp2", true),
            ("path = 'i'\ntext = 'iglu:org'", "https://shop.test/i?u=iglu:org", true),
            ("path = 'i'\ntext = 'iglu:org'", "https://shop.test/i?u=1", false),
        ] {
            let signature = signature(text).unwrap();
            assert_eq!(signature.matches(&Url::parse(url).unwrap(), &request, || Some(&content)), fits, "{text} {url}");
        }
    }

    #[test]
    fn one_sign_is_none() {
        for text in [
            "path = 'b/ss'",
            "path = '*'\nquery = ['a']",
            "path = ''\nquery = ['a']",
            "path = 'a?b'\nquery = ['a']",
            "path = 'a'\nquery = ['=1']",
            "path = 'a'\nquery = ['a=*']",
            "path = 'a'\ntext = ''",
            "path = 'a'\njson = ['']",
            "path = 'a'\nquery = ['b']\nkind = 'cname'",
            "query = ['b']",
        ] {
            assert!(signature(text).is_err(), "{text}");
        }
        let both = signature("path = '/b/ss/'\nquery = ['AQB=1']\nkind = 'server_side_tagging'").unwrap();
        assert_eq!((both.sign(), both.kind), ("path b/ss, AQB=1", DisguiseKind::ServerSideTagging));
    }
}
