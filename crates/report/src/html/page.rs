//! One page of a site, with its visits.

use std::collections::{BTreeMap, HashMap};

use anyhow::Result;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use earshot_model::Finding;
use uuid::Uuid;

use super::{
    Contacts, Pictures,
    timeline::{self, Lane},
    words,
};
use crate::{PageChoice, PageReport, Report, VendorState, plain};

/// Items of a list within a cell; `earshot explain` has them all.
const LISTED: usize = 8;

/// One page.
pub(super) struct Page<'a> {
    pub url: String,
    pub anchor: String,
    pub choice: Option<&'a PageChoice>,
    pub states: Vec<State>,
    pub visits: Vec<Visit<'a>>,
}

/// What one tracker does in each state of consent.
pub(super) struct State {
    pub name: String,
    /// Before, after a refusal, after agreeing, under GPC.
    pub counts: [String; 4],
    pub comes_to: String,
}

/// One visit of it.
pub(super) struct Visit<'a> {
    pub of: &'a PageReport,
    pub how: &'static str,
    /// SVG.
    pub timeline: Option<String>,
    pub pictures: Vec<Picture>,
    pub findings: Vec<Found>,
}

/// A picture, whole.
pub(super) struct Picture {
    pub caption: String,
    /// A `data:` address.
    pub source: String,
}

/// A finding.
pub(super) struct Found {
    pub id: String,
    pub name: String,
    pub category: String,
    pub exposure: &'static str,
    pub says: &'static str,
    pub at_ms: String,
    pub requests: u32,
    pub proof_url: String,
    pub proof: u32,
    /// Further things that are known, each in a line.
    pub more: Vec<String>,
    pub theories: String,
}

/// Every page of a site, in the order of the report.
pub(super) fn of_site<'a>(
    report: &'a Report,
    site: &str,
    contacts: &Contacts,
    pictures: &Pictures,
) -> Result<Vec<Page<'a>>> {
    let mut by_url: BTreeMap<&str, Vec<&PageReport>> = BTreeMap::new();
    for page in report.pages.iter().filter(|page| page.site == site) {
        by_url.entry(&page.url).or_default().push(page);
    }
    let page = |(number, (url, visits)): (usize, (&&str, &Vec<&'a PageReport>))| {
        let visits = visits.iter().map(|visit| self::visit(visit, contacts, pictures)).collect::<Result<_>>()?;
        let states = report.states.iter().filter(|state| state.site == site && state.page == **url);
        Ok(Page {
            url: plain(url),
            anchor: format!("page-{}", number + 1),
            choice: report.choices.iter().find(|choice| choice.site == site && choice.page == **url),
            states: states.map(state).collect(),
            visits,
        })
    };
    by_url.iter().enumerate().map(page).collect()
}

fn state(state: &VendorState) -> State {
    let count = |count: Option<u32>| count.map_or_else(|| "?".to_owned(), |count| count.to_string());
    State {
        name: plain(&state.name),
        counts: [state.before, state.after_reject, state.after_accept, state.under_gpc].map(count),
        comes_to: state.comes_to(),
    }
}

fn visit<'a>(page: &'a PageReport, contacts: &Contacts, pictures: &Pictures) -> Result<Visit<'a>> {
    Ok(Visit {
        of: page,
        how: words::profile(&page.profile),
        timeline: timeline(page, contacts)?,
        pictures: page.provenance.pictures.iter().filter_map(|file| picture(file, pictures)).collect(),
        findings: page.findings.iter().map(|finding| found(finding, page)).collect(),
    })
}

fn picture(file: &crate::PictureFile, pictures: &Pictures) -> Option<Picture> {
    let jpeg = pictures.get(&file.key)?;
    let what = if file.kind == "banner" { "The banner" } else { "The page at the end, before anything is typed" };
    let when = file.at_ms.map(|at| format!(", {at:.0} ms after the navigation")).unwrap_or_default();
    let source = format!("data:image/jpeg;base64,{}", BASE64_STANDARD.encode(jpeg));
    Some(Picture { caption: format!("{what}{when}"), source })
}

