//! `/runs/{run}/sites/{site}`: what a run has found on one site; `/sites/{site}`: the same of its last scan.

use std::collections::BTreeMap;

use askama::Template;
use axum::{
    Router,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
    routing::get,
};
use earshot_detect::Catalogue;
use earshot_model::{RunKind, RunState};
use earshot_report::{
    History, KeystrokeMatrix, PageReport, Party, PictureFile, SiteCoverage, SiteReport, Stored, graph,
    page::{self, Page as SitePage},
    plain,
    words::{self, dollars},
};
use earshot_store::Unit;

use crate::{
    chart::{Chart, Figure, Line, Point},
    found, link,
    page::{Layout, Page, Section, Sorry, Visitor},
    problem::Problem,
    reports::SiteOfRun,
    server::Shared,
};

#[derive(Template)]
#[template(path = "site.html")]
struct OneSite<'a> {
    layout: Layout,
    report: &'a SiteReport,
    coverage: &'a SiteCoverage,
    sentences: Vec<String>,
    trackers: Vec<Tracker>,
    heard: KeystrokeMatrix,
    stored: Vec<Kept<'a>>,
    graph: Option<String>,
    loads: Vec<Loaded>,
    left_out: usize,
    pages: Vec<SitePage<'a>>,
    history: Option<Figure>,
    amounts: Option<[String; 3]>,
    gaps: BTreeMap<&'a str, usize>,
    /// Whether visits of other profiles are there, so that states of consent can be told.
    compared: bool,
    /// Whether whoever looks may have it verified, and it can be.
    verify: bool,
    base: String,
    run_address: String,
    json: String,
    egress: String,
    browser: String,
    ruleset: String,
}

/// A tracker that was contacted before any choice, over the pages of the site.
struct Tracker {
    id: String,
    name: String,
    category: String,
    exposure: &'static str,
    first_ms: f64,
    pages: usize,
    requests: u64,
    grade: String,
    brought_by: String,
    address: String,
    finding: String,
}

/// A cookie, or a key of a storage.
struct Kept<'a> {
    of: &'a Stored,
    name: String,
    party: Party,
    lifetime: String,
    when: String,
}

/// Who made whom be asked.
struct Loaded {
    loader: Party,
    loaded: Party,
    requests: u64,
    pages: u64,
    first: String,
}

pub(crate) fn routes() -> Router<Shared> {
    Router::new().route("/runs/{run}/sites/{site}", get(show)).route("/sites/{site}", get(last))
}

/// To the report of the last complete scan that has seen the site.
async fn last(_: Visitor, State(web): State<Shared>, Path(site): Path<String>) -> Result<Redirect, Sorry> {
    let site = site.to_ascii_lowercase();
    let run = web.store.last_scan_of(&site).await.map_err(|error| Problem::unavailable("the store", &error))?;
    let nobody = || Problem::new(StatusCode::NOT_FOUND, format!("no complete scan has seen {site} yet"));
    let run = run.ok_or_else(nobody)?;
    Ok(Redirect::to(&link::path(&["runs", &run.id.to_string(), "sites", &site])))
}

async fn show(
    visitor: Visitor,
    State(web): State<Shared>,
    Path((run, site)): Path<(String, String)>,
) -> Result<Response, Sorry> {
    let found = found::site(&web, &run, &site).await?;
    let history = found::history(&web, &found.report.coverage.site).await?;
    let page = one(&web.catalogue, &found, &history, visitor.rights.scan)?;
    Ok(Page(page).into_response())
}

