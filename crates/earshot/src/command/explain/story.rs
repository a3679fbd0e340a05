//! A finding as a chain of events, for a person.

use std::fmt::Write as _;

use earshot_report::{NOTICE, plain, story::Story};

/// The chain from the key to the wire; `guide` is the vendor's id, if the catalogue has one for it.
pub(super) fn told(story: &Story, guide: Option<&str>) -> String {
    let finding = &story.finding;
    let mut text = String::new();
    let _ = writeln!(text, "{} on {}", plain(&finding.vendor_name), plain(finding.page.as_str()));
    let _ = writeln!(text, "{} · finding {} · run {}\n", story.claim(), finding.id, finding.run);
    for chain in story.chains() {
        if !chain.head.is_empty() {
            let _ = writeln!(text, "{}", chain.head);
        }
        for link in &chain.links {
            let _ = writeln!(text, "  {:<8} {}", link.label, link.says);
        }
        if !chain.head.is_empty() {
            text.push('\n');
        }
    }
    for line in story.beside() {
        let _ = writeln!(text, "{line}");
    }
    if let Some(vendor) = guide {
        let _ = writeln!(text, "guide: earshot catalogue show {vendor}");
    }
    let _ = writeln!(text, "\n{NOTICE}");
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use earshot_report::sample;
    use earshot_store::{ConductRow, EntryRow, SentRow};

    fn entry() -> EntryRow {
        EntryRow {
            seq: 30,
            field: "input#mail[type=email]".into(),
            kind: "email".into(),
            characters: 27,
            at_ms: 8_079.6,
            last_key_ms: 9_040.0,
            blurred_ms: Some(9_060.0),
            kept: true,
        }
    }

    fn conduct(fact: &str, event: &str, target: &str) -> ConductRow {
        let script = "https://www.clarity.ms/s.js?v=2".to_owned();
        let (fact, event, target) = (fact.to_owned(), event.to_owned(), target.to_owned());
        ConductRow { fact, event, target, script, count: 64, at_ms: Some(300.0) }
    }

    fn sent() -> SentRow {
        SentRow {
            seq: 41,
            fact: "request".into(),
            method: "POST".into(),
            transport: "xhr".into(),
            url: "https://k.clarity.ms/collect?x=1".into(),
            frame_site: "shop.test".into(),
            on_leave: false,
            body_bytes: 812,
        }
    }

    #[test]
    fn the_chain_leads_from_the_key_to_the_wire() {
        let finding = sample::keystrokes("microsoft-clarity");
        let (entries, sent) = (vec![entry()], vec![sent()]);
        let conduct = vec![
            conduct("listener", "keydown", "window"),
            conduct("listener", "input", "document"),
            conduct("listener", "scroll", "window"),
            conduct("field_read", "", "input#mail[type=email]"),
        ];
        let text = told(&Story { finding, entries, conduct, sent, steps: Vec::new() }, None);
        let expected = "\
K5 input#mail[type=email]
  typed    27 characters, made up for this field (email), from 8080 to 9040 ms; left at 9060 ms
  heard by https://www.clarity.ms/s.js: input on document, keydown on window
  read by  https://www.clarity.ms/s.js: the field's value, 64 times at least
  as       whole, 2 times
  wrapped  gzip > json: bytes 0 to 812 of the body; unwrapped, bytes 17 to 44, in \"email\"
  sent to  POST by xhr https://k.clarity.ms/collect (event 41)
  at       1020 ms after the first key, 9100 ms after the navigation, phase pre_choice
  script   send https://www.clarity.ms/s.js:1:8

K0 nothing of what was typed into: input#pass[type=password]
";
        assert!(text.contains(expected), "{text}");
        assert!(text.contains("K5: is sent the text after the field is left, before any choice"), "{text}");
    }

    #[test]
    fn a_contact_is_explained_by_its_way_into_the_page() {
        let finding = sample::finding("microsoft-clarity");
        let text = told(
            &Story { finding, entries: Vec::new(), conduct: Vec::new(), sent: Vec::new(), steps: Vec::new() },
            None,
        );
        assert!(text.contains("was contacted before any choice"), "{text}");
        assert!(text.contains("  through  Google Tag Manager GTM-LAB0042"), "{text}");
    }
}
