//! The proxy, spoken to over a bare socket.

use std::sync::Arc;

use earshot_lab::{Lab, Via};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, ServerName};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::lab;

/// One request on a connection; the whole answer.
async fn exchange(mut io: impl AsyncRead + AsyncWrite + Unpin, request: &str) -> String {
    io.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let _ = io.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

/// Asks for a tunnel; the connection and the status line.
async fn connect(lab: &Lab, authority: &str) -> (TcpStream, String) {
    let mut tcp = TcpStream::connect(lab.proxy_addr()).await.unwrap();
    tcp.write_all(format!("CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n\r\n").as_bytes()).await.unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(tcp.read_u8().await.unwrap());
    }
    let head = String::from_utf8(head).unwrap();
    (tcp, head.lines().next().unwrap().to_owned())
}

/// A connector that trusts the lab's CA and nothing else.
fn connector(lab: &Lab) -> TlsConnector {
    let ca = CertificateDer::from_pem_file(lab.ca_path()).unwrap();
    let mut roots = rustls::RootCertStore::empty();
    roots.add(ca).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    TlsConnector::from(Arc::new(config.with_root_certificates(roots).with_no_client_auth()))
}

/// One https request through the proxy, trusting the lab's CA and nothing else.
async fn https(lab: &Lab, tunnel: &str, host: &str, request: &str) -> String {
    let (tcp, status) = connect(lab, tunnel).await;
    assert!(status.contains("200"), "{status}");
    let name = ServerName::try_from(host.to_owned()).unwrap();
    let tls = connector(lab).connect(name, tcp).await.expect("the chain leads to the lab's CA");
    exchange(tls, request).await
}

fn get(host: &str, path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")
}

#[tokio::test]
async fn tls_ends_at_the_labs_own_authority() {
    let lab = lab(0).await;
    let page = https(&lab, "clean.test:443", "clean.test", &get("clean.test", "/contact")).await;
    assert!(page.starts_with("HTTP/1.1 200"), "{page}");
    assert!(page.contains("<h1>Contact us</h1>"), "{page}");
    lab.stop().await;
}

