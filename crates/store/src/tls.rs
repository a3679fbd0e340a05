//! `https://` to a ClickHouse server elsewhere.

use std::{path::Path, sync::Arc, time::Duration};

use clickhouse::Client;
use hyper_rustls::{ConfigBuilderExt as _, HttpsConnectorBuilder};
use hyper_util::{client::legacy::Client as HyperClient, rt::TokioExecutor};
use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, pem::PemObject as _},
};

use crate::StoreError;

/// Servers close an idle connection after 3 s or more: ours is given up before that.
const IDLE: Duration = Duration::from_secs(2);

/// A client that trusts the CAs of `ca` (PEM) and no others; without it, those of the system.
pub(crate) fn client(ca: Option<&Path>) -> Result<Client, StoreError> {
    let unusable = |file: &Path, reason: String| StoreError::Ca { file: file.to_owned(), reason };
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("ring speaks TLS 1.2 and 1.3");
    let config = match ca {
        Some(file) => builder.with_root_certificates(roots(file).map_err(|reason| unusable(file, reason))?),
        None => builder.with_native_roots().map_err(|error| unusable(Path::new("the system"), error.to_string()))?,
    };
    let config = config.with_no_client_auth();
    let connector = HttpsConnectorBuilder::new().with_tls_config(config).https_or_http().enable_http1().build();
    let client = HyperClient::builder(TokioExecutor::new()).pool_idle_timeout(IDLE).build(connector);
    Ok(Client::with_http_client(client))
}

fn roots(file: &Path) -> Result<RootCertStore, String> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(file).map_err(|error| error.to_string())? {
        roots.add(certificate.map_err(|error| error.to_string())?).map_err(|error| error.to_string())?;
    }
    if roots.is_empty() { Err("it holds no certificate".to_owned()) } else { Ok(roots) }
}
