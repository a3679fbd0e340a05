//! Verdicts as SARIF 2.1.0 (OASIS): one result for each claim that is not fixed, at the address of its page.

use anyhow::Result;
use earshot_detect::verdict::{ClaimVerdict, Conclusion, Verdict};
use earshot_report::verify::{PageVerdict, Verification, word};
use serde_json::{Value, json};

/// Where the standard's schema lies.
const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

pub(super) fn render(verification: &Verification) -> Result<String> {
    let rules = Conclusion::ALL.iter().filter(|kind| **kind != Conclusion::Fixed).map(|kind| {
        json!({
            "id": kind.as_str(),
            "shortDescription": { "text": format!("A tracker is {}", word(*kind)) },
            "defaultConfiguration": { "level": level(*kind) },
        })
    });
    let results: Vec<Value> = verification.pages.iter().flat_map(results).collect();
    let driver = json!({
        "name": "earshot",
        "version": verification.earshot,
        "rules": rules.collect::<Vec<_>>(),
    });
    let run = json!({
        "tool": { "driver": driver },
        "automationDetails": { "id": format!("earshot-verify/{}", verification.run.id) },
        "properties": { "against": verification.against.id, "egress": verification.egress },
        "results": results,
    });
    Ok(serde_json::to_string_pretty(&json!({ "$schema": SCHEMA, "version": "2.1.0", "runs": [run] }))? + "\n")
}

fn results(page: &PageVerdict) -> Vec<Value> {
    let open = |claim: &&ClaimVerdict| claim.conclusion != Conclusion::Fixed;
    let of_vendor = |verdict: &'_ Verdict| -> Vec<Value> {
        verdict.claims.iter().filter(open).map(|claim| result(page, verdict, claim)).collect()
    };
    page.verdicts.iter().flat_map(of_vendor).collect()
}

fn result(page: &PageVerdict, verdict: &Verdict, claim: &ClaimVerdict) -> Value {
    let (name, rule) = (&verdict.name, claim.rule.replace('_', " "));
    let said = format!("{name}: {rule} ({}) is {}: {}", claim.profile, word(claim.conclusion), claim.reason);
    json!({
        "ruleId": claim.conclusion.as_str(),
        "level": level(claim.conclusion),
        "message": { "text": said },
        "locations": [{ "physicalLocation": { "artifactLocation": { "uri": page.url } } }],
        // The same finding in the next verify is the same alert.
        "partialFingerprints": {
            "vendorPageRule/v1": format!("{} {} {} {}", verdict.vendor, page.url, claim.rule, claim.profile),
        },
        "properties": {
            "vendor": verdict.vendor,
            "findingsBefore": verdict.before.findings,
            "findingsAfter": verdict.after.findings,
        },
    })
}

fn level(conclusion: Conclusion) -> &'static str {
    match conclusion {
        Conclusion::StillFiring | Conclusion::Moved | Conclusion::New => "error",
        Conclusion::Inconclusive => "warning",
        Conclusion::Fixed => "none",
    }
}
