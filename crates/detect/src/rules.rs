//! Rule packs: which legal theory a finding relates to. Each is a file of `rules/`, part of the program, with its sources.
//! A theory is what somebody may argue; whether it holds is for counsel.

use earshot_model::{Exposure, Finding, Grade, Rule};
use serde::{Deserialize, Serialize};

use crate::{DetectError, SensitiveCategory};

/// Name and text of every pack.
const FILES: [(&str, &str); 6] = [
    ("cipa-631.toml", include_str!("../rules/cipa-631.toml")),
    ("cipa-638-51.toml", include_str!("../rules/cipa-638-51.toml")),
    ("ccpa-gpc.toml", include_str!("../rules/ccpa-gpc.toml")),
    ("eprivacy-5-3.toml", include_str!("../rules/eprivacy-5-3.toml")),
    ("hipaa.toml", include_str!("../rules/hipaa.toml")),
    ("sensitive-terms.toml", include_str!("../rules/sensitive-terms.toml")),
];

/// One legal theory.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pack {
    /// Its id in kebab-case; the name of its file.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// The law, cited.
    pub law: String,
    /// Where it holds.
    pub jurisdiction: String,
    /// What somebody may argue.
    pub theory: String,
    /// What stands against it, and what Earshot cannot see.
    pub limits: String,
    /// To which findings it relates: to those that fit one of these.
    pub applies: Vec<Applies>,
    /// Where the facts come from; at least one.
    pub sources: Vec<Source>,
}

/// A kind of finding. What is left out does not matter.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Applies {
    /// What is said; at least one.
    pub rules: Vec<Rule>,
    /// How much the vendor matters.
    pub exposures: Vec<Exposure>,
    /// The lowest grade of what is heard; a finding without a grade does not fit.
    pub min_grade: Option<Grade>,
    /// Catalogue ids.
    pub vendors: Vec<String>,
    /// Only on sites of these categories.
    pub sensitive: Vec<SensitiveCategory>,
}

/// Where a fact comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// What it is.
    pub title: String,
    /// Where it can be read.
    pub url: String,
    /// From when it is, or since when it holds.
    pub date: String,
}

/// Some packs.
#[derive(Clone, Debug, PartialEq)]
pub struct Packs(Vec<Pack>);

impl Packs {
    /// All that come with this crate.
    ///
    /// # Errors
    /// The first file that does not read; a test holds that there is none.
    pub fn built_in() -> Result<Self, DetectError> {
        let parse = |(file, text): (&str, &str)| {
            toml::from_str(text).map_err(|source| DetectError::Toml { file: file.to_owned(), source })
        };
        FILES.into_iter().map(parse).collect::<Result<_, _>>().map(Self)
    }

    /// Those of these ids, in the order of the program; all of them for none.
    ///
    /// # Errors
    /// [`DetectError::UnknownPack`], which names those that there are.
    pub fn select(self, ids: &[String]) -> Result<Self, DetectError> {
        if let Some(id) = ids.iter().find(|id| self.get(id).is_none()) {
            let known: Vec<_> = self.0.iter().map(|pack| pack.id.as_str()).collect();
            return Err(DetectError::UnknownPack { id: id.clone(), known: known.join(", ") });
        }
        Ok(Self(self.0.into_iter().filter(|pack| ids.is_empty() || ids.contains(&pack.id)).collect()))
    }

    /// The packs.
    #[must_use]
    pub fn all(&self) -> &[Pack] {
        &self.0
    }

    /// The pack of that id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Pack> {
        self.0.iter().find(|pack| pack.id == id)
    }

    /// The packs that a finding relates to, on a site of that category.
    pub fn theories<'a>(
        &'a self,
        finding: &'a Finding,
        sensitive: Option<SensitiveCategory>,
    ) -> impl Iterator<Item = &'a Pack> {
        self.0.iter().filter(move |pack| pack.applies.iter().any(|applies| applies.fits(finding, sensitive)))
    }
}

impl Applies {
    /// Whether a finding on a site of that category is of this kind.
    #[must_use]
    pub fn fits(&self, finding: &Finding, sensitive: Option<SensitiveCategory>) -> bool {
        self.rules.contains(&finding.rule)
            && (self.exposures.is_empty() || self.exposures.contains(&finding.exposure))
            && self.min_grade.is_none_or(|least| finding.grade.is_some_and(|grade| grade >= least))
            && (self.vendors.is_empty() || self.vendors.contains(&finding.vendor))
            && (self.sensitive.is_empty() || sensitive.is_some_and(|category| self.sensitive.contains(&category)))
    }
}
