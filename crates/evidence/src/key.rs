//! The key that signs evidence, and the one that checks it: Ed25519 (RFC 8032).

use std::{fmt, fs, io::Write as _, path::Path};

use ed25519_dalek::{
    Signature, Signer as _, VerifyingKey,
    pkcs8::{
        DecodePrivateKey as _, DecodePublicKey as _, EncodePrivateKey as _, EncodePublicKey as _, KeypairBytes,
        spki::der::pem::LineEnding,
    },
};
use rand::{TryRngCore as _, rngs::OsRng};

use crate::{EvidenceError, file, hash};

/// Signs what is kept. Its secret is not printed by `Debug`.
#[derive(Clone)]
pub struct SigningKey(ed25519_dalek::SigningKey);

/// Checks what was signed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

impl SigningKey {
    /// A new one.
    ///
    /// # Errors
    /// If the system gives no randomness.
    pub fn generate() -> Result<Self, EvidenceError> {
        let mut secret = [0; 32];
        OsRng.try_fill_bytes(&mut secret).map_err(|error| bad("", &error))?;
        Ok(Self(ed25519_dalek::SigningKey::from_bytes(&secret)))
    }

    /// From PKCS#8 in PEM, as `openssl genpkey -algorithm ed25519` writes it.
    ///
    /// # Errors
    /// If it is none.
    pub fn from_pem(pem: &str) -> Result<Self, EvidenceError> {
        ed25519_dalek::SigningKey::from_pkcs8_pem(pem.trim()).map(Self).map_err(|error| bad("", &error))
    }

    /// From a file.
    ///
    /// # Errors
    /// If it cannot be read, or holds no key.
    pub fn read(path: &Path) -> Result<Self, EvidenceError> {
        let pem = fs::read_to_string(path).map_err(EvidenceError::file(path))?;
        ed25519_dalek::SigningKey::from_pkcs8_pem(pem.trim()).map(Self).map_err(|error| bad(path, &error))
    }

    /// The key that is kept in `path`; if there is none, one is made and kept there for good.
    ///
    /// # Errors
    /// If it cannot be read, made or written.
    pub fn kept_in(path: &Path) -> Result<Self, EvidenceError> {
        if !path.exists() {
            match Self::generate()?.write_new(path) {
                // Somebody else was faster: theirs is the one.
                Err(EvidenceError::File { source, .. }) if source.kind() == std::io::ErrorKind::AlreadyExists => {}
                written => written?,
            }
        }
        Self::read(path)
    }

    /// Writes the key to `path`, readable by its owner only, and its public half beside it (`.pub`). What is there is
    /// never replaced: evidence that was signed by it could not be told from a forgery any more.
    ///
    /// # Errors
    /// If there is something already, or it cannot be written.
    pub fn write_new(&self, path: &Path) -> Result<(), EvidenceError> {
        // Without the public half inside: older versions of OpenSSL do not read those (RFC 5958).
        let bytes = KeypairBytes { secret_key: self.0.to_bytes(), public_key: None };
        let pem = bytes.to_pkcs8_pem(LineEnding::LF).map_err(|error| bad(path, &error))?;
        write_new(path, pem.as_bytes(), 0o600)?;
        let public = path.with_extension("pub");
        // One of an earlier key, which is not there any more, helps nobody.
        let _ = fs::remove_file(&public);
        write_new(&public, self.public().pem().as_bytes(), 0o666)
    }

    /// The half that everybody may have.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }

    /// Signs.
    #[must_use]
    pub fn sign(&self, bytes: &[u8]) -> [u8; 64] {
        self.0.sign(bytes).to_bytes()
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.public().fingerprint())
    }
}

impl PublicKey {
    /// From 64 lower-case hex digits.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        VerifyingKey::from_bytes(&hash::parse(text)?).ok().map(Self)
    }

    /// From PEM (SubjectPublicKeyInfo), as `openssl pkey -pubout` writes it.
    ///
    /// # Errors
    /// If it is none.
    pub fn from_pem(pem: &str) -> Result<Self, EvidenceError> {
        VerifyingKey::from_public_key_pem(pem.trim()).map(Self).map_err(|error| bad("", &error))
    }

    /// 64 lower-case hex digits.
    #[must_use]
    pub fn hex(&self) -> String {
        hash::hex(self.0.as_bytes())
    }

    /// PEM (SubjectPublicKeyInfo).
    ///
    /// # Panics
    /// Never: a key of 32 bytes always has that form.
    #[must_use]
    pub fn pem(&self) -> String {
        self.0.to_public_key_pem(LineEnding::LF).expect("32 bytes have a PEM form")
    }

    /// SHA-256 of its DER form (SubjectPublicKeyInfo) in hex: what people compare.
    ///
    /// # Panics
    /// As [`PublicKey::pem`].
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let der = self.0.to_public_key_der().expect("32 bytes have a DER form");
        hash::hex(&hash::of(der.as_bytes()))
    }

    /// Whether it was signed by the other half of this key. By the strict rules, so that no signature fits two texts.
    #[must_use]
    pub fn has_signed(&self, bytes: &[u8], signature: &[u8]) -> bool {
        let signature = Signature::from_slice(signature);
        signature.is_ok_and(|signature| self.0.verify_strict(bytes, &signature).is_ok())
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", self.fingerprint())
    }
}

/// A file of that mode, less the umask, that is there whole or not at all, and replaces nothing.
fn write_new(path: &Path, bytes: &[u8], mode: u32) -> Result<(), EvidenceError> {
    let mut file = file::beside(path, mode).map_err(EvidenceError::file(path))?;
    file.write_all(bytes).map_err(EvidenceError::file(path))?;
    file.persist_noclobber(path).map_err(|error| EvidenceError::file(path)(error.error)).map(|_| ())
}

/// The errors of the crates say what is wrong with the form, never what it holds.
fn bad(path: impl AsRef<Path>, error: &dyn fmt::Display) -> EvidenceError {
    let path = path.as_ref().display().to_string();
    let of = if path.is_empty() { path } else { format!(" {path}") };
    EvidenceError::Key { of, reason: error.to_string() }
}
