//! One vendor, for people and for programs.

use std::fmt::Write as _;

use earshot_detect::{HostRule, StoragePattern, UrlPattern, Vendor, Wildcard};
use serde::Serialize;
use serde_json::{Value, json};

use super::guide;

/// How wide the names of facts are: the longest is "recognised by".
const LABEL: usize = 15;

/// For reading in a terminal.
pub(super) fn text(vendor: &Vendor) -> String {
    let mut text = format!("{} ({})\n", vendor.name, vendor.id);
    for (label, items) in facts(vendor) {
        let filled = guide::filled(&items.join(", "), guide::WIDTH - LABEL);
        for (index, line) in filled.iter().enumerate() {
            let label = if index == 0 { label } else { "" };
            let _ = writeln!(text, "{label:<LABEL$}{line}");
        }
    }
    let _ = write!(text, "\n{}", guide::text(&vendor.guide));
    text
}

/// For a ticket or a wiki.
pub(super) fn markdown(vendor: &Vendor) -> String {
    let mut text = format!("# {}\n\n", vendor.name);
    for (label, items) in facts(vendor) {
        let items: Vec<_> = match label {
            "hosts" | "uploads" | "CNAMEs" | "cookies" | "storage" | "globals" => {
                items.iter().map(|item| format!("`{item}`")).collect()
            }
            _ => items,
        };
        let _ = writeln!(text, "- **{label}**: {}", items.join(", "));
    }
    let _ = writeln!(text, "\n{}", vendor.guide);
    text
}

/// For a program.
pub(super) fn json(vendor: &Vendor) -> Value {
    json!({
        "id": vendor.id,
        "name": vendor.name,
        "company": vendor.company,
        "category": vendor.category,
        "exposure": vendor.exposure,
        "confidence": vendor.confidence,
        "hosts": texts(&vendor.hosts),
        "uploads": texts(&vendor.uploads),
        "cnames": texts(&vendor.cnames),
        "signatures": signatures(vendor),
        "accounts": accounts(vendor),
        "cookies": cookies(vendor),
        "storage": storage(vendor),
        "globals": vendor.globals,
        "hears": vendor.hears,
        "first_upload_ms": vendor.first_upload_ms,
        "consent": vendor.consent,
        "docs": vendor.docs,
        "sources": vendor.sources,
        "guide": vendor.guide,
        "guide_complete": vendor.is_complete(),
    })
}

/// The name that serde gives a value of a closed set.
pub(super) fn name_of<T: Serialize>(value: &T) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

/// What is known, without what is empty.
fn facts(vendor: &Vendor) -> Vec<(&'static str, Vec<String>)> {
    let one = |text: &str| vec![text.to_owned()];
    let spoken = |name: String| name.replace('_', " ");
    let wait = vendor.first_upload_ms.map(|ms| format!("about {ms} ms after its first contact"));
    let all = [
        ("company", one(&vendor.company)),
        ("category", vec![spoken(name_of(&vendor.category))]),
        ("exposure", vec![spoken(name_of(&vendor.exposure))]),
        ("confidence", vec![name_of(&vendor.confidence)]),
        ("hears", vendor.hears.iter().map(|hears| spoken(name_of(hears))).collect()),
        ("hosts", texts(&vendor.hosts)),
        ("uploads", texts(&vendor.uploads)),
        ("first upload", wait.into_iter().collect()),
        ("CNAMEs", texts(&vendor.cnames)),
        ("recognised by", signatures(vendor)),
        ("accounts", accounts(vendor)),
        ("cookies", cookies(vendor)),
        ("storage", storage(vendor)),
        ("globals", vendor.globals.clone()),
        ("consent", one(&vendor.consent)),
        ("docs", one(&vendor.docs)),
        ("sources", vendor.sources.clone()),
    ];
    all.into_iter().filter(|(_, items)| items.iter().any(|item| !item.is_empty())).collect()
}

fn texts<T: ToString>(items: &[T]) -> Vec<String> {
    items.iter().map(ToString::to_string).collect()
}

fn signatures(vendor: &Vendor) -> Vec<String> {
    vendor.signatures.iter().map(|signature| signature.sign().to_owned()).collect()
}

/// What the vendor calls its customers' numbers, and where they stand.
fn accounts(vendor: &Vendor) -> Vec<String> {
    vendor.accounts.iter().map(|rule| format!("{} at {}", rule.name, rule.url)).collect()
}

fn cookies(vendor: &Vendor) -> Vec<String> {
    vendor.cookies.iter().map(spelled).collect()
}

fn storage(vendor: &Vendor) -> Vec<String> {
    let spelled = |pattern: &StoragePattern| format!("{}:{}", pattern.area.as_str(), spelled(&pattern.key));
    vendor.storage.iter().map(spelled).collect()
}

/// A wildcard as it is written: an address pattern prints its segments so.
fn spelled(wildcard: &Wildcard) -> String {
    let pattern = UrlPattern { host: HostRule::Any, path: vec![wildcard.clone()] }.to_string();
    pattern.strip_prefix("*/").unwrap_or(&pattern).to_owned()
}

#[cfg(test)]
mod tests {
    use earshot_detect::Catalogue;

    use super::*;

    #[test]
    fn every_vendor_can_be_shown_within_the_width() {
        let catalogue = Catalogue::built_in().unwrap();
        for vendor in catalogue.vendors() {
            let text = text(vendor);
            assert!(text.contains("How to gate it") && text.contains(&vendor.hosts[0].to_string()), "{text}");
            // Code and addresses are not broken.
            let wide = |line: &&str| line.chars().count() > guide::WIDTH && !line.starts_with("      ");
            let prose: Vec<_> = text.lines().filter(wide).filter(|line| line.split(' ').count() > 12).collect();
            assert!(prose.is_empty(), "{}: {prose:#?}", vendor.id);
            assert_eq!(json(vendor)["cookies"].as_array().unwrap().len(), vendor.cookies.len());
            assert!(markdown(vendor).ends_with(&format!("{}\n", vendor.guide)));
        }
    }

    #[test]
    fn patterns_are_spelled_as_in_the_file() {
        let catalogue = Catalogue::built_in().unwrap();
        let clarity = json(catalogue.get("microsoft-clarity").unwrap());
        assert!(clarity["cookies"].as_array().unwrap().contains(&"_clck".into()), "{clarity}");
        assert!(clarity["storage"].as_array().unwrap().contains(&"session:_cltk".into()), "{clarity}");
        assert!(clarity["hosts"].as_array().unwrap().contains(&"*.clarity.ms".into()), "{clarity}");
    }
}
