//! One page of a site, with its visits, as people are shown it.

use std::collections::{BTreeMap, HashMap};

use earshot_model::Finding;

use crate::{
    PageChoice, PageReport, PictureFile, ReportError, SiteReport, VendorState, plain,
    timeline::{self, Lane},
    words,
};

/// Items of a list within a cell; `earshot explain` has them all.
const LISTED: usize = 8;

/// One page.
#[derive(Debug)]
pub struct Page<'a> {
    /// Its address.
    pub url: String,
    /// What it is called within a document.
    pub anchor: String,
    /// What it asks its visitors.
    pub choice: Option<&'a PageChoice>,
    /// What trackers do in each state of consent.
    pub states: Vec<State>,
    /// Its visits, by profile.
    pub visits: Vec<Visit<'a>>,
}

/// What one tracker does in each state of consent.
#[derive(Debug)]
pub struct State {
    /// What people call it.
    pub name: String,
    /// Its id.
    pub vendor: String,
    /// Before, after a refusal, after agreeing, under GPC; `?` where that was not watched whole.
    pub counts: [String; 4],
    /// What that comes to.
    pub comes_to: String,
}

/// One visit of it.
#[derive(Debug)]
pub struct Visit<'a> {
    /// The visit.
    pub of: &'a PageReport,
    /// How it behaved, in words.
    pub how: &'static str,
    /// Who was contacted when, as SVG; none if nobody was.
    pub timeline: Option<String>,
    /// The same as numbers.
    pub lanes: Vec<Lane>,
    /// Pictures of it that can be shown.
    pub pictures: Vec<Picture>,
    /// What was found on it.
    pub findings: Vec<Found>,
}

/// A picture.
#[derive(Debug)]
pub struct Picture {
    /// What it shows, and when.
    pub caption: String,
    /// Its address; may be a `data:` one.
    pub source: String,
}

/// A finding.
#[derive(Debug)]
pub struct Found {
    /// Its id.
    pub id: String,
    /// Id of the vendor.
    pub vendor: String,
    /// What people call it.
    pub name: String,
    /// What it does.
    pub category: String,
    /// `content`, `tracker`, `unknown` or `none`.
    pub exposure: &'static str,
    /// What is said of it.
    pub says: &'static str,
    /// Its grade, if something was typed.
    pub grade: String,
    /// When, after the navigation.
    pub at_ms: String,
    /// How many requests went to it.
    pub requests: u32,
    /// Address of the request or script that proves it.
    pub proof_url: String,
    /// Number of that event.
    pub proof: u32,
    /// Further things that are known, each in a line.
    pub more: Vec<String>,
    /// Ids of the theories to which it relates.
    pub theories: String,
}

/// Every page of a site, in the order of the report; `source` says under which address a picture of a visit can be had.
///
/// # Errors
/// [`ReportError::Drawing`].
pub fn of_site<'a>(
    report: &'a SiteReport,
    source: impl Fn(&PageReport, &PictureFile) -> Option<String>,
) -> Result<Vec<Page<'a>>, ReportError> {
    let contacts = contacts(report);
    let mut by_url: BTreeMap<&'a str, Vec<&'a PageReport>> = BTreeMap::new();
    for page in &report.pages {
        by_url.entry(&page.url).or_default().push(page);
    }
    let page = |(number, (url, visits)): (usize, (&'a str, Vec<&'a PageReport>))| {
        let visits = visits.into_iter().map(|page| visit(page, &contacts, &source)).collect::<Result<_, _>>()?;
        let states = report.states.iter().filter(|state| state.page == url);
        Ok(Page {
            url: plain(url),
            anchor: format!("page-{}", number + 1),
            choice: report.choices.iter().find(|choice| choice.page == url),
            states: states.map(state).collect(),
            visits,
        })
    };
    by_url.into_iter().enumerate().map(page).collect()
}

/// One visit of a site; none if the report has none of that id.
///
/// # Errors
/// [`ReportError::Drawing`].
pub fn visit_of<'a>(
    report: &'a SiteReport,
    id: &str,
    source: impl Fn(&PageReport, &PictureFile) -> Option<String>,
) -> Result<Option<Visit<'a>>, ReportError> {
    let page = report.pages.iter().find(|page| page.visit == id);
    page.map(|page| visit(page, &contacts(report), &source)).transpose()
}

