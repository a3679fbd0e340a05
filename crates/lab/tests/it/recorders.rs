//! Somebody types where the vendors' real recorders listen, each in several configurations: what arrives at them must be
//! what the truth says, in clear or not.

use std::collections::BTreeSet;
use std::io::Read as _;
use std::time::Duration;

use earshot_lab::{Lab, PageTruth};
use flate2::read::{GzDecoder, ZlibDecoder};

use crate::chromium::{Chromium, Tab};
use crate::lab;

/// Longer than the slowest recorder waits with its first batch (OpenReplay: 30 s after the start). Amplitude sends what
/// came after its first batch when the page is left, or much later.
const SLOWEST: Duration = Duration::from_secs(40);
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
            _ => format!("Maribel {} Okonkw{}", field.replace('-', " "), self.mark),
        }
    }

    /// Fields, and what each vendor of the truth hears of it.
    fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        let all = self.page.keystrokes.values().flatten();
        all.map(|(field, heard)| (field.as_str(), heard.as_str()))
    }

    /// Fields whose text does not arrive as the truth says: in clear or not.
    fn wrong(&self, all: &str) -> Vec<String> {
        let told = self.fields().filter(|(field, heard)| all.contains(&self.text(field)) != is_clear(heard));
        told.map(|(field, heard)| format!("{}: {field}, which is {heard}", self.page.url)).collect()
    }

    /// Fields whose checksum by Clarity does not arrive as the truth says.
    fn wrong_checksums(&self, all: &str) -> Vec<String> {
        let sent = |heard: &str| !heard.starts_with("K3") && !self.page.url.ends_with("/no-fraud");
        let arrives = |field: &str| all.contains(&format!("\"{}\"", checksum(&self.text(field))));
        let told = self.fields().filter(|(field, heard)| arrives(field) != sent(heard));
        told.map(|(field, heard)| format!("{}: the checksum of {field}, which is {heard}", self.page.url)).collect()
    }
}

/// Whether a truth says that the text itself is sent.
fn is_clear(heard: &str) -> bool {
    heard.starts_with("K5") || heard.starts_with("K6")
}

/// Texts that are waited for, and all that arrived so far, unpacked in every way that recorders pack.
struct Ear<'a> {
    lab: &'a Lab,
    read: usize,
    all: String,
    missing: BTreeSet<String>,
}

impl Ear<'_> {
    /// Reads what is new.
    fn listen(&mut self) {
        let received = self.lab.received();
        let mut new = String::new();
        received[self.read..].iter().for_each(|one| open(&one.body, 0, &mut new));
        self.read = received.len();
        self.missing.retain(|text| !new.contains(text));
        self.all.push_str(&new);
    }

    /// Listens until nothing is missing, or the slowest recorder has had its time.
    async fn out(&mut self) {
        let mut arrivals = self.lab.arrivals();
        let all = async {
            while !self.missing.is_empty() {
                arrivals.changed().await.unwrap();
                self.listen();
            }
        };
        // Which one is late is said by what is missing then.
        let _ = tokio::time::timeout(SLOWEST, all).await;
    }
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

/// Clarity's checksum of what was typed (clarity-js, `core/hash.ts`): two lanes of djb2, 28 bits of them, in base 36.
fn checksum(text: &str) -> String {
    let lane = |start: usize| {
        let units: Vec<u16> = text.encode_utf16().skip(start).step_by(2).collect();
        units.iter().fold(5381_i32, |hash, unit| hash.wrapping_shl(5).wrapping_add(hash) ^ i32::from(*unit))
    };
    let mut number = (i64::from(lane(0)) + i64::from(lane(1)) * 11_579).unsigned_abs() % (1 << 28);
    let mut digits = Vec::new();
    while number > 0 {
        digits.push(char::from_digit((number % 36) as u32, 36).unwrap());
        number /= 36;
    }
    digits.iter().rev().collect()
}

#[test]
fn the_checksum_is_the_one_that_clarity_was_seen_to_send() {
    for (text, sum) in [("test@example.com", "awslf"), ("hello", "2c2sqa"), ("Maribel Okonkwo", "hzatq")] {
        assert_eq!(checksum(text), sum);
    }
}

/// Opens every page of the recorders' sites and types into the fields that its truth names.
async fn typed<'a>(chromium: &mut Chromium, pages: &'a [PageTruth]) -> Vec<Typed<'a>> {
    let mut typed = Vec::new();
    assert!(pages.len() <= 26, "a letter for each page");
    for (page, mark) in pages.iter().zip('a'..='z') {
        typed.push(Typed { page, mark, tab: chromium.open(&page.url).await });
    }
    for one in &typed {
        chromium.loaded(&one.tab).await;
        chromium.stir(&one.tab).await;
    }
    for one in &typed {
        for (field, _) in one.fields() {
            chromium.type_into(&one.tab, &format!("[name={field}]"), &one.text(field)).await;
        }
    }
    typed
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn recorders_hear_what_their_truth_says() {
    let lab = lab(0).await;
    let mut chromium = Chromium::start(&lab).await;
    let sites = lab.web().truth().filter(|site| site.domain.starts_with("keys-"));
    let pages = sites.flat_map(|site| &site.pages).filter(|page| !page.keystrokes.is_empty());
    let pages: Vec<PageTruth> = pages.cloned().collect();
    let typed = typed(&mut chromium, &pages).await;
    let clear =
        typed.iter().flat_map(|one| one.fields().filter(|one| is_clear(one.1)).map(|(field, _)| one.text(field)));
    let mut ear = Ear { lab: &lab, read: 0, all: String::new(), missing: clear.collect() };
    ear.listen();
    ear.out().await;
    for one in &typed {
        chromium.leave(&one.tab).await;
    }
    // Nothing announces that no more comes: the absence of an event needs time.
    tokio::time::sleep(FAREWELL).await;
    ear.listen();
    let mut wrong: Vec<String> = typed.iter().flat_map(|one| one.wrong(&ear.all)).collect();
    let clarity = typed.iter().filter(|one| one.page.url.contains("clarity"));
    wrong.extend(clarity.flat_map(|one| one.wrong_checksums(&ear.all)));
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
    assert!(lab.refused_hosts().is_empty(), "hosts that the lab lacks: {:?}", lab.refused_hosts());
    chromium.quit().await;
    lab.stop().await;
}
