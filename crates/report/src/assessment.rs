//! By what a run is assessed: the legal theories, and what a user says of sites.

use std::collections::BTreeMap;

use earshot_detect::{SensitiveCategory, rules::Packs};
use earshot_store::SiteNote;
use serde::Deserialize;

/// By what a run is assessed.
#[derive(Clone, Debug)]
pub struct Assessment {
    /// The rule packs that are chosen.
    pub packs: Packs,
    /// What is known of single sites, by registrable domain.
    pub sites: BTreeMap<String, SiteSettings>,
    /// Sessions of every other site in a month; 0 where that is not known.
    pub sessions: u64,
}

/// What is known of one site.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SiteSettings {
    /// Sessions in a month; 0 where that is not known.
    pub sessions: u64,
    /// What it is about; without this it is guessed.
    pub category: Option<About>,
}

/// What a site is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// Nothing that is treated apart, whatever its name looks like.
    None,
    /// Doctors, hospitals, pharmacies, insurers of health.
    Health,
    /// Banks, loans, insurers.
    Financial,
    /// Authorities.
    Government,
}

impl Assessment {
    /// How many sessions a site has in a month, if that is known.
    #[must_use]
    pub fn sessions(&self, site: &str) -> Option<u64> {
        let own = self.sites.get(site).map_or(0, |site| site.sessions);
        [own, self.sessions].into_iter().find(|sessions| *sessions > 0)
    }

    /// The same with what a portfolio says of sites, where nothing is said of them here.
    #[must_use]
    pub fn with_notes(&self, notes: Vec<SiteNote>) -> Self {
        let mut assessment = self.clone();
        for SiteNote { site, sessions, about } in notes {
            let settings = assessment.sites.entry(site).or_default();
            if settings.sessions == 0 {
                settings.sessions = sessions;
            }
            settings.category = settings.category.or_else(|| About::named(&about));
        }
        assessment
    }
}

impl About {
    fn named(name: &str) -> Option<Self> {
        match name {
            "none" => Some(Self::None),
            "health" => Some(Self::Health),
            "financial" => Some(Self::Financial),
            "government" => Some(Self::Government),
            _ => None,
        }
    }

    /// The category, if it is one.
    #[must_use]
    pub fn category(self) -> Option<SensitiveCategory> {
        match self {
            Self::None => None,
            Self::Health => Some(SensitiveCategory::Health),
            Self::Financial => Some(SensitiveCategory::Financial),
            Self::Government => Some(SensitiveCategory::Government),
        }
    }
}
