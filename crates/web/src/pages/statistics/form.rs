//! What can be chosen about a statistic.

use earshot_model::Region;
use earshot_store::{Parties, Scope, Statistic};

/// The form, filled in as it was asked.
pub(super) struct Form {
    pub portfolios: Vec<Choice>,
    pub by: Vec<Choice>,
    pub since: String,
    pub until: String,
    pub limit: String,
    pub days: u16,
    /// Whether it compares the last nights with those before.
    pub has_days: bool,
    pub vendor: String,
    pub all: bool,
    /// Whether it is about vendors, so that some can be chosen.
    pub of_vendors: bool,
    /// What the form has no field for, and keeps: name and value.
    pub kept: Vec<(&'static str, String)>,
}

/// One of several values.
pub(super) struct Choice {
    pub value: String,
    pub name: String,
    pub chosen: bool,
}

/// What is known of every site.
const DIMENSIONS: [&str; 6] = ["sector", "country", "sensitive", "owner", "region", "portfolio"];

impl Form {
    pub fn new(statistic: &Statistic, scope: Scope, portfolios: impl Iterator<Item = String>) -> Self {
        let by: Vec<_> = DIMENSIONS.iter().chain(statistic.by).map(|name| (*name).to_owned()).collect();
        let usually = match statistic.usually_by {
            "" => "nothing".to_owned(),
            by => by.to_owned(),
        };
        let mut kept: Vec<(&'static str, String)> = Vec::new();
        kept.extend(scope.run.map(|run| ("run", run.to_string())));
        kept.extend(
            scope.regions.iter().map(|region| ("region", region.as_ref().map_or("-", Region::as_str).to_owned())),
        );
        kept.extend(scope.chosen.iter().map(|(key, value)| ("where", format!("{key}={value}"))));
        kept.extend(scope.categories.iter().map(|category| ("category", category.clone())));
        kept.extend(scope.vendors.iter().skip(1).map(|vendor| ("vendor", vendor.clone())));
        let night = |night: Option<jiff::civil::Date>| night.map_or_else(String::new, |night| night.to_string());
        Self {
            portfolios: choices("all sites", portfolios.collect(), scope.portfolio.as_deref()),
            by: choices(&usually, by, scope.by.as_deref()),
            since: night(scope.since),
            until: night(scope.until),
            limit: scope.limit.map_or_else(String::new, |limit| limit.to_string()),
            days: scope.days,
            has_days: statistic.name == "changes",
            vendor: scope.vendors.first().cloned().unwrap_or_default(),
            all: scope.parties == Parties::All,
            of_vendors: statistic.of_vendors,
            kept,
        }
    }
}

/// `none` first, for no value; and whatever was asked for, if it is not among them.
fn choices(none: &str, mut values: Vec<String>, asked: Option<&str>) -> Vec<Choice> {
    if let Some(asked) = asked.filter(|asked| !values.iter().any(|value| value == asked)) {
        values.push(asked.to_owned());
    }
    let nothing = Choice { value: String::new(), name: none.to_owned(), chosen: asked.is_none() };
    let choice = |value: String| Choice { chosen: asked == Some(&value), name: value.clone(), value };
    [nothing].into_iter().chain(values.into_iter().map(choice)).collect()
}