fn timeline(page: &PageReport, contacts: &Contacts) -> Result<Option<String>> {
    let Some(contacts) = page.visit.parse::<Uuid>().ok().and_then(|visit| contacts.get(&visit)) else {
        return Ok(None);
    };
    let about: HashMap<&str, &Finding> =
        page.findings.iter().map(|finding| (finding.vendor.as_str(), finding)).collect();
    let lane = |(vendor, at_ms): &(String, Vec<f64>)| {
        let finding = about.get(vendor.as_str());
        Lane {
            name: plain(finding.map_or(vendor, |finding| &finding.vendor_name)),
            exposure: finding.map_or("none", |finding| finding.exposure.as_str()).to_owned(),
            at_ms: at_ms.clone(),
        }
    };
    let mut lanes: Vec<Lane> = contacts.iter().map(lane).collect();
    let first = |lane: &Lane| lane.at_ms.first().copied().unwrap_or(f64::MAX);
    lanes.sort_by(|a, b| first(a).total_cmp(&first(b)));
    let consent = &page.consent;
    let choice = if consent.choice.as_deref() == Some("accept") { "agreed" } else { "refused" };
    let moments: Vec<_> = [("banner", consent.banner_ms), (choice, consent.choice_ms), ("reloaded", consent.reload_ms)]
        .into_iter()
        .filter_map(|(what, at)| Some((what, at?)))
        .collect();
    timeline::svg(&format!("Who was contacted when, {}", words::profile(&page.profile)), &lanes, &moments).map(Some)
}

/// The first of many, and how many more there are.
fn first(items: &[String]) -> String {
    let shown = items.iter().take(LISTED).cloned().collect::<Vec<_>>().join(", ");
    if items.len() > LISTED { format!("{shown} and {} more", items.len() - LISTED) } else { shown }
}

fn found(finding: &Finding, page: &PageReport) -> Found {
    let traits = &finding.traits;
    let mut more = Vec::new();
    let mut line = |what: &str, said: String| {
        if !said.is_empty() {
            more.push(format!("{what}: {}", plain(&said)));
        }
    };
    line("accounts", traits.accounts.join(", "));
    line("brought by", traits.brought_by.join(" → "));
    line(
        "installed by",
        traits.install.as_ref().map(|way| format!("{} {}", way.route.as_str(), way.name)).unwrap_or_default(),
    );
    let disguise = traits.disguise.as_ref();
    line(
        "under another name",
        disguise.map(|disguise| format!("{} ({})", disguise.host, disguise.sign)).unwrap_or_default(),
    );
    line("stored", first(&finding.stored));
    line("listens to", first(&traits.listens));
    line("reads", first(&traits.reads));
    line("tells browsers apart by", traits.fingerprints.join(", "));
    for heard in &finding.heard {
        let grade = format!("{} {}", heard.grade.as_str(), heard.grade.meaning());
        let proof = heard.proof.as_ref().filter(|proof| !proof.part.is_empty()).map(|proof| {
            let wrapped =
                if proof.chain.is_empty() { String::new() } else { format!(" in {}", proof.chain.join(" > ")) };
            format!("; event {}, {} bytes {} to {}{wrapped}", proof.event, proof.part, proof.bytes.0, proof.bytes.1)
        });
        let form = if heard.form.is_empty() { String::new() } else { format!(" ({})", heard.form) };
        line(&format!("field {}", plain(&heard.field)), format!("{grade}{form}{}", proof.unwrap_or_default()));
    }
    let theories = page.theories.get(&finding.id.to_string()).map(|ids| ids.join(", ")).unwrap_or_default();
    Found {
        id: finding.id.to_string(),
        name: plain(&finding.vendor_name),
        category: words::category(&finding.category),
        exposure: finding.exposure.as_str(),
        says: words::rule(finding.rule),
        at_ms: format!("{:.0} ms", finding.first_contact_ms),
        requests: finding.requests,
        proof_url: plain(&finding.proof_url),
        proof: finding.proof,
        more,
        theories,
    }
}
