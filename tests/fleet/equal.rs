//! A fleet says of a portfolio what one machine says of it.

use std::time::Duration;

use super::{
    truth::{Counts, Said},
    whole::Fleet,
};

/// Sites of many kinds: trackers of all sorts, alone and together, none, walls, failures, redirects.
const SITES: [&str; 25] = [
    "analytics.test",
    "cdp.test",
    "chat.test",
    "clean.test",
    "clinic.test",
    "fonts-only.test",
    "forms.test",
    "ga-only.test",
    "meta-only.test",
    "mixed-pixels.test",
    "replay-vendors.test",
    "shop-clarity.test",
    "gen-00001.test",
    "gen-00002.test",
    "gen-00003.test",
    "gen-00004.test",
    "gen-00005.test",
    "gen-00006.test",
    "gen-00007.test",
    "gen-00008.test",
    "gen-00009.test",
    "gen-00010.test",
    "gen-00011.test",
    "gen-00012.test",
    "gen-00013.test",
];
/// What both are told.
const OPTIONS: &str = "pages = 2\nscreenshots = false\nconcurrency = 4\n\
    [dwell]\nmin = \"2s\"\nmax = \"4s\"\nquiet = \"500ms\"\n[typing]\nenabled = false\n[limit]\ncrawl_delay = \"0s\"\n\
    [politeness]\ngap = \"0s\"\n";
/// Far more than it takes on two busy cores.
const PATIENCE: Duration = Duration::from_secs(240);

#[test]
fn a_fleet_and_one_machine_say_the_same() {
    let mut fleet = Fleet::start(13, 7, OPTIONS);
    let known = fleet.lab.web().portfolio(false);
    assert!(SITES.iter().all(|site| known.contains(site)), "{known:?}");
    let run = fleet.submit(&SITES, PATIENCE);
    let ended = fleet.watch(run.id, PATIENCE, |_, _| {});
    eprintln!("fleet: {} after {:.0?}", ended.run.state.as_str(), ended.took);
    let counts = Counts::of(&|query| fleet.sql(query), run.id);
    counts.are_exact(SITES.len(), counts.planned.try_into().unwrap());
    let of_fleet = Said::of(&|query| fleet.sql(query), &run.id.to_string());
    let ended_alone: Vec<_> = fleet
        .processes()
        .filter(|process| !process.ended_alone.is_empty())
        .map(|process| process.name.clone())
        .collect();
    assert!(ended_alone.is_empty(), "{ended_alone:?} did not wait for the services");

    let of_one = one_machine(&fleet);
    pretty_equal("visits", &of_fleet.visits, &of_one.visits);
    pretty_equal("findings", &of_fleet.findings, &of_one.findings);
    pretty_equal("gaps", &of_fleet.gaps, &of_one.gaps);
    assert!(of_one.findings.lines().count() > 50, "{}", of_one.findings);
}

/// The same sites by `earshot scan`, all in one process with services of its own.
fn one_machine(fleet: &Fleet) -> Said {
    let file = fleet.dir().join("one.toml");
    std::fs::write(&file, OPTIONS).unwrap();
    let file = file.to_str().unwrap();
    let (proxy, dns) = (fleet.lab.proxy_url(), fleet.lab.dns_addr().to_string());
    let web = ["--proxy", &proxy, "--dns", &dns, "--ca-cert", fleet.lab.ca_path().to_str().unwrap()];
    let scan = [&["scan", "--quiet", "--config", file, "--format", "json"], &web[..], &SITES[..]].concat();
    let output = fleet.earshot(&scan).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let ask = |query: &str| {
        let output = fleet.earshot(&["sql", query, "--format", "TSV"]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
    };
    Said::of(&ask, report["run"]["id"].as_str().unwrap())
}

/// Shows only the lines that differ.
fn pretty_equal(what: &str, fleet: &str, one: &str) {
    let only = |these: &str, those: &str| -> Vec<String> {
        these.lines().filter(|line| !those.lines().any(|other| other == *line)).map(str::to_owned).collect()
    };
    assert!(
        fleet == one,
        "{what} differ: only the fleet says {:#?}, only one machine says {:#?}",
        only(fleet, one),
        only(one, fleet)
    );
}
