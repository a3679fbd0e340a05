//! A finding as a chain of events, for a person or a program.

mod clock;

use std::fmt::Write as _;

use earshot_detect::{Vendor, hears_field};
use earshot_model::{Finding, Grade, Heard, Proof, Rule, ScriptFrame};
use earshot_report::{NOTICE, plain};
use earshot_store::{ConductRow, EntryRow, SentRow, StepRow};
use serde_json::{Value, json};

/// Listeners that are told: a recorder has some thirty.
const LISTENERS: usize = 4;

/// Lines of a stack that are told: beyond them stands what every page has.
const STACK_LINES: usize = 6;

/// Everything that is known about a finding.
pub(super) struct Story<'a> {
    pub finding: &'a Finding,
    pub entries: &'a [EntryRow],
    /// What the party's scripts listened to and read.
    pub conduct: &'a [ConductRow],
    pub sent: &'a [SentRow],
    /// What happened on the visit that matters for consent.
    pub steps: &'a [StepRow],
    /// The catalogue's entry, if it is a vendor of it.
    pub vendor: Option<&'a Vendor>,
}

impl Story<'_> {
    /// The same facts for programs.
    pub(super) fn json(&self) -> Value {
        json!({
            "finding": self.finding,
            "entries": self.entries,
            "conduct": self.conduct,
            "sent": self.sent,
            "steps": self.steps,
            "guide": self.vendor.map(|vendor| format!("earshot catalogue show {}", vendor.id)),
            "notice": NOTICE,
        })
    }

    /// The chain from the key to the wire.
    pub(super) fn text(&self) -> String {
        let finding = self.finding;
        let mut text = String::new();
        let _ = writeln!(text, "{} on {}", plain(&finding.vendor_name), plain(finding.page.as_str()));
        let _ = writeln!(text, "{} · finding {} · run {}\n", self.claim(), finding.id, finding.run);
        if finding.rule == Rule::Keystrokes {
            for heard in finding.heard.iter().filter(|heard| heard.grade > Grade::K0) {
                self.chain(heard, &mut text);
            }
            self.rest(&mut text);
        } else {
            self.plain_proof(&mut text);
        }
        self.advice(&mut text);
        let _ = writeln!(text, "\n{NOTICE}");
        text
    }

    fn claim(&self) -> String {
        let finding = self.finding;
        match (finding.rule, finding.grade) {
            (Rule::PreConsentContact, _) => "was contacted before any choice about consent".to_owned(),
            (Rule::Fingerprinting, _) => "tells browsers apart before any choice about consent".to_owned(),
            (Rule::Listening, _) => "listens to keys or reads fields before any choice about consent".to_owned(),
            (Rule::Keystrokes, Some(grade)) if grade >= Grade::K3 => {
                format!("{}: {}, before any choice about consent", grade.as_str(), grade.meaning())
            }
            (Rule::DespiteReject, _) => "is told of the visit after the visitor has refused".to_owned(),
            (Rule::AfterAccept, _) => "is contacted after the visitor has agreed".to_owned(),
            (Rule::UnderGpc, _) => "is told of the visit although Global Privacy Control opts out".to_owned(),
            (Rule::CookielessPing, _) => "is sent pings that say that consent is denied".to_owned(),
            (Rule::ConsentModeIgnored, _) => "is sent full hits while consent mode says denied".to_owned(),
            (Rule::NoBanner, _) => "runs trackers and asks for no choice".to_owned(),
            (Rule::NoReject, _) => "offers to agree and not to refuse".to_owned(),
            (Rule::Keystrokes, _) => "what it is sent grows with what is typed and cannot be read".to_owned(),
        }
    }

    /// One field: typed, heard, wrapped, sent.
    fn chain(&self, heard: &Heard, text: &mut String) {
        let _ = writeln!(text, "{} {}", heard.grade.as_str(), plain(&heard.field));
        if let Some(entry) = self.entries.iter().find(|entry| entry.seq == heard.entry) {
            let _ = writeln!(text, "  typed    {}", typed(entry));
        }
        let Some(proof) = &heard.proof else { return };
        if heard.grade > Grade::K2 {
            self.ears(&heard.field, text);
        }
        let weak = if heard.weak { " (many values share it)" } else { "" };
        let _ =
            writeln!(text, "  as       {}{weak}{}, {} time(s)", plain(&heard.form), heard.way.remark(), heard.times);
        if proof.part.is_empty() {
            let _ = writeln!(text, "  by       {}", plain(&proof.url));
        } else {
            self.wire(proof, text);
        }
        stack(&proof.stack, text);
        text.push('\n');
    }

    /// With which scripts it listens for keys and reads the field.
    fn ears(&self, field: &str, text: &mut String) {
        let keys = |row: &&ConductRow| row.fact == "listener" && hears_field(&row.event, &row.target, field);
        let mut listeners: Vec<_> = self.conduct.iter().filter(keys).collect();
        listeners.sort_by_key(|row| (row.event != "input", row.event.clone()));
        if let Some(first) = listeners.first() {
            let all = listeners.iter().map(|row| format!("{} on {}", row.event, row.target));
            let all = first_of(&all.collect::<Vec<_>>(), LISTENERS);
            let _ = writeln!(text, "  heard by {}: {}", plain(without_query(&first.script)), plain(&all));
        }
        let read = |row: &&ConductRow| row.fact == "field_read" && row.target == field;
        if let Some(row) = self.conduct.iter().find(read) {
            let script = plain(without_query(&row.script));
            let _ = writeln!(text, "  read by  {script}: the field's value, {} time(s) at least", row.count);
        }
    }

    /// How it was wrapped, and where it went.
    fn wire(&self, proof: &Proof, text: &mut String) {
        let within = if proof.name.is_empty() { String::new() } else { format!(", in \"{}\"", plain(&proof.name)) };
        let (from, to) = proof.bytes;
        let outside = format!("bytes {from} to {to} of the {}", plain(&proof.part));
        let _ = match proof.chain.as_slice() {
            [] => writeln!(text, "  wrapped  not at all: {outside}{within}"),
            chain => {
                let (from, to) = proof.inner;
                let chain = chain.join(" > ");
                writeln!(text, "  wrapped  {chain}: {outside}; unwrapped, bytes {from} to {to}{within}")
            }
        };
        let sent = self.sent.iter().find(|sent| sent.seq == proof.event);
        let how = sent.map_or_else(String::new, |sent| format!("{} by {} ", sent.method, sent.transport));
        let leaving = if sent.is_some_and(|sent| sent.on_leave) { ", on leaving the page" } else { "" };
        let _ = writeln!(text, "  sent to  {how}{} (event {}){leaving}", plain(without_query(&proof.url)), proof.event);
        let _ = writeln!(
            text,
            "  at       {:.0} ms after the first key, {:.0} ms after the navigation, phase {}",
            proof.since_first_key_ms,
            proof.at_ms,
            proof.phase.as_str()
        );
    }

    fn rest(&self, text: &mut String) {
        let silent = self.finding.heard.iter().filter(|heard| heard.grade == Grade::K0);
        let silent: Vec<_> = silent.map(|heard| plain(&heard.field)).collect();
        if !silent.is_empty() {
            let _ = writeln!(text, "K0 nothing of what was typed into: {}", silent.join(", "));
        }
        for (label, key) in [("first party", "first_party"), ("masking", "masking"), ("grows", "grows")] {
            if let Some(values) = self.finding.traits.details.get(key) {
                let _ = writeln!(text, "{label}: {}", plain(&values.join("; ")));
            }
        }
    }

    fn plain_proof(&self, text: &mut String) {
        let finding = self.finding;
        for line in clock::lines(finding, self.steps) {
            let _ = writeln!(text, "  {line}");
        }
        let sent = self.sent.iter().find(|sent| sent.seq == finding.proof && !sent.method.is_empty());
        let how = sent.map_or_else(String::new, |sent| format!("{} by {} ", sent.method, sent.transport));
        let proof = plain(without_query(&finding.proof_url));
        let _ = writeln!(text, "  proof    {how}{proof} (event {})", finding.proof);
        let _ = writeln!(text, "  at       {:.0} ms after the navigation", finding.first_contact_ms);
        for link in &finding.traits.brought_by {
            let _ = writeln!(text, "  through  {}", plain(without_query(link)));
        }
    }

    fn advice(&self, text: &mut String) {
        if let Some(setting) = self.finding.traits.details.get("masking_setting") {
            let _ = writeln!(text, "what would change it: {}", plain(&setting.join(" ")));
        }
        if let Some(vendor) = self.vendor {
            let _ = writeln!(text, "guide: earshot catalogue show {}", vendor.id);
        }
    }
}