fn one<'a>(catalogue: &Catalogue, found: &'a SiteOfRun, history: &History, may: bool) -> Result<OneSite<'a>, Problem> {
    let SiteOfRun { run, report } = found;
    let site = &report.coverage.site;
    let loads = report.graph(catalogue);
    let drawn = |error| found::problem(&error);
    let title = format!("Who made the pages of {site} ask whom; the table below has all numbers");
    let graph = (!loads.edges.is_empty()).then(|| graph::svg(&title, &loads)).transpose().map_err(drawn)?;
    let mut gaps = BTreeMap::new();
    for gap in report.pages.iter().flat_map(|page| &page.gaps) {
        *gaps.entry(gap.kind.as_str()).or_default() += 1;
    }
    Ok(OneSite {
        layout: Layout::new(site, Section::Runs),
        sentences: report.sentences(),
        trackers: trackers(report),
        heard: report.keystrokes(),
        stored: report.stored.iter().map(|stored| kept(stored, report.party(&stored.vendor, catalogue))).collect(),
        graph: graph.map(|svg| as_chart(&svg)),
        loads: report
            .loads
            .iter()
            .map(|load| Loaded {
                loader: report.party(&load.loader, catalogue),
                loaded: report.party(&load.loaded, catalogue),
                requests: load.requests,
                pages: load.pages,
                first: load.first_ms.map_or_else(String::new, |at| format!("{at:.0} ms")),
            })
            .collect(),
        left_out: loads.left_out,
        pages: page::of_site(report, picture).map_err(drawn)?,
        history: (history.nights.len() > 1).then(|| nights(history)),
        amounts: report.coverage.exposure.estimate.amounts().map(|amounts| amounts.map(dollars)),
        gaps,
        compared: report.run.profiles.len() > 1 && !report.states.is_empty(),
        verify: may && run.state == RunState::Complete && run.kind == RunKind::Scan,
        base: link::path(&["runs", &report.run.id]),
        run_address: link::path(&["runs", &report.run.id]),
        egress: report.each(|page| &page.provenance.egress),
        browser: report.each(|page| &page.provenance.browser),
        ruleset: report.each(|page| &page.provenance.ruleset),
        json: link::path(&["api", "v1", "runs", &report.run.id, "sites", site]),
        coverage: &report.coverage,
        report,
    })
}

/// Where a picture of a visit can be had; none if it does not lie where those of the visit do.
pub(super) fn picture(page: &PageReport, file: &PictureFile) -> Option<String> {
    let (place, name) = file.key.rsplit_once('/')?;
    let (run, visit) = place.split_once('/')?;
    (visit == page.visit).then(|| link::path(&["runs", run, "visits", visit, "pictures", name]))
}

/// With the class by which the stylesheet gives it other colours in the dark.
pub(super) fn as_chart(svg: &str) -> String {
    svg.replacen("<svg ", "<svg class=\"chart\" ", 1)
}

/// Trackers that were contacted before any choice, worst first.
fn trackers(report: &SiteReport) -> Vec<Tracker> {
    let mut trackers: BTreeMap<&str, Tracker> = BTreeMap::new();
    for finding in report.main_pages().flat_map(|page| page.contacts()).filter(|found| found.exposure.is_tracker()) {
        let grade = finding.grade.map(|grade| grade.as_str().to_owned()).unwrap_or_default();
        let tracker = trackers.entry(&finding.vendor).or_insert_with(|| Tracker {
            id: finding.vendor.clone(),
            name: plain(&finding.vendor_name),
            category: words::category(&finding.category),
            exposure: finding.exposure.as_str(),
            first_ms: f64::MAX,
            pages: 0,
            requests: 0,
            grade: String::new(),
            brought_by: plain(&finding.traits.brought_by.join(" → ")),
            address: link::path(&["vendors", &finding.vendor]),
            finding: link::path(&["runs", &report.run.id, "findings", &finding.id.to_string()]),
        });
        tracker.first_ms = tracker.first_ms.min(finding.first_contact_ms);
        tracker.pages += 1;
        tracker.requests += u64::from(finding.requests);
        if grade > tracker.grade {
            tracker.grade = grade;
        }
    }
    let mut trackers: Vec<_> = trackers.into_values().collect();
    trackers.sort_by(|a, b| {
        (a.exposure != "content", &b.grade, &a.name).cmp(&(b.exposure != "content", &a.grade, &b.name))
    });
    trackers
}

/// Characters of a name that are shown: a page may choose one of any length.
const NAME: usize = 80;

fn kept(of: &Stored, party: Party) -> Kept<'_> {
    const DAY: i64 = 24 * 60 * 60;
    let lifetime = match of.lifetime_s {
        Some(seconds) if seconds >= DAY => words::count((seconds / DAY).unsigned_abs(), "day"),
        Some(seconds) => words::count((seconds / 60).max(0).unsigned_abs(), "minute"),
        None if of.area == "cookie" => "the session".to_owned(),
        None => String::new(),
    };
    let phases = of.phases.iter().map(|phase| phase.replace('_', " ")).collect::<Vec<_>>().join(", ");
    Kept { of, name: words::cut(&plain(&of.name), NAME), party, lifetime, when: phases }
}

