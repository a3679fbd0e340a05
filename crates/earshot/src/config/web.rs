//! The web role's pages and API: where they are, and who may do what.

use std::{net::SocketAddr, num::NonZeroU32};

use anyhow::{Context as _, Result, bail};
use bytesize::ByteSize;
use earshot_model::Profile;
use earshot_web::{Access, Anonymous};
use serde::Deserialize;
use url::Host;

use super::Config;

/// The web role's pages and API.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebApi {
    listen: String,
    /// Whether reading needs a token too.
    pub read_token: bool,
    hosts: Vec<String>,
    https: bool,
    behind_proxy: bool,
    anonymous_scans: AnonymousScans,
    anonymous_per_hour: u32,
    anonymous_open: u64,
    requests_per_second: u32,
    max_upload: ByteSize,
    watchers: u16,
}

/// Whether a page is scanned for whoever comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum AnonymousScans {
    Auto,
    On,
    Off,
}

impl WebApi {
    pub(super) fn validate(&self) -> Result<()> {
        let open = self.listen()?.filter(|listen| !listen.ip().is_loopback() && !self.read_token);
        if let Some(listen) = open.filter(|_| self.hosts.is_empty()) {
            bail!(
                "web: everybody could read at {listen}; set web.read_token = true, name in web.hosts under which names \
                 everybody may, or listen on 127.0.0.1"
            );
        }
        if self.read_token && self.anonymous_scans == AnonymousScans::On {
            bail!("web.anonymous_scans: who needs a token to read cannot see what was scanned without one");
        }
        self.access().map(drop)
    }

    /// Who may do what there.
    ///
    /// # Errors
    /// A name in `hosts` that is none; 0 where something is to be allowed.
    pub fn access(&self) -> Result<Access> {
        let host = |name: &String| {
            let host = Host::parse(name).ok().filter(|_| !name.is_empty());
            let host = host.with_context(|| format!("web.hosts: '{name}' is no name; write it without a port"))?;
            Ok(host.to_string())
        };
        let anonymous = if self.scans_for_everybody()? {
            let per_hour = NonZeroU32::new(self.anonymous_per_hour);
            let per_hour = per_hour.context("web.anonymous_per_hour: must be at least 1")?;
            Some(Anonymous { per_hour, open: self.anonymous_open })
        } else {
            None
        };
        Ok(Access {
            read_token: self.read_token,
            hosts: self.hosts.iter().map(host).collect::<Result<_>>()?,
            anonymous,
            https: self.https,
            behind_proxy: self.behind_proxy,
            requests_per_second: NonZeroU32::new(self.requests_per_second),
            max_upload: self.max_upload.as_u64(),
            watchers: self.watchers()?,
        })
    }

    /// How many may watch: who reads needs a connection too.
    fn watchers(&self) -> Result<u16> {
        let most = Access::MOST_WATCHERS;
        let some = Some(self.watchers).filter(|watchers| (1..=most).contains(watchers));
        some.with_context(|| format!("web.watchers: from 1 to {most}"))
    }

    /// Where nobody says: if only people of this machine come.
    fn scans_for_everybody(&self) -> Result<bool> {
        Ok(match self.anonymous_scans {
            AnonymousScans::On => true,
            AnonymousScans::Off => false,
            AnonymousScans::Auto => {
                let alone = self.listen()?.is_some_and(|listen| listen.ip().is_loopback());
                alone && self.hosts.is_empty() && !self.behind_proxy && !self.read_token
            }
        })
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
        for (text, message) in [
            ("listen = \"0.0.0.0:80\"", "everybody could read"),
            ("listen = \"here\"", "'here' is not ip:port"),
            ("hosts = [\"a.example:443\"]", "'a.example:443' is no name"),
            ("anonymous_scans = \"maybe\"", "unknown variant"),
            ("anonymous_per_hour = 0", "at least 1"),
            ("watchers = 256", "from 1 to 200"),
            ("anonymous_scans = \"on\"\nread_token = true", "cannot see what was scanned"),
        ] {
            let error = format!("{:#}", load(text).unwrap_err());
            assert!(error.contains(message), "{error}");
        }
        for (text, scanned) in [
            ("", true),
            ("read_token = true", false),
            ("behind_proxy = true", false),
            ("listen = \"0.0.0.0:80\"\nhosts = [\"Earshot.example\"]", false),
            ("listen = \"0.0.0.0:80\"\nhosts = [\"Earshot.example\"]\nanonymous_scans = \"on\"", true),
            ("anonymous_scans = \"off\"", false),
        ] {
            let access = load(text).unwrap().web.access().unwrap();
            assert_eq!(access.anonymous.is_some(), scanned, "{text}");
            assert!(access.hosts.iter().all(|host| host == "earshot.example"));
        }
        let config = load("").unwrap().for_scan(Some(9), Some(&[Profile::Gpc, Profile::Reject]));
        assert_eq!((config.pages, config.profiles().unwrap()), (9, vec![Profile::Reject, Profile::Gpc]));
    }
}
