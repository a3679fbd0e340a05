//! Verdicts as JUnit XML: a suite for each page, a test for each vendor. What is not fixed fails; what cannot be said is an error.

use anyhow::Result;
use earshot_detect::verdict::{Conclusion, Verdict};
use earshot_report::verify::{Verification, word};
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

pub(super) fn render(verification: &Verification) -> Result<String> {
    let mut report = Report::new("earshot verify");
    for page in &verification.pages {
        let mut suite = TestSuite::new(page.url.as_str());
        suite.add_property(("run", verification.run.id.as_str()));
        suite.add_property(("against", verification.against.id.as_str()));
        for verdict in &page.verdicts {
            let mut case = TestCase::new(format!("{} is fixed", verdict.name), status(verdict));
            case.set_classname(verdict.vendor.as_str());
            suite.add_test_case(case);
        }
        report.add_test_suite(suite);
    }
    Ok(report.to_string()?)
}

fn status(verdict: &Verdict) -> TestCaseStatus {
    let kind = match verdict.conclusion {
        Conclusion::Fixed => return TestCaseStatus::success(),
        Conclusion::Inconclusive => NonSuccessKind::Error,
        Conclusion::StillFiring | Conclusion::Moved | Conclusion::New => NonSuccessKind::Failure,
    };
    let mut status = TestCaseStatus::non_success(kind);
    status.set_message(word(verdict.conclusion));
    status.set_type(verdict.conclusion.as_str());
    let said = verdict
        .claims
        .iter()
        .map(|claim| format!("{} ({}): {}: {}", claim.rule, claim.profile, word(claim.conclusion), claim.reason));
    status.set_description(said.collect::<Vec<_>>().join("\n"));
    status
}
