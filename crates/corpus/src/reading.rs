//! What the bench of the web role measured, as it writes it down and docs/web.md shows it.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use crate::scale::{Machine, thousands};

/// One run of `make bench-web`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Measured {
    /// On what.
    pub machine: Machine,
    /// Many read reports at once.
    pub readers: Option<Readers>,
    /// Many watch one run.
    pub watchers: Option<Watchers>,
    /// Each page by itself, over a large store.
    pub pages: Option<Pages>,
}

/// People who read reports of sites, all at once: each asks for the next one as soon as he has one.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Readers {
    /// What the store holds.
    pub holds: Holds,
    /// How many read.
    pub readers: usize,
    /// What they read, one round after the other.
    pub rounds: Vec<Round>,
}

/// What a store holds.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Holds {
    /// Sites.
    pub sites: u64,
    /// Nights of each.
    pub nights: u32,
    /// Visits.
    pub visits: u64,
    /// Events.
    pub events: u64,
}

/// One round of reading.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Round {
    /// What everybody reads.
    pub what: String,
    /// Answers. Each one was 200 in the end, or there is no round.
    pub answers: usize,
    /// How often somebody was told to come again (503 with `Retry-After`), and did.
    #[serde(default)]
    pub come_again: usize,
    /// Their bytes, together.
    pub bytes: u64,
    /// How long all of it took, in seconds.
    pub seconds: f64,
    /// From asking first until the last byte.
    pub times: Spread,
    /// CPU seconds of the web role's process.
    pub web_cpu_s: f64,
    /// CPU seconds of the store's process.
    pub store_cpu_s: f64,
    /// CPU seconds of those who read: they have the same cores.
    pub readers_cpu_s: f64,
}

/// People who watch one run while it goes on.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Watchers {
    /// How many.
    pub watchers: usize,
    /// How many things happened, each told to all of them.
    pub things: usize,
    /// How long they took to happen, in seconds.
    pub seconds: f64,
    /// From when it happened at a worker until a watcher had it, over all things and watchers.
    pub times: Spread,
    /// CPU seconds of the web role's process.
    pub web_cpu_s: f64,
}

/// Pages that nobody else asks for meanwhile.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Pages {
    /// What the store holds.
    pub holds: Holds,
    /// The pages, slowest first.
    pub pages: Vec<PageTime>,
}

/// How long one page takes.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct PageTime {
    /// Its address, with names instead of what differs.
    pub page: String,
    /// How often it was asked for.
    pub asked: usize,
    /// How long it took.
    pub times: Spread,
    /// Bytes of its HTML.
    pub bytes: u64,
}

/// How long something took, in ms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// Half of it took no longer.
    pub p50_ms: f64,
    /// 95 % of it took no longer.
    pub p95_ms: f64,
    /// The longest.
    pub max_ms: f64,
}

impl Spread {
    /// Of times in ms, in any order; all 0 if there are none.
    #[must_use]
    pub fn of(mut times: Vec<f64>) -> Self {
        times.sort_by(f64::total_cmp);
        let at = |share: f64| {
            let place = (times.len() as f64 * share).ceil() as usize;
            times.get(place.clamp(1, times.len().max(1)) - 1).copied().unwrap_or(0.0)
        };
        Self { p50_ms: at(0.5), p95_ms: at(0.95), max_ms: at(1.0) }
    }
}

/// What stands before the tables in the document.
pub const BEGIN: &str = "<!-- measured: written by make bench-web -->";

/// Everything that was measured.
#[must_use]
pub fn markdown(measured: &Measured) -> String {
    let (mut text, machine) = (String::new(), &measured.machine);
    let _ = writeln!(
        text,
        "Measured last on {} cores with {:.0} GB of memory; {:.1} other processes wanted to run when it began. The web role, the \
         store, the broker and those who read share these cores.",
        machine.cores,
        machine.memory_mb as f64 / 1024.0,
        machine.load
    );
    readers(measured, &mut text);
    watchers(measured, &mut text);
    pages(measured, &mut text);
    text
}

