//! A made-up site: whose it is, who is on it, and what becomes of that over the nights.

use earshot_model::{Exposure, Grade, InstallRoute, PageKind};
use earshot_store::MemberRow;

use crate::{Fate, Parties, dice::Dice, party::Party};

/// A made-up site.
#[derive(Clone, Debug)]
pub struct MadeSite {
    /// Registrable domain.
    pub domain: String,
    /// What it does with visitors.
    pub fate: Fate,
    /// Which platform asks for consent, as an index of [`Parties`]; `None` if nothing does.
    pub(crate) cmp: Option<usize>,
    /// Whether the first layer of its banner offers to refuse.
    pub(crate) offers_reject: bool,
    /// Who is on it.
    pub uses: Vec<Use>,
    /// Requests of its own pages to itself.
    pub(crate) own_requests: usize,
    pub(crate) sector: &'static str,
    pub(crate) country: &'static str,
    pub(crate) owner: String,
    pub(crate) sensitive: &'static str,
    pub(crate) monthly_sessions: u64,
    pub(crate) tags: Vec<(String, String)>,
}

/// Somebody on a site.
#[derive(Clone, Debug)]
pub struct Use {
    /// Who, as an index of vendors, then strangers.
    pub(crate) party: usize,
    /// How it waits for consent.
    pub manner: Manner,
    /// The most that it hears of what is typed.
    pub grade: Grade,
    pub(crate) route: InstallRoute,
    pub(crate) account: String,
    /// From which night on it is there.
    pub from: u32,
    /// From which night on it waits for consent: the site was put right.
    pub fixed: Option<u32>,
    /// Whether it honours Global Privacy Control.
    pub(crate) honours_gpc: bool,
    /// Hits of it on a page, beside its script.
    pub(crate) hits: usize,
}

/// How somebody waits for consent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// Not at all.
    Fires,
    /// It fires, and stops after a refusal.
    OptOut,
    /// After a refusal it is sent pings that say so.
    Cookieless,
    /// It waits.
    Gated,
}

/// Sectors, each with what its sites are about. Assumed.
const SECTORS: [(&str, &str, f64); 8] = [
    ("retail", "none", 0.28),
    ("media", "none", 0.18),
    ("health", "health", 0.10),
    ("finance", "financial", 0.10),
    ("travel", "none", 0.10),
    ("education", "none", 0.10),
    ("public", "government", 0.08),
    ("software", "none", 0.06),
];

/// Countries, with the share of sites there that ask for consent. More than 40 % of European sites had a platform for it in
/// 2022 (arXiv 2402.18321); the others are assumed.
const COUNTRIES: [(&str, f64, f64); 8] = [
    ("DE", 0.45, 0.22),
    ("FR", 0.48, 0.15),
    ("GB", 0.42, 0.15),
    ("NL", 0.42, 0.08),
    ("ES", 0.42, 0.08),
    ("US", 0.12, 0.22),
    ("CA", 0.12, 0.05),
    ("JP", 0.06, 0.05),
];

/// How far sites differ in how many third parties they have (sigma of a log-normal): most have few trackers, and one in
/// thirteen more than 10 (3 most often, 27 % more than 10: Web Almanac 2024, Privacy, which counts fonts too).
const APPETITE: f64 = 1.0;

/// Share of first layers that offer to refuse. Assumed.
const OFFERS_REJECT: f64 = 0.6;

/// Of what is met on a site with a banner, how it waits. Assumed.
const WITH_BANNER: [(Manner, f64); 4] =
    [(Manner::Fires, 0.35), (Manner::OptOut, 0.15), (Manner::Cookieless, 0.05), (Manner::Gated, 0.45)];

/// What recorders, chats and their like hear: in the laboratory mostly K3 and K4. Assumed.
const CONTENT_GRADES: [(Grade, f64); 7] = [
    (Grade::K0, 0.20),
    (Grade::K1, 0.15),
    (Grade::K2, 0.10),
    (Grade::K3, 0.30),
    (Grade::K4, 0.15),
    (Grade::K5, 0.04),
    (Grade::K6, 0.06),
];
const OTHER_GRADES: [(Grade, f64); 4] = [(Grade::K0, 0.88), (Grade::K1, 0.05), (Grade::K2, 0.03), (Grade::K4, 0.04)];

/// By which way who comes into a page; in the laboratory markup comes first. Assumed.
const ROUTES: [(InstallRoute, f64); 6] = [
    (InstallRoute::Markup, 0.4),
    (InstallRoute::TagManager, 0.3),
    (InstallRoute::Inline, 0.12),
    (InstallRoute::OtherVendor, 0.08),
    (InstallRoute::Plugin, 0.06),
    (InstallRoute::SiteScript, 0.04),
];

/// Share of sites that put right a part of what they do, on some night; and share of uses that come in the course of a fortnight. Assumed.
const FIXES: f64 = 0.25;
const COMES: f64 = 0.03;
const FORTNIGHT: f64 = 14.0;

