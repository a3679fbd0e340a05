//! Vendors over a whole run: what the store counts, and what the findings add to that.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use earshot_model::{Finding, RunId};
use earshot_store::{AccountRow, BroughtRow, ExposureRow, Store};

use crate::{AccountSites, Bringer, PageReport, ReportError, RouteCount, VendorExposure};

/// Every third party that was contacted, most exposed first.
pub(super) async fn read(store: &Store, run: RunId, pages: &[PageReport]) -> Result<Vec<VendorExposure>, ReportError> {
    let mut ways = ways(pages);
    let mut accounts: HashMap<String, Vec<AccountSites>> = HashMap::new();
    for row in store.accounts(run)?.all().await? {
        accounts.entry(row.vendor.clone()).or_default().push(account(row));
    }
    let mut brought: HashMap<String, Vec<Bringer>> = HashMap::new();
    for row in store.who_brought(run)?.all().await? {
        brought.entry(row.vendor.clone()).or_default().push(bringer(row));
    }
    let vendor = |row: ExposureRow| {
        let ways = ways.remove(row.vendor.as_str()).unwrap_or_default();
        let accounts = accounts.remove(&row.vendor).unwrap_or_default();
        let brought_by = brought.remove(&row.vendor).unwrap_or_default();
        let (disguised_sites, page_kinds) = (ways.disguised.len() as u64, texts(&ways.kinds));
        VendorExposure { accounts, routes: ways.routes(), brought_by, disguised_sites, page_kinds, ..exposure(row) }
    };
    Ok(store.exposure(run).await?.into_iter().map(vendor).collect())
}

/// How a vendor came into pages, and into which.
#[derive(Default)]
struct Ways<'p> {
    /// Sites and pages by route.
    routes: BTreeMap<&'static str, (BTreeSet<&'p str>, BTreeSet<&'p str>)>,
    disguised: BTreeSet<&'p str>,
    kinds: BTreeSet<&'p str>,
}

fn ways(pages: &[PageReport]) -> HashMap<&str, Ways<'_>> {
    let mut found: HashMap<&str, Ways<'_>> = HashMap::new();
    for page in pages.iter().filter(|page| page.class == "seen") {
        for contact in page.contacts() {
            found.entry(contact.vendor.as_str()).or_default().add(page, contact);
        }
    }
    found
}

impl<'p> Ways<'p> {
    fn add(&mut self, page: &'p PageReport, contact: &Finding) {
        self.kinds.insert(&page.kind);
        if contact.traits.disguise.is_some() {
            self.disguised.insert(&page.site);
        }
        if let Some(install) = &contact.traits.install {
            let (sites, pages) = self.routes.entry(install.route.as_str()).or_default();
            sites.insert(&page.site);
            pages.insert(&page.url);
        }
    }

    fn routes(&self) -> Vec<RouteCount> {
        let count = |(route, (sites, pages)): (&&str, &(BTreeSet<&str>, BTreeSet<&str>))| RouteCount {
            route: (*route).to_owned(),
            sites: sites.len() as u64,
            pages: pages.len() as u64,
        };
        let mut routes: Vec<_> = self.routes.iter().map(count).collect();
        routes.sort_by_key(|route| std::cmp::Reverse((route.sites, route.pages)));
        routes
    }
}

fn texts(names: &BTreeSet<&str>) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn account(row: AccountRow) -> AccountSites {
    AccountSites { account: row.account, sites: row.sites, hosts: row.hosts, pages: row.pages }
}

fn bringer(row: BroughtRow) -> Bringer {
    Bringer { by: row.brought_by, sites: row.sites, share: row.share, pages: row.pages }
}

/// What the store counts of a vendor.
fn exposure(row: ExposureRow) -> VendorExposure {
    VendorExposure {
        vendor: row.vendor,
        name: row.vendor_name,
        category: row.category,
        exposure: row.exposure,
        sites: row.sites,
        pre_consent_share: row.share,
        pages: row.pages,
        median_first_contact_ms: row.median_first_contact_ms,
        requests: row.requests,
        uploads: row.uploads,
        upload_bytes: row.wire_bytes,
        upload_decoded_bytes: row.decoded_bytes,
        stored: row.stored,
        accounts: Vec::new(),
        routes: Vec::new(),
        brought_by: Vec::new(),
        disguised_sites: 0,
        page_kinds: Vec::new(),
    }
}
