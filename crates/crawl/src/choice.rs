//! Which of the pages found are visited: one of each kind before two of any.

use earshot_model::{PageKind, PageUrl};

/// The kinds in the order in which they are taken: where people type first, then where they read. A second home
/// (of a subdomain) comes last.
const ORDER: [PageKind; 10] = [
    PageKind::Health,
    PageKind::Contact,
    PageKind::Login,
    PageKind::Checkout,
    PageKind::Product,
    PageKind::Search,
    PageKind::Article,
    PageKind::Legal,
    PageKind::Other,
    PageKind::Home,
];

/// At most `pages` pages: `start`, then round after round one of each kind, the shortest address first. The same
/// set gives the same choice, in whatever order it was found.
pub(crate) fn choose(
    start: &PageUrl,
    found: impl IntoIterator<Item = PageUrl>,
    pages: u32,
) -> Vec<(PageUrl, PageKind)> {
    let mut by_kind: Vec<(PageKind, Vec<PageUrl>)> = ORDER.map(|kind| (kind, Vec::new())).into();
    for page in found.into_iter().filter(|page| page != start) {
        let kind = PageKind::guess(&page);
        if let Some((_, pages)) = by_kind.iter_mut().find(|(known, _)| *known == kind) {
            pages.push(page);
        }
    }
    for (_, pages) in &mut by_kind {
        pages.sort_by(|a, b| (length(a), a).cmp(&(length(b), b)));
        pages.dedup();
    }
    let rounds = by_kind.iter().map(|(_, pages)| pages.len()).max().unwrap_or(0);
    let rest = (0..rounds)
        .flat_map(|round| by_kind.iter().filter_map(move |(kind, pages)| Some((pages.get(round)?.clone(), *kind))));
    let first = (start.clone(), PageKind::guess(start));
    std::iter::once(first).chain(rest).take(pages.max(1) as usize).collect()
}

/// Of path and query; the host does not make a page deeper.
fn length(page: &PageUrl) -> usize {
    page.url().path().len() + page.url().query().map_or(0, str::len)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(found: &[&str], pages: u32) -> Vec<String> {
        let page = |path: &&str| PageUrl::parse(&format!("https://shop.test/{path}")).unwrap();
        let chosen = choose(&page(&""), found.iter().map(page), pages);
        chosen.iter().map(|(page, _)| page.url().path()[1..].to_owned()).collect()
    }

    const FOUND: &[&str] = &[
        "products/10",
        "products/9",
        "products/8",
        "about",
        "contact",
        "blog/one",
        "login",
        "privacy",
        "cart",
        "contact/form",
        "search",
        "patients/intake",
    ];

    #[test]
    fn every_kind_comes_before_the_second_of_any() {
        let expected =
            ["", "patients/intake", "contact", "login", "cart", "products/8", "search", "blog/one", "privacy", "about"];
        assert_eq!(paths(FOUND, 10), expected);
        assert_eq!(paths(FOUND, 3), expected[..3]);
        assert_eq!(paths(FOUND, 100)[10..], ["contact/form", "products/9", "products/10"]);
    }

    #[test]
    fn the_order_of_discovery_does_not_matter() {
        let mut reversed = FOUND.to_vec();
        reversed.reverse();
        reversed.extend(FOUND);
        assert_eq!(paths(&reversed, 12), paths(FOUND, 12));
    }

    #[test]
    fn the_start_is_always_chosen_and_only_once() {
        assert_eq!(paths(&[""], 5), [""]);
        assert_eq!(paths(FOUND, 0), [""]);
    }
}
