//! What was tried, one by one: virtual time, several browsers, formats of pictures, breakpoints in the place of wrapped functions.

use std::time::{Duration, Instant};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use chromiumoxide::cdp::{
    browser_protocol::page::{CaptureScreenshotFormat, CaptureScreenshotParams},
    js_protocol::{
        debugger::{self, SetBreakpointOnFunctionCallParams, SetSkipAllPausesParams},
        runtime::EvaluateParams,
    },
};
use earshot_browser::{Browser, BrowserConfig};
use earshot_egress::{Egress, EgressConfig};
use earshot_lab::Lab;
use tokio::time::sleep;

use crate::{
    Failed,
    bare::{Bare, Tab},
    drive::Mode,
    job,
    measured::{Browsers, Hook, PictureOf, Time, Tried},
    start,
};

/// Pages whose recorders upload some 5, 10 and more seconds after the start, and one with a tag that comes late.
const LATE: &[&str] =
    &["app-sentry.test", "app-openreplay.test", "app-posthog.test", "shop-clarity.test", "delayed.test"];
/// Tabs that browsers share.
const TABS: usize = 16;
/// Pictures of each kind.
const PICTURES: usize = 7;
/// Calls of each kind.
const CALLS: u32 = 5_000;

pub async fn measure(lab: &Lab) -> Result<Tried, Failed> {
    let egress = Egress::new(EgressConfig {
        upstream: Some(lab.proxy_url().parse()?),
        dns: Some(lab.dns_addr()),
        allow_private: true,
    })?;
    let config = BrowserConfig { ca_spki: Some(lab.ca_spki_sha256_base64().to_owned()), ..BrowserConfig::default() };
    let browser = Browser::launch(config, egress.clone()).await?;
    let bare = Bare::like(&browser, egress).await?;
    browser.close().await;
    let mut time = Vec::new();
    for seconds in [2, 7, 30] {
        time.push(real(lab, &bare, seconds).await?);
    }
    time.push(virtually(lab, &bare, 30).await?);
    let (pictures, hooks) = (pictures(&bare).await?, hooks(&bare).await?);
    drop(bare);
    Ok(Tried { time, browsers: browsers(lab).await?, pictures, hooks })
}

async fn real(lab: &Lab, bare: &Bare, seconds: u64) -> Result<Time, Failed> {
    watched_for(lab, bare, format!("{seconds} s"), async |_| {
        sleep(Duration::from_secs(seconds)).await;
        Ok(())
    })
    .await
}

/// Lets the page's clock run as fast as its work allows.
async fn virtually(lab: &Lab, bare: &Bare, seconds: u64) -> Result<Time, Failed> {
    watched_for(lab, bare, format!("{seconds} virtual s"), async |tab| {
        bare.virtually(tab, Duration::from_secs(seconds)).await.map(drop)
    })
    .await
}

async fn watched_for(
    lab: &Lab,
    bare: &Bare,
    how: String,
    watch: impl AsyncFn(&Tab) -> Result<(), Failed>,
) -> Result<Time, Failed> {
    lab.clear_received();
    let (mut seconds, mut by_page) = (0.0, 0.0);
    for page in LATE {
        let tab = bare.tab().await?;
        bare.go(&tab, &format!("https://{page}/")).await?;
        let began = Instant::now();
        watch(&tab).await?;
        seconds += began.elapsed().as_secs_f64();
        by_page += page_seconds(bare, &tab).await?;
        bare.close(tab).await?;
    }
    let (requests, pages) = (lab.received().len(), LATE.len() as f64);
    eprintln!("{how}: {requests} requests");
    Ok(Time { how, requests, seconds: seconds / pages, page_seconds: by_page / pages })
}

async fn page_seconds(bare: &Bare, tab: &Tab) -> Result<f64, Failed> {
    number(bare, tab, "performance.now() / 1000").await
}

async fn number(bare: &Bare, tab: &Tab, expression: &str) -> Result<f64, Failed> {
    let said = bare.call(Some(&tab.session), EvaluateParams::new(expression)).await?;
    said.result.value.and_then(|value| value.as_f64()).ok_or_else(|| format!("{expression}: no number").into())
}

