//! Regions: exits to see the web through from elsewhere.

use std::{collections::BTreeMap, path::PathBuf};

use anyhow::{Context as _, Result, bail};
use earshot_egress::{Egress, EgressConfig, Exits};
use earshot_model::Region;
use serde::Deserialize;

use super::{Config, Secret};

/// How the web is reached from a region.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RegionSettings {
    /// Its forward proxy; empty for none.
    proxy: Secret,
    /// A DNS server; empty for the usual one.
    dns: String,
    /// One more CA that is trusted; empty for the usual one.
    ca_cert: PathBuf,
}

impl Config {
    /// How the web is reached from a region, or as usual.
    ///
    /// # Errors
    /// A region that is not configured; a proxy or a DNS server that is none.
    pub fn egress_of(&self, region: Option<&Region>) -> Result<EgressConfig> {
        let Some(name) = region else { return self.egress() };
        let Some(settings) = self.region.get(name) else {
            bail!("there is no region '{name}' in the configuration: write [region.{name}] with its proxy")
        };
        let egress = || {
            let dns = if settings.dns.is_empty() { self.dns()? } else { super::dns_server(&settings.dns)? };
            let upstream = super::forward_proxy(&settings.proxy.0)?;
            Ok::<_, anyhow::Error>(EgressConfig { upstream, dns, allow_private: self.allow_private })
        };
        egress().with_context(|| format!("region.{name}"))
    }

    /// The names of the regions, and nothing for the usual exit.
    fn regions(&self) -> impl Iterator<Item = Option<&Region>> {
        std::iter::once(None).chain(self.region.keys().map(Some))
    }

    /// How the web is reached, from each region and as usual.
    ///
    /// # Errors
    /// As [`Config::egress_of`].
    pub fn every_egress(&self) -> Result<Vec<EgressConfig>> {
        self.regions().map(|region| self.egress_of(region)).collect()
    }

    /// The exits; nobody is contacted yet.
    ///
    /// # Errors
    /// As [`Config::egress_of`]; name servers of the system that cannot be read.
    pub fn exits(&self) -> Result<Exits> {
        let exit = |name: &Region| Ok((name.to_string(), Egress::new(self.egress_of(Some(name))?)?));
        let regions: Result<BTreeMap<_, _>> = self.region.keys().map(exit).collect();
        Ok(Exits::new(Egress::new(self.egress()?)?, regions?))
    }

    /// The extra CA of a region or the usual one, if one was given.
    #[must_use]
    pub fn ca_cert_of(&self, region: Option<&Region>) -> Option<PathBuf> {
        let own = region.and_then(|name| super::given(&self.region.get(name)?.ca_cert));
        own.or_else(|| self.ca_cert()).map(PathBuf::from)
    }

    /// Every extra CA, each once: the browser trusts them in all regions.
    #[must_use]
    pub fn ca_certs(&self) -> Vec<PathBuf> {
        let all: std::collections::BTreeSet<_> = self.regions().filter_map(|region| self.ca_cert_of(region)).collect();
        all.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::config::tests::load;

    #[test]
    fn each_region_has_an_exit_of_its_own_and_inherits_the_rest() {
        let text = "dns = \"127.0.0.1:53\"\nca_cert = \"usual.pem\"\n\
                    [region.eu]\nproxy = \"http://u:hunter2@eu.exit:3128\"\n\
                    [region.us-east]\nproxy = \"http://us.exit:3128\"\ndns = \"127.0.0.2:5353\"\nca_cert = \"us.pem\"\n";
        let config = load(text).unwrap();
        let (eu, us) = ("eu".parse().unwrap(), "us-east".parse().unwrap());
        let exit = |region| config.egress_of(region).unwrap().exit();
        assert_eq!(
            (exit(None), exit(Some(&eu)), exit(Some(&us))),
            ("direct".into(), "proxy eu.exit:3128".into(), "proxy us.exit:3128".into())
        );
        assert_eq!(config.egress_of(Some(&eu)).unwrap().dns, "127.0.0.1:53".parse().ok());
        assert_eq!(config.egress_of(Some(&us)).unwrap().dns, "127.0.0.2:5353".parse().ok());
        assert_eq!(config.ca_cert_of(Some(&us)).as_deref(), Some(Path::new("us.pem")));
        assert_eq!(config.ca_certs(), [Path::new("us.pem"), Path::new("usual.pem")]);
        assert!(!format!("{config:?}").contains("hunter2"));
        let error = config.egress_of(Some(&"asia".parse().unwrap())).unwrap_err().to_string();
        assert!(error.contains("write [region.asia]"), "{error}");
    }

    #[test]
    fn a_region_that_is_none_is_named() {
        for (text, said) in [
            ("[region.eu]\nproxy = \"socks5://u:hunter2@x\"", "region.eu: proxy: write http://host:port"),
            ("[region.eu]\ndns = \"nowhere\"", "region.eu: dns: 'nowhere' is not ip:port"),
            ("[region.EU]\nproxy = \"http://x:1\"", "'EU' is no region"),
            ("[region.eu]\nprox = \"http://x:1\"", "unknown field"),
        ] {
            let error = format!("{:#}", load(text).unwrap_err());
            assert!(error.contains(said) && !error.contains("hunter2"), "{text:?} gave {error}");
        }
    }
}
