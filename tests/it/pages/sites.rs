//! What was found on a site: read, proved, and verified.

use std::time::Instant;

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{Up, in_a_tab, is_for_everybody};
use crate::it::earshot::{Earshot, LOOK_EVERY, PATIENCE, Piped as _, finish, talk};

#[test]
fn what_was_found_on_a_site_is_read_proved_and_verified() {
    let earshot = Earshot::new();
    let up = Up::start(&earshot, &[]);
    let archive = earshot.dir().join("evidence.zip");
    in_a_tab(&up.base, async |tab| {
        // Of the one all names are markup; the other has a vendor that can take content.
        let (hostile, run) = tokio::join!(scanned(&up.base, "injecting.test"), scanned(&up.base, "shop-clarity.test"));
        // Names of a stranger are shown as what they are, on every screen.
        tab.go("/sites/injecting.test").await;
        assert_eq!(tab.path().await, format!("/runs/{hostile}/sites/injecting.test"));
        is_for_everybody(tab, "site-hostile").await;
        assert!(tab.text().await.contains("</td></tr></table><h1>"));
        assert!(tab.js::<bool>("document.documentElement.dataset.owned === undefined").await);

        tab.go("/sites/shop-clarity.test").await;
        is_for_everybody(tab, "site").await;
        assert!(tab.text().await.contains("Microsoft Clarity"));
        let evidence: String = tab.js("document.querySelector('a[href$=\"/evidence.zip\"]').href").await;
        std::fs::write(&archive, got(&evidence).await.1).unwrap();
        let picture: String = tab.js("document.querySelector('.pictures img').src").await;
        assert!(got(&picture).await.1.starts_with(&[0xff, 0xd8]), "no JPEG");

        tab.follow("#trackers + div a[href*='/findings/']", "/findings/").await;
        is_for_everybody(tab, "finding").await;
        assert!(tab.text().await.contains("was contacted before any choice about consent"));

        // From the button to the verdict: the site is as it was.
        tab.follow("form[action$='/verify'] button", "/live").await;
        let verify = tab.path().await.split('/').nth(2).unwrap().to_owned();
        let document = format!("{}/api/v1/verifies/{verify}", up.base);
        let verdicts = awaited("the verdicts", async || match got(&document).await {
            (StatusCode::OK, body) => Some(serde_json::from_slice::<Value>(&body).unwrap()),
            (StatusCode::CONFLICT, _) => None,
            (status, body) => panic!("{status}: {}", String::from_utf8_lossy(&body)),
        })
        .await;
        assert_eq!(
            (&verdicts["schema"], &verdicts["against"]["id"]),
            (&"earshot.verify/1".into(), &run.as_str().into())
        );
        tab.go(&format!("/verifies/{verify}")).await;
        is_for_everybody(tab, "verify").await;
        assert!(tab.text().await.contains("still firing"));

        // The same for programs, and what is not there.
        let (status, body) = got(&format!("{}/api/v1/runs/{run}/sites/shop-clarity.test", up.base)).await;
        let report: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!((status, &report["schema"]), (StatusCode::OK, &"earshot.site/1".into()), "{report}");
        assert!(report["loads"].as_array().is_some_and(|loads| !loads.is_empty()), "{report}");
        let nobody = "00000000-0000-5000-8000-000000000000";
        for (path, status) in [
            (format!("/runs/{run}/sites/never.test"), 404),
            ("/runs/nonsense/sites/shop-clarity.test".to_owned(), 400),
            (format!("/runs/{run}/findings/{nobody}"), 404),
            (format!("/verifies/{run}"), 404),
        ] {
            assert_eq!(got(&format!("{}{path}", up.base)).await.0.as_u16(), status, "{path}");
            assert_eq!(got(&format!("{}/api/v1{path}", up.base)).await.0.as_u16(), status, "/api/v1{path}");
        }
        assert_eq!(got(&format!("{}/runs/{run}/visits/{nobody}/evidence.zip", up.base)).await.0.as_u16(), 404);
        assert_eq!(got(&format!("{}/sites/never.test", up.base)).await.0.as_u16(), 404);
    });
    up.stop();
    let checked = finish(earshot.command(&["evidence", "check", archive.to_str().unwrap()]).spawn_piped());
    assert!(checked.status.success(), "{}", talk(&checked));
}

/// The complete scan of one page.
async fn scanned(base: &str, site: &str) -> String {
    let scan = reqwest::Client::new().post(format!("{base}/api/v1/scans")).header("content-type", "application/json");
    let started = scan.body(json!({ "targets": [site] }).to_string()).send().await.unwrap().bytes().await.unwrap();
    let started: Value = serde_json::from_slice(&started).unwrap();
    let run = started["id"].as_str().unwrap_or_else(|| panic!("{started}")).to_owned();
    awaited("the scan is complete", async || {
        let (_, body) = got(&format!("{base}/api/v1/runs/{run}")).await;
        let state = serde_json::from_slice::<Value>(&body).unwrap()["state"].clone();
        assert!(state == "running" || state == "complete", "{state}");
        (state == "complete").then(|| run.clone())
    })
    .await
}

/// What `look` gives once it gives something.
async fn awaited<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let end = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(Instant::now() < end, "never: {what}");
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

async fn got(url: &str) -> (StatusCode, Vec<u8>) {
    let answer = reqwest::get(url).await.unwrap();
    (answer.status(), answer.bytes().await.unwrap().to_vec())
}
