//! `nats-server`: who may talk to it, what survives, and how it ends.

use std::time::Duration;

use async_nats::jetstream;
use earshot_local::{LocalError, Nats, NatsOptions, Part};

use crate::part;

const SOON: Duration = Duration::from_secs(30);

fn options(dir: &std::path::Path, port: Option<u16>) -> NatsOptions {
    NatsOptions { dir: dir.join("nats"), port }
}

async fn start(dir: &std::path::Path, port: Option<u16>) -> Nats {
    Nats::start(&part(Part::Nats).path, options(dir, port)).await.unwrap()
}

/// async-nats takes no credentials from an address.
async fn connect(url: &str) -> async_nats::Client {
    let (user, rest) = url.strip_prefix("nats://").and_then(|rest| rest.split_once(':')).unwrap();
    let (password, host) = rest.split_once('@').unwrap();
    let options = async_nats::ConnectOptions::with_user_and_password(user.into(), password.into());
    options.connect(host).await.unwrap()
}

#[tokio::test]
async fn messages_survive_a_kill_and_the_port_can_be_kept() {
    let dir = tempfile::tempdir().unwrap();
    let first = start(dir.path(), None).await;
    let (url, port) = (first.url(), first.port());
    let stream = jetstream::stream::Config { name: "s".into(), subjects: vec!["s".into()], ..Default::default() };
    let bus = jetstream::new(connect(&url).await);
    bus.create_stream(stream).await.unwrap();
    bus.publish("s", vec![7_u8; 6 << 20].into()).await.unwrap().await.unwrap();

    let exited = first.exited();
    nix::sys::signal::kill(nix::unistd::Pid::from_raw(first.pid().cast_signed()), nix::sys::signal::SIGKILL).unwrap();
    let exit = tokio::time::timeout(SOON, exited).await.unwrap();
    assert_eq!(exit.to_string(), "signal: 9 (SIGKILL)");
    drop(first);

    let second = start(dir.path(), Some(port)).await;
    assert_eq!(second.url(), url, "the same port and password");
    let bus = jetstream::new(connect(&url).await);
    let state = bus.get_stream("s").await.unwrap().cached_info().state.clone();
    assert_eq!((state.messages, state.bytes > 6 << 20), (1, true));
    let exit = second.stop().await;
    assert!(exit.status.is_some(), "{exit}");
}

#[tokio::test]
async fn nobody_gets_in_without_the_password() {
    let dir = tempfile::tempdir().unwrap();
    let nats = start(dir.path(), None).await;
    let error = async_nats::connect(format!("127.0.0.1:{}", nats.port())).await.unwrap_err();
    assert!(error.to_string().contains("authorization"), "{error}");
    nats.stop().await;
}

#[tokio::test]
async fn a_port_that_is_taken_is_an_error_with_the_reason() {
    let dir = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let options = options(dir.path(), Some(taken.local_addr().unwrap().port()));
    let error = Nats::start(&part(Part::Nats).path, options).await.unwrap_err();
    assert!(matches!(error, LocalError::EndedEarly { .. }), "{error:?}");
    assert!(error.to_string().contains("address already in use"), "{error}");
}
