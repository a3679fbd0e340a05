//! Who made the pages of a site ask whom.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use earshot_detect::Catalogue;
use earshot_store::LoadRow;
use schemars::JsonSchema;
use serde::Serialize;

use super::SiteReport;
use crate::plain;

/// How often one party made the pages of a site ask another one. An empty text stands for the site itself.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Load {
    /// Whose document or script made the requests: catalogue id or registrable domain.
    pub loader: String,
    /// Whom they went to.
    pub loaded: String,
    /// How many there were.
    pub requests: u64,
    /// On how many pages.
    pub pages: u64,
    /// When the first was made: ms since navigation start.
    pub first_ms: Option<f64>,
}

/// The loads of a site as a graph of named parties.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Loads {
    /// Who takes part; the site itself comes first.
    pub parties: Vec<Party>,
    /// Who made whom be asked, as places in `parties`.
    pub edges: Vec<(usize, usize)>,
    /// Parties that are left out: those that are asked least.
    pub left_out: usize,
}

/// Somebody whose documents or scripts the pages have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    /// Catalogue id or registrable domain; empty for the site itself.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// `content`, `tracker`, `unknown` or `none`; `site` for the site itself.
    pub exposure: &'static str,
}

/// Parties that a picture has room for.
const SHOWN: usize = 40;

impl SiteReport {
    /// The parties behind catalogue ids and domains.
    #[must_use]
    pub fn party(&self, id: &str, catalogue: &Catalogue) -> Party {
        if id.is_empty() {
            return Party { id: String::new(), name: plain(&self.coverage.site), exposure: "site" };
        }
        let mut findings = self.pages.iter().flat_map(|page| &page.findings);
        let (name, exposure) = match (findings.find(|finding| finding.vendor == id), catalogue.get(id)) {
            (Some(finding), _) => (finding.vendor_name.as_str(), finding.exposure.as_str()),
            (None, Some(vendor)) => (vendor.name.as_str(), vendor.exposure.as_str()),
            (None, None) => (id, "unknown"),
        };
        Party { id: id.to_owned(), name: plain(name), exposure }
    }

    /// The loads as a graph; of many parties those that are asked most, with who brings them.
    #[must_use]
    pub fn graph(&self, catalogue: &Catalogue) -> Loads {
        let shown = shown(&self.loads);
        let all: BTreeSet<&str> =
            self.loads.iter().flat_map(|load| [load.loader.as_str(), load.loaded.as_str()]).collect();
        let place: HashMap<&str, usize> = shown.iter().enumerate().map(|(place, id)| (*id, place)).collect();
        let edge = |load: &Load| Some((*place.get(load.loader.as_str())?, *place.get(load.loaded.as_str())?));
        Loads {
            edges: self.loads.iter().filter_map(edge).collect(),
            left_out: all.len() - shown.len(),
            parties: shown.iter().map(|id| self.party(id, catalogue)).collect(),
        }
    }
}

/// Who is shown, the site first; whoever is shown comes with the one that brings it most.
fn shown(loads: &[Load]) -> Vec<&str> {
    let mut asked: BTreeMap<&str, u64> = BTreeMap::new();
    let mut brings: HashMap<&str, &Load> = HashMap::new();
    for load in loads {
        *asked.entry(&load.loaded).or_default() += load.requests;
        let best = brings.entry(&load.loaded).or_insert(load);
        if load.requests > best.requests {
            *best = load;
        }
    }
    let mut by_requests: Vec<_> = asked.into_iter().filter(|(id, _)| !id.is_empty()).collect();
    by_requests.sort_by_key(|(id, requests)| (std::cmp::Reverse(*requests), *id));
    let mut shown = if loads.is_empty() { Vec::new() } else { vec![""] };
    for (id, _) in by_requests {
        let (mut way, mut next) = (Vec::new(), Some(id));
        while let Some(id) = next.filter(|id| !shown.contains(id) && !way.contains(id)) {
            way.push(id);
            next = brings.get(id).map(|load| load.loader.as_str());
        }
        if shown.len() + way.len() <= SHOWN {
            shown.extend(way);
        }
    }
    shown
}

impl From<LoadRow> for Load {
    fn from(row: LoadRow) -> Self {
        let LoadRow { loader, loaded, requests, pages, first_ms } = row;
        Self { loader, loaded, requests, pages, first_ms }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(loader: &str, loaded: &str, requests: u64) -> Load {
        Load { loader: loader.into(), loaded: loaded.into(), requests, pages: 1, first_ms: None }
    }

    #[test]
    fn whoever_is_shown_comes_with_who_brings_it() {
        let mut loads =
            vec![load("", "tag.test", 1), load("tag.test", "late.test", 900), load("late.test", "tag.test", 1)];
        loads.extend((0..60).map(|n| load("", &format!("cdn{n}.test"), 5)));
        let shown = shown(&loads);
        assert_eq!((&shown[..3], shown.len()), (&["", "late.test", "tag.test"][..], SHOWN));
        assert!(super::shown(&[]).is_empty());
    }
}
