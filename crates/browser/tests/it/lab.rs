use earshot_browser::{Browser, BrowserConfig, Seen};
use earshot_egress::{Egress, EgressConfig};
use earshot_lab::{Lab, LabConfig, Received, Via};
use earshot_model::{Fact, GapKind, Outcome};

use crate::{
    bench::requests,
    chromium::{config, has_gap, visit},
};

/// Real SDKs, workers, sockets, redirects and hostile pages, over TLS: what the hosts of the lab received is what the
/// visits saw, with the same bytes, and every message of the browser was understood.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_labs_hosts_received_was_seen() {
    let lab = Lab::start(LabConfig::default()).await.unwrap();
    let egress = EgressConfig {
        upstream: Some(lab.proxy_url().parse().unwrap()),
        dns: Some(lab.dns_addr()),
        allow_private: true,
    };
    let config = BrowserConfig { ca_spki: Some(lab.ca_spki_sha256_base64().to_owned()), ..config() };
    let browser = Browser::launch(config, Egress::new(egress).unwrap()).await.unwrap();
    let domains: Vec<String> = lab.web().truth().map(|site| site.domain.clone()).collect();
    assert!(!domains.is_empty());
    let visits = domains.iter().map(|domain| see(&browser, domain));
    let visits: Vec<Seen> = futures::future::join_all(visits).await;
    assert_eq!(browser.unparsed(), 0);
    browser.close().await;

    // What went to hosts of which the browser told nothing would be an upload that we missed.
    let unobserved: Vec<_> = visits
        .iter()
        .zip(lab.web().truth())
        .filter(|(_, site)| !site.hostile)
        .flat_map(|(seen, site)| seen.visit.gaps.iter().map(move |gap| (&site.domain, gap)))
        .filter(|(_, gap)| gap.kind == GapKind::UnobservedUpload)
        .collect();
    assert!(unobserved.is_empty(), "{unobserved:#?}");

    let received = lab.received();
    assert!(received.len() > domains.len(), "{}", received.len());
    let missed: Vec<_> = received
        .iter()
        .filter(|received| received.method != "OPTIONS" && !visits.iter().any(|seen| saw(seen, received)))
        .map(|received| (received.via, &received.method, &received.host, &received.path, received.body_len))
        .collect();
    assert!(missed.is_empty(), "{missed:#?}");
}

/// A site that does not speak TLS is asked without it, as the crawler does.
async fn see(browser: &Browser, domain: &str) -> Seen {
    let seen = visit(browser, &format!("https://{domain}/")).await.unwrap();
    if !matches!(seen.visit.outcome, Outcome::Unreachable { .. }) {
        return seen;
    }
    let seen = visit(browser, &format!("http://{domain}/")).await.unwrap();
    assert!(!matches!(seen.visit.outcome, Outcome::Unreachable { .. }), "{domain}: {:?}", seen.visit.outcome);
    seen
}

fn saw(seen: &Seen, received: &Received) -> bool {
    let told = |excerpt: &[u8]| excerpt == received.body.as_ref();
    if received.via == Via::SocketFrame {
        // Frames sent from a Blob are a gap, since the browser does not tell their bytes.
        return has_gap(seen, GapKind::BodyUnread)
            || seen
                .visit
                .events
                .iter()
                .any(|event| matches!(&event.fact, Fact::SocketFrame(f) if told(&f.body.excerpt)));
    }
    let query = if received.query.is_empty() { String::new() } else { format!("?{}", received.query) };
    let url = format!("{}://{}{}{query}", received.scheme, received.host, received.path);
    requests(seen).any(|(_, request)| {
        let body = request.body.as_ref().map(|body| body.excerpt.as_slice()).unwrap_or_default();
        // A socket's handshake is received as plain HTTP.
        let asked = request.url.strip_prefix("ws").map_or_else(|| request.url.clone(), |rest| format!("http{rest}"));
        asked == url && request.method == received.method && told(body)
    })
}
