//! A nats-server as a fleet runs it: with TLS, and with the users of `deploy/nats/permissions.conf`.

use std::{fs, path::Path};

use earshot_bus::{Bus, BusConfig, BusError, Credentials, Tls};
use rcgen::{BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair};

use crate::broker::Broker;

/// The roles, each with the variable that its password comes from.
pub const USERS: [(&str, &str); 6] = [
    ("coordinator", "EARSHOT_NATS_COORDINATOR"),
    ("crawler", "EARSHOT_NATS_CRAWLER"),
    ("browser", "EARSHOT_NATS_BROWSER"),
    ("recorder", "EARSHOT_NATS_RECORDER"),
    ("web", "EARSHOT_NATS_WEB"),
    ("admin", "EARSHOT_NATS_ADMIN"),
];
/// Every user's password, after their name.
pub const PASSWORD: &str = "-hunter2-hunter2";

/// Starts it. `verify` has it ask for certificates of ours as well.
pub fn start(verify: bool) -> Broker {
    start_with(verify, &permissions())
}

/// The users of `deploy/nats/permissions.conf`.
pub fn permissions() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/nats/permissions.conf")).unwrap()
}

/// Starts it with other users.
pub fn start_with(verify: bool, users: &str) -> Broker {
    let dir = tempfile::tempdir().unwrap();
    write_certificates(dir.path());
    fs::write(dir.path().join("permissions.conf"), users).unwrap();
    let at = dir.path().display();
    let client = if verify { format!("ca_file: \"{at}/ca.pem\", verify: true") } else { String::new() };
    let config = format!(
        "listen: \"127.0.0.1:-1\"\nmax_payload: 8MB\njetstream {{ store_dir: \"{at}/js\" }}\n\
         tls {{ cert_file: \"{at}/server.pem\", key_file: \"{at}/server-key.pem\", {client} }}\n\
         include ./permissions.conf\n"
    );
    let file = dir.path().join("server.conf");
    fs::write(&file, config).unwrap();
    let passwords = USERS.map(|(user, variable)| (variable, format!("{user}{PASSWORD}")));
    let variables = passwords.each_ref().map(|(variable, password)| (*variable, password.as_str()));
    Broker::start_configured(dir, &file, &variables)
}

/// How a user reaches it.
pub fn config(broker: &Broker, user: &str) -> BusConfig {
    let (user, password) = (user.to_owned(), format!("{user}{PASSWORD}"));
    BusConfig {
        credentials: Credentials::UserPassword { user, password },
        tls: Tls { ca: Some(broker.dir().join("ca.pem")), client: None, required: true },
        ..BusConfig::at(format!("nats://localhost:{}", broker.port()))
    }
}

/// A bus as one role has it.
pub async fn bus(broker: &Broker, user: &str) -> Result<Bus, BusError> {
    Bus::connect(config(broker, user)).await
}

/// A CA, and what it signed: `server.pem` for localhost, `client.pem`, and `stranger.pem`, a CA that signed nothing.
fn write_certificates(dir: &Path) {
    let authority = |name: &str| {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.distinguished_name.push(rcgen::DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let certificate = params.self_signed(&key).unwrap();
        fs::write(dir.join(format!("{name}.pem")), certificate.pem()).unwrap();
        Issuer::new(params, key)
    };
    let (ours, _) = (authority("ca"), authority("stranger"));
    for (name, purpose) in
        [("server", ExtendedKeyUsagePurpose::ServerAuth), ("client", ExtendedKeyUsagePurpose::ClientAuth)]
    {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec!["localhost".to_owned(), "127.0.0.1".to_owned()]).unwrap();
        params.extended_key_usages = vec![purpose];
        let certificate = params.signed_by(&key, &ours).unwrap();
        fs::write(dir.join(format!("{name}.pem")), certificate.pem()).unwrap();
        fs::write(dir.join(format!("{name}-key.pem")), key.serialize_pem()).unwrap();
    }
}
