//! Where a vendor's requests name its customer.

use serde::Deserialize;
use url::Url;

use super::{HostRule, UrlPattern, Wildcard};
use crate::content::Content;

/// Longest account that is taken for one. The longest known are keys of about 60 characters.
const MAX_ID_BYTES: usize = 128;

/// How deep in a body an account may stand, the outermost object being 1: vendors name it beside the event or among its
/// properties. What lies deeper is the page's.
const MAX_LEVEL: u8 = 2;

/// What stands for the account in an address.
const ID: &str = "{id}";

/// Where a vendor's requests name its customer: `www.clarity.ms/tag/{id}`.
#[derive(Clone, Debug, PartialEq)]
pub struct AccountRule {
    /// What the vendor calls it: `project`, `measurement`, `pixel`.
    pub name: String,
    /// The requests that carry it.
    pub url: UrlPattern,
    /// An address, or for a `json` rule a body, that carries one; empty if none is given.
    pub example: String,
    /// The account in the example.
    pub id: String,
    place: Place,
    like: Option<Wildcard>,
}

/// Where in a request the account stands.
#[derive(Clone, Debug, PartialEq)]
enum Place {
    /// In the first label of the host.
    Host(Around),
    /// In a segment of the path, by position.
    Path(usize, Around),
    /// A parameter of the query.
    Query(String),
    /// A key of the unpacked body, or one of its form fields.
    Body(String),
}

/// The fixed text around an account.
#[derive(Clone, Debug, PartialEq)]
struct Around {
    before: String,
    after: String,
}

/// The rule as it is written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AccountText {
    name: String,
    url: String,
    query: Option<String>,
    json: Option<String>,
    like: Option<String>,
    #[serde(default)]
    example: String,
    #[serde(default)]
    id: String,
}

impl AccountRule {
    pub(super) fn parse(text: &AccountText) -> Result<Self, String> {
        let name = &text.name;
        if name.is_empty() || !name.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'_') {
            return Err(format!("'{name}': a name is lower-case letters, digits and '_'"));
        }
        let (url, in_url) = pattern(&text.url)?;
        let place = match (in_url, &text.query, &text.json) {
            (Some(place), None, None) => place,
            (None, Some(key), None) if !key.is_empty() => Place::Query(key.clone()),
            (None, None, Some(key)) if !key.is_empty() => Place::Body(key.clone()),
            _ => return Err(format!("'{name}': give exactly one of '{{id}}' in url, query, json")),
        };
        let like = text.like.as_deref().map(Wildcard::parse).transpose()?;
        Ok(Self { name: name.clone(), url, place, like, example: text.example.clone(), id: text.id.clone() })
    }

    /// How many segments of the path it names, if the account is one of them.
    pub(crate) fn path_depth(&self) -> Option<usize> {
        matches!(self.place, Place::Path(..)).then_some(self.url.path.len())
    }

    /// Whether it looks into the body.
    #[must_use]
    pub fn reads_body(&self) -> bool {
        matches!(self.place, Place::Body(_))
    }

    /// The account that a request names. `disguised` says that the request goes to the vendor under another host's
    /// name: then host, and what a proxy puts before the path, do not matter.
    pub fn find<'c>(
        &self,
        url: &Url,
        disguised: bool,
        content: impl FnOnce() -> Option<&'c Content>,
    ) -> Option<String> {
        let skipped = if disguised { self.url.path_offset(url.path())? } else { self.url.matches(url).then_some(0)? };
        let found = match &self.place {
            Place::Host(around) if !disguised => around.within(url.host_str()?.split('.').next()?)?.to_owned(),
            Place::Host(_) => return None,
            Place::Path(at, around) => {
                around.within(super::pattern::segments(url.path()).nth(skipped + at)?)?.to_owned()
            }
            Place::Query(key) => url.query_pairs().find(|(name, _)| name == key)?.1.into_owned(),
            Place::Body(key) => content()?.values_above(key, MAX_LEVEL).find(|id| self.is_id(id))?.to_owned(),
        };
        self.is_id(&found).then_some(found)
    }

    /// Whether its example gives its id.
    pub(super) fn holds(&self) -> bool {
        let found = if self.reads_body() {
            let content = Content::read(self.example.as_bytes(), &mut { crate::decode::MAX_WORK_BYTES });
            let Place::Body(key) = &self.place else { return false };
            content.values_above(key, MAX_LEVEL).find(|id| self.is_id(id)).map(str::to_owned)
        } else {
            Url::parse(&self.example).ok().and_then(|url| self.find(&url, false, || None))
        };
        found.is_some_and(|found| found == self.id)
    }

    fn is_id(&self, id: &str) -> bool {
        let plain = !id.is_empty() && id.len() <= MAX_ID_BYTES && !id.contains(|c: char| c.is_control() || c == ' ');
        plain && self.like.as_ref().is_none_or(|like| like.matches(id))
    }
}

impl Around {
    fn parse(text: &str) -> Self {
        let (before, after) = text.split_once(ID).unwrap_or((text, ""));
        Self { before: before.to_owned(), after: after.to_owned() }
    }

