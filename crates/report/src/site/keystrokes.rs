//! Who hears what of which field: the fields of a site against those who hear.

use std::collections::BTreeMap;

use earshot_model::{Finding, Grade, Rule};

use super::SiteReport;
use crate::plain;

/// The fields of a site's pages against who hears what is typed into them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeystrokeMatrix {
    /// Id and name of each that hears something of some field.
    pub vendors: Vec<(String, String)>,
    /// The fields.
    pub rows: Vec<KeystrokeRow>,
}

/// One field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeystrokeRow {
    /// The page.
    pub page: String,
    /// The field, as a short selector.
    pub field: String,
    /// What it asks for.
    pub kind: String,
    /// For each vendor what it hears; none where nothing was seen of that.
    pub cells: Vec<Option<Heard>>,
}

/// What a vendor hears of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    /// The grade.
    pub grade: Grade,
    /// In which form.
    pub form: String,
    /// Id of the finding that says so.
    pub finding: String,
}

impl KeystrokeMatrix {
    pub(super) fn of(report: &SiteReport) -> Self {
        let findings = || report.pages.iter().flat_map(|page| page.under(Rule::Keystrokes));
        let vendors: BTreeMap<&str, &str> =
            findings().map(|finding| (finding.vendor.as_str(), finding.vendor_name.as_str())).collect();
        let row = |typed: &super::TypedField| KeystrokeRow {
            page: plain(&typed.page),
            field: plain(&typed.field),
            kind: typed.kind.replace('_', " "),
            cells: vendors
                .keys()
                .map(|vendor| {
                    let of = |finding: &&Finding| finding.vendor == **vendor && finding.page.as_str() == typed.page;
                    findings()
                        .filter(of)
                        .filter_map(|finding| heard(finding, &typed.field))
                        .max_by_key(|heard| heard.grade)
                })
                .collect(),
        };
        Self {
            rows: report.typed.iter().map(row).collect(),
            vendors: vendors.iter().map(|(id, name)| ((*id).to_owned(), plain(name))).collect(),
        }
    }
}

fn heard(finding: &Finding, field: &str) -> Option<Heard> {
    let heard = finding.heard.iter().filter(|heard| heard.field == field).max_by_key(|heard| heard.grade)?;
    Some(Heard { grade: heard.grade, form: plain(&heard.form), finding: finding.id.to_string() })
}
