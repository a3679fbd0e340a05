//! Who answered for the page: its certificate, and the address that was connected to.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use chromiumoxide::cdp::browser_protocol::network::{GetCertificateParams, SecurityDetails};
use earshot_egress::Ledger;
use earshot_model::{Certificate, PageUrl, Served};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use crate::{
    bounds,
    outcome::Document,
    session::{CallError, Session},
    steps::absent,
};

/// What the browser says of a document's connection.
pub(crate) fn certificate(details: &SecurityDetails) -> Option<Certificate> {
    let name = |name: &str| bounds::cut(name, bounds::NAME).to_owned();
    let moment = |seconds: f64| Timestamp::from_second(seconds as i64).ok();
    Some(Certificate {
        protocol: name(&details.protocol),
        subject: name(&details.subject_name),
        issuer: name(&details.issuer),
        valid_from: moment(*details.valid_from.inner())?,
        valid_until: moment(*details.valid_to.inner())?,
        sha256: String::new(),
    })
}

/// SHA-256, in hex, of the certificate that the server of that address has shown; empty if the browser does not give it.
pub(crate) async fn digest(session: &Session, address: &str) -> Result<String, CallError> {
    let Ok(url) = PageUrl::parse(address) else { return Ok(String::new()) };
    let given =
        absent(session.call(GetCertificateParams::new(url.url().origin().ascii_serialization()), bounds::ALIVE).await)?;
    let leaf = given.and_then(|given| BASE64_STANDARD.decode(given.table_names.first()?).ok());
    let hex = |der: Vec<u8>| Sha256::digest(der).iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(leaf.map(hex).unwrap_or_default())
}

/// Who answered for that document.
pub(crate) fn served(document: &Document, digest: String, ledger: &Ledger) -> Served {
    let host = PageUrl::parse(&document.url).map(|url| url.host().to_owned()).unwrap_or_default();
    let address = ledger.hosts.get(&host).and_then(|traffic| traffic.address).map(|address| address.to_string());
    let certificate = document.certificate.clone().map(|certificate| Certificate { sha256: digest, ..certificate });
    Served { address, certificate }
}
