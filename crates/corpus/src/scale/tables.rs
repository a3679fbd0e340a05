//! What was measured, as docs/scaling.md shows it.

use std::fmt::Write as _;

use super::{
    Measured, STATS, Size,
    capacity::{self, demand},
};

/// What stands before the tables in the document.
pub const BEGIN: &str = "<!-- measured: written by make bench -->";
/// What stands behind them.
pub const END: &str = "<!-- /measured -->";

/// Sites a night that the model is worked out for.
const SITES: [f64; 3] = [10_000.0, 100_000.0, 1_000_000.0];
/// Pages of a site and profiles of a page there: as the default configuration has it, and with every profile.
const PLANS: [(f64, f64); 2] = [(3.0, 1.0), (3.0, 4.0)];

/// Everything that was measured, and what follows from it.
#[must_use]
pub fn markdown(measured: &Measured) -> String {
    let mut text = String::new();
    let machine = &measured.machine;
    let _ = writeln!(
        text,
        "Measured last on {} cores with {:.0} GB of memory, at nice {}; {:.1} other processes wanted to run when it began.\n",
        machine.cores,
        machine.memory_mb as f64 / 1024.0,
        machine.nice,
        machine.load
    );
    insert(measured, &mut text);
    recorder(measured, &mut text);
    growth(measured, &mut text);
    questions(measured, &mut text);
    model(measured, &mut text);
    text
}

fn insert(measured: &Measured, text: &mut String) {
    let Some(insert) = &measured.insert else { return };
    let ratios = insert.ratios();
    let middle = |all: &mut dyn Iterator<Item = f64>| {
        let mut all: Vec<f64> = all.collect();
        all.sort_by(f64::total_cmp);
        all.get(all.len() / 2).copied().unwrap_or(0.0)
    };
    let ours = middle(&mut insert.rounds.iter().map(|(ours, _)| *ours));
    let raw = middle(&mut insert.rounds.iter().map(|(_, raw)| *raw));
    let _ = writeln!(
        text,
        "### Rows in\n\n\
         | rows of a round | visits at once | what the recorder calls | the same rows, encoded before | ratio (least to most of {} rounds) |\n\
         |--:|--:|--:|--:|--:|\n\
         | {} | {} | {} rows/s | {} rows/s | {:.2} ({:.2} to {:.2}) |\n",
        insert.rounds.len(),
        thousands(insert.rows as f64),
        insert.batch,
        thousands(ours),
        thousands(raw),
        middle(&mut ratios.iter().copied()),
        ratios.first().copied().unwrap_or(0.0),
        ratios.last().copied().unwrap_or(0.0),
    );
}

fn recorder(measured: &Measured, text: &mut String) {
    let Some(drained) = &measured.recorder else { return };
    let each = |total: f64| total / drained.visits.max(1) as f64;
    let _ = writeln!(
        text,
        "### One recorder\n\n\
         Visits from the broker through judging and evidence into the store, all on this machine: {:.0} visits/s, {} events/s.\n\n\
         | of each visit | |\n|---|--:|\n\
         | events | {:.0} |\n\
         | CPU of the recorder | {:.1} ms |\n\
         | CPU of the store | {:.1} ms |\n\
         | CPU of the broker | {:.1} ms |\n\
         | bytes on the bus | {} |\n\
         | bytes of evidence, pictures not among them | {} |\n",
        drained.visits as f64 / drained.seconds.max(0.001),
        thousands(drained.events as f64 / drained.seconds.max(0.001)),
        each(drained.events as f64),
        each(drained.recorder_cpu_s) * 1_000.0,
        each(drained.store_cpu_s) * 1_000.0,
        each(drained.broker_cpu_s) * 1_000.0,
        bytes(each(drained.wire_bytes as f64)),
        bytes(each(drained.evidence_bytes as f64)),
    );
}

