//! The snippets of the compliance guides, as the catalogue has them, on pages with the vendors' real SDKs where npm has
//! them: what the lab received says whether they keep a vendor away until consent, and let it in then.

use std::collections::BTreeMap;
use std::time::Duration;

use earshot_detect::{Catalogue, Vendor};
use earshot_lab::{Lab, LabConfig, Received, Sdk, Web};
use earshot_model::Exposure;
use url::Url;

use crate::browser::site_of;
use crate::chromium::{Chromium, Tab};

/// What a reader fills in; a number where nothing else stands here.
const FILLED_IN: &[(&str, &str)] = &[
    ("YOUR_DSN", "https://0123456789abcdef0123456789abcdef@o1.ingest.sentry.io/1"),
    ("YOUR_REGION", "us5"),
    ("YOUR_SITE", "us5.datadoghq.com"),
    ("YOUR_BEACON", "bam.eu01.nr-data.net"),
    ("YOUR_APPMEASUREMENT_URL", "https://assets.adobedtm.com/extensions/appmeasurement/lab.js"),
];
const NUMBER: &str = "1000001";
/// Vendors that only load others: that their script is fetched is all that can be seen of them.
const LOADERS: &[&str] = &["google-tag-manager", "adobe-launch"];
/// Vendors that the lab has not, whose script comes from a host that the catalogue gives to nobody.
const ELSEWHERE: &[(&str, &str)] = &[("adobe-web-sdk", "cdn1.adoberesources.net")];
/// Has no snippet of its own: it comes and goes with the tag that starts it.
const FOLLOWS: &str = "microsoft-id-sync";
/// How long a page without consent is watched, and what it says when it is left.
const DWELL: Duration = Duration::from_secs(4);
const FAREWELL: Duration = Duration::from_secs(1);
/// Longer than most SDKs wait with their first request after they were started (Mixpanel: 5 s, Sentry: 5.8 s). The others
/// (Datadog: 30 s) send what they have when the page is left.
const SLOWEST: Duration = Duration::from_secs(10);
/// Pages opened together.
const TABS: usize = 20;

/// A vendor and the site that holds its snippet.
struct Gated<'a> {
    vendor: &'a Vendor,
    host: String,
    html: String,
    /// Whether the lab has its hosts; else they are only knocked at.
    is_served: bool,
}

impl<'a> Gated<'a> {
    fn new(vendor: &'a Vendor, web: &Web) -> Option<Self> {
        let snippet = vendor.guide_snippet().filter(|_| vendor.is_complete())?;
        let html = format!(
            "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>{}</title>\n\
             <link rel=\"icon\" href=\"data:,\">\n<h1>Welcome</h1>\n<form><input name=\"name\"></form>\n\
             <script>\n{}</script>\n</html>\n",
            vendor.name,
            filled_in(&snippet)
        );
        let is_served = is_served(&html, web);
        Some(Self { vendor, host: format!("guide-{}.test", vendor.id), html, is_served })
    }

    /// What third parties received from its page.
    fn sent<'r>(&'r self, received: &'r [Received]) -> impl Iterator<Item = &'r Received> {
        received.iter().filter(|one| site_of(one).as_deref() == Some(&self.host))
    }

    /// Whether the vendor was reached: by more than the request for its script, where the lab has it.
    fn is_reached(&self, lab: &Lab, catalogue: &Catalogue) -> bool {
        let is_its = |url: String| {
            let owner = Url::parse(&url).ok().and_then(|url| catalogue.owner(&url));
            owner.is_some_and(|owner| owner.id == self.vendor.id)
        };
        let says = |one: &Received| {
            let is_script = one.headers.get("sec-fetch-dest").is_some_and(|kind| kind == "script");
            let is_first = is_script && self.html.contains(&one.host) && !LOADERS.contains(&self.vendor.id.as_str());
            !is_first && is_its(address(one))
        };
        match self.is_served {
            true => self.sent(&lab.received()).any(says),
            false => {
                lab.refused_hosts().keys().filter_map(|host| host.split(':').next()).any(|host| {
                    ELSEWHERE.contains(&(self.vendor.id.as_str(), host)) || is_its(format!("https://{host}/"))
                })
            }
        }
    }
}

fn address(one: &Received) -> String {
    format!("{}://{}{}?{}", one.scheme, one.host, one.path, one.query)
}

/// Whether the lab knows the vendor: by its real SDK, a stand-in, or something else at its hosts.
fn is_known(vendor: &Vendor, web: &Web) -> bool {
    let own = vendor.examples.iter().filter_map(|example| Some(Url::parse(example).ok()?.host_str()?.to_owned()));
    let held = web.vendors().held().any(|held| held.vendor.as_ref() == Some(&vendor.id));
    web.vendors().get(&vendor.id).is_some() || held || own.into_iter().any(|host| Sdk::has_host(&host))
}

/// Whether the lab has a host that the page names.
fn is_served(html: &str, web: &Web) -> bool {
    let hosts = html.split("https://").skip(1).filter_map(|rest| rest.split(['/', '"', '`']).next());
    hosts.into_iter().any(|host| Sdk::has_host(host) || web.vendors().has_host(host))
}

/// The snippet with the lab's ids in the places of the reader's.
fn filled_in(snippet: &str) -> String {
    let (mut rest, mut all) = (snippet, String::new());
    while let Some(at) = rest.find("YOUR_") {
        let len = rest[at..].find(|c: char| !c.is_ascii_uppercase() && c != '_').unwrap_or(rest.len() - at);
        let name = &rest[at..at + len];
        let value = FILLED_IN.iter().find(|(known, _)| *known == name).map_or(NUMBER, |(_, value)| value);
        all.push_str(&rest[..at]);
        all.push_str(value);
        rest = &rest[at + len..];
    }
    all + rest
}