/// Trackers before any choice, night by night.
fn nights(history: &History) -> Figure {
    let line = |name: &str, take: fn(&earshot_report::Night) -> Option<u16>| Line {
        name: name.to_owned(),
        points: history
            .nights
            .iter()
            .filter_map(|night| {
                let day = night.started_at.get(..10)?.parse().ok()?;
                let said = format!("{} of {} visits saw their page", night.seen, night.planned);
                Some(Point { night: day, value: take(night).map(f64::from), between: None, said })
            })
            .collect(),
    };
    let lines =
        [line("Trackers", |night| night.trackers), line("Those that can take content", |night| night.recorders)];
    let title = format!("Trackers contacted before any choice on {}, by night", history.site);
    Chart::new("history", title, Unit::Count).heads("Night", "Trackers").lines(&lines)
}

#[cfg(test)]
mod tests {
    use earshot_model::{Profile, Run};
    use earshot_report::{Contact, GapReport, sample};

    use super::*;

    /// What strangers call their things.
    const HOSTILE: &str = "\"><script>alert(1)</script><img src=x onerror=alert(1)>";

    fn run() -> Run {
        Run {
            id: "01JCX000000000000000000000".parse().unwrap(),
            started_at: jiff::Timestamp::UNIX_EPOCH,
            label: HOSTILE.into(),
            digest: String::new(),
            seeds: 1,
            pages_per_site: 3,
            profiles: vec![Profile::Untouched],
            repetitions: 1,
            egress: "direct".into(),
            region: None,
            portfolio: None,
            night: None,
            kind: RunKind::Scan,
            state: RunState::Complete,
        }
    }

    fn shown(report: SiteReport) -> String {
        let found = SiteOfRun { run: run(), report };
        let history = History { site: found.report.coverage.site.clone(), nights: Vec::new() };
        one(&Catalogue::built_in().unwrap(), &found, &history, true).unwrap().render().unwrap()
    }

    #[test]
    fn nothing_that_strangers_wrote_is_markup() {
        let mut report = sample::report();
        report.run.label = HOSTILE.into();
        for page in &mut report.pages {
            page.visit = "7".into();
            page.detail = HOSTILE.into();
            page.final_url = Some(format!("https://shop.test/?{HOSTILE}"));
            page.gaps.push(GapReport { kind: "body_unread".into(), detail: HOSTILE.into() });
            page.provenance.pictures =
                vec![PictureFile { kind: "end".into(), at_ms: Some(9.0), key: format!("r/7/{HOSTILE}.jpg") }];
            for finding in &mut page.findings {
                (finding.vendor, finding.vendor_name) = (HOSTILE.into(), HOSTILE.into());
                finding.proof_url = format!("https://x.test/{HOSTILE}");
                finding.traits.brought_by = vec![HOSTILE.into()];
            }
        }
        let mut site = sample::site(&report);
        site.contacts = vec![Contact { visit: "7".into(), vendor: HOSTILE.into(), at_ms: vec![1.0, 800.0] }];
        site.loads[0].loaded = HOSTILE.into();
        site.loads[1].loader = HOSTILE.into();
        site.stored[0].name = HOSTILE.into();
        site.typed[0].field = HOSTILE.into();
        let html = shown(site).to_lowercase();
        assert!(!html.contains("<script") && !html.contains("<img src=x") && !html.contains("style="), "{html}");
        for attribute in [" src=\"", " href=\"", " action=\""] {
            for (at, _) in html.match_indices(attribute) {
                let value = &html[at + attribute.len()..];
                assert!(value.starts_with('/') || value.starts_with('#'), "{}", &value[..60.min(value.len())]);
            }
        }
        assert!(html.contains("class=\"chart\" role=\"img\""), "a picture without its name");
    }

    #[test]
    fn a_site_that_was_not_seen_is_not_clean() {
        let mut site = sample::site(&sample::report());
        (site.coverage.seen, site.coverage.partial) = (0, 0);
        site.pages.retain(|page| page.class != "seen");
        let html = shown(site);
        assert!(html.contains("That is not the same as clean") && !html.contains("Nothing was found on this visit"));
        assert!(html.contains("The page was not seen on this visit"), "{html}");
    }
}
