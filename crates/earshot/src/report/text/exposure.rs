//! Who listens, over the whole run.

use std::fmt::Write as _;

use comfy_table::{Attribute, Cell, Color, ColumnConstraint, Table};
use earshot_model::Exposure;

use super::{LISTED, Sheet};
use crate::terminal::right;
use earshot_report::{Report, VendorExposure, plain};

/// What is shown of a long list within a cell, and how much of each name of a cookie or key.
const STORED_SHOWN: (usize, usize) = (2, 30);
/// The same where there is little room.
const STORED_SHOWN_NARROW: (usize, usize) = (1, 14);

pub(super) fn show(report: &Report, sheet: &Sheet, text: &mut String) {
    let (known, strangers): (Vec<_>, Vec<_>) = report
        .vendors
        .iter()
        .filter(|vendor| vendor.exposure != Exposure::None.as_str())
        .partition(|vendor| vendor.exposure != Exposure::Unknown.as_str());
    if !known.is_empty() {
        let _ = writeln!(text, "\n{}", vendor_table(&known, sheet));
        let hears = known.iter().any(|vendor| vendor.exposure == Exposure::Content.as_str());
        let hears = if hears { "! can take what a visitor does, types or says. " } else { "" };
        let _ = writeln!(text, "{hears}PRE-CONSENT: share of the sites seen.");
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

fn vendor_table(vendors: &[&VendorExposure], sheet: &Sheet) -> Table {
    let mut table = sheet.table();
    table.set_header(["VENDOR", "KIND", "SITES", "PRE-CONSENT", "FIRST CONTACT", sent_header(sheet), "STORED"]);
    right(&mut table, 2..=5);
    for vendor in vendors {
        table.add_row([
            name(&vendor.name, &vendor.exposure, sheet),
            Cell::new(kind(&vendor.category, &vendor.exposure)),
            Cell::new(vendor.sites),
            Cell::new(share(vendor.pre_consent_share)),
            Cell::new(format!("{:.0} ms", vendor.median_first_contact_ms)),
            Cell::new(sent(vendor.uploads, vendor.upload_bytes, vendor.upload_decoded_bytes, sheet)),
            Cell::new(shortened(&vendor.stored, sheet)),
        ]);
    }
    unbroken(&mut table, 3);
    unbroken(&mut table, 6);
    table
}

/// What stands in this column is short enough: a terminal must not break it.
pub(super) fn unbroken(table: &mut Table, column: usize) {
    if let Some(column) = table.column_mut(column) {
        column.set_constraint(ColumnConstraint::ContentWidth);
    }
}

/// Colour repeats what the KIND column says.
pub(super) fn name(name: &str, exposure: &str, sheet: &Sheet) -> Cell {
    let cell = Cell::new(plain(name));
    match exposure {
        "content" if sheet.coloured => cell.fg(Color::Red).add_attribute(Attribute::Bold),
        "tracker" if sheet.coloured => cell.fg(Color::Yellow),
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

pub(super) fn sent_header(sheet: &Sheet) -> &'static str {
    if sheet.is_narrow() { "SENT" } else { "SENT (UNPACKED)" }
}

pub(super) fn sent(count: u64, wire: u64, decoded: u64, sheet: &Sheet) -> String {
    match count {
        0 => "–".to_owned(),
        _ if sheet.is_narrow() => format!("{count} × · {}", bytes(wire)),
        _ => format!("{count} × · {} ({})", bytes(wire), bytes(decoded)),
    }
}

#[allow(clippy::cast_precision_loss)] // shown with two digits
fn bytes(count: u64) -> String {
    match count {
        0..1_000 => format!("{count} B"),
        1_000..1_000_000 => format!("{:.1} kB", count as f64 / 1e3),
        _ => format!("{:.1} MB", count as f64 / 1e6),
    }
}

pub(super) fn shortened(stored: &[String], sheet: &Sheet) -> String {
    let (items, name) = if sheet.is_narrow() { STORED_SHOWN_NARROW } else { STORED_SHOWN };
    let more = stored.len().saturating_sub(items);
    let short = |item: &String| match item.char_indices().nth(name) {
        Some((cut, _)) => format!("{}…", &item[..cut]),
        None => item.clone(),
    };
    let shown = stored.iter().take(items).map(short).collect::<Vec<_>>().join(", ");
    plain(&if more > 0 { format!("{shown} +{more}") } else { shown })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_readable() {
        let (wide, narrow) = (Sheet::plain(None), Sheet::plain(Some(80)));
        assert_eq!(sent(0, 0, 0, &wide), "–");
        assert_eq!(sent(14, 32_100, 1_180_000, &wide), "14 × · 32.1 kB (1.2 MB)");
        assert_eq!(sent(14, 32_100, 1_180_000, &narrow), "14 × · 32.1 kB");
        let stored: Vec<String> = ["a", "b", "c", "d"].map(String::from).into();
        assert_eq!(shortened(&stored, &wide), "a, b +2");
        assert_eq!(shortened(&stored, &narrow), "a +3");
        assert_eq!(shortened(&["é".repeat(40)], &wide), format!("{}…", "é".repeat(30)));
        assert_eq!(shortened(&["é".repeat(40)], &narrow), format!("{}…", "é".repeat(14)));
    }
}
