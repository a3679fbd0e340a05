//! What there is to say of a party on a page beside the table: how it came, for whom it works, what else it does.

use std::fmt::Write as _;

use earshot_model::{Disguise, DisguiseKind, Finding, Install, InstallRoute, Rule, Traits};

use super::{
    Sheet, keystrokes,
    width::{cut, fill, fit, keys_first},
    without_query,
};
use earshot_report::{PageReport, plain};

/// How far the lines stand from the left.
const INDENT: &str = "    ";
/// Lines of what a vendor's traffic says of itself: what a recorder says fits.
const DETAIL_LINES: usize = 6;
/// Lines of what its scripts listen to, and of what they read: a recorder's own list fits.
const CONDUCT_LINES: usize = 3;

pub(super) fn show(page: &PageReport, sheet: &Sheet, text: &mut String) {
    let room = sheet.width() - INDENT.len();
    let mut vendors: Vec<&str> = Vec::new();
    // What the page asks is told with all pages that ask.
    let asks = |finding: &&Finding| matches!(finding.rule, Rule::NoBanner | Rule::NoReject);
    for finding in page.findings.iter().filter(|finding| !asks(finding)) {
        if !vendors.contains(&finding.vendor.as_str()) {
            vendors.push(&finding.vendor);
        }
    }
    for vendor in vendors {
        let findings: Vec<_> = page.findings.iter().filter(|finding| finding.vendor == vendor).collect();
        let lines = lines(&findings, room);
        if let Some(first) = findings.first().filter(|_| !lines.is_empty()) {
            let _ = writeln!(text, "  {}", plain(&first.vendor_name));
            for line in lines {
                let _ = writeln!(text, "{INDENT}{}", cut(&line, room));
            }
        }
    }
}

/// The lines of one vendor, each once: a finding under another rule repeats what its contact says.
fn lines(findings: &[&Finding], room: usize) -> Vec<String> {
    let listed = |label: &str, items: &[String], between| format!("{label}{}", fit(items, between, room - label.len()));
    let address = |finding: &&Finding| plain(without_query(&finding.proof_url));
    let mut lines = Vec::new();
    let contacts = findings.iter().filter(|finding| finding.rule == Rule::PreConsentContact);
    lines.extend(contacts.map(|contact| format!("proof {}", address(contact))));
    for traits in findings.iter().map(|finding| &finding.traits) {
        lines.extend(traits.install.as_ref().map(|install| via(install, &traits.brought_by)));
        if traits.brought_by.len() > 1 {
            lines.push(listed("loaded through: ", &scripts(&traits.brought_by), " → "));
        }
        lines.extend(traits.disguise.as_ref().map(disguised));
        lines.extend(some(&traits.accounts).map(|accounts| listed("account ", accounts, ", ")));
        lines.extend(some(&traits.frames).map(|frames| listed("in frames of: ", frames, ", ")));
    }
    for (label, of) in [
        ("listens: ", (|traits| &traits.listens) as fn(&Traits) -> &Vec<String>),
        ("reads: ", |traits| &traits.reads),
        ("fingerprints: ", |traits| &traits.fingerprints),
    ] {
        let said = findings.iter().map(|finding| of(&finding.traits)).find(|items| !items.is_empty());
        let said = said.map(|items| keys_first(items).into_iter().map(str::to_owned).collect::<Vec<_>>());
        lines.extend(said.map(|items| labelled(label, &items, ", ", room, CONDUCT_LINES)).into_iter().flatten());
    }
    let heard = findings.iter().filter(|finding| finding.rule == Rule::Keystrokes);
    lines.extend(heard.flat_map(|finding| keystrokes::lines(finding, room)));
    // The findings that are about these come with the script that proves them, often the same one.
    let conduct = findings.iter().filter(|finding| matches!(finding.rule, Rule::Fingerprinting | Rule::Listening));
    lines.extend(conduct.map(|finding| format!("by {}", address(finding))));
    lines.extend(findings.iter().flat_map(|finding| details(&finding.traits, room)));
    let mut told = std::collections::HashSet::new();
    lines.retain(|line| told.insert(line.clone()));
    lines
}