/// Opens the pages of a batch, moves the mouse on them, and waits until they are loaded.
async fn opened(chromium: &mut Chromium, batch: &[Gated<'_>]) -> Vec<Tab> {
    let mut tabs = Vec::new();
    for one in batch {
        tabs.push(chromium.open(&format!("https://{}/", one.host)).await);
    }
    for tab in &tabs {
        chromium.loaded(tab).await;
        chromium.stir(tab).await;
    }
    tabs
}

/// Watches the pages of a batch while nobody agrees to anything, and tells what reached third parties all the same.
async fn before_consent(lab: &Lab, chromium: &mut Chromium, batch: &[Gated<'_>]) -> Vec<String> {
    let tabs = opened(chromium, batch).await;
    // Nothing announces that no more comes: the absence of an event needs time.
    tokio::time::sleep(DWELL).await;
    for tab in &tabs {
        chromium.leave(tab).await;
    }
    tokio::time::sleep(FAREWELL).await;
    for tab in tabs {
        chromium.close(tab).await;
    }
    let received = lab.received();
    let refused = lab.refused_hosts().into_keys().map(|host| format!("somebody asks for {host} before consent"));
    let told = batch.iter().flat_map(|one| one.sent(&received).map(move |sent| (one, sent)));
    told.map(|(one, sent)| format!("{}: before consent {}", one.vendor.id, address(sent))).chain(refused).collect()
}

/// Agrees on the pages of a batch, and tells which vendors were not reached then, or before.
async fn after_consent(lab: &Lab, chromium: &mut Chromium, catalogue: &Catalogue, batch: &[Gated<'_>]) -> Vec<String> {
    let (mut arrivals, mut agreed) = (lab.arrivals(), BTreeMap::new());
    let tabs = opened(chromium, batch).await;
    for (one, tab) in batch.iter().zip(&tabs) {
        agreed.insert(one.host.as_str(), Received::now_ms());
        chromium.evaluate(tab, "void onConsentGiven()").await;
    }
    let silent = || batch.iter().filter(|one| !one.is_reached(lab, catalogue)).collect::<Vec<_>>();
    let all = async {
        while !silent().is_empty() {
            // A refusal is no arrival: it is looked for again after a while.
            let _ = tokio::time::timeout(Duration::from_millis(500), arrivals.changed()).await;
        }
    };
    // Which one is late is said by who is silent then.
    let _ = tokio::time::timeout(SLOWEST, all).await;
    for tab in &tabs {
        chromium.leave(tab).await;
    }
    tokio::time::sleep(FAREWELL).await;
    for tab in tabs {
        chromium.close(tab).await;
    }
    let received = lab.received();
    let early = batch.iter().flat_map(|one| one.sent(&received).map(move |sent| (one, sent)));
    let early = early.filter(|(one, sent)| sent.time_ms < agreed[one.host.as_str()]);
    let early = early.map(|(one, sent)| format!("{}: too early {}", one.vendor.id, address(sent)));
    let missed = silent().into_iter().map(|one| {
        let sent: Vec<_> = one.sent(&received).map(address).collect();
        format!("{}: not reached after consent, but {sent:?}", one.vendor.id)
    });
    missed.chain(early).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn snippets_keep_their_vendor_away_until_consent() {
    let catalogue = Catalogue::built_in().unwrap();
    let web = Web::new(0, 7).unwrap();
    let gated: Vec<_> = catalogue.vendors().iter().filter_map(|vendor| Gated::new(vendor, &web)).collect();
    let made = gated.iter().map(|one| (one.host.clone(), one.html.clone())).collect();
    let lab = Lab::start(LabConfig { made, ..LabConfig::default() }).await.unwrap();
    let mut chromium = Chromium::start(&lab).await;
    let mut wrong = Vec::new();
    for batch in gated.chunks(TABS) {
        wrong.extend(before_consent(&lab, &mut chromium, batch).await);
        lab.clear_received();
        wrong.extend(after_consent(&lab, &mut chromium, &catalogue, batch).await);
        lab.clear_received();
    }
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
    chromium.quit().await;
    lab.stop().await;
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
    let made = batch.iter().map(|one| (one.host.clone(), one.html.clone())).collect();
    let lab = Lab::start(LabConfig { made, ..LabConfig::default() }).await.unwrap();
    let mut chromium = Chromium::start(&lab).await;
    let wrong = before_consent(&lab, &mut chromium, &batch).await;
    assert!(
        wrong.iter().any(|one| one.contains("facebook.com/tr")) && !wrong.join(" ").contains("hotjar"),
        "{wrong:?}"
    );
    lab.clear_received();
    let wrong = after_consent(&lab, &mut chromium, &catalogue, &batch).await;
    let said = |said: &str| wrong.iter().any(|one| one.starts_with(said));
    assert!(said("hotjar: not reached") && said("meta-pixel: too early") && !said("meta-pixel: not"), "{wrong:?}");
    chromium.quit().await;
    lab.stop().await;
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
    let made = batch.iter().map(|one| (one.host.clone(), one.html.clone())).collect();
    let lab = Lab::start(LabConfig { made, ..LabConfig::default() }).await.unwrap();
    let mut chromium = Chromium::start(&lab).await;
    let mut wrong = before_consent(&lab, &mut chromium, &batch).await;
    lab.clear_received();
    wrong.extend(after_consent(&lab, &mut chromium, &catalogue, &batch).await);
    wrong.retain(|one| {
        !SWITCHES.iter().any(|(_, loading)| loading.contains(one.split([' ', '?']).nth(3).unwrap_or("-")))
    });
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
    chromium.quit().await;
    lab.stop().await;
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
