//! What a user says of single sites.

use earshot_detect::SensitiveCategory;
use serde::Deserialize;

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

impl About {
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
