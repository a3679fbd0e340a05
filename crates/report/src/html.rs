//! The report as a document that opens offline: for counsel and for engineers. Nothing in it is loaded from anywhere.

mod guide;
mod page;
mod portfolio;
mod site;
mod timeline;
mod words;

use std::collections::HashMap;

use anyhow::Result;
use earshot_detect::Catalogue;
use earshot_model::RunId;
use earshot_store::Store;
use uuid::Uuid;

pub use guide::{HeadingLevel, guide_html};

use crate::Report;

/// How it was looked, and what that cannot show: HTML with two headings, `method` and `limits`.
pub const METHOD: &str = include_str!("../templates/method_text.html");

/// JPEGs by their key in the evidence store.
pub type Pictures = HashMap<String, Vec<u8>>;

/// When each vendor was asked on each visit: by visit, the vendor and the times in ms since navigation start.
type Contacts = HashMap<Uuid, Vec<(String, Vec<f64>)>>;

/// A document about one site.
///
/// # Errors
/// If the store cannot be asked, or a picture not be drawn.
pub async fn site(store: &Store, report: &Report, site: &str, pictures: &Pictures) -> Result<String> {
    let run: RunId = report.run.id.parse()?;
    let mut contacts = Contacts::new();
    for row in store.contacts_of(run, site)?.all().await? {
        contacts.entry(row.visit_id).or_default().push((row.vendor, row.at_ms));
    }
    site::render(report, site, &contacts, pictures, &Catalogue::built_in()?)
}

/// A document about a whole run.
///
/// # Errors
/// If it cannot be written.
pub fn portfolio(report: &Report) -> Result<String> {
    portfolio::render(report)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{GapReport, PictureFile, sample};

    /// What strangers call their things.
    const HOSTILE: &str = "\"><script>alert(1)</script><img src=x onerror=alert(1)>";

    #[test]
    fn nothing_that_strangers_wrote_is_markup_and_nothing_is_loaded() {
        let mut report = sample::report();
        report.run.label = HOSTILE.into();
        for page in &mut report.pages {
            page.detail = HOSTILE.into();
            page.visit = Uuid::from_u128(7).to_string();
            page.final_url = Some(format!("https://shop.test/?{HOSTILE}"));
            page.gaps.push(GapReport { kind: "body_unread".into(), detail: HOSTILE.into() });
            page.provenance.pictures = vec![PictureFile { kind: "end".into(), at_ms: Some(9.0), key: "k".into() }];
            for finding in &mut page.findings {
                finding.vendor_name = HOSTILE.into();
                finding.proof_url = format!("https://x.test/{HOSTILE}");
                finding.stored = vec![HOSTILE.into()];
                finding.traits.accounts = vec![HOSTILE.into()];
            }
        }
        for vendor in &mut report.vendors {
            vendor.name = HOSTILE.into();
        }
        let contacts = Contacts::from([(Uuid::from_u128(7), vec![(HOSTILE.to_owned(), vec![1.0, 800.0])])]);
        let pictures = Pictures::from([("k".to_owned(), vec![0xff, 0xd8])]);
        let catalogue = Catalogue::built_in().unwrap();
        let site = site::render(&report, "shop.test", &contacts, &pictures, &catalogue).unwrap();
        for html in [site, portfolio(&report).unwrap()] {
            let lower = html.to_lowercase();
            assert!(!lower.contains("<script") && !lower.contains("<img src=x"), "{html}");
            for attribute in ["src=\"", "href=\"", "url("] {
                for (at, _) in html.match_indices(attribute) {
                    let value = &html[at + attribute.len()..];
                    assert!(value.starts_with('#') || value.starts_with("data:image/jpeg;base64,"), "{}", &value[..40]);
                }
            }
            assert!(html.contains("default-src 'none'") && html.contains("not legal advice"));
        }
    }
}
