//! One more CA for the browser: Chromium is told the hash of its public key.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use sha2::{Digest as _, Sha256};
use x509_parser::pem::Pem;

/// Base64 of the SHA-256 of the certificate's SubjectPublicKeyInfo, as Chromium's
/// `--ignore-certificate-errors-spki-list` takes it.
///
/// # Errors
/// Names the file if it holds no certificate in PEM form.
pub fn spki_sha256(file: &Path) -> Result<String> {
    let bytes = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    for pem in Pem::iter_from_buffer(&bytes) {
        let pem = pem.with_context(|| format!("{} is not PEM", file.display()))?;
        if pem.label == "CERTIFICATE" {
            let certificate = pem.parse_x509().with_context(|| format!("{}: not a certificate", file.display()))?;
            return Ok(BASE64_STANDARD.encode(Sha256::digest(certificate.public_key().raw)));
        }
    }
    bail!("{} holds no certificate (PEM, \"BEGIN CERTIFICATE\")", file.display())
}

/// The same of several files, as the switch takes them; `None` for no file.
///
/// # Errors
/// As [`spki_sha256`].
pub fn spki_list(files: &[PathBuf]) -> Result<Option<String>> {
    let hashes: Vec<_> = files.iter().map(|file| spki_sha256(file)).collect::<Result<_>>()?;
    Ok((!hashes.is_empty()).then(|| hashes.join(",")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_certificate_is_refused_with_its_name() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "hello").unwrap();
        let error = format!("{:#}", spki_sha256(file.path()).unwrap_err());
        assert!(error.contains(&file.path().display().to_string()), "{error}");
    }
}
