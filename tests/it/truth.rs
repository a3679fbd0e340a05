//! The lab's whole demo portfolio: what is reported equals what is true.

use std::collections::BTreeMap;

use earshot_lab::{Lab, Received, Via, check};

use super::{
    earshot::{Earshot, Piped as _, finish, json, talk},
    prevalence,
};

#[test]
fn the_report_of_the_lab_equals_its_truth() {
    let earshot = Earshot::alone();
    let web = earshot.lab().web();
    let portfolio = web.portfolio(true);
    assert!(portfolio.len() >= 60, "{}", portfolio.len());
    let list = earshot.list(&portfolio.join("\n"));
    let output = finish(earshot.usual_scan(&[&list, "--pages", "3", "--format", "json"]).spawn_piped());
    assert_eq!(output.status.code(), Some(0), "{}", talk(&output));

    let report = json(&output);
    let truth: Vec<_> = web.truth().collect();
    let comparison = check::compare(&check::Report::parse(&output.stdout).unwrap(), &truth, &portfolio);
    let differences: Vec<_> = comparison.differences.iter().map(ToString::to_string).collect();
    assert!(differences.is_empty(), "{} differences:\n{}", differences.len(), differences.join("\n"));
    assert!(comparison.pages >= 3 * 55, "only {} pages were compared", comparison.pages);
    assert!(comparison.contacts > 100, "only {} contacts were compared", comparison.contacts);
    let opened = report["pages"].as_array().unwrap().iter();
    prevalence::equals_truth(&earshot, &truth, &opened.map(|page| page["url"].as_str().unwrap().to_owned()).collect());
    uploads_equal_what_was_received(&report, &earshot.lab().received());
    nothing_was_unparsed(&report);
    nobody_noticed_us(earshot.lab());
    one_account_on_several_sites_is_told(&report);
    what_was_not_awaited_is_said(&report);
}

/// What the scanner saw leave is what the vendors' hosts received: each upload, to the byte.
fn uploads_equal_what_was_received(report: &serde_json::Value, received: &[Received]) {
    let mut arrived: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for upload in received.iter().filter(|received| received.body_len > 0) {
        if let Some(vendor) = vendor_of(upload) {
            let sum = arrived.entry(vendor).or_default();
            *sum = (sum.0 + 1, sum.1 + upload.body_len);
        }
    }
    let reported: BTreeMap<&str, (u64, u64)> = report["vendors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|vendor| {
            let number = |field: &str| vendor[field].as_u64().unwrap();
            (vendor["vendor"].as_str().unwrap(), (number("uploads"), number("upload_bytes")))
        })
        .collect();
    assert_eq!(arrived.len(), SDKS.len(), "every SDK uploads: {arrived:?}");
    for (vendor, sums) in arrived {
        assert_eq!(reported.get(vendor), Some(&sums), "{vendor}: uploads and bytes, reported and received");
    }
    // Clarity, PostHog and Sentry pack what they send.
    for vendor in report["vendors"].as_array().unwrap() {
        if ["microsoft-clarity", "posthog", "sentry-replay"].contains(&vendor["vendor"].as_str().unwrap()) {
            assert!(vendor["upload_decoded_bytes"].as_u64() > vendor["upload_bytes"].as_u64(), "{vendor}");
        }
    }
}

/// The vendors whose real code runs in the lab, by the hosts that their uploads go to.
const SDKS: [(&str, &str); 6] = [
    ("microsoft-clarity", "clarity.ms"),
    ("mixpanel", "mixpanel.com"),
    ("openreplay", "openreplay.com"),
    ("posthog", "posthog.com"),
    ("recorder-demo.test", "recorder-demo.test"),
    ("sentry-replay", "sentry.io"),
];

fn vendor_of(received: &Received) -> Option<&'static str> {
    assert!(matches!(received.via, Via::Http | Via::SocketFrame));
    if received.host == "proxied.test" && received.path.starts_with("/ingest/") {
        return Some("posthog");
    }
    let below = |domain: &str| received.host == domain || received.host.ends_with(&format!(".{domain}"));
    SDKS.iter().find(|(_, domain)| below(domain)).map(|(vendor, _)| *vendor)
}

/// OpenReplay's recorder uploads after half a minute. A page that was typed into is watched until it does; another is left
/// before, and must not look as if the recorder were silent.
fn what_was_not_awaited_is_said(report: &serde_json::Value) {
    let pages = report["pages"].as_array().unwrap().iter();
    let pages: Vec<_> = pages.filter(|page| page["site"] == "app-openreplay.test").collect();
    assert_eq!(pages.len(), 3);
    for page in pages {
        let findings = page["findings"].as_array().unwrap();
        let typed = findings.iter().any(|finding| finding["rule"] == "keystrokes");
        let mut gaps = page["gaps"].as_array().unwrap().iter();
        let said = gaps.any(|gap| gap["kind"] == "upload_not_awaited");
        let has_fields = page["url"] != "https://app-openreplay.test/";
        assert_eq!((typed, said), (has_fields, !has_fields), "{page}");
    }
}

/// A page that looks for tampering finds none. Only one that has its own code run inside a native call, which asks an
/// argument for its text, sees a frame of ours on the stack there (ARCHITECTURE.md): `/thorough` does.
fn nobody_noticed_us(lab: &Lab) {
    let reports = lab.received_by_sites("wary.test");
    let reports: Vec<_> = reports.iter().filter(|asked| asked.path == "/report").map(|asked| &asked.query).collect();
    let worried: Vec<_> =
        reports.iter().filter(|query| !query.ends_with("noticed=") && !query.contains("thorough")).collect();
    assert!(worried.is_empty(), "{worried:?}");
    let of = |place: &str| reports.iter().filter(|query| query.contains(place)).count();
    assert!(of("in=worker") >= 1 && reports.len() - of("in=") >= 2, "{reports:?}");
}

/// The same Clarity project on three hosts of two sites.
fn one_account_on_several_sites_is_told(report: &serde_json::Value) {
    let clarity = report["vendors"].as_array().unwrap().iter().find(|vendor| vendor["vendor"] == "microsoft-clarity");
    let accounts = clarity.unwrap()["accounts"].as_array().unwrap();
    let shared = accounts.iter().find(|account| account["account"] == "project:labsync001").unwrap();
    assert_eq!(shared["sites"].as_array().map(Vec::len), Some(2), "{shared}");
    assert!(shared["hosts"].as_array().unwrap().len() >= 3, "{shared}");
}

fn nothing_was_unparsed(report: &serde_json::Value) {
    let pages = report["pages"].as_array().unwrap();
    let gaps = pages.iter().flat_map(|page| page["gaps"].as_array().unwrap());
    let unparsed: Vec<_> = gaps.filter(|gap| gap["kind"] == "unparsed_message").collect();
    assert!(unparsed.is_empty(), "{unparsed:?}");
}