fn growth(measured: &Measured, text: &mut String) {
    if measured.growth.is_empty() {
        return;
    }
    let _ = writeln!(text, "### Growth\n");
    let mut row = |name: &str, cell: &dyn Fn(&Size) -> String| {
        let cells: Vec<String> = measured.growth.iter().map(cell).collect();
        let _ = writeln!(text, "| {name} | {} |", cells.join(" | "));
    };
    row("events", &|size| thousands(size.events as f64));
    row("--", &|_| "--:".to_owned());
    row("visits", &|size| thousands(size.visits as f64));
    row("sites × nights", &|size| format!("{} × {}", thousands(size.sites as f64), size.nights));
    row("bytes an event", &|size| format!("{:.1}", size.bytes_a_row("events")));
    for table in ["events", "findings", "visits", "site_nights", "vendor_sites"] {
        row(&format!("`{table}` on disk"), &|size| bytes(size.bytes_for(table, 1)));
    }
    row("findings a visit", &|size| format!("{:.1}", rows(size, "findings") / size.visits.max(1) as f64));
    row("rolling a night up, middle and slowest", &|size| {
        format!("{:.1} s, {:.1} s", size.roll_up_s.0, size.roll_up_s.1)
    });
    row("memory of the store while it is", &|size| {
        format!("{:.0} MB (before: {:.0})", size.roll_up_mb.0, size.roll_up_mb.1)
    });
    let slowest = |size: &Size, stats: bool| {
        let of = size.questions.iter().filter(|one| one.name.starts_with(STATS) == stats);
        of.map(|one| one.p95_ms).reduce(f64::max).map_or(String::new(), |ms| format!("{ms:.0} ms"))
    };
    row("slowest question of dashboards and alerts, 95 % of answers", &|size| slowest(size, false));
    row("slowest of `earshot stats`, 95 % of answers", &|size| slowest(size, true));
    text.push('\n');
}

fn rows(size: &Size, table: &str) -> f64 {
    size.tables.iter().find(|one| one.table == table).map_or(0.0, |one| one.rows as f64)
}

fn questions(measured: &Measured, text: &mut String) {
    let Some(largest) = measured.growth.last() else { return };
    let heads: Vec<String> =
        measured.growth.iter().map(|size| format!("{} events", thousands(size.events as f64))).collect();
    let _ = writeln!(
        text,
        "### Questions\n\nIn ms, each asked up to twenty times, for eight seconds at most: half of the answers, 95 % of the answers.\n"
    );
    let _ = writeln!(text, "| question | {} |\n|---|{}", heads.join(" | "), "--:|".repeat(heads.len()));
    for question in &largest.questions {
        let cell = |size: &Size| {
            let same = size.questions.iter().find(|one| one.name == question.name);
            same.map_or(String::new(), |one| format!("{:.0}, {:.0}", one.p50_ms, one.p95_ms))
        };
        let cells: Vec<String> = measured.growth.iter().map(cell).collect();
        let _ = writeln!(text, "| {} | {} |", question.name, cells.join(" | "));
    }
    text.push('\n');
}

fn model(measured: &Measured, text: &mut String) {
    for (pages, profiles) in PLANS {
        let demands: Option<Vec<_>> = SITES.iter().map(|sites| demand(measured, *sites, pages, profiles)).collect();
        let Some(demands) = demands else { return };
        let heads: Vec<String> = SITES.iter().map(|sites| format!("{} sites", thousands(*sites))).collect();
        let _ = writeln!(
            text,
            "### {pages:.0} pages of each site, {profiles:.0} {}\n\n| a night of {:.0} hours | {} |\n|---|{}",
            if profiles > 1.0 { "profiles" } else { "profile" },
            capacity::NIGHT_HOURS,
            heads.join(" | "),
            "--:|".repeat(heads.len())
        );
        let mut row = |name: &str, cell: &dyn Fn(&capacity::Demand) -> String| {
            let cells: Vec<String> = demands.iter().map(cell).collect();
            let _ = writeln!(text, "| {name} | {} |", cells.join(" | "));
        };
        row("visits", &|one| thousands(one.visits));
        row("cores of browser workers", &|one| cores(one.browser_cores));
        row("recorders", &|one| thousands(one.recorders));
        row("cores of recorders", &|one| cores(one.recorder_cores));
        row("cores of the store, rows in", &|one| cores(one.store_cores));
        row("from the web", &|one| format!("{} Mbit/s", thousands(one.web_mbit_s)));
        row("on the bus, in and out", &|one| format!("{} Mbit/s", thousands(one.bus_mbit_s)));
        row("broker's disk, store away for an hour", &|one| bytes(one.bus_bytes));
        row("store's disk after a year", &|one| bytes(one.store_bytes));
        row("evidence, without pictures", &|one| bytes(one.evidence_bytes));
        text.push('\n');
    }
}

fn cores(number: f64) -> String {
    if number < 10.0 { format!("{number:.1}") } else { thousands(number) }
}

/// 1,234,567.
pub(crate) fn thousands(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Decimal, as disks are sold.
fn bytes(number: f64) -> String {
    let units = [("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3)];
    let unit = units.iter().find(|(_, size)| number >= *size);
    unit.map_or(format!("{number:.0} B"), |(name, size)| format!("{:.1} {name}", number / size))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_for_people() {
        assert_eq!((thousands(1_234_567.4), thousands(12.0)), ("1,234,567".to_owned(), "12".to_owned()));
        assert_eq!((bytes(999.0), bytes(4.2e9)), ("999 B".to_owned(), "4.2 GB".to_owned()));
    }
}
