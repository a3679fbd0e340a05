//! The links of a page, read by `spider`.

use std::sync::Arc;

use earshot_model::PageUrl;
use spider::{
    CaseInsensitiveString,
    hashbrown::HashSet,
    page::{build, get_page_selectors},
    reqwest::StatusCode,
    utils::PageResponse,
};

/// Links that are taken from one page. Real pages have hundreds.
const MAX_LINKS: usize = 3_000;

/// The ways in which HTML writes `&` inside an address. spider gives attributes as they stand, undecoded.
const AMPERSANDS: &[&[u8]] = &[b"&amp;", b"&#38;", b"&#038;", b"&#x26;"];

/// Every http(s) address that `body`, found at `page`, links to with `<a href>`, sorted. `<base>` counts. As spider
/// has it: addresses that differ in case alone are one, and all get the scheme of `page`.
pub(crate) async fn links(page: &PageUrl, body: Vec<u8>) -> Vec<PageUrl> {
    let response = PageResponse {
        content: Some(with_plain_ampersands(&body)),
        status_code: StatusCode::OK,
        ..PageResponse::default()
    };
    let mut document = build(page.as_str(), response);
    // Which hosts belong to the site is decided by the public suffix list, not by spider's last two labels.
    document.set_external(Arc::new(HashSet::from([CaseInsensitiveString::from("*")])));
    let found = document.links(&get_page_selectors(page.as_str(), false, false), &None).await;
    let mut links: Vec<PageUrl> = found.iter().filter_map(|link| PageUrl::parse(link.as_ref()).ok()).collect();
    links.sort_unstable();
    links.truncate(MAX_LINKS);
    links
}

/// `body` with every written-out `&` replaced. It cannot open a tag, so the document keeps its shape.
fn with_plain_ampersands(body: &[u8]) -> Vec<u8> {
    let (mut plain, mut rest) = (Vec::with_capacity(body.len()), body);
    while let Some(at) = rest.iter().position(|byte| *byte == b'&') {
        plain.extend_from_slice(&rest[..=at]);
        rest = &rest[at..];
        let written = AMPERSANDS.iter().find(|form| rest.starts_with(form)).map_or(1, |form| form.len());
        rest = &rest[written..];
    }
    plain.extend_from_slice(rest);
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn of(html: &str) -> Vec<String> {
        let page = PageUrl::parse("https://shop.test/dir/page").unwrap();
        links(&page, html.as_bytes().to_vec()).await.into_iter().map(String::from).collect()
    }

    #[tokio::test]
    async fn links_are_resolved_against_the_page() {
        let html = "<html><body><h1>Shop</h1><a href='next'>n</a><a href='/top'>t</a><a href='../up?x=1&amp;y=2&#038;z=3'>u</a>\
                    <a href='#part'>p</a><a href='mailto:a@shop.test'>m</a><a href='javascript:void(0)'>j</a>\
                    <a href='//cdn.test/x'>c</a><a href='https://www.other.test/y'>o</a></body></html>";
        assert_eq!(
            of(html).await,
            [
                "https://cdn.test/x",
                "https://shop.test/dir/next",
                "https://shop.test/dir/page",
                "https://shop.test/top",
                "https://shop.test/up?x=1&y=2&z=3",
                "https://www.other.test/y",
            ]
        );
    }

    #[tokio::test]
    async fn a_base_element_counts() {
        let html = "<html><head><base href='https://shop.test/b/'></head><body><p>x</p><a href='c'>c</a></body></html>";
        assert_eq!(of(html).await, ["https://shop.test/b/c"]);
    }

    #[tokio::test]
    async fn broken_and_empty_documents_are_survived() {
        for html in ["", "<a href=", "\0\0\0", "{\"json\": true}"] {
            assert_eq!(of(html).await, [""; 0], "{html}");
        }
        // spider takes an address beyond parsing for the page itself, which is known already.
        assert_eq!(of("<p>x<a href='http://['>x</a>").await, ["https://shop.test/dir/page"]);
    }
}
