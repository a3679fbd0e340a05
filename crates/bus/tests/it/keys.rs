//! Keys instead of passwords, as docs/fleet.md tells it: an nkey in permissions.conf, and a `.creds` file of an operator.

use std::time::Duration;

use data_encoding::BASE64URL_NOPAD;
use earshot_bus::{Bus, BusConfig, BusError, Credentials, Part};
use earshot_model::{Lane, RunId};
use nkeys::KeyPair;
use serde_json::{Value, json};

use crate::{
    samples::{seed, task, visit},
    secured,
};

#[tokio::test]
async fn an_nkey_stands_for_user_and_password() {
    let key = KeyPair::new_user();
    let named = "user: browser, password: $EARSHOT_NATS_BROWSER";
    let users = secured::permissions();
    assert!(users.contains(named));
    let broker = secured::start_with(false, &users.replace(named, &format!("nkey: {}", key.public_key())));
    secured::bus(&broker, "coordinator").await.unwrap().ensure_topology().await.unwrap();

    let with = |key: &KeyPair| BusConfig {
        // As a file has it that an editor wrote.
        credentials: Credentials::NKey(format!("{}\n", key.seed().unwrap())),
        inbox: Some("_INBOX_browser".into()),
        ..secured::config(&broker, "browser")
    };
    let bus = Bus::connect(with(&key)).await.unwrap();
    bus.check_topology(&[Part::PagesOut, Part::FinishedIn, Part::Signals]).await.unwrap();
    let run = RunId::new();
    bus.publish_visit(&visit(task(run, "", Lane::Bulk), 0)).await.unwrap();
    let error = bus.publish_seed(&seed(run, "shop.example", Lane::Bulk)).await.unwrap_err();
    assert!(matches!(error, BusError::Denied { .. }), "it may do no more than the role: {error}");

    let (stranger, patience) = (KeyPair::new_user(), Duration::from_millis(300));
    let error = Bus::connect(BusConfig { connect_patience: patience, ..with(&stranger) }).await.unwrap_err();
    assert!(matches!(error, BusError::Refused { .. }) && error.to_string().contains("nkey"), "{error}");
}

#[tokio::test]
async fn a_creds_file_lets_in_whom_the_operator_knows() {
    let (operator, account, system) = (KeyPair::new_operator(), KeyPair::new_account(), KeyPair::new_account());
    let unlimited = json!({
        "subs": -1, "data": -1, "payload": -1, "imports": -1, "exports": -1, "wildcards": true, "conn": -1, "leaf": -1,
        "mem_storage": -1, "disk_storage": -1, "streams": -1, "consumer": -1,
    });
    let of_operator = token(&operator, &operator, "operator", json!({}));
    // The server wants one for itself, which may store nothing.
    let accounts = [(&account, unlimited), (&system, json!({}))].map(|(account, limits)| {
        let token = token(&operator, account, "account", json!({ "limits": limits }));
        format!("{}: {token}", account.public_key())
    });
    let trusted = format!(
        "operator: {of_operator}\nsystem_account: {}\nresolver: MEMORY\nresolver_preload {{ {} }}\n",
        system.public_key(),
        accounts.join("\n")
    );
    let broker = secured::start_with(false, &trusted);

    let creds = |issuer: &KeyPair| {
        let user = KeyPair::new_user();
        let limits = json!({ "subs": -1, "data": -1, "payload": -1 });
        let token = token(issuer, &user, "user", limits);
        let seed = user.seed().unwrap();
        BusConfig {
            credentials: Credentials::Creds(format!(
                "-----BEGIN NATS USER JWT-----\n{token}\n------END NATS USER JWT------\n\n\
                 -----BEGIN USER NKEY SEED-----\n{seed}\n------END USER NKEY SEED------\n"
            )),
            connect_patience: Duration::from_millis(300),
            ..secured::config(&broker, "browser")
        }
    };
    Bus::connect(creds(&account)).await.unwrap().ensure_topology().await.unwrap();
    let error = Bus::connect(creds(&KeyPair::new_account())).await.unwrap_err();
    assert!(matches!(error, BusError::Refused { .. }) && error.to_string().contains(".creds"), "{error}");
}

/// What `issuer` says of `subject` (<https://docs.nats.io/running-a-nats-service/configuration/securing_nats/auth_intro/jwt>):
/// the second version of the form, as `nsc` writes it.
fn token(issuer: &KeyPair, subject: &KeyPair, kind: &str, about: Value) -> String {
    let mut nats = about;
    nats["type"] = kind.into();
    nats["version"] = 2.into();
    let claims = json!({
        "jti": subject.public_key(), "iat": 1_700_000_000, "iss": issuer.public_key(), "sub": subject.public_key(),
        "name": kind, "nats": nats,
    });
    let part = |value: &Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
    let said = format!("{}.{}", part(&json!({ "typ": "JWT", "alg": "ed25519-nkey" })), part(&claims));
    let signature = issuer.sign(said.as_bytes()).unwrap();
    format!("{said}.{}", BASE64URL_NOPAD.encode(&signature))
}