/// Requests of a page to its own site: 71 in all (Web Almanac 2024, Page Weight, desktop), less those to others.
const OWN_REQUESTS: f64 = 24.0;

impl MadeSite {
    /// The site of that number, in the copy whose name `copy` begins all invented names.
    pub(crate) fn make(seed: u64, number: usize, copy: &str, parties: &Parties) -> Self {
        let dice = &mut Dice::of(seed, &format!("site {number}"));
        let (sector, sensitive) = *dice.weighted(&SECTORS.map(|(name, about, share)| ((name, about), share)));
        let (country, asks) = *dice.weighted(&COUNTRIES.map(|(name, asks, share)| ((name, asks), share)));
        let cmp = dice.falls(asks).then(|| dice.below(4 + dice.clone().below(parties.cmps.len() - 4)));
        let owner = dice.clone().below(400).min(dice.below(400));
        Self {
            domain: format!("{copy}{sector}{number:04}.example"),
            fate: Fate::draw(dice),
            cmp,
            offers_reject: dice.falls(OFFERS_REJECT),
            uses: uses(dice, cmp.is_some(), parties),
            own_requests: dice.count(OWN_REQUESTS, 0.5).max(1),
            sector,
            country,
            owner: format!("Owner {owner:03} plc"),
            sensitive,
            monthly_sessions: dice.around(8_000.0, 1.8) as u64,
            tags: vec![
                ("tier".to_owned(), (*dice.one(&["gold", "silver", "bronze"])).to_owned()),
                ("platform".to_owned(), (*dice.one(&["wordpress", "shopify", "custom", "drupal"])).to_owned()),
            ],
        }
    }

    /// As a portfolio has it; `line` is its number there.
    pub(crate) fn member(&self, line: u64) -> MemberRow {
        MemberRow {
            start: self.start(),
            line,
            scheme_given: false,
            only_this_page: false,
            site: self.domain.clone(),
            owner: self.owner.clone(),
            sector: self.sector.to_owned(),
            country: self.country.to_owned(),
            sensitive: self.sensitive.to_owned(),
            monthly_sessions: self.monthly_sessions,
            tags: self.tags.clone(),
        }
    }

    pub(crate) fn start(&self) -> String {
        format!("https://{}/", self.domain)
    }

    /// The addresses of its pages that a crawl chooses.
    pub(crate) fn pages(&self, count: u32) -> Vec<(String, PageKind)> {
        const KINDS: [(&str, PageKind); 5] = [
            ("", PageKind::Home),
            ("contact", PageKind::Contact),
            ("login", PageKind::Login),
            ("product/17", PageKind::Product),
            ("blog/about-us", PageKind::Article),
        ];
        KINDS.iter().take(count as usize).map(|(path, kind)| (format!("{}{path}", self.start()), *kind)).collect()
    }
}

impl Use {
    /// How it waits on that night; `None` if it is not there yet.
    #[must_use]
    pub fn on(&self, night: u32) -> Option<Manner> {
        let fixed = self.fixed.is_some_and(|fixed| night >= fixed);
        (night >= self.from).then_some(if fixed { Manner::Gated } else { self.manner })
    }
}

fn uses(dice: &mut Dice, asks: bool, parties: &Parties) -> Vec<Use> {
    let appetite = dice.around(1.0, APPETITE);
    let fixed = dice.falls(FIXES).then(|| 1 + dice.below(FORTNIGHT as usize - 1) as u32);
    let mut uses = Vec::new();
    for (index, party) in parties.vendors.iter().chain(&parties.strangers).enumerate() {
        // What most sites have, small ones have as well.
        let share = if party.share > 0.2 { party.share * appetite.sqrt() } else { party.share * appetite };
        if !dice.falls(share.min(0.97)) {
            continue;
        }
        let can_wait = party.is_tracker() && asks;
        let manner = if can_wait { *dice.weighted(&WITH_BANNER) } else { Manner::Fires };
        uses.push(Use {
            party: index,
            manner,
            grade: grade(dice, party),
            route: if party.id == "google-tag-manager" { InstallRoute::Inline } else { *dice.weighted(&ROUTES) },
            account: format!("id:{:09}", dice.below(1_000_000_000)),
            from: if dice.falls(COMES) { 1 + dice.below(FORTNIGHT as usize - 1) as u32 } else { 0 },
            fixed: fixed.filter(|_| party.is_tracker() && dice.falls(0.6)),
            honours_gpc: dice.falls(0.1),
            hits: dice.about(if party.is_tracker() { 1.6 } else { 0.8 }),
        });
    }
    uses
}

fn grade(dice: &mut Dice, party: &Party) -> Grade {
    match party.exposure {
        Exposure::Content => *dice.weighted(&CONTENT_GRADES),
        _ if party.hears_keys => *dice.weighted(&OTHER_GRADES),
        _ => Grade::K0,
    }
}
