//! A compliance guide: alone, with its title, and its Markdown for a terminal, with headings, paragraphs and lists filled
//! to a width and code as it is.

use std::fmt::Write as _;

use earshot_detect::Vendor;
use serde_json::{Value, json};

/// How wide text is filled.
pub(super) const WIDTH: usize = 100;
/// How far text stands from the left.
const INDENT: usize = 2;

/// Whether the guide is complete, in a word.
pub(super) fn state(vendor: &Vendor) -> &'static str {
    if vendor.is_complete() { "complete" } else { "brief" }
}

/// The guide alone, for reading in a terminal.
pub(super) fn page(vendor: &Vendor) -> String {
    let mut page = format!("{} ({})\n", vendor.name, vendor.id);
    for line in lead(vendor).iter().flat_map(|line| filled(line, WIDTH)) {
        let _ = writeln!(page, "{line}");
    }
    page + "\n" + &text(&vendor.guide)
}

/// The guide alone, for a ticket or a wiki.
pub(super) fn markdown(vendor: &Vendor) -> String {
    format!("# {}\n\n{}\n\n{}\n", vendor.name, lead(vendor).join("\n\n"), vendor.guide)
}

/// The guide alone, for a program.
pub(super) fn json(vendor: &Vendor) -> Value {
    json!({
        "id": vendor.id,
        "name": vendor.name,
        "docs": vendor.docs,
        "complete": vendor.is_complete(),
        "lacks": vendor.guide_lacks(),
        "snippet": vendor.guide_snippet(),
        "guide": vendor.guide,
    })
}

/// What stands before the first section.
fn lead(vendor: &Vendor) -> Vec<String> {
    let docs = format!("The vendor's documentation: {}", vendor.docs);
    let brief = "This guide is brief: it lacks some of what a complete one has. `earshot catalogue list` tells which are complete.";
    if vendor.is_complete() { vec![docs] } else { vec![docs, brief.to_owned()] }
}

/// The guide. Inline marks stay as they are: they are readable.
pub(super) fn text(guide: &str) -> String {
    let (mut text, mut in_code) = (String::new(), false);
    for line in guide.lines() {
        let bare = line.trim_start();
        if bare.starts_with("```") {
            in_code = !in_code;
        } else if in_code {
            let _ = writeln!(text, "{:width$}{line}", "", width = 2 * INDENT);
        } else if let Some(heading) = bare.strip_prefix("## ") {
            let _ = writeln!(text, "{heading}");
        } else if bare.is_empty() {
            text.push('\n');
        } else {
            paragraph(bare, INDENT + line.len() - bare.len(), &mut text);
        }
    }
    text
}

/// A paragraph or list item, whose lines stand below its first word.
fn paragraph(line: &str, indent: usize, text: &mut String) {
    let mark = marker(line);
    let lines = filled(&line[mark..], WIDTH.saturating_sub(indent + mark));
    for (index, filled) in lines.iter().enumerate() {
        let before = if index == 0 { &line[..mark] } else { "" };
        let _ = writeln!(text, "{:indent$}{before:<mark$}{filled}", "");
    }
}

/// Length of `1. ` or `- `; 0 for a paragraph.
fn marker(line: &str) -> usize {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    match &line[digits..] {
        rest if digits > 0 && rest.starts_with(". ") => digits + 2,
        rest if digits == 0 && (rest.starts_with("- ") || rest.starts_with("* ")) => 2,
        _ => 0,
    }
}

/// The words of `text` in lines of at most `width` characters; a word that is longer has a line of its own.
pub(super) fn filled(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let last = lines.last().map_or(0, |line| line.chars().count());
        if last > 0 && last + 1 + word.chars().count() > width {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_hang_and_code_stays() {
        let long = "word ".repeat(40);
        let guide = format!("## How\n\nText.\n\n10. {long}\n\n    ```js\n    if (a)   b();\n    ```\n\n- end");
        let shown = text(&guide);
        let lines: Vec<_> = shown.lines().collect();
        assert_eq!(lines[..4], ["How", "", "  Text.", ""]);
        assert!(lines[4].starts_with("  10. word") && lines[5].starts_with("      word"), "{shown}");
        assert!(shown.contains("        if (a)   b();\n") && !shown.contains("```"), "{shown}");
        assert!(shown.ends_with("\n  - end\n"), "{shown}");
        assert!(lines.iter().all(|line| line.chars().count() <= WIDTH));
    }

    #[test]
    fn a_guide_alone_says_what_it_is_of_and_whether_it_is_brief() {
        let catalogue = earshot_detect::Catalogue::built_in().unwrap();
        let complete = catalogue.get("microsoft-clarity").unwrap();
        let brief = Vendor { guide: complete.guide.replace("In a tag manager:", "Also:"), ..complete.clone() };
        for (vendor, is_complete) in [(complete, true), (&brief, false)] {
            let (page, markdown, json) = (page(vendor), markdown(vendor), json(vendor));
            assert!(page.starts_with("Microsoft Clarity (microsoft-clarity)\nThe vendor's documentation: "), "{page}");
            assert!(markdown.starts_with("# Microsoft Clarity\n\nThe vendor's documentation: "), "{markdown}");
            assert!(page.contains("\nHow to gate it\n") && markdown.contains("\n## How to gate it\n"));
            assert_eq!((page.contains("is brief"), markdown.contains("is brief")), (!is_complete, !is_complete));
            assert_eq!(
                (&json["complete"], json["lacks"].as_array().unwrap().is_empty()),
                (&is_complete.into(), is_complete)
            );
            assert!(json["snippet"].as_str().unwrap().contains("onConsentGiven"), "{json}");
        }
    }

    #[test]
    fn words_are_never_broken() {
        assert_eq!(filled("a bb ccccccc d", 4), ["a bb", "ccccccc", "d"]);
        assert_eq!(filled("", 4), [""]);
    }
}
