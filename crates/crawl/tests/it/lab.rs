//! The whole lab: what a crawl finds of each site is what the site's truth file says.

use std::{collections::BTreeSet, path::PathBuf, sync::Arc, time::Duration};

use earshot_crawl::{CrawlConfig, crawl};
use earshot_egress::{Egress, EgressConfig};
use earshot_lab::{Expected, Lab, LabConfig, PageTruth, SiteTruth};
use earshot_model::{Crawl, OutcomeClass};
use tokio::task::JoinSet;

use crate::web::{config, task};

/// More pages than any site of the lab has, so that all must be found.
const ALL: u32 = 100;

/// Generated sites beside the hand-written ones.
const GENERATED: usize = 20;

#[tokio::test]
async fn every_site_of_the_lab_is_found_as_its_truth_says() {
    let lab = Lab::start(LabConfig { sites: GENERATED, ..LabConfig::default() }).await.unwrap();
    let upstream = Some(lab.proxy_url().parse().unwrap());
    let egress = EgressConfig { upstream, dns: Some(lab.dns_addr()), allow_private: false };
    let egress = Egress::new(egress).unwrap();
    let ca = Arc::new(lab.ca_path().to_owned());
    let mut crawls = JoinSet::new();
    for truth in lab.web().truth().cloned() {
        crawls.spawn(crawl_site(egress.clone(), ca.clone(), truth));
    }
    let crawled = crawls.join_all().await;
    assert!(crawled.len() > GENERATED + 30);
    let wrong: Vec<String> = crawled.iter().filter_map(|(truth, crawl)| difference(truth, crawl)).collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), crawled.len(), wrong.join("\n"));
}

async fn crawl_site(egress: Egress, ca: Arc<PathBuf>, truth: SiteTruth) -> (SiteTruth, Crawl) {
    let door = egress.open().await.unwrap();
    let config = CrawlConfig { timeout: Duration::from_secs(60), ..config(&door, Some(ca.to_path_buf())) };
    let crawled = crawl(&config, &task(&truth.domain, ALL)).await.unwrap().crawl;
    (truth, crawled)
}

/// A sentence for a crawl that does not fit its site.
fn difference(truth: &SiteTruth, crawl: &Crawl) -> Option<String> {
    let start = truth.pages.iter().find(|page| page.path == "/").map(|page| page.outcome).unwrap_or_default();
    let class = match start {
        Expected::Blocked => OutcomeClass::Blocked,
        Expected::Refused => OutcomeClass::Refused,
        // A parked domain and a script that leads away are pages like others for who does not run them.
        Expected::Loaded | Expected::Any | Expected::Parked => OutcomeClass::Seen,
        Expected::OffSite if is_moved_by_script(crawl) => OutcomeClass::Seen,
        Expected::OffSite => OutcomeClass::Absent,
        _ => OutcomeClass::Failed,
    };
    let expected: BTreeSet<&str> = match class {
        OutcomeClass::Refused => BTreeSet::new(),
        OutcomeClass::Failed if start == Expected::Unreachable => BTreeSet::new(),
        OutcomeClass::Seen => {
            truth.pages.iter().filter(|page| is_worth_a_visit(page)).map(|page| &*page.path).collect()
        }
        OutcomeClass::Blocked | OutcomeClass::Failed | OutcomeClass::Absent => BTreeSet::from(["/"]),
    };
    let found: BTreeSet<&str> = crawl.pages.iter().map(|(page, _)| page.url().path()).collect();
    (expected != found || crawl.outcome.class() != class).then(|| {
        format!("{} ({}): {:?} {found:?}, not {start:?} {expected:?}", truth.domain, truth.about, crawl.outcome)
    })
}

fn is_moved_by_script(crawl: &Crawl) -> bool {
    crawl.start.host() == "moved-by-script.test"
}

fn is_worth_a_visit(page: &PageTruth) -> bool {
    !matches!(page.outcome, Expected::Refused | Expected::HttpError)
}
