use earshot_browser::{Browser, BrowserConfig};
use earshot_egress::{Egress, EgressConfig};
use earshot_lab::{Lab, LabConfig};
use earshot_model::Outcome;

use crate::{
    bench::requests,
    chromium::{config, visit},
};

#[tokio::test]
async fn the_labs_sites_are_read_without_an_unparsed_message() {
    let lab = Lab::start(LabConfig::default()).await.unwrap();
    let egress = Egress::new(EgressConfig {
        upstream: Some(lab.proxy_url().parse().unwrap()),
        dns: Some(lab.dns_addr()),
        allow_private: true,
    })
    .unwrap();
    let ca_spki = Some(lab.ca_spki_sha256_base64().to_owned());
    let browser = Browser::launch(BrowserConfig { ca_spki, ..config() }, egress).await.unwrap();
    let domains: Vec<String> = lab.web().truth().map(|site| site.domain.clone()).collect();
    assert!(!domains.is_empty());
    for domain in domains {
        let mut seen = visit(&browser, &format!("https://{domain}/")).await.unwrap();
        if matches!(seen.visit.outcome, Outcome::Unreachable { .. }) {
            seen = visit(&browser, &format!("http://{domain}/")).await.unwrap();
        }
        println!("{domain}: {} requests, {:?}, {:?}", requests(&seen).count(), seen.visit.outcome, seen.visit.gaps);
        assert!(!matches!(seen.visit.outcome, Outcome::Unreachable { .. }), "{domain}: {:?}", seen.visit.outcome);
        assert!(requests(&seen).count() > 0, "{domain}");
    }
    assert_eq!(browser.unparsed(), 0);
    browser.close().await;
}
