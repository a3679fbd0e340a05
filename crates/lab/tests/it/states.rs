//! A real browser presses the buttons of the sites with consent states, and the lab's own log must equal their truth:
//! who hears something before a choice, after a refusal, after an agreement.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use earshot_lab::{Lab, PageTruth, Received, States};
use serde_json::Value;

use crate::browser::{site_of, vendors_at};
use crate::chromium::{Chromium, Tab};
use crate::lab;

/// Long enough for every tag of these sites to come and to send, before and after a choice, and after the reload.
const DWELL: Duration = Duration::from_secs(4);
/// What a choice itself may still set off: a refusal's own words, what was recorded until then.
const GRACE: Duration = Duration::from_secs(1);
/// Its buttons lie in a frame of another origin, where this test does not press.
const OUT_OF_REACH: &str = "consent-sourcepoint.test";
/// Presses the one button that says one of the words, in the page or in an open shadow root; tells whether there was one.
const PRESS: &str = r#"(function (words) {
  var found = [];
  (function walk(root) {
    root.querySelectorAll("*").forEach(function (element) {
      if (element.shadowRoot) walk(element.shadowRoot);
      var said = element.textContent.trim().replace(/^[✓✗]\s*/, "").toLowerCase();
      if (element.matches("button") && words.indexOf(said) >= 0) found.push(element);
    });
  })(document);
  if (!found.length) return false;
  found[0].click();
  return true;
})"#;
const ACCEPT: &[&str] = &[
    "accept all",
    "accept all cookies",
    "allow all",
    "agree and close",
    "alle akzeptieren",
    "tout accepter",
    "accept cookies",
    "that's ok",
    "ok, accept all",
    "allow all cookies",
];
const REJECT: &[&str] = &[
    "reject all",
    "deny",
    "disagree and close",
    "alle ablehnen",
    "tout refuser",
    "i decline",
    "deny all cookies",
    "deny all",
];

/// Who heard something in which part of a visit.
#[derive(Default)]
struct Heard {
    before: BTreeSet<String>,
    after: BTreeSet<String>,
}

/// Opens pages together, chooses on each, loads each once more, and tells who heard what.
async fn visit(lab: &Lab, chromium: &mut Chromium, pages: &[PageTruth], words: &[&str]) -> BTreeMap<String, Heard> {
    lab.clear_received();
    let mut tabs: Vec<Tab> = Vec::new();
    for page in pages {
        tabs.push(chromium.open(&page.url).await);
    }
    // Nothing announces that a page will send no more: the absence of an event needs time.
    tokio::time::sleep(DWELL).await;
    let mut chosen = BTreeMap::new();
    for (page, tab) in pages.iter().zip(&tabs) {
        chosen.insert(page.url.clone(), Received::now_ms());
        let pressed = chromium.evaluate(tab, &format!("{PRESS}({})", serde_json::json!(words))).await;
        assert_eq!(pressed, Value::Bool(true), "{} has no button of {words:?}", page.url);
    }
    tokio::time::sleep(DWELL).await;
    for tab in &tabs {
        chromium.evaluate(tab, "location.reload()").await;
    }
    tokio::time::sleep(DWELL).await;
    let received = lab.received();
    for tab in tabs {
        chromium.close(tab).await;
    }
    pages.iter().map(|page| (page.url.clone(), heard(lab, page, chosen[&page.url], &received))).collect()
}

fn heard(lab: &Lab, page: &PageTruth, chosen_ms: u64, received: &[Received]) -> Heard {
    let mut heard = Heard::default();
    let own = page.url.trim_start_matches("https://").trim_end_matches('/');
    for one in received.iter().filter(|one| site_of(one).as_deref() == Some(own)) {
        let vendors = match one.host.strip_prefix("replay.") {
            Some(demo) => vec![demo.to_owned()],
            None => vendors_at(lab.web(), one),
        };
        if one.time_ms < chosen_ms {
            heard.before.extend(vendors);
        } else if one.time_ms > chosen_ms + GRACE.as_millis() as u64 {
            heard.after.extend(vendors);
        }
    }
    heard
}

/// What a party does, in the truth's words.
fn gating(vendor: &str, reject: &Heard, accept: &Heard) -> &'static str {
    match (reject.before.contains(vendor), reject.after.contains(vendor), accept.after.contains(vendor)) {
        (true, true, _) => "on_paper",
        (true, false, _) => "opt_out",
        (false, true, _) => "despite_reject_only",
        (false, false, true) => "gated",
        (false, false, false) => "never",
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_collectors_receive_in_each_state_is_what_the_truth_says() {
    let lab = lab(0).await;
    let mut chromium = Chromium::start(&lab).await;
    let sites = lab.web().truth().filter(|site| site.consent && site.domain != OUT_OF_REACH);
    let choice =
        |page: &&PageTruth| page.states.as_ref().is_some_and(|states| states.banner && states.no_choice.is_empty());
    let pages: Vec<PageTruth> = sites.flat_map(|site| &site.pages).filter(choice).cloned().collect();
    let reject = visit(&lab, &mut chromium, &pages, REJECT).await;
    let accept = visit(&lab, &mut chromium, &pages, ACCEPT).await;
    let mut wrong = Vec::new();
    for page in &pages {
        for (vendor, expected) in &page.states.as_ref().unwrap().gating {
            let seen = gating(vendor, &reject[&page.url], &accept[&page.url]);
            if !expected.trim_end_matches('?').split('|').any(|one| one == seen) {
                wrong.push(format!("{}: {vendor}: saw {seen}, truth says {expected}", page.url));
            }
        }
    }
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
    chromium.quit().await;
    lab.stop().await;
}

/// A misspelt truth would fit nothing, and each of the real platforms stands for every way to use it.
#[test]
fn states_are_said_in_words_that_a_report_can_hold() {
    let web = earshot_lab::Web::new(0, 7).unwrap();
    for page in web.truth().flat_map(|site| &site.pages) {
        let Some(states) = &page.states else { continue };
        let words = |said: &BTreeMap<String, String>, known: &[&str]| {
            said.values().flat_map(|one| one.trim_end_matches('?').split('|')).all(|one| known.contains(&one))
        };
        assert!(words(&states.gating, &States::GATING) && words(&states.gpc, &States::GPC), "{}", page.url);
    }
    for platform in ["vanilla", "klaro", "tarteaucitron"] {
        let states = web.truth_of(&format!("consent-{platform}.test")).unwrap().pages[0].states.as_ref().unwrap();
        let ways: BTreeSet<&str> = states.gating.values().map(|way| way.trim_end_matches('?')).collect();
        assert_eq!(ways, ["despite_reject_only", "gated", "on_paper", "opt_out"].into(), "{platform}");
    }
}
