//! `/vendors/{id}`: one vendor: what it does, its guide, what was measured of it, and where it is.

mod figures;

use askama::Template;
use axum::{
    Router,
    extract::{Path, State},
    routing::get,
};
use earshot_detect::{Hears, Vendor};
use earshot_report::html::{HeadingLevel, guide_html};
use earshot_store::{MetRow, Over, Unit};

use crate::{
    answer::Row,
    api::vendors::{Known, SITES, detail, next},
    asked::Asked,
    chart::Figure,
    link,
    measured::Measured,
    number,
    page::{Layout, Page, Section, Sorry, Visitor},
    problem::Problem,
    server::{Inner, Shared},
    words,
};

#[derive(Template)]
#[template(path = "vendor.html")]
struct One {
    layout: Layout,
    id: String,
    known: Option<Known>,
    hears: String,
    guide: String,
    presence: Presence,
    /// What was measured besides, each with where it can be looked up.
    tiles: Vec<Tile>,
    figures: Vec<(Figure, String)>,
    together: Vec<Neighbour>,
    together_query: String,
    bringers: Vec<(String, String)>,
    bringers_query: String,
    sites: Vec<Site>,
    /// `1 to 50 of 312`.
    sites_shown: String,
    next: Option<String>,
    previous: Option<String>,
    seen: String,
    /// The portfolio that is looked at; empty for all sites.
    portfolio: String,
    /// Whether it is this one, and its name: all that there are.
    portfolios: Vec<(bool, String)>,
    document: String,
}

/// On how many sites it is.
struct Presence {
    met: u64,
    of: u64,
    share: String,
    interval: String,
    before: u64,
    before_share: String,
    median: String,
    as_of: String,
    query: String,
}

/// A number with what it says.
struct Tile {
    number: String,
    words: &'static str,
    query: String,
}

/// Who is met on the same sites.
struct Neighbour {
    page: String,
    name: String,
    sites: String,
    lift: String,
}

/// A site on which it is.
struct Site {
    site: String,
    page: String,
    night: String,
    finding: String,
    pages: String,
    first: String,
    grade: String,
    gating: String,
    verify: String,
}

pub(crate) fn routes() -> Router<Shared> {
    Router::new().route("/vendors/{id}", get(show))
}

async fn show(
    _: Visitor,
    State(web): State<Shared>,
    Path(id): Path<String>,
    asked: Result<Asked, Problem>,
) -> Result<Page<One>, Sorry> {
    one(&web, &id, asked?).await.map(Page).map_err(Sorry::from)
}

async fn one(web: &Inner, id: &str, asked: Asked) -> Result<One, Problem> {
    let portfolios = async { web.store.portfolios().await.map_err(|error| Problem::unavailable("the store", &error)) };
    let (detail, portfolios) = tokio::try_join!(detail(web, id, &asked), portfolios)?;
    let (measured, vendor) = (&detail.measured, web.catalogue.get(id));
    let met = measured.presence.own();
    let name = vendor.map(|vendor| vendor.name.clone());
    let name = name.or_else(|| met.map(|row| row.text("vendor_name").to_owned())).filter(|name| !name.is_empty());
    let portfolio = asked.scope.portfolio.as_deref();
    let chosen = |name: String| (portfolio == Some(name.as_str()), name);
    let segments = ["vendors", id];
    let back = (asked.page > 1).then(|| Asked { page: asked.page - 2, ..asked.clone() });
    Ok(One {
        layout: Layout::new(name.unwrap_or_else(|| id.to_owned()), Section::Vendors),
        hears: vendor.map_or_else(String::new, hears),
        guide: vendor.map_or_else(String::new, |vendor| guide_html(vendor, HeadingLevel::H3)),
        presence: presence(measured),
        tiles: tiles(measured),
        figures: figures::all(measured),
        together: measured.together.rows().map(|row| neighbour(row, id)).collect(),
        together_query: measured.together.address(),
        bringers: measured.loaded_by.rows().map(bringer).collect(),
        bringers_query: measured.loaded_by.address(),
        sites_shown: shown(&detail.sites, asked.page),
        sites: detail.sites.iter().map(site).collect(),
        next: detail.next.is_some().then(|| next(&segments, &asked)),
        previous: back.map(|back| next(&segments, &back)),
        seen: measured.in_scope.line(Over::Newest),
        portfolios: portfolios.into_iter().map(|one| chosen(one.portfolio)).collect(),
        portfolio: asked.scope.portfolio.clone().unwrap_or_default(),
        document: link::with_query(&["api", "v1", "vendors", id], &crate::asked::query(&asked.scope)),
        id: id.to_owned(),
        known: detail.known,
    })
}

