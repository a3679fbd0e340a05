//! The real engine behind a server that speaks TLS, as a ClickHouse server elsewhere does.

use std::{path::Path, sync::Arc};

use earshot_store::{Store, StoreConfig, StoreError};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, crypto::ring, pki_types::PrivateKeyDer},
};

use crate::Fixture;

#[tokio::test]
async fn https_is_spoken_with_whom_the_given_ca_has_signed_and_with_nobody_else() {
    let it = Fixture::new().await;
    let dir = tempfile::tempdir().unwrap();
    let acceptor = certificates(dir.path());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    let engine = it.engine.url().trim_start_matches("http://").trim_end_matches('/').to_owned();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, engine) = (acceptor.clone(), engine.clone());
            tokio::spawn(async move {
                let Ok(mut client) = acceptor.accept(stream).await else { return };
                let mut engine = TcpStream::connect(engine).await.unwrap();
                let _ = copy_bidirectional(&mut client, &mut engine).await;
            });
        }
    });
    let config = || StoreConfig {
        url: url.clone(),
        database: StoreConfig::DATABASE.to_owned(),
        user: earshot_local::Engine::USER.to_owned(),
        password: it.engine.password().to_owned(),
    };
    let store = Store::connect_over_tls(config(), Some(&dir.path().join("ca.pem"))).unwrap();
    store.migrate().await.unwrap();
    assert!(store.runs(1).await.unwrap().is_empty());

    for ca in [Some(dir.path().join("stranger.pem")), None] {
        let store = Store::connect_over_tls(config(), ca.as_deref()).unwrap();
        let error = store.runs(1).await.unwrap_err().to_string();
        assert!(error.contains("UnknownIssuer") && !error.contains(it.engine.password()), "{error}");
    }
    for (file, what) in [("absent.pem", "absent.pem"), ("key.pem", "no certificate")] {
        let error = Store::connect_over_tls(config(), Some(&dir.path().join(file))).err().unwrap();
        assert!(matches!(error, StoreError::Ca { .. }) && error.to_string().contains(what), "{error}");
    }
    it.engine.stop().await;
}

/// Writes `ca.pem`, `stranger.pem` and a `key.pem` that is no certificate; gives what answers as localhost.
fn certificates(dir: &Path) -> TlsAcceptor {
    let authority = |name: &str| {
        let (key, mut params) = (KeyPair::generate().unwrap(), CertificateParams::new(Vec::new()).unwrap());
        params.distinguished_name.push(rcgen::DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        std::fs::write(dir.join(format!("{name}.pem")), params.self_signed(&key).unwrap().pem()).unwrap();
        Issuer::new(params, key)
    };
    let (ours, _) = (authority("ca"), authority("stranger"));
    let key = KeyPair::generate().unwrap();
    std::fs::write(dir.join("key.pem"), key.serialize_pem()).unwrap();
    let certificate = CertificateParams::new(vec!["localhost".to_owned()]).unwrap().signed_by(&key, &ours).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], PrivateKeyDer::Pkcs8(key.serialize_der().into()))
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}
