//! Who can be met on made-up sites, and how often.

use earshot_detect::{Catalogue, DetectError, Hears};
use earshot_model::Exposure;
use url::Url;

use crate::dice::Dice;

/// Shares of pages with those that are met most. Web Almanac 2024, chapter Privacy, figure "Top WhoTracksMe trackers"
/// (desktop): googleapis 69 %, gstatic 67 %, google_tag 60 %, google_analytics 55 %, doubleclick 40 %, facebook 25 %,
/// cloudflare 17 %; and its figures of cookies: `_gcl_au` 14 % (in doubleclick), `_GRECAPTCHA`, bing, linkedin, yandex, adnxs, adsrvr,
/// yahoo 3 to 5 %. <https://almanac.httparchive.org/en/2024/privacy>
const KNOWN: [(&str, f64); 15] = [
    ("google-fonts", 0.69),
    ("google-static", 0.67),
    ("google-tag-manager", 0.60),
    ("google-analytics", 0.55),
    ("google-ads", 0.40),
    ("meta-pixel", 0.25),
    ("cdnjs", 0.17),
    ("google-recaptcha", 0.05),
    ("linkedin-insight", 0.04),
    ("bing-uet", 0.04),
    ("microsoft-clarity", 0.04),
    ("yandex-metrica", 0.03),
    ("xandr", 0.03),
    ("trade-desk", 0.03),
    ("yahoo-pixel", 0.03),
];

/// Share of the first of all others, and how fast shares fall with the rank: reach on the web falls about as a power of it
/// (WhoTracks.me). The order of these others is drawn, not known.
const OTHERS: (f64, f64) = (0.16, 0.7);

/// The same of domains that nobody knows: with them, a site in the middle has some 20 third parties (22: Web Almanac 2024, Third
/// Parties).
const STRANGE: (f64, f64) = (0.18, 0.35);

/// How many domains that nobody knows one copy of the sites knows.
const STRANGERS: usize = 240;

/// All parties.
#[derive(Clone, Debug)]
pub struct Parties {
    pub(crate) vendors: Vec<Party>,
    pub(crate) strangers: Vec<Party>,
    pub(crate) cmps: Vec<Party>,
}

/// Somebody who is met on pages.
#[derive(Clone, Debug)]
pub(crate) struct Party {
    /// Catalogue id, or registrable domain.
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) category: &'static str,
    pub(crate) exposure: Exposure,
    pub(crate) hears_keys: bool,
    /// Its script first, then where hits go.
    pub(crate) script: String,
    pub(crate) hits: Vec<String>,
    pub(crate) cookies: Vec<String>,
    pub(crate) keys: Vec<String>,
    /// Its first global name, if it has one.
    pub(crate) global: Option<String>,
    /// On which share of sites of middling appetite it is.
    pub(crate) share: f64,
}

impl Parties {
    /// Those of the catalogue, and as many strangers as there are; `copy` is the name of the strangers' copy.
    ///
    /// # Errors
    /// If the catalogue does not read.
    pub fn new(seed: u64, copy: &str) -> Result<Self, DetectError> {
        let catalogue = Catalogue::built_in()?;
        let mut all: Vec<Party> = catalogue.vendors().iter().map(Party::of).collect();
        let mut order = Dice::of(seed, "order of vendors");
        let mut ranks: Vec<u64> = all.iter().map(|_| order.word()).collect();
        ranks.sort_unstable();
        let mut dice = Dice::of(seed, "order of vendors");
        for party in &mut all {
            let known = KNOWN.iter().find(|(id, _)| *id == party.id).map(|(_, share)| *share);
            let rank = ranks.binary_search(&dice.word()).unwrap_or(0);
            party.share = known.unwrap_or(OTHERS.0 / (rank as f64 + 1.0).powf(OTHERS.1));
        }
        let (cmps, vendors) = all.into_iter().partition(|party| party.category == "cmp");
        let strangers = (0..STRANGERS).map(|rank| Party::stranger(rank, copy)).collect();
        Ok(Self { vendors, strangers, cmps })
    }
}

impl Party {
    fn of(vendor: &earshot_detect::Vendor) -> Self {
        let is_script = |address: &&String| Url::parse(address).is_ok_and(|url| url.path().contains("js"));
        let script = vendor.examples.iter().find(is_script).or(vendor.examples.first()).cloned().unwrap_or_default();
        let hits: Vec<String> = vendor.examples.iter().filter(|address| **address != script).cloned().collect();
        let name = |name: &str| name.replace('*', "ab12cd34");
        Self {
            id: vendor.id.clone(),
            name: vendor.name.clone(),
            category: vendor.category.as_str(),
            exposure: vendor.exposure,
            hears_keys: vendor.hears.iter().any(|hears| matches!(hears, Hears::Keystrokes | Hears::FormValues)),
            hits: if hits.is_empty() { vec![script.clone()] } else { hits },
            cookies: vendor.cookies.iter().map(|cookie| name(cookie.as_str())).collect(),
            keys: vendor.storage.iter().map(|storage| name(storage.key.as_str())).collect(),
            global: vendor.globals.first().cloned(),
            share: 0.0,
            script,
        }
    }

    fn stranger(rank: usize, copy: &str) -> Self {
        const WORDS: [&str; 12] = [
            "metrics", "assets", "media", "tags", "pixel", "widget", "embed", "static", "track", "live", "data",
            "cloud",
        ];
        let domain = format!("{copy}{}{rank:03}.example", WORDS[rank % WORDS.len()]);
        Self {
            name: domain.clone(),
            category: "unknown",
            exposure: Exposure::Unknown,
            hears_keys: rank.is_multiple_of(16),
            script: format!("https://cdn.{domain}/v{}/loader.js", rank % 7),
            hits: vec![format!("https://api.{domain}/e")],
            cookies: if rank.is_multiple_of(3) { vec!["_uid".to_owned()] } else { Vec::new() },
            keys: if rank.is_multiple_of(4) { vec!["visitor".to_owned()] } else { Vec::new() },
            global: None,
            share: STRANGE.0 / (rank as f64 + 1.0).powf(STRANGE.1),
            id: domain,
        }
    }

    pub(crate) fn is_tracker(&self) -> bool {
        self.exposure.is_tracker()
    }

    pub(crate) fn host(address: &str) -> &str {
        address.split("://").nth(1).and_then(|rest| rest.split(['/', '?']).next()).unwrap_or(address)
    }
}
