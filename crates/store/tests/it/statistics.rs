//! Statistics: what each says of a few sites, worked out by hand.

#[path = "statistics/made.rs"]
mod made;

use earshot_model::Region;
use earshot_store::{Over, Parties, STATISTICS, Scope, Statistic, Unit};

use crate::Fixture;

/// The answer, without names, numbers with four digits at most.
async fn answer(it: &Fixture, name: &str, scope: &Scope) -> String {
    let statistic = Statistic::find(name).unwrap();
    let rounded = |cell: &str| match cell.parse::<f64>() {
        Ok(number) if cell.contains('.') || cell.contains('e') => {
            format!("{number:.4}").trim_end_matches('0').trim_end_matches('.').to_owned()
        }
        _ => cell.to_owned(),
    };
    let text = all_of(it, statistic, scope, "TSV").await;
    text.lines().map(|line| line.split('\t').map(rounded).collect::<Vec<_>>().join("|") + "\n").collect()
}

async fn all_of(it: &Fixture, statistic: &Statistic, scope: &Scope, format: &str) -> String {
    let mut answer = it.store.statistic(statistic, scope, format).unwrap();
    let mut text = Vec::new();
    while let Some(piece) = answer.next().await.unwrap_or_else(|error| panic!("{}: {error:?}", statistic.name)) {
        text.extend_from_slice(&piece);
    }
    String::from_utf8(text).unwrap()
}

