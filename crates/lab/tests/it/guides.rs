//! The snippets of the compliance guides, as the catalogue has them, on pages with the vendors' real SDKs where npm has
//! them: what the lab received says whether they keep a vendor away until consent, and let it in then.

use std::collections::BTreeMap;
use std::time::Duration;

use earshot_detect::Catalogue;
use earshot_lab::{Lab, LabConfig, Received, Web};
use earshot_model::Exposure;

use crate::chromium::{Chromium, Tab};
use crate::gated::{Gated, address, filled_in, is_known};

/// Has no snippet of its own: it comes and goes with the tag that starts it.
const FOLLOWS: &str = "microsoft-id-sync";
/// How long a page without consent is watched, and what it says when it is left.
const DWELL: Duration = Duration::from_secs(4);
const FAREWELL: Duration = Duration::from_secs(1);
/// Far longer than an SDK waits with its first request after it was started (the slowest, Sentry: 5.8 s).
const SLOWEST: Duration = Duration::from_secs(30);
/// Pages opened together.
const TABS: usize = 20;

/// A lab with pages that hold snippets, and a browser to open them with.
struct Watch<'a> {
    catalogue: &'a Catalogue,
    lab: Lab,
    chromium: Chromium,
    /// How long is waited for a vendor.
    patience: Duration,
}