/// When each vendor was asked on each visit.
type Contacts<'a> = HashMap<&'a str, Vec<(&'a str, &'a [f64])>>;

fn contacts(report: &SiteReport) -> Contacts<'_> {
    let mut contacts = Contacts::new();
    for contact in &report.contacts {
        contacts.entry(&contact.visit).or_default().push((&contact.vendor, &contact.at_ms));
    }
    contacts
}

fn state(state: &VendorState) -> State {
    let count = |count: Option<u32>| count.map_or_else(|| "?".to_owned(), |count| count.to_string());
    State {
        name: plain(&state.name),
        vendor: state.vendor.clone(),
        counts: [state.before, state.after_reject, state.after_accept, state.under_gpc].map(count),
        comes_to: state.comes_to(),
    }
}

fn visit<'a>(
    page: &'a PageReport,
    contacts: &Contacts<'_>,
    source: &impl Fn(&PageReport, &PictureFile) -> Option<String>,
) -> Result<Visit<'a>, ReportError> {
    let lanes = lanes(page, contacts);
    let title = format!("Who was contacted when, {}", words::profile(&page.profile));
    let timeline = (!lanes.is_empty()).then(|| timeline::svg(&title, &lanes, &moments(page))).transpose()?;
    let picture = |file: &PictureFile| Some(Picture { caption: caption(file), source: source(page, file)? });
    Ok(Visit {
        of: page,
        how: words::profile(&page.profile),
        timeline,
        lanes,
        pictures: page.provenance.pictures.iter().filter_map(picture).collect(),
        findings: page.findings.iter().map(|finding| found(finding, page)).collect(),
    })
}

fn caption(file: &PictureFile) -> String {
    let what = if file.kind == "banner" { "The banner" } else { "The page at the end, before anything is typed" };
    let when = file.at_ms.map(|at| format!(", {at:.0} ms after the navigation")).unwrap_or_default();
    format!("{what}{when}")
}

/// Who was contacted when, first contacts first.
fn lanes(page: &PageReport, contacts: &Contacts<'_>) -> Vec<Lane> {
    let about: HashMap<&str, &Finding> =
        page.findings.iter().map(|finding| (finding.vendor.as_str(), finding)).collect();
    let lane = |(vendor, at_ms): &(&str, &[f64])| {
        let finding = about.get(vendor);
        Lane {
            name: plain(finding.map_or(vendor, |finding| &finding.vendor_name)),
            exposure: finding.map_or("none", |finding| finding.exposure.as_str()).to_owned(),
            at_ms: at_ms.to_vec(),
        }
    };
    let mut lanes: Vec<Lane> = contacts.get(page.visit.as_str()).into_iter().flatten().map(lane).collect();
    let first = |lane: &Lane| lane.at_ms.first().copied().unwrap_or(f64::MAX);
    lanes.sort_by(|a, b| first(a).total_cmp(&first(b)));
    lanes
}

/// What happened on the visit that matters for consent.
fn moments(page: &PageReport) -> Vec<timeline::Moment> {
    let consent = &page.consent;
    let choice = if consent.choice.as_deref() == Some("accept") { "agreed" } else { "refused" };
    [("banner", consent.banner_ms), (choice, consent.choice_ms), ("reloaded", consent.reload_ms)]
        .into_iter()
        .filter_map(|(what, at)| Some((what, at?)))
        .collect()
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
        vendor: finding.vendor.clone(),
        name: plain(&finding.vendor_name),
        category: words::category(&finding.category),
        exposure: finding.exposure.as_str(),
        says: words::rule(finding.rule),
        grade: finding.grade.map(|grade| grade.as_str().to_owned()).unwrap_or_default(),
        at_ms: format!("{:.0} ms", finding.first_contact_ms),
        requests: finding.requests,
        proof_url: plain(&finding.proof_url),
        proof: finding.proof,
        more,
        theories,
    }
}