#[tokio::test]
async fn statistics_say_what_is_worked_out_by_hand() {
    let it = Fixture::new().await;
    made::write(&it).await;
    let ours = Scope { portfolio: Some("ours".to_owned()), ..Scope::default() };
    let mut wrong = String::new();
    for (name, expected) in made::ANSWERS {
        let said = answer(&it, name, &ours).await;
        if said != *expected {
            wrong.push_str(&format!("{name}:\n{said}instead of\n{expected}\n"));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    let told: Vec<_> = made::ANSWERS.iter().map(|(name, _)| *name).collect();
    assert_eq!(told, STATISTICS.iter().map(|statistic| statistic.name).collect::<Vec<_>>(), "each has its answer");
    scopes_narrow_it(&it, &ours).await;
    groups_have_their_own_denominators(&it, &ours).await;
    what_is_missing_is_said(&it, &ours).await;
    every_scope_is_understood(&it).await;
    it.engine.stop().await;
}

async fn scopes_narrow_it(it: &Fixture, ours: &Scope) {
    // One third party more, and one site more where all portfolios count.
    let all = Scope { parties: Parties::All, ..ours.clone() };
    assert!(answer(it, "prevalence", &all).await.contains("|fonts|FONTS|cdn|none|1|3|"));
    let any = answer(it, "prevalence", &Scope::default()).await;
    assert!(any.starts_with("|meta|META|advertising|tracker|2|4|0.5|0.15|0.85\n"), "{any}");
    // The newest scan in scope is another one, and what was looked at then is told.
    let november = Scope { until: Some("2026-11-02".parse().unwrap()), ..ours.clone() };
    let then = answer(it, "prevalence", &november).await;
    assert_eq!(then, "|meta|META|advertising|tracker|1|2|0.5|0.0945|0.9055\n", "by region eu, the newest of a");
    let usual = Scope { regions: vec![None], ..november.clone() };
    let then = answer(it, "pre-consent", &usual).await;
    assert_eq!(then, "|1|2|0.5|0.0945|0.9055|1|1|1.8|2\n");
    let eu: Region = "eu".parse().unwrap();
    let through = Scope { regions: vec![Some(eu)], ..ours.clone() };
    assert_eq!(answer(it, "pre-consent", &through).await, "|1|1|1|0.2065|1|1|1|1|1\n");
    let first = Scope { run: Some(made::run(1)), ..ours.clone() };
    assert!(answer(it, "pre-consent", &first).await.starts_with("|3|4|0.75|"));
    let health = Scope { chosen: vec![("sector".to_owned(), "health".to_owned())], ..ours.clone() };
    assert!(answer(it, "pre-consent", &health).await.starts_with("|1|2|0.5|"));
    let shelf = Scope { chosen: vec![("shelf".to_owned(), "it's \\ 'top'".to_owned())], ..ours.clone() };
    assert!(answer(it, "pre-consent", &shelf).await.starts_with("|1|1|1|"));
    let chosen = Scope { categories: vec!["social".to_owned()], ..ours.clone() };
    assert_eq!(answer(it, "prevalence", &chosen).await.lines().count(), 1);
    let named = Scope { vendors: vec!["fonts".to_owned()], ..ours.clone() };
    assert_eq!(answer(it, "prevalence", &named).await, "|fonts|FONTS|cdn|none|1|3|0.3333|0.0615|0.7923\n");
    assert!(answer(it, "trend", &named).await.starts_with("|2026-11-10|5|3|1|3|"), "whatever it is otherwise");
    let pairs = answer(it, "together", &named).await;
    assert!(pairs.starts_with("|fonts|FONTS|tiktok|TIKTOK|1|3|") && pairs.lines().count() == 1, "{pairs}");
    let few = Scope { limit: Some(1), ..ours.clone() };
    assert_eq!(answer(it, "coverage", &few).await.lines().count(), 1);
    // The last eight nights reach back to where it was there: nothing before is left to compare with.
    let days = Scope { days: 10, ..ours.clone() };
    assert_eq!(answer(it, "changes", &days).await, "");
}

async fn groups_have_their_own_denominators(it: &Fixture, ours: &Scope) {
    let by = |dimension: &str| Scope { by: Some(dimension.to_owned()), ..ours.clone() };
    let sectors = answer(it, "prevalence", &by("sector")).await;
    assert_eq!(
        sectors,
        "health|meta|META|advertising|tracker|1|2|0.5|0.0945|0.9055\n\
         retail|tiktok|TIKTOK|social|tracker|1|1|1|0.2065|1\n"
    );
    let categories = answer(it, "prevalence", &by("category")).await;
    assert!(categories.starts_with("advertising|||advertising|tracker|1|3|0.3333|"), "{categories}");
    let gating = answer(it, "gating", &by("vendor")).await;
    assert_eq!(
        gating,
        "clarity|unknown|1|1|1|1|0.2065|1\nmeta|on_paper|1|1|1|1|0.2065|1\ntiktok|no_banner|1|1|1|1|0.2065|1\n"
    );
    let shelves = answer(it, "pre-consent", &by("shelf")).await;
    assert_eq!(shelves.lines().count(), 2, "who has no such tag is a group too: {shelves}");
    assert!(answer(it, "sectors", &by("country")).await.starts_with("|5|2|3|0.6667|"));
}

async fn what_is_missing_is_said(it: &Fixture, ours: &Scope) {
    let scope = it.store.in_scope(ours).await.unwrap();
    let states = [scope.sites, scope.seen, scope.blocked, scope.failed, scope.refused, scope.absent];
    assert_eq!((states, scope.looked, scope.typed), ([5, 3, 2, 0, 0, 0], 3, 2));
    assert_eq!((scope.reject_watched, scope.gpc_watched, scope.runs), (2, 2, 1));
    assert_eq!((scope.first_night.as_str(), scope.last_night.as_str(), scope.nights), ("2026-11-01", "2026-11-10", 3));
    // Of the two scans of the second night through the usual exit the later counts.
    assert_eq!((scope.site_nights, scope.site_nights_looked), (16, 10));
    let run = |number| vec![made::run(number).to_string()];
    assert_eq!((scope.not_rolled_up, scope.going), (run(8), run(9)));
    let nowhere = Scope { portfolio: Some("nobody's".to_owned()), ..Scope::default() };
    let nothing = it.store.in_scope(&nowhere).await.unwrap();
    assert_eq!((nothing.sites, nothing.first_night.as_str(), nothing.nights), (0, "", 0));
}

/// Each statistic is asked with everything unset, with everything set, of nobody, and by each dimension; the columns
/// are those that are described.
async fn every_scope_is_understood(it: &Fixture) {
    let all = Scope {
        portfolio: Some("ours".to_owned()),
        since: Some("2026-11-01".parse().unwrap()),
        until: Some("2026-11-10".parse().unwrap()),
        run: Some(made::run(5)),
        regions: vec![None, Some("eu".parse().unwrap())],
        chosen: vec![("sector".to_owned(), "health".to_owned())],
        parties: Parties::All,
        categories: vec!["advertising".to_owned()],
        vendors: vec!["meta".to_owned()],
        by: Some("country".to_owned()),
        limit: Some(3),
        days: 2,
    };
    let none = Scope::default();
    let scopes = [
        none.clone(),
        Scope { run: None, since: None, regions: Vec::new(), ..all.clone() },
        Scope { portfolio: Some("nobody's".to_owned()), ..none.clone() },
        all.clone(),
    ];
    for statistic in STATISTICS {
        let by = statistic.by.iter().map(|by| Scope { by: Some((*by).to_owned()), ..none.clone() });
        for scope in scopes.iter().cloned().chain(by) {
            let text = all_of(it, statistic, &scope, "TSVWithNamesAndTypes").await;
            let mut lines = text.lines().map(|line| line.split('\t'));
            let names: Vec<_> = lines.next().unwrap().collect();
            let described: Vec<_> = statistic.columns.iter().map(|column| column.name).collect();
            assert_eq!(names, described, "{}", statistic.name);
            for (column, given) in statistic.columns.iter().zip(lines.next().unwrap()) {
                let given = given.trim_start_matches("LowCardinality(").trim_start_matches("Nullable(");
                let expected = match column.unit {
                    Unit::Text => "String",
                    Unit::List => "Array(String",
                    Unit::Night => "Date",
                    Unit::Count | Unit::Days => "UInt",
                    Unit::Number | Unit::Share | Unit::Milliseconds => "Float",
                    Unit::Flag => "Bool",
                };
                assert!(given.starts_with(expected), "{}.{}: {given}", statistic.name, column.name);
            }
        }
        assert!(statistic.over == Over::Nights || statistic.sql().contains("sites AS ("), "{}", statistic.name);
    }
}
