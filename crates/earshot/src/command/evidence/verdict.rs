//! What a check came to, in words.

use std::{fmt::Write as _, path::Path};

use earshot_evidence::{Checked, Sealed};
use earshot_report::{plain, words::count};

/// Problems that are told one by one; an archive with more is not worth reading on.
const TOLD: usize = 100;

pub(super) fn text(checked: &Checked, file: &Path, expected: Option<&str>) -> String {
    let mut text = String::new();
    let (visits, files, bytes) = (count(checked.visits, "visit"), count(checked.files, "file"), checked.bytes);
    let _ = writeln!(text, "{}: {visits}, {files}, {bytes} bytes", file.display());
    for run in &checked.runs {
        let _ = writeln!(text, "  run {}: {}", run.run, sealed(run));
    }
    for key in &checked.keys {
        let (manifests, chains) = (count(key.manifests, "manifest"), count(key.chains, "chain"));
        let _ = writeln!(text, "  signed by {}: {manifests}, {chains}", key.fingerprint);
    }
    for remark in &checked.remarks {
        let _ = writeln!(text, "  {remark}");
    }
    for problem in checked.problems.iter().take(TOLD) {
        let place = if problem.file.is_empty() { "the archive" } else { &problem.file };
        let _ = writeln!(text, "{}: {}: {}", problem.kind.as_str(), plain(place), plain(&problem.what));
    }
    if checked.problems.len() > TOLD {
        let _ = writeln!(text, "and {} more", checked.problems.len() - TOLD);
    }
    text.push_str(match (checked.holds(), expected) {
        (true, Some(_)) => "It holds: nothing was changed since it was signed, and by the key that you gave.\n",
        (true, None) => {
            "It holds: nothing was changed since it was signed. By whom it does not prove: compare the fingerprint with one \
             that you have from its owner, or give it with --key.\n"
        }
        (false, _) => "It does not hold.\n",
    });
    text
}

fn sealed(run: &Sealed) -> String {
    let here = run.here;
    match run.visits {
        Some(all) => format!("sealed with {}, {here} of them here", count(all, "visit")),
        None => {
            let here = count(here, "visit");
            format!("not sealed: {here}, each signed for itself; that none is missing nobody can say")
        }
    }
}

#[cfg(test)]
mod tests {
    use earshot_evidence::{KeyUse, Problem, ProblemKind};
    use earshot_model::RunId;

    use super::*;

    #[test]
    fn what_a_check_does_not_prove_is_said() {
        let key = KeyUse { fingerprint: "ab".repeat(32), manifests: 2, chains: 0 };
        let mut checked = Checked {
            visits: 2,
            keys: vec![key],
            runs: vec![Sealed { run: RunId::new(), visits: None, here: 2 }],
            ..Checked::default()
        };
        let text = |checked: &Checked, key| text(checked, Path::new("x.zip"), key);
        assert!(text(&checked, None).contains("By whom it does not prove"));
        assert!(text(&checked, None).contains("not sealed"));
        assert!(!text(&checked, Some("ab")).contains("does not prove"));
        let problem = Problem { file: "a\u{1b}[2J".into(), kind: ProblemKind::Extra, what: "nobody names it".into() };
        checked.problems = vec![problem; 102];
        let told = text(&checked, None);
        assert!(told.contains("extra: a\u{fffd}[2J: nobody names it\n") && told.contains("and 2 more"), "{told}");
        assert!(told.ends_with("It does not hold.\n"));
    }
}
