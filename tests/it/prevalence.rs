//! `earshot stats prevalence` equals what is true of the lab's sites.
//!
//! `PREVALENCE_SITES` generated sites, two pages of each: `make prevalence`.

use std::{
    collections::{BTreeMap, BTreeSet},
    process::Child,
    time::{Duration, Instant},
};

use earshot_lab::{Expected, Lab, LabConfig, SiteTruth, Web};
use earshot_model::{PageUrl, Site};
use serde_json::Value;

use super::earshot::{Earshot, LOOK_EVERY, Piped as _, finish, json, talk};

/// Generated sites, if nobody says how many.
const SITES: usize = 2_000;
/// How often is told how far it is.
const TELL_EVERY: Duration = Duration::from_secs(30);
/// For one page, on two busy cores.
const PATIENCE_A_PAGE: Duration = Duration::from_secs(6);
/// For everything else.
const PATIENCE: Duration = Duration::from_secs(300);
/// The normal deviate of an interval at 95 %.
const Z: f64 = 1.96;

/// Vendors to the sites that contact them, and all sites that can be looked at.
struct Truth<'t> {
    sites: BTreeSet<Site>,
    vendors: BTreeMap<&'t str, BTreeSet<Site>>,
}

/// What the truth says of those of its pages that were opened.
fn truth_of<'t>(truth: &[&'t SiteTruth], opened: &BTreeSet<String>) -> Truth<'t> {
    let mut all = Truth { sites: BTreeSet::new(), vendors: BTreeMap::new() };
    for site in truth {
        let shown = |outcome| matches!(outcome, Expected::Loaded | Expected::Partial);
        for page in site.pages.iter().filter(|page| opened.contains(&page.url) && shown(page.outcome)) {
            // Two hosts may be one site.
            let domain = PageUrl::parse(&page.url).unwrap().site();
            all.sites.insert(domain.clone());
            for vendor in page.vendors.iter().chain(page.disguised.keys()).chain(&page.unknown) {
                all.vendors.entry(vendor).or_default().insert(domain.clone());
            }
        }
    }
    all
}

/// Holds what `earshot stats prevalence` says of the last run against the truth of the pages that were opened: of every third
/// party the number of sites, of how many, and the interval.
pub fn equals_truth(earshot: &Earshot, truth: &[&SiteTruth], opened: &BTreeSet<String>) {
    let truth = truth_of(truth, opened);
    in_every_form(earshot);
    let output = finish(earshot.command(&["stats", "prevalence", "--all", "--format", "json"]).spawn_piped());
    assert_eq!(output.status.code(), Some(0), "{}", talk(&output));
    let all = truth.sites.len() as u64;
    let mut expected: Vec<_> = truth.vendors.iter().map(|(vendor, sites)| (*vendor, sites.len() as u64)).collect();
    let told = json(&output);
    let rows = told.as_array().unwrap();
    let mut said: Vec<_> = rows.iter().map(|row| (text(row, "vendor"), number(row, "numerator"))).collect();
    expected.sort_unstable();
    said.sort_unstable();
    assert_eq!(said, expected);
    for row in rows {
        let (sites, share) = (number(row, "numerator"), row["share"].as_f64().unwrap());
        assert_eq!(number(row, "denominator"), all, "{row}");
        assert!((share - sites as f64 / all as f64).abs() < 1e-12, "{row}");
        let (low, high) = wilson(sites as f64, all as f64);
        assert!((row["low"].as_f64().unwrap() - low).abs() < 1e-4, "{low}: {row}");
        assert!((row["high"].as_f64().unwrap() - high).abs() < 1e-4, "{high}: {row}");
    }
}

/// A table for people, with how much was seen below; a file for others, with that on stderr.
fn in_every_form(earshot: &Earshot) {
    let output = finish(earshot.command(&["stats", "prevalence", "--limit", "3"]).spawn_piped());
    let said = talk(&output);
    assert!(
        said.contains(" % ") && said.contains("… and more") && said.contains(" looked at before a choice"),
        "{said}"
    );
    let file = earshot.dir().join("prevalence.parquet");
    let output = finish(earshot.command(&["stats", "prevalence", "-o", file.to_str().unwrap()]).spawn_piped());
    assert_eq!((output.status.code(), output.stdout.len()), (Some(0), 0), "{}", talk(&output));
    assert!(talk(&output).contains(" looked at before a choice"), "{}", talk(&output));
    let bytes = std::fs::read(file).unwrap();
    assert!(bytes.starts_with(b"PAR1") && bytes.ends_with(b"PAR1"), "{} bytes", bytes.len());
}

fn text<'r>(row: &'r Value, name: &str) -> &'r str {
    row[name].as_str().unwrap()
}

fn number(row: &Value, name: &str) -> u64 {
    row[name].as_u64().unwrap_or_else(|| panic!("{name}: {row}"))
}

/// The interval as textbooks have it: a centre, and half of its width on both sides.
fn wilson(hits: f64, all: f64) -> (f64, f64) {
    let (share, z2) = (hits / all, Z * Z);
    let centre = (share + z2 / (2.0 * all)) / (1.0 + z2 / all);
    let half = Z / (1.0 + z2 / all) * (share * (1.0 - share) / all + z2 / (4.0 * all * all)).sqrt();
    (centre - half, centre + half)
}

/// The second and the last page of each generated site: a home page would stand for the whole site.
fn pages(web: &Web) -> BTreeSet<String> {
    let generated = web.truth().filter(|site| site.domain.starts_with("gen-"));
    let ends = generated.flat_map(|site| [site.pages.get(1), site.pages.last()].into_iter().flatten());
    ends.map(|page| page.url.clone()).collect()
}

#[test]
#[ignore = "takes an hour; make prevalence"]
fn prevalence_over_generated_sites_equals_their_truth() {
    let sites = std::env::var("PREVALENCE_SITES").map_or(SITES, |text| text.parse().expect("PREVALENCE_SITES"));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let lab = runtime.block_on(Lab::start(LabConfig { sites, ..LabConfig::default() })).unwrap();
    let opened = pages(lab.web());
    let earshot = Earshot::new();
    let list = earshot.list(&opened.iter().cloned().collect::<Vec<_>>().join("\n"));
    let mut scan = earshot.command(&["scan", &list, "--no-screenshots", "--quiet", "--format", "csv"]);
    scan.args(["--proxy", &lab.proxy_url(), "--dns", &lab.dns_addr().to_string()]).arg("--ca-cert").arg(lab.ca_path());
    ended(&earshot, scan.stdout(std::process::Stdio::null()).spawn().unwrap(), opened.len());
    let truth: Vec<_> = lab.web().truth().collect();
    equals_truth(&earshot, &truth, &opened);
    eprintln!("prevalence: {sites} sites, {} pages: as the truth has it", opened.len());
}

/// Waits for the end of a scan, and says how far it is.
fn ended(earshot: &Earshot, mut scan: Child, pages: usize) {
    let (begun, mut told) = (Instant::now(), Instant::now());
    let status = loop {
        if let Some(status) = scan.try_wait().unwrap() {
            break status;
        }
        assert!(begun.elapsed() < PATIENCE + PATIENCE_A_PAGE * pages as u32, "the scan does not end");
        if told.elapsed() >= TELL_EVERY {
            let visits = earshot.sql("SELECT count() FROM visits FINAL");
            eprintln!("prevalence: {visits} of {pages} pages after {:.0?}", begun.elapsed());
            told = Instant::now();
        }
        std::thread::sleep(LOOK_EVERY);
    };
    assert!(status.success(), "{status}");
}
