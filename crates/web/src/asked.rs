//! Over what somebody asks for statistics: the query of an address, read; with the names that `earshot stats` has for it.

use std::str::FromStr;

use axum::{
    extract::FromRequestParts,
    http::{StatusCode, request::Parts},
};
use earshot_model::Region;
use earshot_store::{Parties, Scope};
use url::form_urlencoded;

use crate::problem::Problem;

/// A scope, and what else the query says.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asked {
    pub scope: Scope,
    /// In what form it is wanted; empty if nothing is said.
    pub format: String,
    /// Which page of a list, from 1.
    pub page: u64,
    /// Words that are searched for.
    pub words: String,
}

/// Bytes of a value at most: nobody's name is longer.
const LONGEST: usize = 300;
/// Values of one name at most.
const MOST: usize = 50;
/// Pages of a list at most: what is further down is asked for by the API.
const LAST_PAGE: u64 = 10_000;
/// How the usual exit is called, where a region is asked for: no region's name begins so.
const USUAL: &str = "-";

impl Asked {
    /// Reads a query. What is empty counts as not given, as forms send it.
    ///
    /// # Errors
    /// The first thing in it that is not understood.
    pub fn parse(query: &str) -> Result<Self, Problem> {
        let mut asked = Self { page: 1, ..Self::default() };
        let scope = &mut asked.scope;
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let value = value.trim();
            if value.is_empty() {
                continue;
            }
            if value.len() > LONGEST {
                return Err(wrong(&name, &format!("at most {LONGEST} bytes")));
            }
            match &*name {
                "portfolio" => scope.portfolio = Some(value.to_owned()),
                "since" => scope.since = Some(read(&name, value, "a date such as 2026-11-28")?),
                "until" => scope.until = Some(read(&name, value, "a date such as 2026-11-28")?),
                "run" => scope.run = Some(read(&name, value, "a run's id: a ULID, 26 letters and digits")?),
                "region" if value == USUAL => add(&name, &mut scope.regions, None)?,
                "region" => {
                    let region: Region = read(&name, value, "a region's name, or - for the usual exit")?;
                    add(&name, &mut scope.regions, Some(region))?;
                }
                "where" => {
                    let (key, value) = value.split_once('=').ok_or_else(|| wrong(&name, "NAME=VALUE"))?;
                    add(&name, &mut scope.chosen, (key.to_owned(), value.to_owned()))?;
                }
                "all" if value == "1" => scope.parties = Parties::All,
                "all" => return Err(wrong(&name, "1, or nothing")),
                "category" => add(&name, &mut scope.categories, value.to_owned())?,
                "vendor" => add(&name, &mut scope.vendors, value.to_owned())?,
                "by" => scope.by = Some(value.to_lowercase()),
                "limit" => scope.limit = Some(number(&name, value, u64::from(u32::MAX))?),
                "days" => scope.days = u16::try_from(number(&name, value, u16::MAX.into())?).unwrap_or(Scope::DAYS),
                "format" => value.clone_into(&mut asked.format),
                "page" => asked.page = number(&name, value, LAST_PAGE)?,
                "q" => value.clone_into(&mut asked.words),
                other => {
                    let detail = format!("there is no parameter '{}'", other.chars().take(40).collect::<String>());
                    return Err(Problem::new(StatusCode::BAD_REQUEST, detail));
                }
            }
        }
        Ok(asked)
    }
}

/// The scope as a query, for addresses; it reads back as the same.
pub(crate) fn query(scope: &Scope) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    let Scope { portfolio, since, until, run, regions, chosen, parties, categories, vendors, by, limit, days } = scope;
    let optional = [
        ("portfolio", portfolio.clone()),
        ("since", since.map(|night| night.to_string())),
        ("until", until.map(|night| night.to_string())),
        ("run", run.map(|run| run.to_string())),
        ("by", by.clone()),
        ("limit", limit.map(|limit| limit.to_string())),
        ("all", (*parties == Parties::All).then(|| "1".to_owned())),
        ("days", (*days != Scope::DAYS).then(|| days.to_string())),
    ];
    for (name, value) in optional {
        query.extend_pairs(value.map(|value| (name, value)));
    }
    query.extend_pairs(regions.iter().map(|region| ("region", region.as_ref().map_or(USUAL, Region::as_str))));
    query.extend_pairs(chosen.iter().map(|(key, value)| ("where", format!("{key}={value}"))));
    query.extend_pairs(categories.iter().map(|category| ("category", category)));
    query.extend_pairs(vendors.iter().map(|vendor| ("vendor", vendor)));
    query.finish()
}

impl<S: Sync> FromRequestParts<S> for Asked {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Self::parse(parts.uri.query().unwrap_or_default())
    }
}

fn read<T: FromStr>(name: &str, value: &str, wanted: &str) -> Result<T, Problem> {
    value.parse().map_err(|_| wrong(name, wanted))
}

fn number(name: &str, value: &str, most: u64) -> Result<u64, Problem> {
    let number = value.parse().ok().filter(|number| (1..=most).contains(number));
    number.ok_or_else(|| wrong(name, &format!("from 1 to {most}")))
}

fn add<T>(name: &str, all: &mut Vec<T>, one: T) -> Result<(), Problem> {
    if all.len() == MOST {
        return Err(wrong(name, &format!("at most {MOST} times")));
    }
    all.push(one);
    Ok(())
}

fn wrong(name: &str, wanted: &str) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, format!("{name}: {wanted}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_reads_back_as_the_same() {
        let text = "portfolio=health+US&since=2026-11-01&until=2026-11-14&run=00000000000000000000000005&by=Sector&limit=3&all=1\
                    &days=2&region=-&region=eu&where=sector%3Dhealth&where=shelf%3Da%3Db&category=analytics&vendor=meta-pixel";
        let asked = Asked::parse(text).unwrap();
        assert_eq!(asked.scope.chosen[1], ("shelf".to_owned(), "a=b".to_owned()));
        assert_eq!(asked.scope.regions, [None, Some("eu".parse().unwrap())]);
        assert_eq!(Asked::parse(&query(&asked.scope)).unwrap().scope, asked.scope);
        assert_eq!(query(&Scope::default()), "");
        let form = Asked::parse("portfolio=&since=&limit=&format=csv&page=2&q=+a+").unwrap();
        assert_eq!(form.scope, Scope::default());
        assert_eq!((form.format.as_str(), form.page, form.words.as_str()), ("csv", 2, "a"));
    }

    #[test]
    fn what_is_not_understood_is_named() {
        for (query, said) in [
            ("since=yesterday", "since: a date such as 2026-11-28"),
            ("limit=0", "limit: from 1 to"),
            ("page=x", "page: from 1 to"),
            ("where=sector", "where: NAME=VALUE"),
            ("region=EU!", "region: a region's name"),
            ("run=5", "run: a run's id"),
            ("all=yes", "all: 1, or nothing"),
            ("wher=a", "there is no parameter 'wher'"),
        ] {
            let problem = Asked::parse(query).unwrap_err();
            assert!(problem.status == 400 && problem.detail.starts_with(said), "{query}: {}", problem.detail);
        }
        assert!(Asked::parse(&format!("portfolio={}", "a".repeat(400))).is_err());
        assert!(Asked::parse(&"vendor=a&".repeat(51)).is_err());
    }
}