/// A container is named as it is on the way to the vendor: with its manager's name.
fn via(install: &Install, brought_by: &[String]) -> String {
    let full = brought_by.iter().find(|link| !install.name.is_empty() && link.ends_with(&install.name));
    let name = full.unwrap_or(&install.name);
    let route = match install.route {
        InstallRoute::Markup => "a tag in the page's HTML",
        InstallRoute::Inline => "a snippet in the page's HTML",
        InstallRoute::SiteScript => "the site's own script",
        InstallRoute::TagManager => "tag manager",
        InstallRoute::DataPlatform => "data platform",
        InstallRoute::Plugin => "plug-in",
        InstallRoute::Platform => "the site's platform",
        InstallRoute::OtherVendor => "another vendor's script",
    };
    match plain(without_query(name)) {
        name if name.is_empty() => format!("via {route}"),
        name => format!("via {name} ({route})"),
    }
}

fn disguised(disguise: &Disguise) -> String {
    let names = std::iter::once(&disguise.host).chain(&disguise.chain).map(|name| plain(name)).collect::<Vec<_>>();
    let (names, sign) = (names.join(" → "), plain(&disguise.sign));
    match disguise.kind {
        DisguiseKind::Cname => format!("disguised: CNAME {names}"),
        DisguiseKind::Proxy => format!("disguised: {names}, by proxy or self-hosted, recognised by {sign}"),
        DisguiseKind::ServerSideTagging => format!("disguised: server-side tagging at {names}, recognised by {sign}"),
    }
}

fn details(traits: &Traits, room: usize) -> Vec<String> {
    let said: Vec<_> = traits.details.iter().map(|(name, values)| format!("{name} {}", values.join(", "))).collect();
    labelled("details: ", &said, " · ", room, DETAIL_LINES)
}

/// Items over some lines, the first of which has the label.
fn labelled(label: &str, items: &[String], between: &str, room: usize, lines: usize) -> Vec<String> {
    let width = label.len();
    let filled = fill(items, between, room - width, lines);
    let label = |index| if index == 0 { label } else { "" };
    filled.iter().enumerate().map(|(index, line)| format!("{:<width$}{line}", label(index))).collect()
}

fn scripts(brought_by: &[String]) -> Vec<String> {
    brought_by.iter().map(|script| without_query(script).to_owned()).collect()
}

fn some(items: &[String]) -> Option<&[String]> {
    (!items.is_empty()).then_some(items)
}

#[cfg(test)]
mod tests {
    use super::*;
    use earshot_report::sample;

    #[test]
    fn every_trait_has_its_line() {
        let mut text = String::new();
        show(&sample::report().pages[0], &Sheet::plain(None), &mut text);
        let expected = "  Microsoft Clarity
    proof https://www.clarity.ms/tag/abc123
    via Google Tag Manager GTM-LAB0042 (tag manager)
    loaded through: https://shop.test/app.js → Google Tag Manager GTM-LAB0042
    disguised: CNAME metrics.shop.test → x.sc.omtrdc.net
    account project:abc123
    in frames of: frame.test
    listens: keydown document, input input#mail
    reads: input#mail[type=email]
    fingerprints: canvas, webgl
    by https://www.clarity.ms/s/0.8.70/clarity.js
    details: consent ad=denied · script_version 0.8.70 · upload_host k.clarity.ms, l.clarity.ms
  prints.test
    fingerprints: canvas
    by https://prints.test/fp.js
";
        assert_eq!(text, expected);
    }

    #[test]
    fn a_vendor_with_nothing_more_to_say_has_its_proof() {
        let mut page = sample::report().pages.remove(0);
        page.findings.truncate(1);
        page.findings[0].traits = Traits::default();
        let mut text = String::new();
        show(&page, &Sheet::plain(None), &mut text);
        assert_eq!(text, "  Microsoft Clarity\n    proof https://www.clarity.ms/tag/abc123\n");
    }

    #[test]
    fn long_lists_of_what_is_listened_to_are_told_whole() {
        let items: Vec<String> = (0..20).map(|index| format!("keydown input#field{index}")).collect();
        let lines = labelled("listens: ", &items, ", ", 76, CONDUCT_LINES);
        assert_eq!(lines.len(), CONDUCT_LINES);
        assert!(lines.iter().all(|line| line.chars().count() <= 76), "{lines:#?}");
        assert!(lines[1].starts_with("         keydown") && lines[2].ends_with(" +12"), "{lines:#?}");
    }
}