    fn within<'t>(&self, text: &'t str) -> Option<&'t str> {
        text.strip_prefix(self.before.as_str())?.strip_suffix(self.after.as_str())
    }
}

/// The pattern, and where `{id}` stands in it.
fn pattern(text: &str) -> Result<(UrlPattern, Option<Place>), String> {
    if text.matches(ID).count() > 1 {
        return Err(format!("'{text}' has more than one {ID}"));
    }
    let (host, path) = text.split_once('/').unwrap_or((text, ""));
    if host.contains(ID) {
        let (label, rest) = host.split_once('.').unwrap_or((host, ""));
        if !label.contains(ID) {
            return Err(format!("'{text}': {ID} in a host stands in its first label"));
        }
        let url = UrlPattern::parse(&format!("*.{rest}/{path}"))?;
        return Ok((url, Some(Place::Host(Around::parse(label)))));
    }
    let at = path.split('/').filter(|segment| !segment.is_empty()).position(|segment| segment.contains(ID));
    let around = path.split('/').find(|segment| segment.contains(ID)).map(Around::parse);
    let url = UrlPattern::parse(&text.replace(ID, "*"))?;
    if url.host == HostRule::Any && url.path.is_empty() {
        return Err(format!("'{text}' would match every address"));
    }
    Ok((url, at.zip(around).map(|(at, around)| Place::Path(at, around))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(text: &str) -> Result<AccountRule, String> {
        AccountRule::parse(&toml::from_str(text).map_err(|error: toml::de::Error| error.to_string())?)
    }

    #[test]
    fn accounts_are_found_where_the_rule_says() {
        for (text, url, id) in [
            ("url = 'www.clarity.ms/tag/{id}'", "https://www.clarity.ms/tag/abc?x", Some("abc")),
            ("url = 'www.clarity.ms/tag/{id}'", "https://www.clarity.ms/tag/", None),
            ("url = 'www.clarity.ms/tag/{id}'", "https://b.clarity.ms/tag/abc", None),
            ("url = 'a.test/c/hotjar-{id}.js'", "https://a.test/c/hotjar-12.js?sv=6", Some("12")),
            ("url = 'a.test/c/hotjar-{id}.js'", "https://a.test/c/modules.js", None),
            ("url = 'o{id}.ingest.sentry.io'", "https://o12.ingest.sentry.io/api/2", Some("12")),
            ("url = '*.a.test/*/x'\nquery = 'tid'", "https://b.a.test/g/x?v=2&tid=G-A", Some("G-A")),
            ("url = '*.a.test'\nquery = 'tid'\nlike = 'UA-*'", "https://a.test/?tid=G-A", None),
            ("url = '*.a.test'\nquery = 'tid'", "https://a.test/?tid=", None),
        ] {
            let rule = rule(&format!("name = 'x'\n{text}")).unwrap();
            assert_eq!(rule.find(&Url::parse(url).unwrap(), false, || None).as_deref(), id, "{text} {url}");
        }
    }

    #[test]
    fn in_disguise_host_and_what_stands_before_do_not_matter() {
        let rule = rule("name = 'suite'\nurl = '*.omtrdc.net/b/ss/{id}'").unwrap();
        for (url, id) in [
            ("https://metrics.shop.test/b/ss/suite1/1/JS", Some("suite1")),
            ("https://shop.test/proxy/b/ss/suite1", Some("suite1")),
            ("https://shop.test/b/other/suite1", None),
        ] {
            let url = Url::parse(url).unwrap();
            assert_eq!(rule.find(&url, true, || None).as_deref(), id, "{url}");
            assert_eq!(rule.find(&url, false, || None), None, "{url}");
        }
    }

    #[test]
    fn a_body_is_asked_by_key() {
        let rule = rule("name = 'project'\nurl = '*.a.test/e'\njson = 'token'\nlike = 'phc_*'").unwrap();
        let body = br#"{"token":"other","a":{"b":{"token":"phc_0"}},"p":{"token":"phc_1"}}"#;
        let content = Content::read(body, &mut { 1 << 20 });
        let url = Url::parse("https://eu.a.test/e/").unwrap();
        assert_eq!(rule.find(&url, false, || Some(&content)).as_deref(), Some("phc_1"));
        assert_eq!(rule.find(&url, false, || None), None);
    }

    #[test]
    fn impossible_rules_are_refused() {
        for text in [
            "name = 'x'\nurl = 'a.test'",
            "name = 'X y'\nurl = 'a.test/{id}'",
            "name = 'x'\nurl = 'a.test/{id}/{id}'",
            "name = 'x'\nurl = 'a.test/{id}'\nquery = 'q'",
            "name = 'x'\nurl = 'a.test'\nquery = 'q'\njson = 'q'",
            "name = 'x'\nurl = 'www.{id}.test'",
            "name = 'x'\nurl = '*'\nquery = 'q'",
            "name = 'x'\nurl = 'a.test'\nquery = 'q'\nlike = '*'",
            "name = 'x'\nurl = 'a.test'\nquery = 'q'\nheader = 'h'",
        ] {
            assert!(rule(text).is_err(), "{text}");
        }
    }
}
