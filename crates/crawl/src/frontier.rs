//! The pages of a site that are known, and which of them to read next.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use earshot_model::{PageKind, PageUrl, Site};

use crate::address::{canonical, is_page, template};

/// Pages that are remembered; a site with more is sampled.
const MAX_PAGES: usize = 10_000;

/// Pages of one template that are remembered: a calendar fills its own drawer and no other.
const MAX_OF_TEMPLATE: u32 = 200;

/// Pages of one template that are read for their links. The third product page links to what the first two did.
const MAX_READ_OF_TEMPLATE: u32 = 2;

/// How many links away from the start a page is still read for its own links.
const MAX_HOPS: u8 = 3;

/// Pages read without a new kind after which reading more is not worth the site's time.
const MAX_FRUITLESS: u32 = 5;

/// What is known of one site while it is crawled.
pub(crate) struct Frontier {
    site: Site,
    /// All pages get this scheme: the one that answered.
    scheme: String,
    pages: BTreeMap<PageUrl, Known>,
    remembered: HashMap<String, u32>,
    read: HashMap<String, u32>,
    kinds: HashMap<PageKind, u32>,
    fruitless: u32,
}

/// What is known of one page.
struct Known {
    kind: PageKind,
    template: String,
    /// Links away from the start.
    hops: u8,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Seen in a link or a sitemap.
    Seen,
    /// Asked for and worth a visit.
    Read,
    /// Asked for and none: an error page, a redirect, a download. Or the start under another address.
    Void,
}

impl Frontier {
    /// Begins at `start` and `home`, the address where its redirects ended.
    pub fn new(start: &PageUrl, home: &PageUrl) -> Self {
        let mut frontier = Self {
            site: home.site(),
            scheme: home.url().scheme().to_owned(),
            pages: BTreeMap::new(),
            remembered: HashMap::new(),
            read: HashMap::new(),
            kinds: HashMap::new(),
            fruitless: 0,
        };
        for alias in [start, home] {
            let page = canonical(alias, &frontier.scheme);
            let (kind, template) = (PageKind::guess(&page), template(&page));
            frontier.pages.insert(page, Known { kind, template, hops: 0, state: State::Void });
        }
        frontier
    }

    /// Remembers `page`, seen `hops` links away from the start, if it is one of the site and there is room.
    pub fn offer(&mut self, page: &PageUrl, hops: u8) {
        let page = canonical(page, &self.scheme);
        if page.site() != self.site || !is_page(&page) || self.pages.contains_key(&page) {
            return;
        }
        let template = template(&page);
        let of_template = self.remembered.entry(template.clone()).or_default();
        if self.pages.len() >= MAX_PAGES || *of_template >= MAX_OF_TEMPLATE {
            return;
        }
        *of_template += 1;
        let kind = PageKind::guess(&page);
        let of_kind = self.kinds.entry(kind).or_default();
        *of_kind += 1;
        if *of_kind == 1 {
            self.fruitless = 0;
        }
        self.pages.insert(page, Known { kind, template, hops, state: State::Seen });
    }

    /// Whether reading more would hardly change which `wanted` pages (the start included) are chosen: there is a
    /// kind for each, or there are enough pages and the last ones read brought no new kind.
    pub fn is_enough(&self, wanted: u32) -> bool {
        let others = wanted.saturating_sub(1) as usize;
        let usable = || self.pages.values().filter(|known| known.state != State::Void);
        let kinds: BTreeSet<PageKind> =
            usable().map(|known| known.kind).filter(|kind| *kind != PageKind::Home).collect();
        kinds.len() >= others || (usable().count() >= others && self.fruitless >= MAX_FRUITLESS)
    }

    /// The page to read next, and how far away it is: rare kinds before common ones, near before far, short before
    /// long. It is marked as read; say [`Frontier::void`] if it turns out to be none.
    pub fn next(&mut self) -> Option<(PageUrl, u8)> {
        let read = |known: &Known| self.read.get(&known.template).copied().unwrap_or_default();
        let readable =
            |known: &Known| known.state == State::Seen && known.hops < MAX_HOPS && read(known) < MAX_READ_OF_TEMPLATE;
        let (page, known) = self.pages.iter().filter(|(_, known)| readable(known)).min_by_key(|(page, known)| {
            (read(known), known.hops, self.kinds.get(&known.kind), page.as_str().len(), *page)
        })?;
        let (page, hops) = (page.clone(), known.hops);
        *self.read.entry(known.template.clone()).or_default() += 1;
        self.fruitless += 1;
        self.mark(&page, State::Read);
        Some((page, hops))
    }

