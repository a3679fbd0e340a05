//! The vendor catalogue: one file a vendor, part of the program.

mod account;
mod guide;
mod lint;
mod pattern;
mod signature;
mod vendor;

use std::collections::HashMap;

use url::Url;

pub use account::AccountRule;
pub use pattern::{HostRule, StoragePattern, UrlPattern, Wildcard};
pub use signature::Signature;
pub use vendor::{Category, Confidence, Hears, Vendor};

use crate::DetectError;

/// Name and text of every file of `catalogue/`, written by the build script.
const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/catalogue.rs"));

/// All vendors, and whose an address is.
#[derive(Clone, Debug)]
pub struct Catalogue {
    /// Sorted by id.
    vendors: Vec<Vendor>,
    /// The patterns of a host name, whether `Exact` or `Below`; the empty name holds those of any host.
    by_host: HashMap<String, Vec<Owned>>,
    /// The same of the names behind CNAMEs.
    by_cname: HashMap<String, Vec<Owned>>,
}

/// Where a pattern stands.
#[derive(Clone, Copy, Debug)]
struct Owned {
    vendor: usize,
    pattern: usize,
}

impl Catalogue {
    /// The catalogue that comes with this crate. Parsed anew at each call (some ms): build it once.
    ///
    /// # Errors
    /// As [`Catalogue::parse`]; a test holds that there is none.
    pub fn built_in() -> Result<Self, DetectError> {
        Self::parse(FILES.iter().copied())
    }

    /// Name and text of the files that come with this crate.
    #[must_use]
    pub fn files() -> &'static [(&'static str, &'static str)] {
        FILES
    }

    /// Reads files given as (name, text).
    ///
    /// # Errors
    /// The first file that does not read, or that claims an address which another one has.
    pub fn parse<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, DetectError> {
        let vendors = files.into_iter().map(|(file, text)| Vendor::parse(file, text)).collect::<Result<Vec<_>, _>>()?;
        let (catalogue, twice) = Self::assemble(vendors);
        twice.into_iter().next().map_or(Ok(catalogue), Err)
    }

    /// The catalogue of these vendors, and what two of them claim; the first of them by id has it.
    fn assemble(mut vendors: Vec<Vendor>) -> (Self, Vec<DetectError>) {
        vendors.sort_by(|a, b| a.id.cmp(&b.id));
        let (mut by_host, mut by_cname): (HashMap<String, Vec<Owned>>, HashMap<String, Vec<Owned>>) =
            Default::default();
        let mut problems = Vec::new();
        for (vendor, entry) in vendors.iter().enumerate() {
            let twice = |field, pattern: String, owner: &Owned| DetectError::OwnedTwice {
                file: format!("{}.md", entry.id),
                field,
                pattern,
                owner: vendors[owner.vendor].id.clone(),
            };
            for (pattern, wanted) in entry.hosts.iter().enumerate() {
                let owners = by_host.entry(host_key(&wanted.host).to_owned()).or_default();
                match owners.iter().find(|owner| vendors[owner.vendor].hosts[owner.pattern] == *wanted) {
                    Some(owner) => problems.push(twice("hosts", wanted.to_string(), owner)),
                    None => owners.push(Owned { vendor, pattern }),
                }
            }
            for (pattern, wanted) in entry.cnames.iter().enumerate() {
                let owners = by_cname.entry(host_key(wanted).to_owned()).or_default();
                match owners.iter().find(|owner| vendors[owner.vendor].cnames[owner.pattern] == *wanted) {
                    Some(owner) => problems.push(twice("cnames", wanted.to_string(), owner)),
                    None => owners.push(Owned { vendor, pattern }),
                }
            }
        }
        (Self { vendors, by_host, by_cname }, problems)
    }

    /// All of them, sorted by id.
    #[must_use]
    pub fn vendors(&self) -> &[Vendor] {
        &self.vendors
    }

    /// The vendor with that id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Vendor> {
        self.vendors.binary_search_by(|vendor| vendor.id.as_str().cmp(id)).ok().map(|at| &self.vendors[at])
    }

    /// Whose the address is: the pattern with the longest host name wins, the exact one before `*.`, then the one
    /// with the longest path; patterns of any host are asked last.
    #[must_use]
    pub fn owner(&self, url: &Url) -> Option<&Vendor> {
        let host = url.host_str()?.trim_end_matches('.');
        domains(host).chain(std::iter::once("")).find_map(|name| self.owner_under(name, url))
    }

    /// Who is behind a CNAME that leads to `name`: the longest pattern wins, the exact one before `*.`.
    #[must_use]
    pub fn behind(&self, name: &str) -> Option<&Vendor> {
        let name = name.trim_end_matches('.').to_ascii_lowercase();
        domains(&name).find_map(|domain| {
            let rule = |owned: &&Owned| &self.vendors[owned.vendor].cnames[owned.pattern];
            let fitting = self.by_cname.get(domain)?.iter().filter(|owned| rule(owned).matches(&name));
            let best = fitting.max_by_key(|owned| matches!(rule(owned), HostRule::Exact(_)))?;
            Some(&self.vendors[best.vendor])
        })
    }

    fn owner_under(&self, name: &str, url: &Url) -> Option<&Vendor> {
        let pattern = |owned: &&Owned| &self.vendors[owned.vendor].hosts[owned.pattern];
        let best = self.by_host.get(name)?.iter().filter(|owned| pattern(owned).matches(url)).max_by_key(|owned| {
            let pattern = pattern(owned);
            (matches!(pattern.host, HostRule::Exact(_)), pattern.path.len())
        })?;
        Some(&self.vendors[best.vendor])
    }
}

/// The host itself and every domain above it: `a.b.c`, `b.c`, `c`.
pub(crate) fn domains(host: &str) -> impl Iterator<Item = &str> {
    std::iter::once(host).chain(host.match_indices('.').map(|(at, _)| &host[at + 1..]))
}

fn host_key(rule: &HostRule) -> &str {
    match rule {
        HostRule::Exact(name) | HostRule::Below(name) => name,
        HostRule::Any => "",
    }
}
