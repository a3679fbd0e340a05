//! Somebody types where the vendors' real recorders listen, each in several configurations: what arrives at them must be
//! what the truth says, in clear or not.

use std::collections::BTreeSet;
use std::io::Read as _;
use std::time::Duration;

use earshot_lab::{Lab, PageTruth};
use flate2::read::{GzDecoder, ZlibDecoder};

use crate::chromium::{Chromium, Tab};
use crate::lab;

/// Longer than the slowest recorder waits with its first batch (OpenReplay: 30 s after the start).
const SLOWEST: Duration = Duration::from_secs(75);
/// How long is waited for what is said when a page is left.
const FAREWELL: Duration = Duration::from_secs(2);
/// How deep packings are opened: PostHog's are gzip in JSON in gzip.
const DEPTH: usize = 5;

/// A page on which somebody types, and what.
struct Typed<'a> {
    page: &'a PageTruth,
    mark: char,
    tab: Tab,
}

impl Typed<'_> {
    /// The text for a field: words without digits that no other page is given.
    fn text(&self, field: &str) -> String {
        match field {
            "email" => format!("maribel.okonkw{}@example.com", self.mark),
            "message" => format!("Please ring at the bellhous{} twice", self.mark),
            "q" => format!("brass lantern{}hop", self.mark),
            _ => format!("Maribel Okonkw{}", self.mark),
        }
    }

    /// Fields with whether their text must arrive in clear, for each vendor of the truth.
    fn fields(&self) -> impl Iterator<Item = (&str, bool)> {
        let all = self.page.keystrokes.values().flatten();
        all.map(|(field, heard)| (field.as_str(), heard.starts_with("K5") || heard.starts_with("K6")))
    }
}

/// Everything that was received, unpacked in every way that recorders pack.
fn heard(lab: &Lab) -> String {
    let mut all = String::new();
    for one in lab.received() {
        open(&one.body, 0, &mut all);
    }
    all
}

fn open(bytes: &[u8], depth: usize, all: &mut String) {
    all.push_str(&String::from_utf8_lossy(bytes));
    if depth == DEPTH {
        return;
    }
    for at in 0..bytes.len().saturating_sub(3) {
        let mut inside = Vec::new();
        match &bytes[at..at + 3] {
            [0x1f, 0x8b, 8] => drop(GzDecoder::new(&bytes[at..]).read_to_end(&mut inside)),
            [0x78, 0x01 | 0x5e | 0x9c | 0xda, _] => drop(ZlibDecoder::new(&bytes[at..]).read_to_end(&mut inside)),
            _ => continue,
        }
        if !inside.is_empty() {
            open(&inside, depth + 1, all);
        }
    }
    if let Ok(value) = serde_json::from_slice(bytes) {
        strings(&value, depth, all);
    }
}

/// Texts of JSON whose characters are the bytes of a gzip stream, or that are JSON again.
fn strings(value: &serde_json::Value, depth: usize, all: &mut String) {
    match value {
        serde_json::Value::String(text) if text.starts_with("\u{1f}\u{8b}") => {
            let bytes: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect();
            open(&bytes, depth + 1, all);
        }
        serde_json::Value::String(text) if text.starts_with('{') => open(text.as_bytes(), depth + 1, all),
        serde_json::Value::Array(list) => list.iter().for_each(|one| strings(one, depth, all)),
        serde_json::Value::Object(map) => map.values().for_each(|one| strings(one, depth, all)),
        _ => {}
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn recorders_hear_what_their_truth_says() {
    let lab = lab(0).await;
    let mut chromium = Chromium::start(&lab).await;
    let truth: Vec<PageTruth> = lab
        .web()
        .truth()
        .filter(|site| site.domain.starts_with("keys-"))
        .flat_map(|site| site.pages.iter().filter(|page| !page.keystrokes.is_empty()).cloned())
        .collect();
    let mut typed = Vec::new();
    for (page, mark) in truth.iter().zip('a'..) {
        typed.push(Typed { page, mark, tab: chromium.open(&page.url).await });
    }
    for one in &typed {
        chromium.loaded(&one.tab).await;
        chromium.stir(&one.tab).await;
    }
    for one in &typed {
        let fields: BTreeSet<&str> = one.fields().map(|(field, _)| field).collect();
        for field in fields {
            chromium.type_into(&one.tab, &format!("[name={field}]"), &one.text(field)).await;
        }
    }
    tokio::time::sleep(Duration::from_secs(45)).await;
    for one in &typed {
        chromium.leave(&one.tab).await;
    }
    tokio::time::sleep(FAREWELL).await;
    for one in lab.received() {
        eprintln!(
            "{} {} {} {} {}",
            one.headers.get("origin").cloned().unwrap_or_default(),
            one.host,
            one.path,
            one.body_len,
            one.decoded_len
        );
    }
    let all = heard(&lab);
    let mut wrong = Vec::new();
    for one in &typed {
        for (field, clear) in one.fields() {
            if all.contains(&one.text(field)) != clear {
                wrong.push(format!(
                    "{}: {field} should {}arrive in clear",
                    one.page.url,
                    if clear { "" } else { "not " }
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
    assert!(lab.refused_hosts().is_empty(), "hosts that the lab lacks: {:?}", lab.refused_hosts());
    chromium.quit().await;
    lab.stop().await;
}
