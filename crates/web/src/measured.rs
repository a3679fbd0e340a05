//! What was measured of a vendor: several statistics over the same scope, each with where it can be looked up.

use earshot_store::{InScope, Scope, Statistic};
use serde::{Serialize, Serializer, ser::SerializeStruct as _};
use serde_json::{Map, Value};

use crate::{
    answer::{self, Row},
    link,
    pages::statistics::address,
    problem::Problem,
    server::Inner,
};

/// The answers about one vendor.
#[derive(Serialize)]
pub(crate) struct Measured {
    /// How much is in scope, and how much of it was seen.
    pub in_scope: InScope,
    /// On how many sites it is met, and on how many before any choice.
    pub presence: Part,
    pub first_contact: Part,
    pub hearing: Part,
    pub gating: Part,
    pub rejection: Part,
    pub gpc: Part,
    pub loaded_by: Part,
    pub together: Part,
    pub trend: Part,
}

/// One answer.
pub(crate) struct Part {
    pub statistic: &'static Statistic,
    pub scope: Scope,
    pub rows: Vec<Vec<Value>>,
}

/// Rows of one answer: who else is met, and who brings it.
const ROWS: u64 = 12;
/// Nights of a line.
const NIGHTS: u64 = 366;

/// Asks everything about one vendor: an id of the catalogue, or a registrable domain.
///
/// # Errors
/// If the store does not answer.
pub(crate) async fn of(web: &Inner, vendor: &str, scope: &Scope) -> Result<Measured, Problem> {
    let scope = Scope { vendors: vec![vendor.to_owned()], limit: None, by: None, ..scope.clone() };
    let part = |name: &'static str, rows: u64| part(web, name, scope.clone(), rows);
    let in_scope =
        async { web.store.in_scope(&scope).await.map_err(|error| Problem::unavailable("the store", &error)) };
    // Two at a time, about: a page takes no more of the store than that.
    let (in_scope, presence, first_contact) =
        tokio::try_join!(in_scope, part("presence", 1), part("first-contact", ROWS))?;
    let (hearing, gating, trend) =
        tokio::try_join!(part("hearing", ROWS), part("gating", ROWS), part("trend", NIGHTS))?;
    let (rejection, gpc) = tokio::try_join!(part("rejection", ROWS), part("gpc", ROWS))?;
    let (loaded_by, together) = tokio::try_join!(part("loaded-by", ROWS), part("together", ROWS))?;
    Ok(Measured { in_scope, presence, first_contact, hearing, gating, rejection, gpc, loaded_by, together, trend })
}

async fn part(web: &Inner, name: &'static str, scope: Scope, limit: u64) -> Result<Part, Problem> {
    let statistic = Statistic::find(name).ok_or_else(|| Problem::unavailable("statistics", &name))?;
    let (rows, _) = answer::rows(web, statistic, &scope, limit).await?;
    Ok(Part { statistic, scope, rows })
}

impl Part {
    /// The page that shows this answer, with its SQL.
    pub fn address(&self) -> String {
        address(self.statistic.name, &self.scope)
    }

    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows.iter().map(|values| Row::new(self.statistic, values))
    }

    /// The row of the vendor itself, where another one is about all together.
    pub fn own(&self) -> Option<Row<'_>> {
        self.rows().find(|row| !row.text("vendor").is_empty())
    }
}

impl Serialize for Part {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let names = || self.statistic.columns.iter().map(|column| column.name.to_owned());
        let rows: Vec<Map<String, Value>> =
            self.rows.iter().map(|row| names().zip(row.iter().cloned()).collect()).collect();
        let query = crate::asked::query(&self.scope);
        let mut part = serializer.serialize_struct("Part", 3)?;
        part.serialize_field("statistic", self.statistic.name)?;
        part.serialize_field("address", &link::with_query(&["api", "v1", "statistics", self.statistic.name], &query))?;
        part.serialize_field("rows", &rows)?;
        part.end()
    }
}
