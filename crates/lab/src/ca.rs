//! The lab's own certificate authority: one CA a lab, one leaf certificate a host, minted when first asked for.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    PublicKeyData as _, date_time_ymd,
};
use rustls::crypto::ring;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use sha2::{Digest as _, Sha256};

use crate::Result;

/// How many leaf certificates are kept. More hosts than any portfolio of ours has; beyond it the oldest are minted again.
const MAX_LEAVES: usize = 50_000;

/// A certificate authority that lives as long as its lab; its key never touches the disk.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: CertificateDer<'static>,
    pem: String,
    spki_sha256_base64: String,
    leaf_key: KeyPair,
    leaves: Mutex<HashMap<String, Arc<CertifiedKey>>>,
}

impl Authority {
    /// Makes a new CA.
    ///
    /// # Errors
    /// When the system gives no randomness.
    pub fn new() -> Result<Self> {
        Self::named("Earshot lab CA")
    }

    /// Makes one that calls itself so: two of one name would be told apart by their signatures only.
    pub(crate) fn named(name: &str) -> Result<Self> {
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::new(Vec::new())?;
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        (params.not_before, params.not_after) = (date_time_ymd(2024, 1, 1), date_time_ymd(2044, 1, 1));
        let certificate = params.self_signed(&key)?;
        let spki = Sha256::digest(key.subject_public_key_info());
        Ok(Self {
            pem: certificate.pem(),
            certificate: certificate.der().clone(),
            spki_sha256_base64: base64::engine::general_purpose::STANDARD.encode(spki),
            issuer: Issuer::new(params, key),
            leaf_key: KeyPair::generate()?,
            leaves: Mutex::default(),
        })
    }

    /// The CA's certificate as PEM.
    #[must_use]
    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// What Chromium's `--ignore-certificate-errors-spki-list` wants of the CA.
    #[must_use]
    pub fn spki_sha256_base64(&self) -> &str {
        &self.spki_sha256_base64
    }

    /// The chain (leaf, then CA) and key for a host.
    fn leaf(&self, host: &str) -> Result<Arc<CertifiedKey>> {
        if let Some(leaf) = self.leaves.lock().unwrap_or_else(PoisonError::into_inner).get(host) {
            return Ok(leaf.clone());
        }
        let leaf = Arc::new(self.mint(host)?);
        let mut leaves = self.leaves.lock().unwrap_or_else(PoisonError::into_inner);
        if leaves.len() >= MAX_LEAVES {
            leaves.clear();
        }
        leaves.insert(host.to_owned(), leaf.clone());
        Ok(leaf)
    }

    fn mint(&self, host: &str) -> Result<CertifiedKey> {
        let mut params = CertificateParams::new(vec![host.to_owned()])?;
        params.distinguished_name.push(DnType::CommonName, host);
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        (params.not_before, params.not_after) = (date_time_ymd(2024, 1, 1), date_time_ymd(2044, 1, 1));
        let leaf = params.signed_by(&self.leaf_key, &self.issuer)?;
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(self.leaf_key.serialize_der()));
        let key = ring::sign::any_supported_type(&key)?;
        Ok(CertifiedKey::new(vec![leaf.der().clone(), self.certificate.clone()], key))
    }
}

impl fmt::Debug for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authority").field("spki_sha256", &self.spki_sha256_base64).finish_non_exhaustive()
    }
}

impl ResolvesServerCert for Authority {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let host = hello.server_name()?;
        self.leaf(host).inspect_err(|error| tracing::warn!(host, %error, "no leaf certificate")).ok()
    }
}