impl<'a> Watch<'a> {
    async fn start(catalogue: &'a Catalogue, pages: &[Gated<'_>], patience: Duration) -> Self {
        let made = pages.iter().map(|one| (one.host.clone(), one.html.clone())).collect();
        let lab = Lab::start(LabConfig { made, ..LabConfig::default() }).await.unwrap();
        let chromium = Chromium::start(&lab).await;
        Self { catalogue, lab, chromium, patience }
    }

    /// Opens the pages of a batch, moves the mouse on them, and waits until they are loaded.
    async fn opened(&mut self, batch: &[Gated<'_>]) -> Vec<Tab> {
        self.lab.clear_received();
        let mut tabs = Vec::new();
        for one in batch {
            tabs.push(self.chromium.open(&format!("https://{}/", one.host)).await);
        }
        for tab in &tabs {
            self.chromium.loaded(tab).await;
            self.chromium.stir(tab).await;
        }
        tabs
    }

    /// Watches the pages of a batch while nobody agrees to anything, and tells what reached third parties all the same.
    async fn before_consent(&mut self, batch: &[Gated<'_>]) -> Vec<String> {
        let tabs = self.opened(batch).await;
        // Nothing announces that no more comes: the absence of an event needs time.
        tokio::time::sleep(DWELL).await;
        for tab in &tabs {
            self.chromium.leave(tab).await;
        }
        tokio::time::sleep(FAREWELL).await;
        for tab in tabs {
            self.chromium.close(tab).await;
        }
        let received = self.lab.received();
        let refused = self.lab.refused_hosts().into_keys();
        let refused = refused.map(|host| format!("somebody asks for {host} before consent"));
        let told = batch.iter().flat_map(|one| one.sent(&received).map(move |sent| (one, sent)));
        told.map(|(one, sent)| format!("{}: before consent {}", one.vendor.id, address(sent))).chain(refused).collect()
    }

    /// Agrees on the pages of a batch, and tells which vendors were not reached then, or before.
    async fn after_consent(&mut self, batch: &[Gated<'_>]) -> Vec<String> {
        let mut agreed = BTreeMap::new();
        let tabs = self.opened(batch).await;
        for (one, tab) in batch.iter().zip(&tabs) {
            agreed.insert(one.host.as_str(), Received::now_ms());
            self.chromium.evaluate(tab, "void onConsentGiven()").await;
        }
        self.until(|| {
            let has_come = |one: &Gated<'_>| one.sends_at_leaving() && one.sent(&self.lab.received()).count() > 0;
            self.silent(batch).all(has_come)
        })
        .await;
        tokio::time::sleep(FAREWELL).await;
        for tab in &tabs {
            self.chromium.leave(tab).await;
        }
        self.until(|| self.silent(batch).count() == 0).await;
        for tab in tabs {
            self.chromium.close(tab).await;
        }
        let received = self.lab.received();
        let early = batch.iter().flat_map(|one| one.sent(&received).map(move |sent| (one, sent)));
        let early = early.filter(|(one, sent)| sent.time_ms < agreed[one.host.as_str()]);
        let early = early.map(|(one, sent)| format!("{}: too early {}", one.vendor.id, address(sent)));
        let missed = self.silent(batch).map(|one| {
            let sent: Vec<_> = one.sent(&received).map(address).collect();
            format!("{}: not reached after consent, but {sent:?}", one.vendor.id)
        });
        missed.chain(early).collect()
    }

    /// Whose vendor was not reached.
    fn silent<'b>(&self, batch: &'b [Gated<'b>]) -> impl Iterator<Item = &'b Gated<'b>> {
        batch.iter().filter(|one| !one.is_reached(&self.lab, self.catalogue))
    }

    /// Waits until something is so, or patience ends: who is late is said by what is missing then.
    async fn until(&self, is_so: impl Fn() -> bool) {
        let mut arrivals = self.lab.arrivals();
        let waiting = async {
            while !is_so() {
                // A refusal is no arrival: it is looked for again after a while.
                let _ = tokio::time::timeout(Duration::from_millis(500), arrivals.changed()).await;
            }
        };
        let _ = tokio::time::timeout(self.patience, waiting).await;
    }

    async fn end(self) {
        self.chromium.quit().await;
        self.lab.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn snippets_keep_their_vendor_away_until_consent() {
    let catalogue = Catalogue::built_in().unwrap();
    let web = Web::new(0, 7).unwrap();
    let gated: Vec<_> = catalogue.vendors().iter().filter_map(|vendor| Gated::new(vendor, &web)).collect();
    let mut watch = Watch::start(&catalogue, &gated, SLOWEST).await;
    let mut wrong = Vec::new();
    for batch in gated.chunks(TABS) {
        wrong.extend(watch.before_consent(batch).await);
        wrong.extend(watch.after_consent(batch).await);
    }
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
    watch.end().await;
}

/// The judge itself: it notices a snippet that waits for nobody, and one that leads nowhere.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_asks_nobody_is_noticed_and_so_is_one_that_never_loads_its_vendor() {
    let catalogue = Catalogue::built_in().unwrap();
    let web = Web::new(0, 7).unwrap();
    let gated = |id: &str| Gated::new(catalogue.get(id).unwrap(), &web).unwrap();
    let (mut hasty, mut lame) = (gated("meta-pixel"), gated("hotjar"));
    hasty.html = hasty.html.replace("</script>", "onConsentGiven();</script>");
    lame.html = lame.html.replace("document.head.append(script)", "");
    let batch = [hasty, lame];
    let mut watch = Watch::start(&catalogue, &batch, DWELL).await;
    let wrong = watch.before_consent(&batch).await;
    let is_noticed = wrong.iter().any(|one| one.contains("facebook.com/tr"));
    assert!(is_noticed && !wrong.join(" ").contains("hotjar"), "{wrong:?}");
    let wrong = watch.after_consent(&batch).await;
    let said = |said: &str| wrong.iter().any(|one| one.starts_with(said));
    assert!(said("hotjar: not reached") && said("meta-pixel: too early") && !said("meta-pixel: not"), "{wrong:?}");
    watch.end().await;
}

/// Vendors with real SDKs whose guides show in a second snippet how one that is loaded at once is told to wait, and what a
/// page holds to load it.
const SWITCHES: [(&str, &str); 4] = [
    ("posthog", r#"<script src="https://eu-assets.i.posthog.com/static/array.js"></script>"#),
    (
        "mixpanel",
        r#"<script>window.mixpanel = Object.assign([], { __SV: 1.2, _i: [] })</script>
           <script src="https://cdn.mxpnl.com/libs/mixpanel-2-latest.min.js"></script>"#,
    ),
    ("datadog-rum", r#"<script src="https://www.datadoghq-browser-agent.com/us5/v7/datadog-rum.js"></script>"#),
    (
        "new-relic",
        r#"<script>
             const app = { licenseKey: "NRJS-lab0000000000001", applicationID: "1000001" };
             window.NREUM = {
               init: { browser_consent_mode: { enabled: true } },
               loader_config: { accountID: "1000001", trustKey: "1000001", agentID: "1000001", ...app },
               info: { beacon: "bam.eu01.nr-data.net", errorBeacon: "bam.eu01.nr-data.net", sa: 1, ...app },
             };
           </script>
           <script src="https://js-agent.newrelic.com/nr-loader-spa-1.322.0.min.js"></script>"#,
    ),
];

/// The vendors' own switches hold back everything but the script itself.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_sdk_that_is_loaded_at_once_waits_where_the_guide_says_how() {
    let catalogue = Catalogue::built_in().unwrap();
    let web = Web::new(0, 7).unwrap();
    let batch = SWITCHES.map(|(id, loading)| {
        let vendor = catalogue.get(id).unwrap();
        let code = vendor.guide.split("```js").nth(2).unwrap().split("```").next().unwrap();
        let lines = filled_in(code);
        let (later, start): (Vec<_>, Vec<_>) = lines.lines().partition(|line| line.contains("// in the callback"));
        let (start, later) = (start.join("\n"), later.join("\n"));
        let script = format!("{loading}<script>{start}\nfunction onConsentGiven() {{ {later}\n}}</script>");
        Gated { html: script, ..Gated::new(vendor, &web).unwrap() }
    });
    let mut watch = Watch::start(&catalogue, &batch, SLOWEST).await;
    let mut wrong = watch.before_consent(&batch).await;
    wrong.extend(watch.after_consent(&batch).await);
    wrong.retain(|one| {
        !SWITCHES.iter().any(|(_, loading)| loading.contains(one.split([' ', '?']).nth(3).unwrap_or("-")))
    });
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
    watch.end().await;
}

/// Whoever the lab knows is tested with what the lab has.
#[test]
fn the_guide_of_every_vendor_that_the_lab_knows_is_complete() {
    let catalogue = Catalogue::built_in().unwrap();
    let web = Web::new(0, 7).unwrap();
    let known = catalogue.vendors().iter().filter(|vendor| vendor.exposure != Exposure::None && vendor.id != FOLLOWS);
    let known: Vec<_> = known.filter(|vendor| is_known(vendor, &web)).collect();
    let lacking = known.iter().filter(|vendor| !Gated::new(vendor, &web).is_some_and(|gated| gated.is_served));
    let lacking: Vec<_> = lacking.map(|vendor| &vendor.id).collect();
    assert!(lacking.is_empty() && known.len() > 40, "{lacking:?} of {}", known.len());
}
