//! Variables and macros come out as the plug-in documents them.

use std::collections::BTreeMap;

use earshot_grafana::{Chosen, ExpandError, Scope, expand};

fn scope() -> Scope {
    let some = |values: &[&str]| Chosen::Some(values.iter().map(|&value| value.to_owned()).collect());
    let variables = [
        ("one", some(&["it's"])),
        ("two", some(&["a", "b"])),
        ("none", some(&[])),
        ("all", Chosen::All(vec!["x".to_owned(), "y".to_owned()])),
    ];
    Scope {
        from: 1_764_288_000,
        to: 1_764_374_399,
        interval_s: 60,
        variables: variables.map(|(name, chosen)| (name.to_owned(), chosen)).into_iter().collect(),
    }
}

#[test]
fn macros_come_out_as_the_plug_in_documents_them() {
    let cases = BTreeMap::from([
        ("$__fromTime", "toDateTime(1764288000)"),
        ("$__toTime", "toDateTime(1764374399)"),
        ("a / $__interval_s", "a / 60"),
        ("$__timeFilter(at)", "at >= toDateTime(1764288000) AND at <= toDateTime(1764374399)"),
        ("$__dateFilter(night)", "night >= toDate('2025-11-28') AND night <= toDate('2025-11-28')"),
        ("$__timeInterval(at)", "toStartOfInterval(toDateTime(at), INTERVAL 60 second)"),
        ("$__timeFilter(f(a, b))", "f(a, b) >= toDateTime(1764288000) AND f(a, b) <= toDateTime(1764374399)"),
    ]);
    for (sql, expected) in cases {
        let arguments = sql.contains("f(a, b)");
        match expand(sql, &scope()) {
            // The plug-in takes one argument, and a bracket within it is part of it.
            Ok(out) => assert_eq!(out, expected),
            Err(error) => panic!("{sql}: {error} ({arguments})"),
        }
    }
}

#[test]
fn variables_are_quoted() {
    let out = |sql| expand(sql, &scope()).unwrap();
    assert_eq!(out("a = ${one:singlequote}"), r"a = 'it\'s'");
    assert_eq!(out("a IN (${two:singlequote})"), "a IN ('a','b')");
    assert_eq!(out("a IN (${all:singlequote})"), "a IN ('x','y')");
    assert_eq!(out("a = ${none:singlequote}"), "a = ''");
}

#[test]
fn a_condition_stands_unless_everything_is_chosen() {
    let out = |sql| expand(sql, &scope()).unwrap();
    assert_eq!(out("WHERE $__conditionalAll(a IN (${two:singlequote}), $two)"), "WHERE a IN ('a','b')");
    assert_eq!(out("WHERE $__conditionalAll(a IN (${all:singlequote}), $all) AND b"), "WHERE 1=1 AND b");
    let nested = "$__conditionalAll(\n  s IN (SELECT s FROM t WHERE $__dateFilter(n) AND f(a, ')') AND \
                  $__conditionalAll(a IN (${all:singlequote}), $all)),\n  $two\n)";
    let date = "n >= toDate('2025-11-28') AND n <= toDate('2025-11-28')";
    assert_eq!(out(nested), format!("s IN (SELECT s FROM t WHERE {date} AND f(a, ')') AND 1=1)"));
}

#[test]
fn what_grafana_would_leave_as_it_stands_is_an_error() {
    let wrong = |sql| expand(sql, &scope()).unwrap_err();
    assert_eq!(wrong("$__nobody(a)"), ExpandError::Unknown("$__nobody".to_owned()));
    assert_eq!(wrong("${other:singlequote}"), ExpandError::Unknown("${other:singlequote}".to_owned()));
    assert!(matches!(wrong("a = ${one}"), ExpandError::Unknown(_)), "without quotes");
    assert!(matches!(wrong("a = $one"), ExpandError::Unknown(_)));
    assert!(matches!(wrong("$__timeFilter()"), ExpandError::Arguments(..)));
    assert!(matches!(wrong("$__conditionalAll(a)"), ExpandError::Arguments(..)));
    assert_eq!(expand("-- $nobody\nSELECT 1", &scope()).unwrap(), "SELECT 1", "remarks are left out");
}
