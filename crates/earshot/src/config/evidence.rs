//! What is kept as evidence, where, and which key signs it.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use earshot_evidence::{Place, SigningKey};
use serde::Deserialize;

use super::Secret;

/// What is kept as evidence.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// Of which visits.
    pub keep: Keep,
    store: String,
    key: PathBuf,
    key_pem: Secret,
}

/// Of which visits bundles are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Keep {
    /// Of all: that nothing was found can be proved as well.
    All,
    /// Of those with findings.
    Findings,
    /// Of none. Pictures are a matter of their own.
    None,
}

impl Evidence {
    pub(super) fn validate(&self) -> Result<()> {
        Place::parse(&self.store).context("evidence.store")?;
        if !self.key.as_os_str().is_empty() && !self.key_pem.0.is_empty() {
            bail!("evidence: give the key either by its file (key) or itself (key_pem)");
        }
        Ok(())
    }

    /// Where it is kept; `usual` if nothing else is said.
    ///
    /// # Errors
    /// None: what is no place was refused before.
    pub fn place(&self, usual: &Path) -> Result<Place> {
        if self.store.is_empty() {
            return Ok(Place::Directory(usual.to_owned()));
        }
        Ok(Place::parse(&self.store)?)
    }

    /// The key that signs; one is made and kept in `usual` if nothing else is said.
    ///
    /// # Errors
    /// If there is none in the file that is named, or `usual` cannot be written.
    pub fn signing_key(&self, usual: &Path) -> Result<SigningKey> {
        if !self.key_pem.0.is_empty() {
            return SigningKey::from_pem(&self.key_pem.0).context("evidence.key_pem");
        }
        if !self.key.as_os_str().is_empty() {
            return SigningKey::read(&self.key).context("evidence.key");
        }
        Ok(SigningKey::kept_in(usual)?)
    }
}

impl Keep {
    /// Whether a visit with so many findings is kept.
    #[must_use]
    pub fn wants(self, findings: usize) -> bool {
        match self {
            Self::All => true,
            Self::Findings => findings > 0,
            Self::None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::tests::load;

    #[test]
    fn evidence_has_a_place_and_a_key_that_is_never_shown() {
        let (dir, config) = (tempfile::tempdir().unwrap(), load("").unwrap().evidence);
        let (usual, key) = (dir.path(), dir.path().join("k.pem"));
        assert_eq!((config.keep, config.place(usual).unwrap()), (Keep::All, Place::Directory(usual.into())));
        let made = config.signing_key(&key).unwrap().public();
        assert_eq!(config.signing_key(&key).unwrap().public(), made, "made once");
        let pem = std::fs::read_to_string(&key).unwrap();
        let given =
            load(&format!("[evidence]\nstore = \"s3://b/p\"\nkeep = \"findings\"\nkey_pem = '''{pem}'''")).unwrap();
        assert_eq!(given.evidence.signing_key(Path::new("/nonexistent")).unwrap().public(), made);
        assert_eq!(given.evidence.place(usual).unwrap(), Place::Bucket { name: "b".into(), prefix: "p".into() });
        assert!(!format!("{given:?}").contains(pem.lines().nth(1).unwrap()));
        assert!(Keep::All.wants(0) && Keep::Findings.wants(1) && !Keep::Findings.wants(0) && !Keep::None.wants(1));
        for (text, message) in [
            ("store = \"ftp://x\"", "evidence.store: cannot keep evidence in ftp://x"),
            ("keep = \"some\"", "unknown variant"),
            ("key = \"a\"\nkey_pem = \"b\"", "either by its file"),
            ("keys = \"a\"", "unknown key 'evidence.keys'"),
        ] {
            let error = format!("{:#}", load(&format!("[evidence]\n{text}")).unwrap_err());
            assert!(error.contains(message), "{text:?} gave {error:?}");
        }
        let error = load("[evidence]\nkey_pem = \"hunter2\"").unwrap().evidence.signing_key(&key).unwrap_err();
        assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
    }
}
