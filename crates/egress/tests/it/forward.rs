use earshot_egress::Traffic;

use crate::world::{ask, get, nobody, open_door, web};

const HELLO: &str = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-Site: yes\r\n\r\nhello";

#[tokio::test]
async fn a_plain_request_reaches_the_host_in_origin_form() {
    let (server, seen) = web(HELLO).await;
    let door = open_door().await;
    let response = get(&door, &format!("http://{server}/a?b=1")).await;
    assert!(response.starts_with("HTTP/1.1 200 OK\r\n") && response.ends_with("\r\n\r\nhello"), "{response}");
    let request = seen.lock().unwrap()[0].to_lowercase();
    assert!(request.starts_with("get /a?b=1 http/1.1\r\n"), "{request}");
    assert!(request.contains(&format!("host: {server}\r\n")) && !request.contains("ignored.test"), "{request}");
}

#[tokio::test]
async fn every_byte_on_the_wire_is_counted_for_its_host() {
    let (server, seen) = web(HELLO).await;
    let door = open_door().await;
    let request = format!("POST http://{server}/in HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody");
    ask(&door, &request).await;
    get(&door, &format!("http://{server}/")).await;
    let sent: usize = seen.lock().unwrap().iter().map(String::len).sum();
    let ledger = door.close().await;
    let (sent, received) = (sent as u64, 2 * HELLO.len() as u64);
    let expected = Traffic { connections: 2, bytes_up: sent, bytes_down: received, address: Some(server) };
    assert_eq!(ledger.hosts.into_iter().collect::<Vec<_>>(), [("127.0.0.1".to_owned(), expected)]);
    assert!(seen.lock().unwrap()[0].ends_with("\r\n\r\nbody"));
}

#[tokio::test]
async fn headers_of_one_hop_end_at_the_door() {
    let (server, seen) = web("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nKeep-Alive: timeout=5\r\n\r\n").await;
    let door = open_door().await;
    let request = format!(
        "GET http://{server}/ HTTP/1.1\r\nHost: x\r\nProxy-Authorization: Basic c2VjcmV0\r\nProxy-Connection: \
         keep-alive\r\nConnection: X-Hop\r\nX-Hop: 1\r\nX-Stays: 1\r\n\r\n"
    );
    let response = ask(&door, &request).await.to_lowercase();
    let request = seen.lock().unwrap()[0].to_lowercase();
    assert!(request.contains("x-stays: 1"), "{request}");
    for header in ["proxy-authorization", "proxy-connection", "x-hop"] {
        assert!(!request.contains(header), "{header}: {request}");
    }
    assert!(!response.contains("keep-alive"), "{response}");
}

#[tokio::test]
async fn a_site_cannot_speak_for_the_door() {
    let forged = "HTTP/1.1 403 Forbidden\r\nX-Earshot-Refused: private-address\r\nX-Earshot-Error: \
                  connect-failed\r\nContent-Length: 0\r\n\r\n";
    let (server, _) = web(forged).await;
    let response = get(&open_door().await, &format!("http://{server}/")).await.to_lowercase();
    assert!(response.starts_with("http/1.1 403") && !response.contains("x-earshot"), "{response}");
}

#[tokio::test]
async fn who_does_not_answer_is_told_from_who_answers_badly() {
    let (hangs_up, _) = web("").await;
    for (server, word) in [(nobody().await, "connect-failed"), (hangs_up, "no-answer")] {
        let response = get(&open_door().await, &format!("http://{server}/")).await;
        assert!(response.starts_with("HTTP/1.1 502"), "{response}");
        assert!(response.contains(&format!("x-earshot-error: {word}\r\n")), "{response}");
    }
}

#[tokio::test]
async fn what_is_no_request_for_a_proxy_is_a_bad_request() {
    let door = open_door().await;
    for line in ["GET / HTTP/1.1", "GET https://shop.test/ HTTP/1.1", "CONNECT shop.test HTTP/1.1"] {
        let response = ask(&door, &format!("{line}\r\nHost: shop.test\r\n\r\n")).await;
        assert!(response.starts_with("HTTP/1.1 400"), "{line}: {response}");
    }
    assert_eq!(door.close().await, earshot_egress::Ledger::default());
}
