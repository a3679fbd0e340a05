use earshot_egress::Traffic;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::world::{connect, echo, nobody, open_door};

#[tokio::test]
async fn a_tunnel_carries_bytes_both_ways_and_counts_them() {
    let server = echo().await;
    let door = open_door().await;
    let (head, mut stream) = connect(&door, &server.to_string()).await;
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    let sent = vec![0x16; 100_000];
    let (mut read, mut write) = tokio::io::split(&mut stream);
    let mut received = vec![0; sent.len()];
    let (written, got) = tokio::join!(write.write_all(&sent), read.read_exact(&mut received));
    written.unwrap();
    got.unwrap();
    assert_eq!(received, sent);
    let expected = Traffic { connections: 1, bytes_up: 100_000, bytes_down: 100_000, address: Some(server) };
    assert_eq!(door.ledger().hosts["127.0.0.1"], expected, "counted while the tunnel is open");
}

#[tokio::test]
async fn one_side_may_end_before_the_other() {
    let server = echo().await;
    let door = open_door().await;
    let (_, mut stream) = connect(&door, &server.to_string()).await;
    stream.write_all(b"last words").await.unwrap();
    stream.shutdown().await.unwrap();
    let mut rest = String::new();
    stream.read_to_string(&mut rest).await.unwrap();
    assert_eq!(rest, "last words");
}

#[tokio::test]
async fn closing_a_door_ends_its_tunnels_and_no_others() {
    let server = echo().await;
    let (first, second) = (open_door().await, open_door().await);
    let (_, mut ended) = connect(&first, &server.to_string()).await;
    let (_, mut lives) = connect(&second, &server.to_string()).await;
    let address = first.addr();
    assert_eq!(first.close().await.hosts["127.0.0.1"].connections, 1);
    assert_eq!(ended.read(&mut [0; 8]).await.unwrap_or(0), 0);
    assert!(TcpStream::connect(address).await.is_err(), "nobody listens any more");
    lives.write_all(b"ok").await.unwrap();
    let mut answer = [0; 2];
    lives.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"ok");
}

#[tokio::test]
async fn a_dropped_door_is_closed() {
    let server = echo().await;
    let door = open_door().await;
    let (_, mut stream) = connect(&door, &server.to_string()).await;
    drop(door);
    assert_eq!(stream.read(&mut [0; 8]).await.unwrap_or(0), 0);
}

#[tokio::test]
async fn a_tunnel_to_nobody_is_answered_with_the_reason() {
    let (head, _) = connect(&open_door().await, &nobody().await.to_string()).await;
    assert!(head.starts_with("HTTP/1.1 502") && head.contains("x-earshot-error: connect-failed"), "{head}");
}
