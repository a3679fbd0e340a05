//! Which addresses are pages worth a request, and which of them are alike.

use earshot_model::PageUrl;
use url::Url;

/// File extensions that no browser shows as a page. A guess from the address; a wrong one costs a page.
const FILES: &[&str] = &[
    "7z",
    "apk",
    "avi",
    "avif",
    "bin",
    "bmp",
    "bz2",
    "css",
    "csv",
    "dmg",
    "doc",
    "docx",
    "eot",
    "epub",
    "exe",
    "gif",
    "gz",
    "ico",
    "ics",
    "iso",
    "jpeg",
    "jpg",
    "js",
    "json",
    "m4a",
    "m4v",
    "map",
    "mjs",
    "mov",
    "mp3",
    "mp4",
    "mpeg",
    "msi",
    "ods",
    "odt",
    "ogg",
    "otf",
    "pdf",
    "png",
    "pkg",
    "ppt",
    "pptx",
    "rar",
    "rss",
    "rtf",
    "svg",
    "tar",
    "tgz",
    "tif",
    "tiff",
    "ttf",
    "txt",
    "vcf",
    "wasm",
    "wav",
    "webm",
    "webmanifest",
    "webp",
    "woff",
    "woff2",
    "xls",
    "xlsx",
    "xml",
    "zip",
];

/// Words of paths and query keys behind which a plain GET changes something: signs out, buys, deletes.
const ACTIONS: &[&str] = &[
    "logout",
    "log-out",
    "log_out",
    "logoff",
    "log-off",
    "signout",
    "sign-out",
    "sign_out",
    "abmelden",
    "deconnexion",
    "add-to-cart",
    "add_to_cart",
    "addtocart",
    "remove_item",
    "unsubscribe",
    "delete",
    "wp-admin",
    "wp-json",
];

/// Query keys that only say where a visitor came from; the page is the same without.
const CAMPAIGN_KEYS: &[&str] = &["fbclid", "gclid", "msclkid", "mc_cid", "mc_eid"];

/// Path segments beyond which an address is a trap rather than a page; real sites measured stay below ten.
const MAX_SEGMENTS: usize = 12;

/// How often one segment may occur: `/a/b/a/b/a/b` is a relative link that feeds on itself.
const MAX_SAME_SEGMENT: usize = 2;

/// Whether `page` looks like a document that may be asked for without consequences.
pub(crate) fn is_page(page: &PageUrl) -> bool {
    let url = page.url();
    let path = url.path().to_ascii_lowercase();
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    let file = segments.last().and_then(|last| last.rsplit_once('.')).is_some_and(|(_, end)| FILES.contains(&end));
    let acts = segments.iter().any(|segment| ACTIONS.contains(&stem(segment)))
        || url.query_pairs().any(|(key, value)| ACTIONS.contains(&&*key) || ACTIONS.contains(&&*value));
    let feeds_on_itself =
        segments.iter().any(|one| segments.iter().filter(|other| *other == one).count() > MAX_SAME_SEGMENT);
    !file && !acts && !feeds_on_itself && segments.len() <= MAX_SEGMENTS
}

/// `logout.php` and `logout` are one.
fn stem(segment: &str) -> &str {
    segment.split('.').next().unwrap_or(segment)
}

/// `page` without campaign parameters, under `scheme` (so that `http` and `https` links of one site are one page;
/// an explicit port keeps its scheme).
pub(crate) fn canonical(page: &PageUrl, scheme: &str) -> PageUrl {
    let mut url = page.url().clone();
    if url.port().is_none() {
        let _ = url.set_scheme(scheme);
    }
    drop_campaign(&mut url);
    PageUrl::parse(url.as_str()).unwrap_or_else(|_| page.clone())
}

fn drop_campaign(url: &mut Url) {
    let campaign = |key: &str| key.starts_with("utm_") || CAMPAIGN_KEYS.contains(&key);
    if !url.query_pairs().any(|(key, _)| campaign(&key)) {
        return;
    }
    let kept: Vec<(String, String)> = url.query_pairs().into_owned().filter(|(key, _)| !campaign(key)).collect();
    url.set_query(None);
    if !kept.is_empty() {
        url.query_pairs_mut().extend_pairs(kept);
    }
}

/// The form that all pages of one generator share: host and path with every number replaced, and the names of the
/// query's keys. `/cal/2026/12` and `/cal/2031/1` have one template.
pub(crate) fn template(page: &PageUrl) -> String {
    let mut keys: Vec<String> = page.url().query_pairs().map(|(key, _)| key.into_owned()).collect();
    keys.sort_unstable();
    keys.dedup();
    format!("{}{}?{}", page.host(), numberless(page.url().path()), keys.join("&"))
}

fn numberless(path: &str) -> String {
    let mut kept = String::with_capacity(path.len());
    for character in path.chars() {
        match character {
            '0'..='9' if kept.ends_with('#') => {}
            '0'..='9' => kept.push('#'),
            other => kept.push(other),
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(text: &str) -> PageUrl {
        PageUrl::parse(text).unwrap()
    }

    #[test]
    fn downloads_actions_and_traps_are_no_pages() {
        for path in [
            "a.pdf",
            "A.ZIP",
            "pic.jpeg",
            "logout",
            "user/Logout.php",
            "account/sign-out?next=/",
            "?add-to-cart=7",
            "cart?action=delete",
            "a/b/a/b/a/b/",
            "1/2/3/4/5/6/7/8/9/10/11/12/13",
            "feed.xml",
        ] {
            assert!(!is_page(&page(&format!("https://shop.test/{path}"))), "{path}");
        }
        for path in ["", "contact", "about.html", "index.php?id=3", "v1.2/notes", "blog/how-to-logout-safely", "a/b/a"]
        {
            assert!(is_page(&page(&format!("https://shop.test/{path}"))), "{path}");
        }
    }

    #[test]
    fn one_page_has_one_address() {
        for (given, kept) in [
            ("http://shop.test/a?utm_source=x&id=1&gclid=9", "https://shop.test/a?id=1"),
            ("http://shop.test/?utm_source=x", "https://shop.test/"),
            ("http://shop.test:8080/a", "http://shop.test:8080/a"),
            ("https://shop.test/a?b=%20c", "https://shop.test/a?b=%20c"),
        ] {
            assert_eq!(canonical(&page(given), "https").as_str(), kept);
        }
    }

    #[test]
    fn pages_of_one_generator_share_a_template() {
        let of = |path: &str| template(&page(&format!("https://shop.test/{path}")));
        assert_eq!(of("cal/2026/12"), of("cal/2031/1"));
        assert_eq!(of("p?id=1&page=2"), of("p?page=9&id=77"));
        assert_ne!(of("cal/2026"), of("cal/2026/12"));
        assert_ne!(of("p?id=1"), of("p"));
    }
}