async fn browsers(lab: &Lab) -> Result<Vec<Browsers>, Failed> {
    let mut all = Vec::new();
    for browsers in [1, 2, 4] {
        let driven =
            start(&crate::drive::Job { browsers, memory: true, ..job(lab, Mode::Watched, TABS, 6 * TABS) }).await?;
        eprintln!("{browsers} browsers: {:.3} CPU-s a visit", driven.cpu_s_a_visit());
        all.push(Browsers {
            browsers,
            tabs: TABS,
            cpu_s_a_visit: driven.cpu_s_a_visit(),
            visits_a_minute: driven.visits_a_minute(),
            peak_mb: driven.peak_mb,
        });
    }
    Ok(all)
}

async fn pictures(bare: &Bare) -> Result<Vec<PictureOf>, Failed> {
    let tab = bare.tab().await?;
    bare.go(&tab, "https://wordpress.test/").await?;
    sleep(Duration::from_secs(2)).await;
    let mut all = Vec::new();
    for (how, format, quality, fast) in [
        ("JPEG 60, for speed (what is taken)", CaptureScreenshotFormat::Jpeg, Some(60), true),
        ("JPEG 60", CaptureScreenshotFormat::Jpeg, Some(60), false),
        ("JPEG 85, for speed", CaptureScreenshotFormat::Jpeg, Some(85), true),
        ("WebP 60, for speed", CaptureScreenshotFormat::Webp, Some(60), true),
        ("PNG, for speed", CaptureScreenshotFormat::Png, None, true),
        ("PNG", CaptureScreenshotFormat::Png, None, false),
    ] {
        let capture = CaptureScreenshotParams {
            format: Some(format),
            quality,
            optimize_for_speed: Some(fast),
            ..CaptureScreenshotParams::default()
        };
        let (mut times, mut bytes) = (Vec::new(), 0);
        for _ in 0..PICTURES {
            let began = Instant::now();
            let taken = bare.call(Some(&tab.session), capture.clone()).await?;
            times.push(began.elapsed().as_secs_f64() * 1e3);
            bytes = BASE64_STANDARD.decode(AsRef::<str>::as_ref(&taken.data))?.len();
        }
        times.sort_by(f64::total_cmp);
        all.push(PictureOf { how: how.to_owned(), bytes, ms: times[PICTURES / 2] });
    }
    bare.close(tab).await?;
    Ok(all)
}

/// A function of the page that does next to nothing, so that what is felt is the watching.
const WATCHED: &str = "Storage.prototype.getItem";
const WRAP: &str = "(() => { const own = Storage.prototype.getItem; globalThis.seen = 0; \
    Storage.prototype.getItem = { getItem(key) { seen += new Error().stack.length > 0; return Reflect.apply(own, this, arguments); } }.getItem; \
    return 1; })()";

async fn hooks(bare: &Bare) -> Result<Vec<Hook>, Failed> {
    let mut all = Vec::new();
    for how in ["not watched", "wrapped, with its stack (what is done)", "breakpoint whose condition takes the stack"] {
        let tab = bare.tab().await?;
        bare.go(&tab, "https://clean.test/").await?;
        if how.starts_with("wrapped") {
            number(bare, &tab, WRAP).await?;
        }
        if how.starts_with("breakpoint") {
            bare.call(Some(&tab.session), debugger::EnableParams::default()).await?;
            bare.call(Some(&tab.session), SetSkipAllPausesParams::new(false)).await?;
            let function = bare.call(Some(&tab.session), EvaluateParams::new(WATCHED)).await?;
            let function = function.result.object_id.ok_or("no function")?;
            let condition =
                Some("globalThis.seen = (globalThis.seen ?? 0) + (new Error().stack.length > 0), false".to_owned());
            let breakpoint =
                SetBreakpointOnFunctionCallParams { condition, ..SetBreakpointOnFunctionCallParams::new(function) };
            bare.call(Some(&tab.session), breakpoint).await?;
        }
        let calls = format!(
            "(() => {{ const began = performance.now(); for (let n = 0; n < {CALLS}; n++) localStorage.getItem('a'); \
             return (performance.now() - began) * 1000 / {CALLS}; }})()"
        );
        let us = number(bare, &tab, &calls).await?;
        let seen = number(bare, &tab, "globalThis.seen ?? 0").await?;
        let expected = if how == "not watched" { 0.0 } else { f64::from(CALLS) };
        if (seen - expected).abs() > 0.5 {
            return Err(format!("{how}: {seen} calls were seen").into());
        }
        all.push(Hook { how: how.to_owned(), us });
        bare.close(tab).await?;
    }
    Ok(all)
}
