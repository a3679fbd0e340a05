//! The checked-in dashboards and rules are what boards, columns and SQL say.

use std::{env, fs};

use earshot_grafana::{folder, generate, queries};

/// Set it to any value and run this test to rewrite the checked-in files.
const REGENERATE: &str = "EARSHOT_REGENERATE";

#[test]
fn dashboards_and_rules_are_what_the_boards_say() {
    let fresh = generate(&folder()).unwrap();
    assert!(fresh.len() > 5, "dashboards and rules");
    for (name, fresh) in &fresh {
        let checked_in = folder().join(name);
        if env::var_os(REGENERATE).is_some() {
            fs::write(&checked_in, fresh).unwrap();
        }
        let kept = fs::read_to_string(&checked_in).unwrap_or_default();
        assert!(kept == *fresh, "{name} differs from what makes it; run `make proto`");
    }
    let mut kept: Vec<_> = fs::read_dir(folder().join("dashboards"))
        .unwrap()
        .map(|entry| format!("dashboards/{}", entry.unwrap().file_name().into_string().unwrap()))
        .collect();
    kept.sort();
    let made: Vec<_> = fresh.keys().filter(|name| name.starts_with("dashboards/")).cloned().collect();
    assert_eq!(kept, made, "no dashboard is left that nothing makes");
}

#[test]
fn every_file_of_sql_is_asked() {
    let asked: Vec<_> = queries(&folder()).unwrap().into_iter().map(|query| query.file).collect();
    for group in fs::read_dir(folder().join("sql")).unwrap().map(|entry| entry.unwrap().path()) {
        for file in fs::read_dir(&group).unwrap().map(|entry| entry.unwrap().path()) {
            let name = file.strip_prefix(folder().join("sql")).unwrap().with_extension("");
            assert!(asked.iter().any(|one| Some(one.as_str()) == name.to_str()), "nobody asks {}", file.display());
        }
    }
}
