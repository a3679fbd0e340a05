//! The report as a document that opens offline: for counsel and for engineers. Nothing in it is loaded from anywhere.

mod portfolio;
mod site;

use std::collections::HashMap;

use earshot_detect::Catalogue;

pub use crate::guide::{HeadingLevel, guide_html};
use crate::{Report, ReportError, SiteReport};

/// How it was looked, and what that cannot show: HTML with two headings, `method` and `limits`.
pub const METHOD: &str = include_str!("../templates/method_text.html");

/// JPEGs by their key in the evidence store.
pub type Pictures = HashMap<String, Vec<u8>>;

/// A document about one site.
///
/// # Errors
/// If a picture cannot be drawn, or the document not be written.
pub fn site(report: &SiteReport, pictures: &Pictures, catalogue: &Catalogue) -> Result<String, ReportError> {
    site::render(report, pictures, catalogue)
}

/// A document about a whole run.
///
/// # Errors
/// If it cannot be written.
pub fn portfolio(report: &Report) -> Result<String, ReportError> {
    portfolio::render(report)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Contact, GapReport, PictureFile, sample};

    /// What strangers call their things.
    const HOSTILE: &str = "\"><script>alert(1)</script><img src=x onerror=alert(1)>";

    #[test]
    fn nothing_that_strangers_wrote_is_markup_and_nothing_is_loaded() {
        let mut report = sample::report();
        report.run.label = HOSTILE.into();
        for page in &mut report.pages {
            page.detail = HOSTILE.into();
            page.visit = "7".into();
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
        let mut of_site = sample::site(&report);
        of_site.contacts = vec![Contact { visit: "7".into(), vendor: HOSTILE.into(), at_ms: vec![1.0, 800.0] }];
        let pictures = Pictures::from([("k".to_owned(), vec![0xff, 0xd8])]);
        let catalogue = Catalogue::built_in().unwrap();
        let site = site(&of_site, &pictures, &catalogue).unwrap();
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