fn readers(measured: &Measured, text: &mut String) {
    let Some(Readers { holds, readers, rounds }) = &measured.readers else { return };
    let _ = writeln!(text, "\n### {readers} readers at once\n\n{}\n", held(holds));
    let _ = writeln!(
        text,
        "| what they read | answers | told to come again | a second | half within | 95 % within | the slowest | CPU of the web role, of the store, of the readers for each |\n\
         |---|--:|--:|--:|--:|--:|--:|--:|"
    );
    for round in rounds {
        let each = |cpu_s: f64| cpu_s * 1_000.0 / round.answers.max(1) as f64;
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} | {} | {} | {:.1}, {:.1}, {:.1} ms |",
            round.what,
            thousands(round.answers as f64),
            thousands(round.come_again as f64),
            thousands(round.answers as f64 / round.seconds.max(0.001)),
            ms(round.times.p50_ms),
            ms(round.times.p95_ms),
            ms(round.times.max_ms),
            each(round.web_cpu_s),
            each(round.store_cpu_s),
            each(round.readers_cpu_s),
        );
    }
}

fn watchers(measured: &Measured, text: &mut String) {
    let Some(Watchers { watchers, things, seconds, times, web_cpu_s }) = &measured.watchers else { return };
    let _ = writeln!(
        text,
        "\n### {watchers} watch one run\n\n{} things happened within {seconds:.1} s, and each was told to all of them: half within {}, 95 % within {}, the \
         slowest {} after it happened; {web_cpu_s:.1} s of CPU of the web role.",
        thousands(*things as f64),
        ms(times.p50_ms),
        ms(times.p95_ms),
        ms(times.max_ms),
    );
}

fn pages(measured: &Measured, text: &mut String) {
    let Some(Pages { holds, pages }) = &measured.pages else { return };
    let _ = writeln!(text, "\n### Pages over many sites\n\n{}\n", held(holds));
    let _ = writeln!(text, "| page | asked | half within | the slowest | HTML |\n|---|--:|--:|--:|--:|");
    for page in pages {
        let PageTime { page, asked, times, bytes } = page;
        let (half, slowest) = (ms(times.p50_ms), ms(times.max_ms));
        let _ = writeln!(text, "| `{page}` | {asked} | {half} | {slowest} | {:.0} kB |", *bytes as f64 / 1e3);
    }
}

fn held(holds: &Holds) -> String {
    format!(
        "The store holds {} made-up sites of {} nights: {} visits, {} events.",
        thousands(holds.sites as f64),
        holds.nights,
        thousands(holds.visits as f64),
        thousands(holds.events as f64),
    )
}

fn ms(number: f64) -> String {
    format!("{} ms", thousands(number))
}

#[cfg(test)]
mod tests {
    use std::{env, fs, path::Path};

    use super::*;
    use crate::scale::END;

    /// `EARSHOT_REGENERATE=1` writes it anew.
    #[test]
    fn the_document_shows_what_was_measured_of_the_web() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let measured = fs::read(root.join("benches/results/web.json")).unwrap();
        let measured = markdown(&serde_json::from_slice(&measured).unwrap());
        let document = root.join("docs/web.md");
        let text = fs::read_to_string(&document).unwrap();
        let (head, rest) = text.split_once(BEGIN).unwrap();
        let (_, tail) = rest.split_once(END).unwrap();
        let wanted = format!("{head}{BEGIN}\n\n{}\n{END}{tail}", measured.trim_end());
        if env::var_os("EARSHOT_REGENERATE").is_some() {
            fs::write(&document, wanted).unwrap();
        } else {
            assert!(text == wanted, "run `make bench-web`, or EARSHOT_REGENERATE=1");
        }
    }

    #[test]
    fn of_few_times_the_slowest_is_told() {
        let spread = |p50_ms, p95_ms, max_ms| Spread { p50_ms, p95_ms, max_ms };
        assert_eq!(Spread::of(vec![3.0, 1.0, 2.0]), spread(2.0, 3.0, 3.0));
        assert_eq!(Spread::of((1..=100).map(f64::from).collect()), spread(50.0, 95.0, 100.0));
        assert_eq!(Spread::of(Vec::new()), Spread::default());
    }
}
