//! What a user says of single sites.

use earshot_detect::SensitiveCategory;
use earshot_store::SiteNote;
use serde::Deserialize;

use super::Config;

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

impl Config {
    /// The same with what a portfolio says of sites, where the configuration says nothing of them.
    #[must_use]
    pub fn with_notes(&self, notes: Vec<SiteNote>) -> Self {
        let mut config = self.clone();
        for SiteNote { site, sessions, about } in notes {
            let settings = config.site.entry(site).or_default();
            if settings.sessions == 0 {
                settings.sessions = sessions;
            }
            settings.category = settings.category.or_else(|| About::named(&about));
        }
        config
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
