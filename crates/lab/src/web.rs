//! The synthetic web: every host that exists, and its truth.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr};

use sha2::{Digest as _, Sha256};

use crate::sdk::Sdk;
use crate::{Result, Site, SiteTruth, Vendors, generate, matrix};

/// Every host of the synthetic web.
#[derive(Debug)]
pub struct Web {
    sites: Vec<Site>,
    by_host: HashMap<String, usize>,
    cname: HashMap<String, String>,
    vendors: Vendors,
}

/// Who answers at a host.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Host<'a> {
    /// A site of the portfolio.
    Site(&'a Site),
    /// The same site under another name: it redirects.
    Alias(&'a Site),
    /// A third party that only the lab has.
    ThirdParty(&'a Site),
    /// A vendor whose real SDK is served.
    Sdk,
    /// A vendor that a stand-in plays.
    StandIn,
}

/// What DNS says of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Resolved {
    /// Names passed through, the asked one first, the one that has the address last.
    pub(crate) chain: Vec<String>,
    /// The address.
    pub(crate) address: IpAddr,
}

/// How long a chain of CNAMEs may be: longer ones are a mistake in the lab's files.
const MAX_CHAIN: usize = 8;

impl Web {
    /// How many sites the demo portfolio has.
    pub const DEMO_SITES: usize = 76;

    /// The hand-written web and `sites` generated sites.
    ///
    /// # Errors
    /// When an embedded file contradicts itself.
    pub fn new(sites: usize, seed: u64) -> Result<Self> {
        let vendors = Vendors::embedded()?;
        let mut all = Site::hand_written()?;
        all.push(matrix::site());
        all.extend(generate::sites(sites, seed, &vendors));
        let mut web = Self { sites: Vec::new(), by_host: HashMap::new(), cname: HashMap::new(), vendors };
        all.into_iter().for_each(|site| web.add(site));
        Ok(web)
    }

    /// One more site.
    pub(crate) fn add(&mut self, site: Site) {
        let hosts = site.aliases.iter().chain([&site.host]);
        self.by_host.extend(hosts.map(|host| (host.clone(), self.sites.len())));
        self.cname.extend(site.cname.clone());
        self.sites.push(site);
    }

    /// One more site of one page, or one more file of such a site.
    pub(crate) fn add_made(&mut self, address: &str, text: &str) {
        let file = address.split_once('/').and_then(|(host, name)| Some((*self.by_host.get(host)?, name)));
        match file {
            Some((site, name)) => self.sites[site].add_made_file(name, text),
            None => self.add(Site::made(address, text)),
        }
    }

    /// The web of the demo: the hand-written sites, and generated ones until the portfolio has [`Web::DEMO_SITES`].
    ///
    /// # Errors
    /// When an embedded file contradicts itself.
    pub fn demo(seed: u64) -> Result<Self> {
        Self::new(Self::demo_generated()?, seed)
    }

    /// How many generated sites the demo needs.
    ///
    /// # Errors
    /// When an embedded file contradicts itself.
    pub fn demo_generated() -> Result<usize> {
        let written = Site::hand_written()?.iter().filter(|site| site.truth.demo).count();
        Ok(Self::DEMO_SITES.saturating_sub(written))
    }

    /// Every site, third parties included.
    #[must_use]
    pub fn sites(&self) -> &[Site] {
        &self.sites
    }

    /// The table of stand-ins.
    #[must_use]
    pub fn vendors(&self) -> &Vendors {
        &self.vendors
    }

    /// The truth about every site (third parties are none).
    pub fn truth(&self) -> impl Iterator<Item = &SiteTruth> {
        self.sites.iter().filter(|site| !site.third_party).map(|site| &site.truth)
    }

    /// The truth about one site, by the name that stands in a portfolio.
    #[must_use]
    pub fn truth_of(&self, domain: &str) -> Option<&SiteTruth> {
        self.truth().find(|truth| truth.domain == domain)
    }

    /// The domains of the portfolio; with `demo` only those that belong to the demo.
    #[must_use]
    pub fn portfolio(&self, demo: bool) -> Vec<&str> {
        self.truth().filter(|truth| truth.demo || !demo).map(|truth| truth.domain.as_str()).collect()
    }

    /// The domains of the sites that are there for their consent states.
    #[must_use]
    pub fn consent_portfolio(&self) -> Vec<&str> {
        self.truth().filter(|truth| truth.consent).map(|truth| truth.domain.as_str()).collect()
    }

    /// The domains of the sites that change, to see whether a verify notices.
    #[must_use]
    pub fn verify_portfolio(&self) -> Vec<&str> {
        self.truth().filter(|truth| !truth.verdicts.is_empty()).map(|truth| truth.domain.as_str()).collect()
    }

    /// What is answered in turn begins anew.
    pub(crate) fn rewind(&self) {
        self.sites.iter().flat_map(|site| site.after.values()).for_each(crate::site::After::rewind);
    }

    /// Who answers at a host; `None` if nobody does.
    pub(crate) fn host(&self, host: &str) -> Option<Host<'_>> {
        if let Some(site) = self.by_host.get(host).map(|index| &self.sites[*index]) {
            return Some(match site {
                site if site.third_party => Host::ThirdParty(site),
                site if site.host == host => Host::Site(site),
                site => Host::Alias(site),
            });
        }
        if Sdk::has_host(host) {
            return Some(Host::Sdk);
        }
        if let Some(target) = self.cname.get(host) {
            return self.host(target).or(Some(Host::StandIn));
        }
        self.vendors.has_host(host).then_some(Host::StandIn)
    }

    /// The host whose answers a name gets: the end of its chain of CNAMEs.
    pub(crate) fn canonical<'a>(&'a self, host: &'a str) -> &'a str {
        let mut name = host;
        for _ in 0..MAX_CHAIN {
            match self.cname.get(name) {
                Some(target) => name = target,
                None => break,
            }
        }
        name
    }

    /// What DNS says of a name; `None` is NXDOMAIN.
    pub(crate) fn resolve(&self, name: &str) -> Option<Resolved> {
        let mut chain = vec![name.to_owned()];
        while let Some(target) = chain.last().and_then(|last| self.cname.get(last)).filter(|_| chain.len() < MAX_CHAIN)
        {
            chain.push(target.clone());
        }
        let last = chain.last()?.clone();
        let given = self.by_host.get(&last).and_then(|index| self.sites[*index].address);
        let known = chain.len() > 1 || self.host(&last).is_some();
        let address = given.or_else(|| known.then(|| documentation_address(&last)))?;
        Some(Resolved { chain, address })
    }
}

/// An address of TEST-NET-2 or TEST-NET-3 (RFC 5737) that follows from the name.
fn documentation_address(name: &str) -> IpAddr {
    let hash = Sha256::digest(name);
    let net = if hash[0] & 1 == 0 { [198, 51, 100] } else { [203, 0, 113] };
    IpAddr::V4(Ipv4Addr::new(net[0], net[1], net[2], hash[1].clamp(1, 254)))
}
