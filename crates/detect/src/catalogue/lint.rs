//! Everything that is wrong with a set of catalogue files, all at once, for the people who write them.

mod guide;

use earshot_model::{Exposure, StorageArea};
use url::Url;

use super::{Catalogue, Category, Confidence, HostRule, UrlPattern, Vendor, Wildcard};
use crate::DetectError;

/// The source that makes nothing confirmed (the lists' and the vendors' own words do).
const HEARSAY: &str = "general knowledge";

/// How many characters a name with a star fixes at least: `lp*` begins half of all names that begin with "lp".
const MIN_FIXED: usize = 3;

impl Catalogue {
    /// Every problem of every file, given as (name, text): what [`Catalogue::parse`] would refuse, and what only a look
    /// at all files tells: examples that are not the vendor's, strangers that are, account rules that do not give what
    /// they promise, entries that contradict themselves. Empty if all is well. A file that does not parse has one
    /// problem, for the rest of it cannot be read.
    pub fn lint<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Vec<DetectError> {
        let (mut vendors, mut problems) = (Vec::new(), Vec::new());
        for (file, text) in files {
            match Vendor::parse(file, text) {
                Ok(vendor) => vendors.push(vendor),
                Err(problem) => problems.push(problem),
            }
        }
        let (catalogue, twice) = Self::assemble(vendors);
        problems.extend(twice);
        for vendor in catalogue.vendors() {
            let found = catalogue.problems_of(vendor).into_iter().chain(guide::problem(vendor));
            problems.extend(found.map(|(field, problem)| DetectError::Field {
                file: format!("{}.md", vendor.id),
                field,
                problem,
            }));
        }
        problems
    }

    /// As [`Catalogue::lint`], of the files that come with this crate.
    #[must_use]
    pub fn lint_built_in() -> Vec<DetectError> {
        Self::lint(super::FILES.iter().copied())
    }

    fn problems_of(&self, vendor: &Vendor) -> Vec<(&'static str, String)> {
        let mut problems = self.wrong_addresses(vendor);
        problems.extend(wrong_accounts(vendor));
        problems.extend(contradictions(vendor));
        problems.extend(self.wide_names(vendor));
        for upload in vendor.uploads.iter().filter(|upload| !is_own(vendor, upload)) {
            problems.push(("uploads", format!("'{upload}' is at none of its hosts")));
        }
        problems
    }

    /// Names of cookies and of stored values that anybody's may fit, or another company's do.
    fn wide_names(&self, vendor: &Vendor) -> Vec<(&'static str, String)> {
        let mut problems = Vec::new();
        for (field, area, name) in names(vendor) {
            if name.fixed() < MIN_FIXED {
                problems.push((field, format!("'{}' has too few characters of its own", name.as_str())));
            }
            let others = self.vendors().iter().filter(|other| other.company != vendor.company);
            for (other, (.., its)) in others.flat_map(|other| names(other).map(move |name| (other, name))).filter(
                |(_, (its_field, its_area, its))| {
                    (*its_field, *its_area) == (field, area) && its != &name && name.matches(its.as_str())
                },
            ) {
                problems.push((field, format!("'{}' covers '{}' of {}", name.as_str(), its.as_str(), other.id)));
            }
        }
        problems
    }

    fn wrong_addresses(&self, vendor: &Vendor) -> Vec<(&'static str, String)> {
        let mut problems = Vec::new();
        for (field, addresses) in [("examples", &vendor.examples), ("strangers", &vendor.strangers)] {
            if addresses.is_empty() {
                problems.push((field, "none given: at least one address has to be shown".to_owned()));
            }
            for address in addresses {
                let Ok(url) = Url::parse(address) else {
                    problems.push((field, format!("'{address}' is no address")));
                    continue;
                };
                let owner = self.owner(&url).map(|owner| owner.id.as_str());
                let is_its = owner == Some(vendor.id.as_str());
                if is_its != (field == "examples") {
                    problems.push((field, format!("'{address}' belongs to {}", owner.unwrap_or("nobody"))));
                }
            }
        }
        problems
    }
}

/// What a vendor stores: the field, the storage if it is one, and the name.
fn names(vendor: &Vendor) -> impl Iterator<Item = (&'static str, Option<StorageArea>, &Wildcard)> {
    let cookies = vendor.cookies.iter().map(|name| ("cookies", None, name));
    cookies.chain(vendor.storage.iter().map(|key| ("storage", Some(key.area), &key.key)))
}

fn wrong_accounts(vendor: &Vendor) -> impl Iterator<Item = (&'static str, String)> {
    vendor.accounts.iter().filter(|rule| !rule.holds()).map(|rule| {
        let problem = if rule.example.is_empty() || rule.id.is_empty() {
            format!("'{}': give an example and the id in it", rule.name)
        } else {
            format!("'{}': '{}' does not give '{}'", rule.name, rule.example, rule.id)
        };
        ("accounts", problem)
    })
}

/// What a vendor's fields say against each other.
fn contradictions(vendor: &Vendor) -> Vec<(&'static str, String)> {
    let harmless = matches!(vendor.category, Category::Cmp | Category::Infrastructure);
    let confirmed = vendor.confidence == Confidence::Confirmed;
    [
        (
            (vendor.exposure == Exposure::None) != harmless,
            "exposure",
            "'none' is for cmp and infrastructure, and they have no other",
        ),
        (!harmless && vendor.hears.is_empty(), "hears", "empty: a tracker hears something"),
        (
            vendor.first_upload_ms.is_some() && vendor.uploads.is_empty(),
            "first_upload_ms",
            "there is no upload to wait for",
        ),
        (
            confirmed && vendor.sources.iter().all(|source| source == HEARSAY),
            "confidence",
            "'confirmed' needs a source beside general knowledge",
        ),
    ]
    .into_iter()
    .filter(|(wrong, ..)| *wrong)
    .map(|(_, field, problem)| (field, problem.to_owned()))
    .collect()
}

/// Whether a request to that address could be the vendor's at all.
fn is_own(vendor: &Vendor, upload: &UrlPattern) -> bool {
    let below = |suffix: &str, name: &str| HostRule::Below(suffix.to_owned()).matches(name);
    upload.host == HostRule::Any
        || vendor.hosts.iter().any(|host| match (&host.host, &upload.host) {
            (HostRule::Below(suffix), HostRule::Exact(name) | HostRule::Below(name)) => {
                below(suffix, name) || below(name, suffix)
            }
            (HostRule::Exact(name), upload) => upload.matches(name),
            _ => false,
        })
}
