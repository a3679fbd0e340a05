//! Sites about things that are nobody's business: health, money, the state. Laws and vendors' own terms treat them apart.

use std::fmt;

use earshot_model::{PageKind, PageUrl, Site};
use serde::{Deserialize, Serialize};

/// What a sensitive site is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SensitiveCategory {
    /// Doctors, hospitals, pharmacies, insurers of health.
    Health,
    /// Banks, loans, insurers.
    Financial,
    /// Authorities.
    Government,
}

/// What a site is about, by what it is called. A guess, and to be shown as one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SensitiveGuess {
    /// What it seems to be about.
    pub category: SensitiveCategory,
    /// By which sign.
    pub why: String,
}

/// Public suffixes under which only authorities may register, and their like in other countries.
const GOVERNMENTS: &[&str] = &[
    "gov", "gov.uk", "gov.au", "govt.nz", "gc.ca", "gouv.fr", "gob.es", "gob.mx", "gv.at", "admin.ch", "gov.it",
    "gov.br", "gov.pl", "gov.ie", "gov.sg", "gov.in", "mil",
];

/// Words that a name holds as a whole part between hyphens or dots, or ends with: `city-hospital`, `acmeinsurance`. Those
/// that may only be a whole part stand in [`PARTS`].
const ENDS: &[(&str, SensitiveCategory)] = &[
    ("hospital", SensitiveCategory::Health),
    ("hospitals", SensitiveCategory::Health),
    ("clinic", SensitiveCategory::Health),
    ("clinics", SensitiveCategory::Health),
    ("klinik", SensitiveCategory::Health),
    ("klinikum", SensitiveCategory::Health),
    ("pharmacy", SensitiveCategory::Health),
    ("apotheke", SensitiveCategory::Health),
    ("dentist", SensitiveCategory::Health),
    ("telehealth", SensitiveCategory::Health),
    ("healthcare", SensitiveCategory::Health),
    ("creditunion", SensitiveCategory::Financial),
    ("sparkasse", SensitiveCategory::Financial),
    ("mortgage", SensitiveCategory::Financial),
    ("insurance", SensitiveCategory::Financial),
    ("versicherung", SensitiveCategory::Financial),
];

/// Words that name nothing else if they stand alone; within another word they may (`bankside`, `riverbank`).
const PARTS: &[(&str, SensitiveCategory)] = &[
    ("health", SensitiveCategory::Health),
    ("medical", SensitiveCategory::Health),
    ("dental", SensitiveCategory::Health),
    ("patients", SensitiveCategory::Health),
    ("bank", SensitiveCategory::Financial),
    ("banking", SensitiveCategory::Financial),
    ("loans", SensitiveCategory::Financial),
    ("credit", SensitiveCategory::Financial),
];

/// Names that hold such a word and mean something else.
const OTHERS: &[&str] =
    &["food-bank", "blood-bank", "seed-bank", "data-bank", "power-bank", "river-bank", "west-bank", "left-bank"];

/// Guesses what a site is about from its name and from the kinds of its pages; `None` where nothing says so.
#[must_use]
pub fn guess(site: &Site, pages: &[(PageUrl, PageKind)]) -> Option<SensitiveGuess> {
    by_name(site.as_str()).or_else(|| {
        let (page, _) = pages.iter().find(|(_, kind)| *kind == PageKind::Health)?;
        let why = format!("has a page {}", page.url().path());
        Some(SensitiveGuess { category: SensitiveCategory::Health, why })
    })
}

fn by_name(site: &str) -> Option<SensitiveGuess> {
    let under = |suffix: &&&str| site.strip_suffix(**suffix).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    if let Some(suffix) = GOVERNMENTS.iter().find(under) {
        let why = format!("lies under .{suffix}");
        return Some(SensitiveGuess { category: SensitiveCategory::Government, why });
    }
    let name = site.split('.').next().unwrap_or(site);
    if OTHERS.iter().any(|other| name.ends_with(other)) {
        return None;
    }
    let found = ENDS.iter().find(|(word, _)| name.split('-').any(|part| part.ends_with(word)));
    let found = found.or_else(|| PARTS.iter().find(|(word, _)| name.split('-').any(|part| part == *word)));
    let (word, category) = found?;
    Some(SensitiveGuess { category: *category, why: format!("is called '{word}'") })
}

impl SensitiveCategory {
    /// The name used in reports and in configuration.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Health => "health",
            Self::Financial => "financial",
            Self::Government => "government",
        }
    }
}

impl fmt::Display for SensitiveCategory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