fn presence(measured: &Measured) -> Presence {
    let (row, seen) = (measured.presence.own(), &measured.in_scope);
    let number = |column: &str| row.and_then(|row| row.number(column));
    let count = |column: &str| row.map_or(0, |row| row.count(column));
    let ends = number("low").zip(number("high"));
    let told = |share: f64| number::in_unit(Some(share), Unit::Share);
    Presence {
        met: count("numerator"),
        of: seen.looked,
        share: number::in_unit(number("share"), Unit::Share),
        interval: ends.map_or_else(String::new, |(low, high)| format!("{} to {}", told(low), told(high))),
        before: count("before"),
        before_share: number::in_unit(number("before_share"), Unit::Share),
        median: number::in_unit(number("median_ms"), Unit::Milliseconds),
        as_of: seen.last_night.clone(),
        query: measured.presence.address(),
    }
}

fn tiles(measured: &Measured) -> Vec<Tile> {
    let parts = [
        (&measured.hearing, "sites typed into: it is sent what was typed, or a hash of it"),
        (&measured.rejection, "sites on which a refusal was watched: it is told something after it"),
        (&measured.gpc, "sites on which it is known: it ignores Global Privacy Control"),
    ];
    let told = parts.into_iter().filter_map(|(part, words)| {
        let row = part.own().filter(|row| row.count("denominator") > 0)?;
        let (count, of) = (number::count(row.count("numerator")), number::count(row.count("denominator")));
        Some(Tile { number: format!("{count} of {of}"), words, query: part.address() })
    });
    told.collect()
}

fn neighbour(row: Row<'_>, id: &str) -> Neighbour {
    let (other, name) = match row.text("vendor") == id {
        true => ("other_vendor", "other_name"),
        false => ("vendor", "vendor_name"),
    };
    let (other, name) = (row.text(other), row.text(name));
    Neighbour {
        page: link::path(&["vendors", other]),
        name: if name.is_empty() { other } else { name }.to_owned(),
        sites: number::count(row.count("numerator")),
        lift: number::in_unit(row.number("lift"), Unit::Number),
    }
}

fn bringer(row: Row<'_>) -> (String, String) {
    let by = match row.text("loaded_by") {
        "" => "the page itself, or nobody saw it",
        by => by,
    };
    let (count, of) = (number::count(row.count("numerator")), number::count(row.count("denominator")));
    (by.to_owned(), format!("{count} of {of}"))
}

fn site(row: &MetRow) -> Site {
    let finding = row.finding_id.to_string();
    Site {
        page: link::path(&["runs", &row.run_id, "sites", &row.site]),
        finding: link::path(&["runs", &row.run_id, "findings", &finding]),
        verify: link::path(&["runs", &row.run_id, "verify"]),
        site: row.site.clone(),
        night: row.night.clone(),
        pages: format!("{} of {}", row.pages_before, row.pages),
        first: number::in_unit(row.first_contact_ms.map(f64::from), Unit::Milliseconds),
        grade: row.grade.clone(),
        gating: words::gating(&row.gating).to_owned(),
    }
}

fn shown(sites: &[MetRow], page: u64) -> String {
    let first = (page - 1) * SITES + 1;
    match (sites.last(), sites.len() as u64) {
        (None, _) => String::new(),
        (Some(last), shown) => {
            let (from, until) = (number::count(first), number::count(first + shown - 1));
            format!("{from} to {until} of {}", number::count(last.all_sites))
        }
    }
}

/// What it can hear, in words.
fn hears(vendor: &Vendor) -> String {
    let words = vendor.hears.iter().map(|one| match one {
        Hears::PageViews => "which pages are opened",
        Hears::Clicks => "clicks and taps",
        Hears::Scroll => "scrolling and pointer movement",
        Hears::Keystrokes => "typing",
        Hears::FormValues => "what stands in form fields",
        Hears::PageContent => "what the page shows",
        Hears::Messages => "messages",
        Hears::Identifiers => "who the visitor is",
    });
    words.collect::<Vec<_>>().join(", ")
}
