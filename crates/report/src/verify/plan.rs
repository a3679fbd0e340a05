//! What is visited again: pages of an earlier run.

use std::collections::BTreeSet;

use earshot_model::{PageUrl, Run, RunId, RunKind, RunState, Target};
use earshot_store::Store;

use crate::ReportError;

/// The pages that are visited again.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The pages, each once, by site.
    pub pages: Vec<PageUrl>,
    /// The only vendor that is looked at, if one was asked for.
    pub vendor: Option<String>,
    /// What should be known beside the verdicts.
    pub notes: Vec<String>,
}

/// The run that targets are held against: the one that was named, or the last scan that has seen the first of them.
///
/// # Errors
/// If there is none, if it is no complete scan, or the store cannot be asked.
pub async fn find(store: &Store, against: Option<RunId>, targets: &[Target]) -> Result<Run, ReportError> {
    let run = match against {
        Some(id) => match store.run(id).await? {
            Some(run) => run,
            None => return Err(ReportError::NoRun(id)),
        },
        None => {
            let site = targets.first().map(|target| target.site().to_string()).unwrap_or_default();
            match store.last_scan_of(&site).await? {
                Some(run) => run,
                None => {
                    return refused(format!(
                        "no complete scan has seen {site} yet: `earshot scan {site}` first, or name a run with --against"
                    ));
                }
            }
        }
    };
    if run.state != RunState::Complete {
        let id = run.id;
        let state = run.state.as_str();
        return refused(format!("run {id} is {state}, not complete: nothing can be held against half a run"));
    }
    if let RunKind::Verify { against } = run.kind {
        return refused(format!("run {} is a verify itself, of run {against}: hold against that one", run.id));
    }
    Ok(run)
}

/// A verify has a few hundred pages.
const ALL: usize = 1_000_000;

impl Plan {
    /// The pages of `against` that the targets mean, or all of them if there is no target; with a vendor only those on which
    /// something was found of it.
    ///
    /// # Errors
    /// If there are none, or the store cannot be asked.
    pub async fn of(
        store: &Store,
        against: &Run,
        targets: &[Target],
        vendor: Option<String>,
    ) -> Result<Self, ReportError> {
        let (mut pages, mut missing) = (BTreeSet::new(), Vec::new());
        if targets.is_empty() {
            for site in store.sites(against.id).await? {
                pages.extend(pages_of(store, against, &site, vendor.as_deref()).await?);
            }
        }
        for target in targets {
            let of_site = pages_of(store, against, target.site().as_str(), vendor.as_deref()).await?;
            let before = pages.len();
            pages.extend(of_site.into_iter().filter(|page| !target.only_this_page || *page == target.start));
            if pages.len() == before {
                missing.push(target.start.to_string());
            }
        }
        if let Some(missing) = missing.first() {
            let of_vendor = vendor.map(|vendor| format!(" with {vendor} on it")).unwrap_or_default();
            return refused(format!("run {} has no page of {missing}{of_vendor}: nothing to verify", against.id));
        }
        if pages.is_empty() {
            return refused(format!("run {} has visited no page: nothing to verify", against.id));
        }
        Ok(Self { pages: by_site(pages), vendor, notes: Vec::new() })
    }

    /// The pages of a verify that was planned before.
    ///
    /// # Errors
    /// If the store cannot be asked.
    pub async fn of_run(store: &Store, run: &Run, vendor: Option<String>) -> Result<Self, ReportError> {
        let mut pages: BTreeSet<PageUrl> =
            store.planned(run.id, None, ALL).await?.into_iter().map(|(_, page, _)| page).collect();
        let unvisited = store.unvisited(run.id)?.all().await?;
        pages.extend(unvisited.iter().filter_map(|target| PageUrl::parse(&target.start).ok()));
        Ok(Self { pages: by_site(pages), vendor, notes: Vec::new() })
    }

    /// The sites, by name.
    #[must_use]
    pub fn sites(&self) -> BTreeSet<String> {
        self.pages.iter().map(|page| page.site().to_string()).collect()
    }

    /// The pages as targets of a run: each is visited as it is, nothing is crawled.
    #[must_use]
    pub fn targets(&self) -> Vec<Target> {
        let target = |page: &PageUrl| Target { start: page.clone(), scheme_given: true, only_this_page: true };
        self.pages.iter().map(target).collect()
    }
}

fn refused<T>(why: String) -> Result<T, ReportError> {
    Err(ReportError::NotVerifiable(why))
}

fn by_site(pages: BTreeSet<PageUrl>) -> Vec<PageUrl> {
    let mut pages: Vec<_> = pages.into_iter().collect();
    pages.sort_by_key(|page| (page.site(), page.to_string()));
    pages
}

async fn pages_of(store: &Store, run: &Run, site: &str, vendor: Option<&str>) -> Result<Vec<PageUrl>, ReportError> {
    let pages: Vec<String> = match vendor {
        None => store.visits_of(run.id, site)?.all().await?.into_iter().map(|visit| visit.page).collect(),
        Some(vendor) => {
            let findings = store.findings_of(run.id, site)?.all().await?.into_iter();
            findings.filter(|finding| finding.vendor == vendor).map(|finding| finding.page.to_string()).collect()
        }
    };
    Ok(pages.iter().filter_map(|page| PageUrl::parse(page).ok()).collect())
}