fn typed(entry: &EntryRow) -> String {
    let kept = if entry.kept { "" } else { "; the page did not let it stand" };
    let left = match entry.blurred_ms {
        Some(blurred) => format!("left at {blurred:.0} ms"),
        None => "not left".to_owned(),
    };
    let kind = entry.kind.replace('_', " ");
    format!(
        "{} characters, made up for this field ({kind}), from {:.0} to {:.0} ms; {left}{kept}",
        entry.characters, entry.at_ms, entry.last_key_ms
    )
}

fn stack(stack: &[ScriptFrame], text: &mut String) {
    for (nth, frame) in stack.iter().filter(|frame| !frame.url.is_empty()).take(STACK_LINES).enumerate() {
        let label = if nth == 0 { "script" } else { "" };
        let function = if frame.function.is_empty() { "(anonymous)" } else { &frame.function };
        let (line, column) = (frame.line + 1, frame.column + 1);
        let url = plain(without_query(&frame.url));
        let _ = writeln!(text, "  {label:<8} {} {url}:{line}:{column}", plain(function));
    }
}

fn first_of(items: &[String], count: usize) -> String {
    let more = items.len().saturating_sub(count);
    let shown = items.iter().take(count).cloned().collect::<Vec<_>>().join(", ");
    if more > 0 { format!("{shown} +{more}") } else { shown }
}

fn without_query(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or(url)
}

#[cfg(test)]
mod tests {
    use super::*;
    use earshot_report::sample;

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
        let (entries, sent) = ([entry()], [sent()]);
        let conduct = [
            conduct("listener", "keydown", "window"),
            conduct("listener", "input", "document"),
            conduct("listener", "scroll", "window"),
            conduct("field_read", "", "input#mail[type=email]"),
        ];
        let text =
            Story { finding: &finding, entries: &entries, conduct: &conduct, sent: &sent, steps: &[], vendor: None }
                .text();
        let expected = "\
K5 input#mail[type=email]
  typed    27 characters, made up for this field (email), from 8080 to 9040 ms; left at 9060 ms
  heard by https://www.clarity.ms/s.js: input on document, keydown on window
  read by  https://www.clarity.ms/s.js: the field's value, 64 time(s) at least
  as       whole, 2 time(s)
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
        let text = Story { finding: &finding, entries: &[], conduct: &[], sent: &[], steps: &[], vendor: None }.text();
        assert!(text.contains("was contacted before any choice"), "{text}");
        assert!(text.contains("  through  Google Tag Manager GTM-LAB0042"), "{text}");
    }
}
