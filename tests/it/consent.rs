//! Sites with consent platforms, real ones and stand-ins, under every profile: what is reported of states and choices
//! equals what is true.

use earshot_lab::check;

use super::earshot::{Earshot, Piped as _, finish, lab, talk};

/// Long enough for every tag of these sites, before a choice, after one and after the reload.
const DWELL: [(&str, &str); 3] =
    [("EARSHOT_DWELL__MIN", "4s"), ("EARSHOT_DWELL__MAX", "7s"), ("EARSHOT_DWELL__QUIET", "1s")];

#[test]
fn the_whole_matrix_of_states_equals_the_truth() {
    let earshot = Earshot::alone();
    let web = lab().web();
    let portfolio = web.consent_portfolio();
    let list = earshot.list(&portfolio.join("\n"));
    let mut scan = earshot.usual_scan(&[&list, "--pages", "1", "--profiles", "all", "--format", "json"]);
    let output = finish(scan.envs(DWELL).spawn_piped());
    assert_eq!(output.status.code(), Some(0), "{}", talk(&output));

    let report = check::Report::parse(&output.stdout).unwrap();
    let truth: Vec<_> = web.truth().collect();
    let (pages, states) = (check::compare(&report, &truth, &portfolio), check::states(&report, &truth, &portfolio));
    let differences: Vec<_> = pages.differences.iter().chain(&states.differences).map(ToString::to_string).collect();
    assert!(differences.is_empty(), "{} differences:\n{}", differences.len(), differences.join("\n"));
    assert!(pages.pages >= portfolio.len(), "only {} pages were compared", pages.pages);
    assert!(states.contacts > 40, "only {} states were compared", states.contacts);
}