    /// `page` redirects to `target`, which has been read in its place.
    pub fn moved(&mut self, page: &PageUrl, target: &PageUrl, hops: u8) {
        self.void(page);
        self.offer(target, hops);
        let target = canonical(target, &self.scheme);
        if self.pages.get(&target).is_some_and(|known| known.state == State::Seen) {
            self.mark(&target, State::Read);
        }
    }

    /// `page` is none that is worth a visit.
    pub fn void(&mut self, page: &PageUrl) {
        self.mark(page, State::Void);
    }

    fn mark(&mut self, page: &PageUrl, state: State) {
        if let Some(known) = self.pages.get_mut(page) {
            known.state = state;
        }
    }

    /// The distinct pages of the site, the start counted once and void ones not at all.
    pub fn discovered(&self) -> u32 {
        u32::try_from(1 + self.usable().count()).unwrap_or(u32::MAX)
    }

    /// The pages that may be chosen besides the start.
    pub fn usable(&self) -> impl Iterator<Item = &PageUrl> {
        self.pages.iter().filter(|(_, known)| known.state != State::Void).map(|(page, _)| page)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(path: &str) -> PageUrl {
        PageUrl::parse(&format!("https://shop.test/{path}")).unwrap()
    }

    fn frontier(paths: &[&str]) -> Frontier {
        let mut frontier = Frontier::new(&page(""), &PageUrl::parse("https://www.shop.test/").unwrap());
        for path in paths {
            frontier.offer(&page(path), 1);
        }
        frontier
    }

    #[test]
    fn only_new_pages_of_the_site_are_remembered() {
        let mut frontier = frontier(&["a", "a#part", "a?utm_source=x", "x.pdf", "logout", ""]);
        for other in ["http://shop.test/a", "https://www.shop.test/", "https://other.test/", "https://evilshop.test/a"]
        {
            frontier.offer(&PageUrl::parse(other).unwrap(), 1);
        }
        assert_eq!(frontier.usable().collect::<Vec<_>>(), [&page("a")]);
        frontier.offer(&PageUrl::parse("https://blog.shop.test/").unwrap(), 1);
        assert_eq!(frontier.discovered(), 3);
    }

    #[test]
    fn a_calendar_is_read_twice_and_fills_only_its_drawer() {
        let mut frontier = frontier(&["about"]);
        for day in 0..1_000 {
            frontier.offer(&page(&format!("cal/{day}")), 1);
        }
        assert_eq!(frontier.discovered(), 1 + 1 + MAX_OF_TEMPLATE);
        let read: Vec<String> =
            std::iter::from_fn(|| frontier.next()).map(|(page, _)| page.url().path().to_owned()).collect();
        assert_eq!(read, ["/about", "/cal/0", "/cal/1"]);
    }

    #[test]
    fn what_is_far_is_not_read_and_what_is_void_not_counted() {
        let mut frontier = frontier(&["a", "b"]);
        frontier.offer(&page("far"), MAX_HOPS);
        frontier.void(&page("a"));
        assert_eq!(frontier.next().map(|(page, hops)| (page.url().path().to_owned(), hops)), Some(("/b".into(), 1)));
        assert!(frontier.next().is_none());
        assert_eq!(frontier.discovered(), 3);
    }

    #[test]
    fn enough_is_a_kind_for_each_page_or_nothing_new_for_long() {
        assert!(frontier(&["contact", "login"]).is_enough(3));
        assert!(!frontier(&["contact", "contact/2"]).is_enough(3));
        let mut dead = frontier(&["contact", "login"]);
        dead.void(&page("login"));
        assert!(!dead.is_enough(3));
        let mut frontier = frontier(&["a", "b", "c", "d", "e", "f"]);
        for _ in 0..MAX_FRUITLESS {
            assert!(!frontier.is_enough(4));
            frontier.next();
        }
        assert!(frontier.is_enough(4));
    }
}
