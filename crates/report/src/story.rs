//! A finding as a chain of events: what was typed or clicked, who heard it, how it was wrapped, and where it went.

mod clock;

use earshot_detect::hears_field;
use earshot_model::{Finding, Grade, Heard, Proof, Rule, ScriptFrame};
use earshot_store::{ConductRow, EntryRow, SentRow, StepRow, Store};
use serde_json::{Value, json};

use crate::{NOTICE, ReportError, plain, words::count};

/// Listeners that are told: a recorder has some thirty.
const LISTENERS: usize = 4;

/// Lines of a stack that are told: beyond them stands what every page has.
const STACK_LINES: usize = 6;

/// Everything that is known about a finding.
#[derive(Clone, Debug)]
pub struct Story {
    /// The finding.
    pub finding: Finding,
    /// What was typed on its visit.
    pub entries: Vec<EntryRow>,
    /// What the party's scripts listened to and read.
    pub conduct: Vec<ConductRow>,
    /// How what proves it went out.
    pub sent: Vec<SentRow>,
    /// What happened on the visit that matters for consent.
    pub steps: Vec<StepRow>,
}

/// The links that prove one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    /// The grade and the field, for a keystroke; else empty.
    pub head: String,
    /// In the order in which they happened.
    pub links: Vec<Link>,
}

/// One link: a word, and what there is to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// `typed`, `heard by`, `sent to`, …; empty for one more of the same.
    pub label: &'static str,
    /// What.
    pub says: String,
}

impl Story {
    /// Reads what the store knows of it.
    ///
    /// # Errors
    /// [`ReportError::Store`].
    pub async fn read(store: &Store, finding: Finding) -> Result<Self, ReportError> {
        let (run, visit) = (finding.run, finding.visit);
        let mut proofs: Vec<u32> = finding.heard.iter().filter_map(|heard| Some(heard.proof.as_ref()?.event)).collect();
        proofs.push(finding.proof);
        let (entries, sent, conduct, steps) = tokio::try_join!(
            async { store.entries(run, visit)?.all().await },
            async { store.sent(run, visit, &proofs)?.all().await },
            async { store.conduct(run, visit, &finding.vendor)?.all().await },
            async { store.steps(run, visit)?.all().await },
        )?;
        Ok(Self { finding, entries, conduct, sent, steps })
    }

    /// The same facts for programs; `guide` says where the vendor's guide is.
    #[must_use]
    pub fn json(&self, guide: Option<String>) -> Value {
        json!({
            "finding": self.finding,
            "entries": self.entries,
            "conduct": self.conduct,
            "sent": self.sent,
            "steps": self.steps,
            "guide": guide,
            "notice": NOTICE,
        })
    }

