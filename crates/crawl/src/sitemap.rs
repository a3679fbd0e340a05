//! Sitemaps as sitemaps.org describes them, plain or gzipped.

use std::{borrow::Cow, io::Read};

use earshot_model::PageUrl;
use flate2::read::MultiGzDecoder;
use quick_xml::{Reader, escape::resolve_predefined_entity, events::Event};

/// What is read of one sitemap, also after gunzip. The protocol allows 50 MB; the first part is sample enough.
pub(crate) const MAX_SITEMAP_BYTES: usize = 4 * 1024 * 1024;

/// Sitemap files that are fetched for one site, those of an index included.
pub(crate) const MAX_SITEMAPS: usize = 5;

/// Addresses that are taken from one sitemap.
const MAX_ADDRESSES: usize = 2_000;

/// What one sitemap file holds.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Sitemap {
    /// Pages (`<url><loc>`).
    pub pages: Vec<PageUrl>,
    /// Further sitemaps (`<sitemap><loc>`), if this is an index.
    pub sitemaps: Vec<PageUrl>,
}

impl Sitemap {
    /// Reads as far as the XML is good; what is no sitemap gives nothing.
    pub fn parse(body: &[u8]) -> Self {
        let body = plain(body);
        let mut reader = Reader::from_reader(&*body);
        let (mut map, mut text, mut in_loc, mut in_sitemap) = (Self::default(), String::new(), false, false);
        while map.pages.len() + map.sitemaps.len() < MAX_ADDRESSES {
            match reader.read_event() {
                Ok(Event::Start(element)) => match element.local_name().as_ref() {
                    b"sitemap" => in_sitemap = true,
                    b"url" => in_sitemap = false,
                    name => {
                        in_loc = name == b"loc";
                        text.clear();
                    }
                },
                Ok(Event::Text(part)) if in_loc => text.push_str(&part.decode().unwrap_or_default()),
                Ok(Event::CData(part)) if in_loc => text.push_str(&part.decode().unwrap_or_default()),
                Ok(Event::GeneralRef(entity)) if in_loc => {
                    let name = entity.decode().unwrap_or_default();
                    text.push_str(resolve_predefined_entity(&name).unwrap_or_default());
                }
                Ok(Event::End(_)) if in_loc => {
                    in_loc = false;
                    map.keep(&text, in_sitemap);
                }
                Ok(Event::Eof) | Err(_) => break,
                Ok(_) => {}
            }
        }
        map
    }

    fn keep(&mut self, address: &str, is_sitemap: bool) {
        let Ok(address) = PageUrl::parse(address) else { return };
        if is_sitemap { self.sitemaps.push(address) } else { self.pages.push(address) }
    }
}

/// Unpacks gzip, up to the limit; a broken end costs only itself.
fn plain(body: &[u8]) -> Cow<'_, [u8]> {
    if !body.starts_with(&[0x1f, 0x8b]) {
        return Cow::Borrowed(body);
    }
    let mut unpacked = Vec::new();
    let _ = MultiGzDecoder::new(body).take(MAX_SITEMAP_BYTES as u64).read_to_end(&mut unpacked);
    Cow::Owned(unpacked)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    const MAP: &str = "<?xml version='1.0'?><urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>\
        <url><loc> https://shop.test/a?x=1&amp;y=2 </loc><lastmod>2026-01-01</lastmod></url>\
        <url><loc><![CDATA[https://shop.test/b]]></loc></url><url><loc>mailto:x@shop.test</loc></url></urlset>";

    fn addresses(pages: &[PageUrl]) -> Vec<&str> {
        pages.iter().map(PageUrl::as_str).collect()
    }

    #[test]
    fn pages_are_read_with_entities_and_cdata() {
        assert_eq!(
            addresses(&Sitemap::parse(MAP.as_bytes()).pages),
            ["https://shop.test/a?x=1&y=2", "https://shop.test/b"]
        );
    }

    #[test]
    fn an_index_names_sitemaps() {
        let map = Sitemap::parse(b"<sitemapindex><sitemap><loc>https://shop.test/1.xml</loc></sitemap></sitemapindex>");
        assert_eq!((addresses(&map.sitemaps), map.pages.len()), (vec!["https://shop.test/1.xml"], 0));
    }

    #[test]
    fn gzip_is_unpacked_and_a_bomb_is_cut() {
        let gzip = |data: &[u8]| {
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            encoder.write_all(data).unwrap();
            encoder.finish().unwrap()
        };
        assert_eq!(Sitemap::parse(&gzip(MAP.as_bytes())).pages.len(), 2);
        assert_eq!(plain(&gzip(&vec![b' '; 3 * MAX_SITEMAP_BYTES])).len(), MAX_SITEMAP_BYTES);
    }

    #[test]
    fn what_is_no_sitemap_gives_nothing_and_a_broken_one_its_beginning() {
        for body in ["", "<html><p>404</html>", "not xml", "\u{1f}\u{8b}"] {
            assert_eq!(Sitemap::parse(body.as_bytes()), Sitemap::default());
        }
        assert_eq!(Sitemap::parse(&MAP.as_bytes()[..MAP.len() - 50]).pages.len(), 2);
        let many = "<url><loc>https://shop.test/x</loc></url>".repeat(MAX_ADDRESSES + 9);
        assert_eq!(Sitemap::parse(many.as_bytes()).pages.len(), MAX_ADDRESSES);
    }
}
