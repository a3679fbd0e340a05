//! The bus elsewhere: how it is reached, how we are known there, and how it keeps what it is given.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use earshot_bus::{BusConfig, Credentials, Tls};
use serde::Deserialize;

use super::{Secret, given};

/// The bus elsewhere.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bus {
    /// On how many nodes of a NATS cluster each message lies.
    pub replicas: usize,
    user: String,
    password: Secret,
    password_file: PathBuf,
    nkey_file: PathBuf,
    nkey_seed: Secret,
    creds_file: PathBuf,
    inbox: String,
    tls: bool,
    ca_cert: PathBuf,
    client_cert: PathBuf,
    client_key: PathBuf,
}

impl Bus {
    /// NATS keeps at most so many copies of a stream.
    const MAX_REPLICAS: usize = 5;

    pub(super) fn validate(&self) -> Result<()> {
        if !(1..=Self::MAX_REPLICAS).contains(&self.replicas) {
            bail!("bus.replicas: must be from 1 to {}", Self::MAX_REPLICAS);
        }
        let ways = [
            !self.user.is_empty(),
            given(&self.nkey_file).is_some(),
            !self.nkey_seed.0.is_empty(),
            given(&self.creds_file).is_some(),
        ];
        if ways.into_iter().filter(|given| *given).count() > 1 {
            bail!("bus: give one of user, nkey_file, nkey_seed and creds_file");
        }
        let in_file = given(&self.password_file).is_some();
        if self.user.is_empty() && (in_file || !self.password.0.is_empty()) {
            bail!("bus.password: whose is it? Give bus.user too");
        }
        if in_file && !self.password.0.is_empty() {
            bail!("bus.password: give either the password or its file (bus.password_file)");
        }
        if given(&self.client_cert).is_some() != given(&self.client_key).is_some() {
            bail!("bus: client_cert and client_key belong together");
        }
        if self.inbox.contains(char::is_whitespace) || self.inbox.contains(['*', '>']) {
            bail!("bus.inbox: the beginning of a subject, such as _INBOX_browser");
        }
        Ok(())
    }

    /// How the bus at `url` is reached.
    ///
    /// # Errors
    /// Names the file of the key or the credentials that cannot be read.
    pub fn at(&self, url: &str) -> Result<BusConfig> {
        let config = BusConfig::at(url);
        let client = given(&self.client_cert).zip(given(&self.client_key));
        Ok(BusConfig {
            credentials: self.credentials()?.unwrap_or(config.credentials),
            tls: Tls {
                ca: readable("bus.ca_cert", &self.ca_cert)?,
                client: client.map(|(certificate, key)| (certificate.to_owned(), key.to_owned())),
                required: self.tls,
            },
            inbox: (!self.inbox.is_empty()).then(|| self.inbox.clone()),
            replicas: self.replicas,
            ..BusConfig::at(url)
        })
    }

    /// What is configured; what stands in the address counts otherwise.
    fn credentials(&self) -> Result<Option<Credentials>> {
        if !self.user.is_empty() {
            let password = self.password.or_in("bus.password_file", &self.password_file)?.0;
            let user = self.user.clone();
            return Ok(Some(Credentials::UserPassword { user, password }));
        }
        if !self.nkey_seed.0.is_empty() {
            return Ok(Some(Credentials::NKey(self.nkey_seed.0.clone())));
        }
        if let Some(file) = given(&self.nkey_file) {
            return Ok(Some(Credentials::NKey(secret_of("bus.nkey_file", file)?)));
        }
        given(&self.creds_file).map(|file| secret_of("bus.creds_file", file).map(Credentials::Creds)).transpose()
    }
}

fn secret_of(key: &str, file: &Path) -> Result<String> {
    std::fs::read_to_string(file).with_context(|| format!("{key}: cannot read {}", file.display()))
}

/// The file, if one is given. That it is there is looked at now, since the client would name no file.
fn readable(key: &str, file: &Path) -> Result<Option<PathBuf>> {
    let Some(file) = given(file) else { return Ok(None) };
    std::fs::File::open(file).with_context(|| format!("{key}: cannot read {}", file.display()))?;
    Ok(Some(file.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::tests::load;

    #[test]
    fn one_way_to_be_known_and_none_is_shown() {
        let dir = tempfile::tempdir().unwrap();
        let seed = dir.path().join("seed");
        std::fs::write(&seed, "SUhunter2").unwrap();
        let of = |text: &str| {
            load(&format!("[bus]\n{text}")).and_then(|config| {
                assert!(!format!("{config:?}").contains("hunter2"));
                config.bus.at("nats://u:p@a:4222,nats://b:4222")
            })
        };
        let usual = of("").unwrap();
        assert!(matches!(usual.credentials, Credentials::UserPassword { ref user, .. } if user == "u"));
        let named = of("user = \"browser\"\npassword = \"hunter2\"\ntls = true\nreplicas = 3").unwrap();
        assert!(matches!(&named.credentials, Credentials::UserPassword { user, password }
            if user == "browser" && password == "hunter2"));
        assert_eq!((named.tls.required, named.replicas), (true, 3));
        assert!(!format!("{named:?}").contains("hunter2"));
        let kept = of(&format!("user = \"browser\"\npassword_file = \"{}\"", seed.display())).unwrap();
        assert!(matches!(kept.credentials, Credentials::UserPassword { ref password, .. } if password == "SUhunter2"));
        let signed = of(&format!("nkey_file = \"{}\"\ninbox = \"_INBOX_x\"", seed.display())).unwrap();
        assert!(matches!(signed.credentials, Credentials::NKey(ref seed) if seed == "SUhunter2"));
        assert_eq!(signed.inbox.as_deref(), Some("_INBOX_x"));
        for (text, message) in [
            ("user = \"a\"\nnkey_seed = \"hunter2\"", "give one of user"),
            ("password = \"hunter2\"", "bus.password: whose is it?"),
            ("client_cert = \"a\"", "client_cert and client_key"),
            ("inbox = \"a.>\"", "bus.inbox"),
            ("user = \"a\"\npassword = \"hunter2\"\npassword_file = \"b\"", "bus.password: give either"),
            ("user = \"a\"\npassword_file = \"/nonexistent/b\"", "bus.password_file: cannot read /nonexistent/b"),
            ("creds_file = \"/nonexistent/x.creds\"", "bus.creds_file: cannot read /nonexistent/x.creds"),
            ("ca_cert = \"/nonexistent/ca.pem\"", "bus.ca_cert: cannot read /nonexistent/ca.pem"),
        ] {
            let error = format!("{:#}", of(text).unwrap_err());
            assert!(error.contains(message) && !error.contains("hunter2"), "{text:?} gave {error:?}");
        }
    }
}
