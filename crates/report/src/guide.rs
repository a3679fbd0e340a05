//! A vendor's compliance guide as HTML.

use std::collections::BTreeSet;

use earshot_detect::{Catalogue, Vendor};
pub use pulldown_cmark::HeadingLevel;
use pulldown_cmark::{Event, Parser, Tag, TagEnd, html};

/// A guide.
#[derive(Clone, Debug)]
pub struct Guide {
    /// What people call the vendor.
    pub name: String,
    /// Its id in the catalogue.
    pub id: String,
    /// Address of its own documentation.
    pub docs: String,
    /// HTML; what the catalogue's files hold as raw HTML is text here.
    pub body: String,
}

/// The guides of those vendors that are trackers, by name.
pub fn of<'a>(catalogue: &Catalogue, vendors: impl Iterator<Item = &'a str>) -> Vec<Guide> {
    let ids: BTreeSet<&str> = vendors.collect();
    let vendors = ids.into_iter().filter_map(|id| catalogue.get(id)).filter(|vendor| vendor.exposure.is_tracker());
    let mut guides: Vec<_> = vendors.map(guide).collect();
    guides.sort_by(|a, b| a.name.cmp(&b.name));
    guides
}

/// The guide of one vendor.
#[must_use]
pub fn guide(vendor: &Vendor) -> Guide {
    let body = guide_html(vendor, HeadingLevel::H4);
    let (name, id, docs) = (vendor.name.clone(), vendor.id.clone(), vendor.docs.clone());
    Guide { name, id, docs, body }
}

/// A vendor's guide as HTML, its headings of that level.
#[must_use]
pub fn guide_html(vendor: &Vendor, level: HeadingLevel) -> String {
    let mut body = String::new();
    html::push_html(&mut body, Parser::new(&vendor.guide).map(|event| lowered(event, level)));
    body
}

/// Headings below those of the document, and no markup of its own.
fn lowered(event: Event<'_>, level: HeadingLevel) -> Event<'_> {
    match event {
        Event::Start(Tag::Heading { id, classes, attrs, .. }) => {
            Event::Start(Tag::Heading { level, id, classes, attrs })
        }
        Event::End(TagEnd::Heading(_)) => Event::End(TagEnd::Heading(level)),
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_guide_is_harmless_html() {
        let catalogue = Catalogue::built_in().unwrap();
        let all = of(&catalogue, catalogue.vendors().iter().map(|vendor| vendor.id.as_str()));
        assert!(all.len() > 100, "{}", all.len());
        for guide in all {
            assert!(!guide.body.contains("<script") && guide.body.contains("<h4>"), "{}", guide.id);
        }
    }
}
