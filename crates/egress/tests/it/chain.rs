use earshot_egress::{Door, EgressConfig};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use url::Url;

use crate::world::{Zone, connect, dns, door, echo, get, nobody, open_door, rebinding_dns, web};

/// Names as the public DNS would give them; the exit knows more.
const ZONE: Zone = &[("rebind.test", &["192.168.0.1"])];

fn through(exit: &Door) -> EgressConfig {
    EgressConfig { upstream: Some(exit.proxy_url()), ..EgressConfig::default() }
}

/// An exit to which `shop.test` is loopback.
async fn exit() -> Door {
    let dns = dns(&[("shop.test", &["127.0.0.1"])]).await.0;
    door(EgressConfig { dns: Some(dns), allow_private: true, ..EgressConfig::default() }).await
}

#[tokio::test]
async fn tunnels_and_plain_requests_take_the_upstream_which_resolves() {
    let (tunnelled, (plain, seen)) = (echo().await, web("HTTP/1.1 204 No Content\r\n\r\n").await);
    let exit = exit().await;
    let door = door(through(&exit)).await;
    let (head, mut stream) = connect(&door, &format!("shop.test:{}", tunnelled.port())).await;
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    stream.write_all(b"ping").await.unwrap();
    let mut answer = [0; 4];
    stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"ping");
    let response = get(&door, &format!("http://shop.test:{}/x", plain.port())).await;
    assert!(response.starts_with("HTTP/1.1 204"), "{response}");
    assert!(seen.lock().unwrap()[0].starts_with("GET /x HTTP/1.1"));
    for ledger in [door.close().await, exit.close().await] {
        assert_eq!(ledger.hosts["shop.test"].connections, 2);
        assert!(ledger.hosts["shop.test"].bytes_up > 4);
    }
}

#[tokio::test]
async fn the_exit_is_not_asked_for_what_is_refused() {
    let exit = exit().await;
    let checked = EgressConfig { dns: Some(dns(ZONE).await.0), ..through(&exit) };
    let door = door(checked).await;
    for host in ["169.254.169.254", "localhost", "[::ffff:10.0.0.1]", "rebind.test"] {
        let (head, _) = connect(&door, &format!("{host}:80")).await;
        assert!(head.contains("x-earshot-refused"), "{host}: {head}");
    }
    assert_eq!(exit.close().await, earshot_egress::Ledger::default());
}

/// DNS rebinding: a name is judged anew each time that it is connected to, not once for all.
#[tokio::test]
async fn a_name_that_turns_inward_later_is_refused_then() {
    let server = echo().await;
    let exit = exit().await;
    // No public address is contacted in tests: the exit has its own idea of where the name leads.
    let turning = rebinding_dns(&[("shop.test", &["8.8.8.8"])], &[("shop.test", &["10.0.0.9"])]).await;
    let door = door(EgressConfig { dns: Some(turning), ..through(&exit) }).await;
    let (head, _stream) = connect(&door, &format!("shop.test:{}", server.port())).await;
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    for port in [server.port(), 80] {
        let (head, _) = connect(&door, &format!("shop.test:{port}")).await;
        assert!(head.contains("x-earshot-refused: private-address"), "{head}");
    }
    assert_eq!(exit.close().await.hosts["shop.test"].connections, 1);
}

#[tokio::test]
async fn a_name_unknown_to_the_checking_server_is_the_upstreams_to_decide() {
    let server = echo().await;
    let exit = exit().await;
    let door = door(EgressConfig { dns: Some(dns(ZONE).await.0), ..through(&exit) }).await;
    let (head, _stream) = connect(&door, &format!("shop.test:{}", server.port())).await;
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
}

#[tokio::test]
async fn credentials_go_to_the_upstream_and_only_there() {
    let (exit, seen) = web("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n").await;
    let upstream = Url::parse(&format!("http://ann:s3cret@{exit}")).unwrap();
    let door = door(EgressConfig { upstream: Some(upstream), ..EgressConfig::default() }).await;
    let (head, _) = connect(&door, "shop.test:443").await;
    assert!(head.contains("x-earshot-error: upstream-status 407"), "{head}");
    get(&door, "http://shop.test/").await;
    for request in seen.lock().unwrap().iter() {
        assert!(request.to_lowercase().contains("proxy-authorization: basic yw5uonmzy3jlda=="));
    }
    assert_eq!(seen.lock().unwrap().len(), 2);

    let (server, seen) = web("HTTP/1.1 204 No Content\r\n\r\n").await;
    get(&open_door().await, &format!("http://{server}/")).await;
    assert!(!seen.lock().unwrap()[0].to_lowercase().contains("proxy-authorization"));
}

#[tokio::test]
async fn a_dead_upstream_is_named() {
    let upstream = Url::parse(&format!("http://{}", nobody().await)).unwrap();
    let door = door(EgressConfig { upstream: Some(upstream), ..EgressConfig::default() }).await;
    let (head, _) = connect(&door, "shop.test:443").await;
    assert!(head.starts_with("HTTP/1.1 502") && head.contains("x-earshot-error: upstream-failed"), "{head}");
}
