//! `/vendors`: whom the catalogue knows, how widespread each is, and where its guide is.

use askama::Template;
use axum::{Router, extract::State, routing::get};
use earshot_model::Exposure;
use earshot_store::{Parties, Scope};

use crate::{
    api::vendors::{Entry, listed},
    asked::{self, Asked},
    link, number,
    page::{Layout, Page, Section, Sorry, Visitor},
    pages::statistics::address,
    problem::Problem,
    server::{Inner, Shared},
    words,
};

#[derive(Template)]
#[template(path = "vendors.html")]
struct Vendors {
    layout: Layout,
    words: String,
    /// Whose sites are looked at; empty for all.
    portfolio: String,
    categories: Vec<Category>,
    rows: Vec<Line>,
    /// How many there are in all.
    known: usize,
    /// The line that goes with every answer.
    seen: String,
    /// Sites that the shares are of.
    of: u64,
    /// The statistic that the numbers are from.
    query: String,
}

/// A category that can be chosen.
struct Category {
    id: &'static str,
    name: String,
    chosen: bool,
}

/// A vendor as a row.
struct Line {
    name: String,
    company: String,
    category: String,
    exposure: Exposure,
    page: String,
    /// `312 of 2,000`.
    met: String,
    share: String,
    before: String,
    /// Where the numbers can be looked up.
    query: String,
}

pub(crate) fn routes() -> Router<Shared> {
    Router::new().route("/vendors", get(list))
}

async fn list(_: Visitor, State(web): State<Shared>, asked: Result<Asked, Problem>) -> Result<Page<Vendors>, Sorry> {
    vendors(&web, asked?).await.map(Page).map_err(Sorry::from)
}

async fn vendors(web: &Inner, asked: Asked) -> Result<Vendors, Problem> {
    let listed = listed(web, &asked).await?;
    let all = web.catalogue.vendors();
    let mut ids: Vec<_> = all.iter().map(|vendor| vendor.category.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    let chosen = |id: &str| asked.scope.categories.iter().any(|category| category == id);
    let category = |id| Category { id, name: words::category(id), chosen: chosen(id) };
    let scope = Scope { categories: Vec::new(), by: None, ..asked.scope.clone() };
    Ok(Vendors {
        layout: Layout::new("All tracker compliance guides", Section::Vendors),
        categories: ids.into_iter().map(category).collect(),
        rows: listed.vendors.into_iter().map(|entry| line(entry, &scope)).collect(),
        known: all.len(),
        seen: listed.in_scope.line(earshot_store::Over::Newest),
        of: listed.in_scope.looked,
        query: address("presence", &Scope { parties: Parties::All, ..scope }),
        words: asked.words,
        portfolio: asked.scope.portfolio.unwrap_or_default(),
    })
}

fn line(entry: Entry, scope: &Scope) -> Line {
    let share =
        |part: u64, of: u64| number::in_unit((of > 0).then(|| part as f64 / of as f64), earshot_store::Unit::Share);
    let own = Scope { vendors: vec![entry.id.clone()], ..scope.clone() };
    Line {
        page: link::with_query(&["vendors", &entry.id], &asked::query(scope)),
        met: format!("{} of {}", number::count(entry.met), number::count(entry.of)),
        share: share(entry.met, entry.of),
        before: match entry.met {
            0 => number::NONE.to_owned(),
            met => format!("{} of {} ({})", number::count(entry.before), number::count(met), share(entry.before, met)),
        },
        query: address("presence", &own),
        name: entry.name,
        company: entry.company,
        category: words::category(entry.category),
        exposure: entry.exposure,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_stand_with_what_they_are_of() {
        let entry = |met, before, of| Entry {
            id: "hotjar".into(),
            name: "Hotjar".into(),
            company: "Contentsquare".into(),
            category: "session_replay",
            exposure: Exposure::Content,
            met,
            before,
            of,
            address: String::new(),
        };
        let met = line(entry(312, 215, 2_000), &Scope::default());
        assert_eq!((met.met.as_str(), met.share.as_str()), ("312 of 2,000", "15.6 %"));
        assert_eq!((met.before.as_str(), met.category.as_str()), ("215 of 312 (68.9 %)", "session replay"));
        assert_eq!(met.query, "/statistics/presence?vendor=hotjar");
        let none = line(entry(0, 0, 0), &Scope::default());
        assert_eq!((none.met.as_str(), none.share.as_str(), none.before.as_str()), ("0 of 0", "–", "–"));
    }
}
