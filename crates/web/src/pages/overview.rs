//! What a run, or a portfolio, comes to: statistics over a scope, each with the address of its query.

use askama::{Template, filters::HtmlSafe};
use earshot_store::{InScope, Over, Scope, Statistic};
use serde_json::Value;

use super::statistics::address;
use crate::{
    answer::{self, Row},
    api::statistics::known,
    link, number,
    problem::Problem,
    server::Inner,
};

/// Rows of each table: the rest stands where the query is.
const ROWS: u64 = 10;

/// Tables and numbers, as HTML.
#[derive(Template)]
#[template(path = "overview.html")]
pub(crate) struct Overview {
    /// How much is in scope, and how much of it was seen.
    seen: String,
    missing: Vec<String>,
    tiles: Vec<Tile>,
    coverage: Table<Ended>,
    vendors: Table<Vendor>,
    worst: Table<Worst>,
}

/// It escapes what it is made of.
impl HtmlSafe for Overview {}

/// A number that matters.
struct Tile {
    number: String,
    what: &'static str,
    address: String,
}

/// Some rows of a statistic.
struct Table<T> {
    rows: Vec<T>,
    /// Whether there are more.
    more: bool,
    /// Where its query is.
    address: String,
}

/// How sites ended.
struct Ended {
    state: String,
    why: String,
    sites: String,
    share: String,
}

/// A third party that is contacted before any choice.
struct Vendor {
    name: String,
    address: String,
    category: String,
    exposure: String,
    sites: String,
    share: String,
}

/// A site on which much is heard.
struct Worst {
    site: String,
    address: String,
    points: String,
    grade: String,
    recorders: String,
    vendors: String,
    despite_reject: String,
    under_gpc: String,
    first_contact: String,
}

impl Overview {
    /// Of what is in scope; `None` if nothing is.
    ///
    /// # Errors
    /// If the store does not answer.
    pub async fn of(web: &Inner, scope: &Scope) -> Result<Option<Self>, Problem> {
        let seen = web.store.in_scope(scope).await.map_err(|error| Problem::unavailable("the store", &error))?;
        if seen.sites == 0 {
            return Ok(None);
        }
        let (coverage, vendors, worst, recorders, despite, gpc) = tokio::try_join!(
            table(web, "coverage", scope, Ended::of),
            table(web, "prevalence", scope, Vendor::of),
            table(web, "worst-sites", scope, Worst::of),
            first(web, "pre-consent", scope),
            first(web, "rejection", scope),
            first(web, "gpc", scope),
        )?;
        let tiles = [
            Some(Tile::seen(&seen, scope)),
            Tile::share("of the sites contact a tracker before any choice", "pre-consent", scope, recorders),
            Tile::share("of the sites go on after a refusal", "rejection", scope, despite),
            Tile::share("of the sites ignore Global Privacy Control", "gpc", scope, gpc),
        ];
        Ok(Some(Self {
            missing: seen.missing(),
            tiles: tiles.into_iter().flatten().collect(),
            seen: seen.line(Over::Newest),
            coverage,
            vendors,
            worst,
        }))
    }
}

/// The first rows of a statistic.
async fn table<T>(web: &Inner, name: &str, scope: &Scope, read: impl Fn(Row<'_>) -> T) -> Result<Table<T>, Problem> {
    let statistic = known(name)?;
    let (rows, more) = answer::rows(web, statistic, scope, ROWS).await?;
    let rows = rows.iter().map(|values| read(Row::new(statistic, values))).collect();
    Ok(Table { rows, more, address: address(name, scope) })
}

/// The first row of a statistic, if it has one: all vendors together come first.
async fn first(web: &Inner, name: &str, scope: &Scope) -> Result<Option<(&'static Statistic, Vec<Value>)>, Problem> {
    let statistic = known(name)?;
    let (rows, _) = answer::rows(web, statistic, scope, 1).await?;
    Ok(rows.into_iter().next().map(|row| (statistic, row)))
}

impl Tile {
    fn seen(seen: &InScope, scope: &Scope) -> Self {
        let number = format!("{} of {}", number::count(seen.seen), number::count(seen.sites));
        Self { number, what: "sites were seen", address: address("coverage", scope) }
    }

    fn share(
        what: &'static str,
        name: &str,
        scope: &Scope,
        row: Option<(&'static Statistic, Vec<Value>)>,
    ) -> Option<Self> {
        let (statistic, values) = row?;
        let row = Row::new(statistic, &values);
        let (count, of) = (row.count("numerator"), row.count("denominator"));
        let number = format!("{} of {}", number::count(count), number::count(of));
        (of > 0).then(|| Self { number, what, address: address(name, scope) })
    }
}

impl Ended {
    fn of(row: Row<'_>) -> Self {
        Self {
            state: row.text("state").to_owned(),
            why: row.text("why").replace('_', " "),
            sites: of(row),
            share: share(row),
        }
    }
}

impl Vendor {
    fn of(row: Row<'_>) -> Self {
        let (id, name) = (row.text("vendor"), row.text("vendor_name"));
        Self {
            name: if name.is_empty() { id } else { name }.to_owned(),
            address: link::path(&["vendors", id]),
            category: row.text("category").replace('_', " "),
            exposure: row.text("exposure").to_owned(),
            sites: of(row),
            share: share(row),
        }
    }
}

impl Worst {
    fn of(row: Row<'_>) -> Self {
        let (site, run) = (row.text("site"), row.text("run_id"));
        // NULL where it was not looked at: not a 0.
        let looked =
            |column: &str| row.value(column).and_then(Value::as_u64).map_or(number::NONE.to_owned(), number::count);
        Self {
            address: link::path(&["runs", run, "sites", site]),
            site: site.to_owned(),
            points: number::count(row.count("points")),
            grade: if row.text("grade").is_empty() { number::NONE.to_owned() } else { row.text("grade").to_owned() },
            recorders: looked("recorders"),
            vendors: looked("vendors"),
            despite_reject: looked("despite_reject"),
            under_gpc: looked("under_gpc"),
            first_contact: number::in_unit(row.number("first_contact_ms"), earshot_store::Unit::Milliseconds),
        }
    }
}

fn of(row: Row<'_>) -> String {
    format!("{} of {}", number::count(row.count("numerator")), number::count(row.count("denominator")))
}

fn share(row: Row<'_>) -> String {
    number::in_unit(row.number("share"), earshot_store::Unit::Share)
}
