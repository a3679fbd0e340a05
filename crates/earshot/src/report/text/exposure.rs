//! Who listens, over the whole run.

use std::fmt::Write as _;

use comfy_table::{Attribute, Cell, CellAlignment, Color, Table};
use earshot_model::Exposure;

use super::LISTED;
use crate::{
    report::{Report, VendorExposure, plain::plain},
    terminal,
};

/// What is shown of a long list within a cell.
const STORED_SHOWN: usize = 2;
/// How much of a name of a cookie or key is shown.
const NAME_SHOWN: usize = 30;

pub(super) fn show(report: &Report, coloured: bool, text: &mut String) {
    let (known, strangers): (Vec<_>, Vec<_>) = report
        .vendors
        .iter()
        .filter(|vendor| vendor.exposure != Exposure::None.as_str())
        .partition(|vendor| vendor.exposure != Exposure::Unknown.as_str());
    if !known.is_empty() {
        let _ = writeln!(text, "\n{}", vendor_table(&known, coloured));
        let _ = writeln!(text, "! can take what a visitor does, types or says. PRE-CONSENT: share of the sites seen.");
        disguises(&known, text);
    }
    if !strangers.is_empty() {
        let names = strangers.iter().take(LISTED).map(|vendor| format!("{} ({})", plain(&vendor.vendor), vendor.sites));
        let more = strangers.len().saturating_sub(LISTED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let names = names.collect::<Vec<_>>().join(", ");
        let _ = writeln!(text, "\nThird parties that nobody knows, with their sites: {names}{more}");
    }
}

/// A blocklist by host does not see these.
fn disguises(vendors: &[&VendorExposure], text: &mut String) {
    let hidden = vendors.iter().filter(|vendor| vendor.disguised_sites > 0);
    let hidden: Vec<_> = hidden.map(|vendor| format!("{} ({})", plain(&vendor.name), vendor.disguised_sites)).collect();
    if !hidden.is_empty() {
        let _ = writeln!(text, "Under another name on some sites: {}", hidden.join(", "));
    }
}

fn vendor_table(vendors: &[&VendorExposure], coloured: bool) -> Table {
    let mut table = terminal::table(coloured);
    table.set_header(["VENDOR", "KIND", "SITES", "PRE-CONSENT", "FIRST CONTACT", "SENT (UNPACKED)", "STORED"]);
    for column in 2..=5 {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    for vendor in vendors {
        table.add_row([
            name(&vendor.name, &vendor.exposure, coloured),
            Cell::new(kind(&vendor.category, &vendor.exposure)),
            Cell::new(vendor.sites),
            Cell::new(share(vendor.pre_consent_share)),
            Cell::new(format!("{:.0} ms", vendor.median_first_contact_ms)),
            Cell::new(sent(vendor.uploads, vendor.upload_bytes, vendor.upload_decoded_bytes)),
            Cell::new(shortened(&vendor.stored)),
        ]);
    }
    table
}

/// Colour repeats what the KIND column says.
pub(super) fn name(name: &str, exposure: &str, coloured: bool) -> Cell {
    let cell = Cell::new(plain(name));
    match exposure {
        "content" if coloured => cell.fg(Color::Red).add_attribute(Attribute::Bold),
        "tracker" if coloured => cell.fg(Color::Yellow),
        _ => cell,
    }
}

pub(super) fn kind(category: &str, exposure: &str) -> String {
    let category = category.replace('_', " ");
    if exposure == "content" { format!("{category} !") } else { category }
}

pub(super) fn share(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

pub(super) fn sent(count: u64, wire: u64, decoded: u64) -> String {
    if count == 0 { "–".to_owned() } else { format!("{count} × · {} ({})", bytes(wire), bytes(decoded)) }
}

#[allow(clippy::cast_precision_loss)] // shown with two digits
fn bytes(count: u64) -> String {
    match count {
        0..1_000 => format!("{count} B"),
        1_000..1_000_000 => format!("{:.1} kB", count as f64 / 1e3),
        _ => format!("{:.1} MB", count as f64 / 1e6),
    }
}

pub(super) fn shortened(stored: &[String]) -> String {
    let more = stored.len().saturating_sub(STORED_SHOWN);
    let short = |item: &String| match item.char_indices().nth(NAME_SHOWN) {
        Some((cut, _)) => format!("{}…", &item[..cut]),
        None => item.clone(),
    };
    let shown = stored.iter().take(STORED_SHOWN).map(short).collect::<Vec<_>>().join(", ");
    plain(&if more > 0 { format!("{shown} +{more}") } else { shown })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_readable() {
        assert_eq!(sent(0, 0, 0), "–");
        assert_eq!(sent(14, 32_100, 1_180_000), "14 × · 32.1 kB (1.2 MB)");
        let stored: Vec<String> = ["a", "b", "c", "d"].map(String::from).into();
        assert_eq!(shortened(&stored), "a, b +2");
        assert_eq!(shortened(&["é".repeat(40)]), format!("{}…", "é".repeat(30)));
    }
}