    /// What is said of the party.
    #[must_use]
    pub fn claim(&self) -> String {
        let finding = &self.finding;
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

    /// What proves it: for keystrokes a chain for each field that is heard, from the key to the wire; else one chain.
    #[must_use]
    pub fn chains(&self) -> Vec<Chain> {
        if self.finding.rule != Rule::Keystrokes {
            return vec![Chain { head: String::new(), links: self.plain_proof() }];
        }
        let heard = self.finding.heard.iter().filter(|heard| heard.grade > Grade::K0);
        heard.map(|heard| self.chain(heard)).collect()
    }

    /// What else is known, each in a line.
    #[must_use]
    pub fn beside(&self) -> Vec<String> {
        let finding = &self.finding;
        let mut lines = Vec::new();
        if finding.rule == Rule::Keystrokes {
            let silent = finding.heard.iter().filter(|heard| heard.grade == Grade::K0);
            let silent: Vec<_> = silent.map(|heard| plain(&heard.field)).collect();
            if !silent.is_empty() {
                lines.push(format!("K0 nothing of what was typed into: {}", silent.join(", ")));
            }
            for (label, key) in [("first party", "first_party"), ("masking", "masking"), ("grows", "grows")] {
                if let Some(values) = finding.traits.details.get(key) {
                    lines.push(format!("{label}: {}", plain(&values.join("; "))));
                }
            }
        }
        if let Some(setting) = finding.traits.details.get("masking_setting") {
            lines.push(format!("what would change it: {}", plain(&setting.join(" "))));
        }
        lines
    }

    /// One field: typed, heard, wrapped, sent.
    fn chain(&self, heard: &Heard) -> Chain {
        let head = format!("{} {}", heard.grade.as_str(), plain(&heard.field));
        let mut links = Vec::new();
        if let Some(entry) = self.entries.iter().find(|entry| entry.seq == heard.entry) {
            links.push(link("typed", typed(entry)));
        }
        let Some(proof) = &heard.proof else { return Chain { head, links } };
        if heard.grade > Grade::K2 {
            links.extend(self.ears(&heard.field));
        }
        let weak = if heard.weak { " (many values share it)" } else { "" };
        let times = count(heard.times, "time");
        links.push(link("as", format!("{}{weak}{}, {times}", plain(&heard.form), heard.way.remark())));
        if proof.part.is_empty() {
            links.push(link("by", plain(&proof.url)));
        } else {
            links.extend(self.wire(proof));
        }
        links.extend(stack(&proof.stack));
        Chain { head, links }
    }

    /// With which scripts it listens for keys and reads the field.
    fn ears(&self, field: &str) -> Vec<Link> {
        let keys = |row: &&ConductRow| row.fact == "listener" && hears_field(&row.event, &row.target, field);
        let mut listeners: Vec<_> = self.conduct.iter().filter(keys).collect();
        listeners.sort_by_key(|row| (row.event != "input", row.event.clone()));
        let mut links = Vec::new();
        if let Some(first) = listeners.first() {
            let all = listeners.iter().map(|row| format!("{} on {}", row.event, row.target));
            let all = first_of(&all.collect::<Vec<_>>(), LISTENERS);
            links.push(link("heard by", format!("{}: {}", plain(without_query(&first.script)), plain(&all))));
        }
        let read = |row: &&ConductRow| row.fact == "field_read" && row.target == field;
        if let Some(row) = self.conduct.iter().find(read) {
            let script = plain(without_query(&row.script));
            let times = count(row.count, "time");
            links.push(link("read by", format!("{script}: the field's value, {times} at least")));
        }
        links
    }

    /// How it was wrapped, and where it went.
    fn wire(&self, proof: &Proof) -> [Link; 3] {
        let within = if proof.name.is_empty() { String::new() } else { format!(", in \"{}\"", plain(&proof.name)) };
        let (from, to) = proof.bytes;
        let outside = format!("bytes {from} to {to} of the {}", plain(&proof.part));
        let wrapped = match proof.chain.as_slice() {
            [] => format!("not at all: {outside}{within}"),
            chain => {
                let (from, to) = proof.inner;
                let chain = chain.join(" > ");
                format!("{chain}: {outside}; unwrapped, bytes {from} to {to}{within}")
            }
        };
        let sent = self.sent.iter().find(|sent| sent.seq == proof.event);
        let how = sent.map_or_else(String::new, |sent| format!("{} by {} ", sent.method, sent.transport));
        let leaving = if sent.is_some_and(|sent| sent.on_leave) { ", on leaving the page" } else { "" };
        let sent = format!("{how}{} (event {}){leaving}", plain(without_query(&proof.url)), proof.event);
        let at = format!(
            "{:.0} ms after the first key, {:.0} ms after the navigation, phase {}",
            proof.since_first_key_ms,
            proof.at_ms,
            proof.phase.as_str()
        );
        [link("wrapped", wrapped), link("sent to", sent), link("at", at)]
    }

    fn plain_proof(&self) -> Vec<Link> {
        let finding = &self.finding;
        let mut links = clock::links(finding, &self.steps);
        let sent = self.sent.iter().find(|sent| sent.seq == finding.proof && !sent.method.is_empty());
        let how = sent.map_or_else(String::new, |sent| format!("{} by {} ", sent.method, sent.transport));
        let proof = plain(without_query(&finding.proof_url));
        links.push(link("proof", format!("{how}{proof} (event {})", finding.proof)));
        links.push(link("at", format!("{:.0} ms after the navigation", finding.first_contact_ms)));
        links.extend(finding.traits.brought_by.iter().map(|way| link("through", plain(without_query(way)))));
        links
    }
}

fn link(label: &'static str, says: String) -> Link {
    Link { label, says }
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

fn stack(stack: &[ScriptFrame]) -> Vec<Link> {
    let frames = stack.iter().filter(|frame| !frame.url.is_empty()).take(STACK_LINES).enumerate();
    let line = |(nth, frame): (usize, &ScriptFrame)| {
        let label = if nth == 0 { "script" } else { "" };
        let function = if frame.function.is_empty() { "(anonymous)" } else { &frame.function };
        let (line, column) = (frame.line + 1, frame.column + 1);
        link(label, format!("{} {}:{line}:{column}", plain(function), plain(without_query(&frame.url))))
    };
    frames.map(line).collect()
}

fn first_of(items: &[String], count: usize) -> String {
    let more = items.len().saturating_sub(count);
    let shown = items.iter().take(count).cloned().collect::<Vec<_>>().join(", ");
    if more > 0 { format!("{shown} +{more}") } else { shown }
}

fn without_query(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or(url)
}
