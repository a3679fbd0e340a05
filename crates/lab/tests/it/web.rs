//! The synthetic web and its truth.

use std::collections::BTreeSet;

use earshot_lab::{Expected, PageTruth, Wall, Web};

#[test]
fn the_demo_has_some_seventy_sites_and_generated_ones_among_them() {
    let web = Web::demo(7).unwrap();
    let demo: Vec<_> = web.truth().filter(|truth| truth.demo).collect();
    assert_eq!(demo.len(), Web::DEMO_SITES);
    for truth in &demo {
        let least = if truth.domain.starts_with("gen-") { 3 } else { 1 };
        assert!(truth.pages.len() >= least, "{} has {} pages", truth.domain, truth.pages.len());
        assert!(!truth.hostile);
    }
    assert!(demo.iter().any(|truth| truth.domain.starts_with("gen-")));
}

/// What the truth says beyond contacts, for at least one page each.
#[test]
fn every_kind_of_truth_is_told_of_some_page() {
    let web = Web::new(0, 7).unwrap();
    let some = |says: fn(&PageTruth) -> bool| web.truth().flat_map(|truth| &truth.pages).any(says);
    for kind in ["cname", "proxy", "server_side_tagging"] {
        assert!(web.truth().flat_map(|truth| &truth.pages).any(|page| page.disguised.values().any(|one| one == kind)));
    }
    for technique in ["canvas", "webgl", "audio", "fonts", "enumeration"] {
        let print = format!("device-print.test {technique}");
        assert!(web.truth().flat_map(|truth| &truth.pages).any(|page| page.fingerprints.contains(&print)), "{print}");
    }
    for route in ["markup", "inline", "site_script", "tag_manager:GTM-LAB0042", "data_platform", "plugin:", "platform:"]
    {
        let mut ways = web.truth().flat_map(|truth| &truth.pages).flat_map(|page| page.install.values());
        assert!(ways.any(|way| way.starts_with(route)), "{route}");
    }
    for outcome in [Expected::Partial, Expected::Parked, Expected::OffSite, Expected::Unreachable, Expected::HttpError]
    {
        assert!(web.truth().flat_map(|truth| &truth.pages).any(|page| page.outcome == outcome), "{outcome:?}");
    }
    assert!(some(|page| page.wall == Some(Wall::Captcha)) && some(|page| !page.stored.is_empty()));
    assert!(some(|page| !page.frames.is_empty()) && some(|page| !page.details.is_empty()));
    assert!(some(|page| !page.listening.is_empty()) && some(|page| !page.reads.is_empty()));
    for heard in ["K3", "K4 checksum", "K4 sha256", "K5 gzip", "K6"] {
        let mut all = web.truth().flat_map(|truth| &truth.pages).flat_map(|page| page.keystrokes.values().flatten());
        assert!(all.any(|(_, one)| one == heard), "{heard}");
    }
    assert!(some(|page| !page.grows.is_empty()));
}

/// A misspelt truth would fit nothing, or everything.
#[test]
fn what_is_heard_is_said_in_words_that_a_report_can_hold() {
    let web = Web::new(20, 7).unwrap();
    for page in web.truth().flat_map(|truth| &truth.pages) {
        for (party, heard) in
            page.keystrokes.iter().flat_map(|(party, fields)| fields.values().map(move |one| (party, one)))
        {
            let grades = heard.trim_end_matches('?').split(' ').next().unwrap().split('|');
            for grade in grades {
                assert!(["K3", "K4", "K5", "K6"].contains(&grade), "{}: {heard}", page.url);
            }
            let contacts = page.vendors.iter().chain(&page.unknown).chain(page.disguised.keys());
            // Who is asked for something only when something is typed is at least somebody of this web.
            let below = |host: &str| host.strip_suffix(party.as_str()).is_some_and(|rest| rest.ends_with('.'));
            let known = contacts.clone().any(|one| one == party)
                || web.sites().iter().any(|site| site.third_party && below(&site.host));
            assert!(known, "{}: {party} is nobody", page.url);
        }
    }
}

#[test]
fn a_seed_says_everything_and_a_longer_web_begins_with_the_shorter() {
    let json = |web: &Web| serde_json::to_string(&web.truth().collect::<Vec<_>>()).unwrap();
    let (one, same, other) = (Web::new(50, 7).unwrap(), Web::new(50, 7).unwrap(), Web::new(50, 8).unwrap());
    assert_eq!(json(&one), json(&same));
    assert_ne!(json(&one), json(&other));
    let longer = Web::new(60, 7).unwrap();
    for truth in one.truth() {
        assert_eq!(longer.truth_of(&truth.domain), Some(truth));
    }
}

#[test]
fn generated_sites_are_of_every_temper() {
    let web = Web::new(1_000, 7).unwrap();
    let generated: Vec<_> = web.truth().filter(|truth| truth.domain.starts_with("gen-")).collect();
    assert_eq!(generated.len(), 1_000);
    assert!(generated.iter().all(|truth| (3..=8).contains(&truth.pages.len())));
    let blocked = generated.iter().filter(|truth| truth.pages[0].outcome == Expected::Blocked).count();
    let clean = generated.iter().filter(|truth| truth.vendors().is_empty()).count();
    let vendors: BTreeSet<_> = generated.iter().flat_map(|truth| truth.vendors()).collect();
    assert!((20..200).contains(&blocked), "{blocked} blocked");
    assert!(clean > 50, "{clean} without any vendor");
    assert!(vendors.len() >= 40, "{} vendors", vendors.len());
}

#[test]
fn a_blocked_page_says_nothing_about_vendors() {
    let web = Web::new(200, 7).unwrap();
    for page in web.truth().flat_map(|truth| &truth.pages).filter(|page| page.outcome == Expected::Blocked) {
        // The one exception is the CAPTCHA that stands in the page's place.
        let wall = page.wall == Some(Wall::Captcha);
        assert!(page.vendors.is_empty() && (wall || page.unknown.is_empty()), "{}", page.url);
    }
}

#[test]
fn what_is_simulated_is_said_and_what_is_real_is_not() {
    let web = Web::new(20, 7).unwrap();
    let real = ["microsoft-clarity", "posthog", "sentry-replay", "openreplay", "mixpanel"];
    // Their real SDKs run where a site bundles them, their stand-ins where a page loads them from their hosts.
    let both = ["datadog-rum", "new-relic", "amplitude"];
    for truth in web.truth() {
        for vendor in truth.vendors() {
            let simulated = truth.simulated.contains(&vendor);
            let bundled = truth.domain.starts_with("keys-") && both.contains(&vendor.as_str());
            assert_eq!(simulated, !bundled && !real.contains(&vendor.as_str()), "{}: {vendor}", truth.domain);
        }
    }
}

#[test]
fn fonts_are_clean_and_a_wall_is_not() {
    let web = Web::new(0, 7).unwrap();
    let clean = |domain: &str| web.truth_of(domain).unwrap().pages.iter().all(PageTruth::is_clean);
    for domain in
        ["clean.test", "fonts-only.test", "cmp-gated.test", "http-only.test", "cdn-cname.test", "lookalike.test"]
    {
        assert!(clean(domain), "{domain}");
    }
    for domain in
        ["blocked.test", "challenge.test", "cmp-leaky.test", "blog-rrweb.test", "cloaked.test", "proxied.test"]
    {
        assert!(!clean(domain), "{domain}");
    }
    let once = web.truth_of("one-page-only.test").unwrap();
    assert!(once.page("/").unwrap().is_clean() && !once.page("/checkout").unwrap().is_clean());
}
