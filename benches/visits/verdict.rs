//! How soon something is known of one page that is visited alone, with the usual dwell, its picture, and its fields typed into.

use std::{
    env,
    path::PathBuf,
    process::Stdio,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use earshot_browser::{Audience, Browser, BrowserConfig, Typing};
use earshot_egress::{Egress, EgressConfig};
use earshot_lab::Lab;
use earshot_model::LiveFact;
use jiff::Timestamp;

use crate::{Failed, drive, measured::Verdict};

/// Pages of one vendor, of several, and with a form.
const PAGES: &[&str] = &["shop-clarity.test", "wordpress.test", "mixed-pixels.test", "forms.test"];
/// How long `earshot scan` may take.
const PATIENCE: Duration = Duration::from_secs(120);

pub async fn measure(lab: &Lab) -> Result<Vec<Verdict>, Failed> {
    let egress = Egress::new(EgressConfig {
        upstream: Some(lab.proxy_url().parse()?),
        dns: Some(lab.dns_addr()),
        allow_private: true,
    })?;
    let config = BrowserConfig {
        ca_spki: Some(lab.ca_spki_sha256_base64().to_owned()),
        typing: Some(Typing::default()),
        ..BrowserConfig::default()
    };
    let browser = Browser::launch(config, egress).await?;
    let mut verdicts = Vec::new();
    for &site in PAGES {
        let page = format!("https://{site}/");
        let told = Arc::new(Mutex::new(Vec::new()));
        let tell = told.clone();
        let audience = Audience::of(move |event| {
            if let (LiveFact::Contact { .. }, Ok(mut told)) = (&event.fact, tell.lock()) {
                told.push((event.at_ms, Timestamp::now()));
            }
        });
        let began = Instant::now();
        let seen = browser.visit_before(&drive::task(&page)?, audience).await?;
        let seconds = began.elapsed().as_secs_f64();
        let scan_seconds = scan(lab, site).await?;
        let told = told.lock().map_err(|_| "a teller panicked")?;
        let late = told.iter().map(|(at_ms, at)| at.duration_since(seen.visit.started_at).as_secs_f64() * 1e3 - at_ms);
        let verdict =
            Verdict { page, told: told.len(), told_after_ms: late.fold(0.0, f64::max), seconds, scan_seconds };
        eprintln!("{site}: told within {:.0} ms, seen after {seconds:.1} s", verdict.told_after_ms);
        verdicts.push(verdict);
    }
    browser.close().await;
    Ok(verdicts)
}

/// `earshot scan` of the page, from its start to its report; `None` if nobody says which program that is.
async fn scan(lab: &Lab, site: &str) -> Result<Option<f64>, Failed> {
    let Some(earshot) = env::var_os("BENCH_EARSHOT").map(PathBuf::from) else { return Ok(None) };
    let data = tempfile::tempdir()?;
    let began = Instant::now();
    let mut scan = tokio::process::Command::new(earshot)
        .args(["scan", site, "--pages", "1", "--quiet", "--format", "json", "--proxy", &lab.proxy_url()])
        .args(["--dns", &lab.dns_addr().to_string(), "--ca-cert"])
        .arg(lab.ca_path())
        .arg("--data-dir")
        .arg(data.path())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .kill_on_drop(true)
        .spawn()?;
    let status = tokio::time::timeout(PATIENCE, scan.wait()).await??;
    // 1: there are findings.
    match status.code() {
        Some(0 | 1) => Ok(Some(began.elapsed().as_secs_f64())),
        _ => Err(format!("earshot scan {site}: {status}").into()),
    }
}
