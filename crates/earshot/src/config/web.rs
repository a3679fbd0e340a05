//! The web role's API: where it listens, and who may read.

use std::net::SocketAddr;

use anyhow::{Context as _, Result, bail};
use earshot_model::Profile;
use serde::Deserialize;

use super::Config;

/// The web role's API.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebApi {
    listen: String,
    /// Whether reading needs a token too.
    pub read_token: bool,
}

impl WebApi {
    pub(super) fn validate(&self) -> Result<()> {
        let open = self.listen()?.filter(|listen| !listen.ip().is_loopback() && !self.read_token);
        if let Some(listen) = open {
            bail!("web: everybody could read at {listen}; set web.read_token = true, or listen on 127.0.0.1");
        }
        Ok(())
    }

    /// Where it listens, if anywhere.
    ///
    /// # Errors
    /// If it is no `ip:port`.
    pub fn listen(&self) -> Result<Option<SocketAddr>> {
        if self.listen.is_empty() {
            return Ok(None);
        }
        self.listen.parse().map(Some).with_context(|| format!("web.listen: '{}' is not ip:port", self.listen))
    }
}

impl Config {
    /// The same, for a scan with pages and profiles of its own.
    #[must_use]
    pub fn for_scan(&self, pages: Option<u32>, profiles: Option<&[Profile]>) -> Self {
        let mut config = self.clone();
        config.pages = pages.unwrap_or(config.pages);
        if let Some(profiles) = profiles {
            config.profiles = profiles.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
        }
        config
    }
}

#[cfg(test)]
mod tests {
    use crate::config::Overrides;

    use super::*;

    #[test]
    fn nobody_reads_from_elsewhere_without_a_token() {
        let load = |text: &str| {
            let file = tempfile::NamedTempFile::new().unwrap();
            std::fs::write(file.path(), format!("[web]\n{text}")).unwrap();
            Config::load(Some(file.path()), &Overrides::default())
        };
        assert_eq!(load("").unwrap().web.listen().unwrap(), Some("127.0.0.1:8750".parse().unwrap()));
        assert_eq!(load("listen = \"\"").unwrap().web.listen().unwrap(), None);
        assert!(load("listen = \"0.0.0.0:80\"\nread_token = true").is_ok());
        for (text, message) in
            [("listen = \"0.0.0.0:80\"", "everybody could read"), ("listen = \"here\"", "'here' is not ip:port")]
        {
            let error = format!("{:#}", load(text).unwrap_err());
            assert!(error.contains(message), "{error}");
        }
        let config = load("").unwrap().for_scan(Some(9), Some(&[Profile::Gpc, Profile::Reject]));
        assert_eq!((config.pages, config.profiles().unwrap()), (9, vec![Profile::Reject, Profile::Gpc]));
    }
}