#[tokio::test]
async fn plain_http_leads_to_https_where_a_site_has_it() {
    let lab = lab(0).await;
    let ask = |url: &'static str, host: &'static str| {
        let request = format!("GET {url} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        let addr = lab.proxy_addr();
        async move { exchange(TcpStream::connect(addr).await.unwrap(), &request).await }
    };
    let moved = ask("http://clean.test/contact", "clean.test").await;
    assert!(moved.starts_with("HTTP/1.1 302") && moved.contains("location: https://clean.test/contact"), "{moved}");
    let plain = ask("http://http-only.test/", "http-only.test").await;
    assert!(plain.starts_with("HTTP/1.1 200"), "{plain}");
    let www = ask("http://redirecting.test/", "redirecting.test").await;
    assert!(www.contains("location: https://www.redirecting.test/"), "{www}");
    lab.stop().await;
}

#[tokio::test]
async fn an_unknown_host_and_a_closed_port_are_refused_and_noted() {
    let lab = lab(0).await;
    for authority in ["nowhere.example:443", "http-only.test:443", "clean.test:8443"] {
        let (_, status) = connect(&lab, authority).await;
        assert!(status.contains("502"), "{authority}: {status}");
        assert_eq!(lab.refused_hosts().get(authority), Some(&1));
    }
    let (_, open) = connect(&lab, "www.clarity.ms:443").await;
    assert!(open.contains("200"), "{open}");
    lab.stop().await;
}

#[tokio::test]
async fn a_tunnel_to_an_address_of_ours_is_told_apart_by_sni() {
    let lab = lab(0).await;
    let page = https(&lab, "198.51.100.7:443", "fonts-only.test", &get("fonts-only.test", "/")).await;
    assert!(page.contains("fonts.googleapis.com"), "{page}");
    lab.stop().await;
}

#[tokio::test]
async fn what_a_collector_receives_is_taken_down_with_its_decoded_length() {
    let lab = lab(0).await;
    let plain = vec![b'a'; 5_000];
    let mut packed = Vec::new();
    std::io::copy(
        &mut flate2::read::GzEncoder::new(plain.as_slice(), flate2::Compression::fast()),
        &mut std::io::Cursor::new(&mut packed),
    )
    .unwrap();
    let (tcp, _) = connect(&lab, "replay.recorder-demo.test:80").await;
    let mut request = format!(
        "POST /batch?n=1 HTTP/1.1\r\nHost: replay.recorder-demo.test\r\nOrigin: https://a.test\r\nCookie: secret=1\r\n\
         Connection: close\r\nContent-Length: {}\r\n\r\n",
        packed.len()
    )
    .into_bytes();
    request.extend_from_slice(&packed);
    let (mut read, mut write) = tcp.into_split();
    write.write_all(&request).await.unwrap();
    let mut answer = String::new();
    read.read_to_string(&mut answer).await.unwrap();
    assert!(answer.contains("access-control-allow-origin: https://a.test"), "{answer}");
    let received = lab.received();
    let [one] = received.as_slice() else { panic!("{received:?}") };
    assert_eq!(
        (one.via, one.method.as_str(), one.path.as_str(), one.query.as_str()),
        (Via::Http, "POST", "/batch", "n=1")
    );
    assert_eq!((one.body_len, one.decoded_len), (packed.len() as u64, 5_000));
    assert_eq!(one.body_sha256.len(), 64);
    assert!(!format!("{:?}", one.headers).contains("secret"));
    lab.stop().await;
}

#[tokio::test]
async fn real_sdks_are_served_under_their_vendors_names() {
    let lab = lab(0).await;
    for (host, path, inside) in [
        ("www.clarity.ms", "/tag/abc123", "projectId: \"abc123\""),
        ("scripts.clarity.ms", "/0.8.70/clarity.js", "0.8.70"),
        ("us-assets.i.posthog.com", "/static/array.js", "posthog"),
        ("browser.sentry-cdn.com", "/11.12.0/bundle.replay.min.js", "window[\"Sentry\"]"),
        ("static.openreplay.com", "/19.0.1/openreplay.js", "OpenReplay"),
        ("cdn.mxpnl.com", "/libs/mixpanel-2-latest.min.js", "mixpanel"),
        ("keys-newrelic.test", "/assets/newrelic.js", "window[\"NewRelic\"]"),
        ("keys-datadog.test", "/assets/datadog-rum.js", "DD_RUM"),
        ("keys-amplitude.test", "/assets/session-replay.js", "sessionReplay"),
        ("cdn.ear-matrix.test", "/lib/zstd.js", "export{"),
        ("cdn.ear-matrix.test", "/lib/brotli-wasm/pkg.web/brotli_wasm_bg.wasm", "application/wasm"),
        ("connect.facebook.net", "/en_US/fbevents.js", "Stand-in for Meta Pixel"),
    ] {
        let script = https(&lab, &format!("{host}:443"), host, &get(host, path)).await;
        assert!(script.starts_with("HTTP/1.1 200"), "{host}: {}", &script[..script.len().min(300)]);
        assert!(script.contains(inside), "{host}{path} lacks {inside}");
    }
    lab.stop().await;
}

#[tokio::test]
async fn a_party_with_many_names_lets_a_page_send_a_header_of_its_own() {
    let lab = lab(0).await;
    let ask = "OPTIONS /header HTTP/1.1\r\nHost: sink-header.test\r\nOrigin: https://matrix.test\r\n\
               Access-Control-Request-Headers: x-matrix\r\nConnection: close\r\n\r\n";
    let answer = https(&lab, "sink-header.test:443", "sink-header.test", ask).await;
    assert!(
        answer.starts_with("HTTP/1.1 204") && answer.contains("access-control-allow-headers: x-matrix"),
        "{answer}"
    );
    let send = "GET /header HTTP/1.1\r\nHost: sink-header.test\r\nX-Matrix: told\r\nConnection: close\r\n\r\n";
    https(&lab, "sink-header.test:443", "sink-header.test", send).await;
    let told: Vec<_> = lab.received().iter().map(|one| one.headers.get("x-matrix").cloned()).collect();
    assert_eq!(told, [None, Some("told".to_owned())]);
    lab.stop().await;
}

#[tokio::test]
async fn a_projects_number_says_how_its_owner_set_clarity_up() {
    let lab = lab(0).await;
    for (project, said) in [
        ("lab0000001", "content: true, fraud: true"),
        ("labstrict1", "content: false, fraud: true"),
        ("labhonest1", "content: true, fraud: false"),
    ] {
        let tag = get("www.clarity.ms", &format!("/tag/{project}"));
        let tag = https(&lab, "www.clarity.ms:443", "www.clarity.ms", &tag).await;
        assert!(tag.contains(said), "{project}: {tag}");
    }
    lab.stop().await;
}

#[tokio::test]
async fn walls_errors_and_silence_are_what_the_truth_says() {
    let lab = lab(0).await;
    for (host, path, status) in [
        ("blocked.test", "/", "403"),
        ("challenge.test", "/contact", "503"),
        ("challenge.test", "/login", "200"),
        ("errors.test", "/gone", "410"),
        ("errors.test", "/broken", "500"),
        ("errors.test", "/nothing-here", "404"),
        ("robots-disallow.test", "/robots.txt", "200"),
    ] {
        let answer = https(&lab, &format!("{host}:443"), host, &get(host, path)).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{host}{path}: {answer}");
    }
    let silent = https(&lab, "hostile.test:443", "hostile.test", "GET /never HTTP/1.1\r\nHost: hostile.test\r\n\r\n");
    assert!(tokio::time::timeout(std::time::Duration::from_millis(500), silent).await.is_err(), "something came");
    lab.stop().await;
}

#[tokio::test]
async fn a_certificate_of_an_unknown_authority_is_not_believed() {
    let lab = lab(0).await;
    let (tcp, status) = connect(&lab, "bad-cert.test:443").await;
    assert!(status.contains("200"), "{status}");
    let name = ServerName::try_from("bad-cert.test").unwrap();
    let error = connector(&lab).connect(name, tcp).await.unwrap_err();
    assert!(error.to_string().contains("UnknownIssuer"), "{error}");
    lab.stop().await;
}

#[tokio::test]
async fn a_host_that_refuses_takes_neither_tunnel_nor_request() {
    let lab = lab(0).await;
    for authority in ["refusing.test:443", "refusing.test:80"] {
        let (_, status) = connect(&lab, authority).await;
        assert!(status.contains("502"), "{authority}: {status}");
    }
    let request = "GET http://refusing.test/ HTTP/1.1\r\nHost: refusing.test\r\n\r\n";
    let answer = exchange(TcpStream::connect(lab.proxy_addr()).await.unwrap(), request).await;
    assert_eq!(answer, "", "the connection ends without a word");
    assert!(lab.refused_hosts().is_empty(), "it exists: {:?}", lab.refused_hosts());
    lab.stop().await;
}

#[tokio::test]
async fn a_dripping_document_goes_on_after_its_end() {
    let lab = lab(0).await;
    let (mut tcp, _) = connect(&lab, "drip.test:443").await;
    let name = ServerName::try_from("drip.test").unwrap();
    let mut tls = connector(&lab).connect(name, &mut tcp).await.unwrap();
    tls.write_all(get("drip.test", "/").as_bytes()).await.unwrap();
    let mut text = String::new();
    while !text.contains("</html>") || text.matches("<!-- more -->").count() < 2 {
        let mut bytes = [0; 1024];
        let count = tls.read(&mut bytes).await.unwrap();
        assert!(count > 0, "it ended: {text}");
        text.push_str(&String::from_utf8_lossy(&bytes[..count]));
    }
    lab.stop().await;
}

#[tokio::test]
async fn a_request_has_arrived_when_its_head_has() {
    let lab = lab(0).await;
    let (mut tcp, _) = connect(&lab, "ingest.transport-sink.test:80").await;
    let head = "POST /late HTTP/1.1\r\nHost: ingest.transport-sink.test\r\nExpect: 100-continue\r\n\
                Connection: close\r\nContent-Length: 4\r\n\r\n";
    tcp.write_all(head.as_bytes()).await.unwrap();
    // The lab asks for the body once it begins to read it, and not before.
    let mut asked = [0; 25];
    tcp.read_exact(&mut asked).await.unwrap();
    assert_eq!(&asked, b"HTTP/1.1 100 Continue\r\n\r\n");
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis();
    // Only a clock that has gone on tells the two moments apart.
    tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    let _ = exchange(tcp, "body").await;
    let received = lab.received();
    let [one] = received.as_slice() else { panic!("{received:?}") };
    assert_eq!(one.body, "body");
    assert!(u128::from(one.time_ms) <= now, "{} is after {now}", one.time_ms);
    lab.stop().await;
}

#[tokio::test]
async fn what_a_site_passes_on_is_answered_by_another_and_noted_under_its_own_name() {
    let lab = lab(0).await;
    let ask = |path: &'static str| https(&lab, "proxied.test:443", "proxied.test", path);
    let array = ask("GET /ingest/static/array.js HTTP/1.1\r\nHost: proxied.test\r\nConnection: close\r\n\r\n").await;
    assert!(array.starts_with("HTTP/1.1 200") && array.contains("posthog"), "{}", &array[..array.len().min(300)]);
    let event =
        ask("POST /ingest/e/?v=1 HTTP/1.1\r\nHost: proxied.test\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}");
    assert!(event.await.contains("\"status\":1"));
    ask("GET /stats/matomo.php?idsite=1 HTTP/1.1\r\nHost: proxied.test\r\nConnection: close\r\n\r\n").await;
    let passed: Vec<_> = lab.received().into_iter().map(|one| (one.host, one.path)).collect();
    let own = |path: &str| ("proxied.test".to_owned(), path.to_owned());
    assert_eq!(passed, [own("/ingest/static/array.js"), own("/ingest/e/")]);
    let kept: Vec<_> = lab.received_by_sites("proxied.test").into_iter().map(|one| (one.host, one.path)).collect();
    assert_eq!(kept, [own("/stats/matomo.php")]);
    lab.stop().await;
}
