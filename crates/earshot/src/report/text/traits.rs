//! What there is to say of a party on a page beside the table: how it came, for whom it works, what else it does.

use std::fmt::Write as _;

use earshot_model::{Disguise, DisguiseKind, Finding, Install, InstallRoute, Rule, Traits};

use super::{
    width::{WIDTH, cut, fill, fit, keys_first},
    without_query,
};
use crate::report::{PageReport, plain::plain};

/// How far the lines stand from the left.
const INDENT: &str = "    ";
/// Lines of what a vendor's traffic says of itself: what a recorder says fits.
const DETAIL_LINES: usize = 6;

pub(super) fn show(page: &PageReport, text: &mut String) {
    let mut vendors: Vec<&str> = Vec::new();
    for finding in &page.findings {
        if !vendors.contains(&finding.vendor.as_str()) {
            vendors.push(&finding.vendor);
        }
    }
    for vendor in vendors {
        let findings: Vec<_> = page.findings.iter().filter(|finding| finding.vendor == vendor).collect();
        let lines = lines(&findings);
        if let Some(first) = findings.first().filter(|_| !lines.is_empty()) {
            let _ = writeln!(text, "  {}", plain(&first.vendor_name));
            for line in lines {
                let _ = writeln!(text, "{INDENT}{}", cut(&line, WIDTH - INDENT.len()));
            }
        }
    }
}

/// The lines of one vendor, each once: a finding under another rule repeats what its contact says.
fn lines(findings: &[&Finding]) -> Vec<String> {
    let mut lines = Vec::new();
    for traits in findings.iter().map(|finding| &finding.traits) {
        lines.extend(traits.install.as_ref().map(|install| via(install, &traits.brought_by)));
        if traits.brought_by.len() > 1 {
            lines.push(listed("loaded through: ", &scripts(&traits.brought_by), " → "));
        }
        lines.extend(traits.disguise.as_ref().map(disguised));
        lines.extend(some(&traits.accounts).map(|accounts| listed("account ", accounts, ", ")));
        lines.extend(some(&traits.frames).map(|frames| listed("in frames of: ", frames, ", ")));
    }
    for (rule, label, of) in [
        (Rule::Listening, "listens: ", (|traits| &traits.listens) as fn(&Traits) -> &Vec<String>),
        (Rule::Listening, "reads: ", |traits| &traits.reads),
        (Rule::Fingerprinting, "fingerprints: ", |traits| &traits.fingerprints),
    ] {
        // The finding that is about it comes with the script that proves it.
        let proof = findings.iter().find(|finding| finding.rule == rule && !of(&finding.traits).is_empty());
        let finding = proof.or_else(|| findings.iter().find(|finding| !of(&finding.traits).is_empty()));
        if let Some(finding) = finding {
            lines.push(conduct(label, of(&finding.traits), proof.map(|finding| finding.proof_url.as_str())));
        }
    }
    lines.extend(findings.iter().flat_map(|finding| details(&finding.traits)));
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

fn conduct(label: &str, items: &[String], proof: Option<&str>) -> String {
    let proof = proof.map(|url| format!(" · {}", cut(&plain(without_query(url)), WIDTH / 2))).unwrap_or_default();
    let room = WIDTH - INDENT.len() - label.len() - proof.chars().count();
    format!("{label}{}{proof}", fit(&keys_first(items), ", ", room))
}

fn details(traits: &Traits) -> Vec<String> {
    const LABEL: &str = "details: ";
    let said: Vec<_> = traits.details.iter().map(|(name, values)| format!("{name} {}", values.join(", "))).collect();
    let filled = fill(&said, " · ", WIDTH - INDENT.len() - LABEL.len(), DETAIL_LINES);
    let label = |index| if index == 0 { LABEL } else { "" };
    let width = LABEL.len();
    filled.iter().enumerate().map(|(index, line)| format!("{:<width$}{line}", label(index))).collect()
}

fn scripts(brought_by: &[String]) -> Vec<String> {
    brought_by.iter().map(|script| without_query(script).to_owned()).collect()
}

fn listed(label: &str, items: &[String], between: &str) -> String {
    format!("{label}{}", fit(items, between, WIDTH - INDENT.len() - label.len()))
}

fn some(items: &[String]) -> Option<&[String]> {
    (!items.is_empty()).then_some(items)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn every_trait_has_its_line() {
        let mut text = String::new();
        show(&sample::report().pages[0], &mut text);
        let expected = "  Microsoft Clarity
    via Google Tag Manager GTM-LAB0042 (tag manager)
    loaded through: https://shop.test/app.js → Google Tag Manager GTM-LAB0042
    disguised: CNAME metrics.shop.test → x.sc.omtrdc.net
    account project:abc123
    in frames of: frame.test
    listens: keydown document, input input#mail · https://www.clarity.ms/s/0.8.70/clarity.js
    reads: input#mail[type=email] · https://www.clarity.ms/s/0.8.70/clarity.js
    fingerprints: canvas, webgl
    details: consent ad=denied · script_version 0.8.70 · upload_host k.clarity.ms, l.clarity.ms
  prints.test
    fingerprints: canvas · https://prints.test/fp.js
";
        assert_eq!(text, expected);
    }

    #[test]
    fn a_vendor_with_nothing_more_to_say_has_no_lines() {
        let mut page = sample::report().pages.remove(0);
        for finding in &mut page.findings {
            finding.traits = Traits::default();
        }
        let mut text = String::new();
        show(&page, &mut text);
        assert_eq!(text, "");
    }
}
