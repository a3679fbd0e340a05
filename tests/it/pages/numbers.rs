//! Statistics, trackers, fleet and method: each number stands with what it is of, and leads to its query.

use serde_json::Value;

use super::{Up, in_a_tab, is_for_everybody};
use crate::it::earshot::{Earshot, Piped as _, finish, talk};

/// Asks as a program does: status and body.
async fn get(base: &str, path: &str) -> (u16, String) {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let answer = client.get(format!("{base}{path}")).send().await.unwrap();
    (answer.status().as_u16(), String::from_utf8_lossy(&answer.bytes().await.unwrap()).into_owned())
}

#[test]
fn every_number_leads_to_its_query() {
    let earshot = Earshot::new();
    let list = earshot.list("one-page-only.test\nclean.test\n");
    let scanned = finish(earshot.scan(&[&list, "--pages", "3", "--quiet"]).spawn_piped());
    assert!(scanned.status.code().is_some_and(|code| code < 2), "{}", talk(&scanned));
    let up = Up::start(&earshot, &[]);
    in_a_tab(&up.base, async |tab| {
        programs_are_told_the_same(&up.base).await;
        tab.go("/vendors").await;
        is_for_everybody(tab, "vendors").await;
        tab.fill("#q", "contentsquare").await;
        tab.follow("main form button", "q=contentsquare").await;
        tab.follow("th[scope=row] a[href='/vendors/hotjar']", "/vendors/hotjar").await;
        let text = tab.text().await;
        assert!(text.contains("Met on 1 of 2 sites scanned (50.0 %"), "{text}");
        assert!(text.contains("How to gate it") && text.contains("Verify fix"), "{text}");
        is_for_everybody(tab, "vendor").await;
        tab.follow("p.lead a", "/statistics/presence?vendor=hotjar").await;
        assert!(tab.text().await.contains("1 of 2"));
        is_for_everybody(tab, "statistic").await;
        for (path, name) in [("/statistics", "statistics"), ("/fleet", "fleet"), ("/method", "method")] {
            tab.go(path).await;
            is_for_everybody(tab, name).await;
        }
    });
    up.stop();
}

async fn programs_are_told_the_same(base: &str) {
    for statistic in earshot_store::STATISTICS {
        let (status, page) = get(base, &format!("/statistics/{}", statistic.name)).await;
        assert!(status == 200 && page.contains("WITH\n"), "{}: {status}", statistic.name);
    }
    let (status, problem) = get(base, "/api/v1/statistics/prevalence?since=soon").await;
    assert!(status == 400 && problem.contains("since: a date such as"), "{status} {problem}");
    assert!(get(base, "/statistics/prevalence?by=vendor").await.1.contains("prevalence cannot be grouped by vendor"));
    assert_eq!(get(base, "/statistics/nonsense").await.0, 404);
    assert_eq!(get(base, "/vendors/nobody.test").await.0, 404);
    let csv = get(base, "/api/v1/statistics/presence?vendor=hotjar&format=csv").await.1;
    assert!(csv.starts_with("\"segment\",\"vendor\"") && csv.contains("\"hotjar\",\"Hotjar\""), "{csv}");
    assert!(get(base, "/api/v1/statistics/presence?format=parquet").await.1.starts_with("PAR1"));
    // Sites stand in the order of their scores, which their reports say too.
    let worst: Value = serde_json::from_str(&get(base, "/api/v1/statistics/worst-sites?format=json").await.1).unwrap();
    let (site, run) = (worst[0]["site"].as_str().unwrap(), worst[0]["run_id"].as_str().unwrap());
    let report: Value = serde_json::from_str(&get(base, &format!("/api/v1/runs/{run}/sites/{site}")).await.1).unwrap();
    assert_eq!(worst[0]["points"], report["coverage"]["exposure"]["score"]["points"], "{worst}");
    let vendor: Value = serde_json::from_str(&get(base, "/api/v1/vendors/hotjar").await.1).unwrap();
    let row = &vendor["measured"]["presence"]["rows"][0];
    assert_eq!((&row["numerator"], &row["denominator"], &row["before"]), (&1.into(), &2.into(), &1.into()), "{vendor}");
    assert_eq!(vendor["sites"][0]["site"], "one-page-only.test");
}
