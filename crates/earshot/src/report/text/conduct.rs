//! Who tells browsers apart, who listens to keys, and whose accounts run on several sites.

use std::fmt::Write as _;

use comfy_table::{Cell, Table};

use super::{
    LISTED, Sheet,
    exposure::{kind, name, share},
    width::{fit, keys_first},
};
use crate::terminal::right;
use earshot_report::{AccountSites, Report, plain};

/// Room for what is listened to, in characters.
const LISTENS_ROOM: usize = 34;
/// Room for the fields that are read.
const READS_ROOM: usize = 26;
/// Room for the names of sites and hosts.
const SITES_ROOM: usize = 44;
/// Room for an account.
const ACCOUNT_ROOM: usize = 34;

pub(super) fn show(report: &Report, sheet: &Sheet, text: &mut String) {
    if !report.fingerprinters.is_empty() {
        let _ = writeln!(text, "\nFingerprinting: scripts that tell browsers apart\n{}", printers(report, sheet));
    }
    if !report.listeners.is_empty() {
        let _ = writeln!(text, "\nListening to keys and fields\n{}", listeners(report, sheet));
    }
    let accounts = shared(report);
    if !accounts.is_empty() {
        let _ = writeln!(text, "\nSame account on several sites or hosts\n{}", account_table(&accounts, sheet));
        if accounts.len() > LISTED {
            let _ = writeln!(text, "  … and {} more (--format json lists all)", accounts.len() - LISTED);
        }
    }
}

fn printers(report: &Report, sheet: &Sheet) -> Table {
    let mut table = sheet.table();
    table.set_header(["PARTY", "KIND", "SITES", "PRE-CONSENT", "PAGES", "BY MEANS OF"]);
    right(&mut table, 2..=4);
    for party in &report.fingerprinters {
        table.add_row([
            name(&party.name, &party.exposure, sheet),
            Cell::new(kind(&party.category, &party.exposure)),
            Cell::new(party.sites),
            Cell::new(share(party.pre_consent_share)),
            Cell::new(party.pages),
            Cell::new(fit(&party.techniques, ", ", SITES_ROOM)),
        ]);
    }
    table
}

fn listeners(report: &Report, sheet: &Sheet) -> Table {
    let mut table = sheet.table();
    table.set_header(["PARTY", "KIND", "SITES", "LISTENS TO", "READS"]);
    right(&mut table, 2..=2);
    for party in &report.listeners {
        table.add_row([
            name(&party.name, &party.exposure, sheet),
            Cell::new(kind(&party.category, &party.exposure)),
            Cell::new(party.sites),
            Cell::new(fit(&keys_first(&party.listens), ", ", LISTENS_ROOM)),
            Cell::new(fit(&party.reads, ", ", READS_ROOM)),
        ]);
    }
    table
}

/// Accounts that tie several sites, or several hosts of one, together; with the vendor's name.
fn shared(report: &Report) -> Vec<(&str, &AccountSites)> {
    let accounts =
        report.vendors.iter().flat_map(|vendor| vendor.accounts.iter().map(|one| (vendor.name.as_str(), one)));
    let mut accounts: Vec<_> = accounts.filter(|(_, one)| one.hosts.len() > 1).collect();
    accounts.sort_by_key(|(_, one)| std::cmp::Reverse((one.sites.len(), one.hosts.len())));
    accounts
}

fn account_table(accounts: &[(&str, &AccountSites)], sheet: &Sheet) -> Table {
    let mut table = sheet.table();
    table.set_header(["VENDOR", "ACCOUNT", "SITES", "HOSTS"]);
    right(&mut table, 2..=2);
    for (vendor, account) in accounts.iter().take(LISTED) {
        table.add_row([
            Cell::new(plain(vendor)),
            Cell::new(fit(&[&account.account], "", ACCOUNT_ROOM)),
            Cell::new(account.sites.len()),
            Cell::new(fit(&account.hosts, ", ", SITES_ROOM)),
        ]);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use earshot_report::sample;

    #[test]
    fn an_account_on_several_sites_is_told() {
        let account = sample::account();
        let table = account_table(&[("Microsoft Clarity", &account)], &Sheet::plain(None)).to_string();
        let row = table.lines().nth(1).unwrap();
        assert!(row.contains("project:abc123") && row.contains("blog.test, shop.test, www.shop.test"), "{table}");
    }
}
