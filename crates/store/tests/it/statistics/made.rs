//! A few sites over a few nights, and what every statistic says of them.
//!
//! | | 1 (11-01) | 2 (11-02) | 3 (11-02, later) | 4 (11-02, eu) | 5 (11-10) |
//! |---|---|---|---|---|---|
//! | a | clarity, meta | meta | clarity, meta | meta | meta |
//! | b | meta | in part: – | failed | | clarity, after agreeing |
//! | c | fonts | – | – | | tiktok, fonts |
//! | d | blocked | blocked | blocked | | blocked |
//! | e | meta | blocked | blocked | | blocked |
//!
//! Run 6 is a verify, 7 another portfolio's, 8 is complete and not rolled up, 9 goes on.

use earshot_model::{Run, RunId, RunState};
use serde_json::{Value, json};

use crate::{Fixture, make};

/// Each statistic and what it says of the portfolio, line by line. An interval of 1 of 3 is 0.0615 to 0.7923, of 1 of 2 0.0945 to
/// 0.9055, of 1 of 1 0.2065 to 1, of 0 of 1 0 to 0.7935: Wilson's formula with z = 1.96.
pub const ANSWERS: &[(&str, &str)] = &[
    (
        "prevalence",
        "|meta|META|advertising|tracker|1|3|0.3333|0.0615|0.7923\n\
         |tiktok|TIKTOK|social|tracker|1|3|0.3333|0.0615|0.7923\n",
    ),
    (
        "presence",
        // clarity is on b after agreeing only.
        "|meta|META|advertising|tracker|1|3|0.3333|0.0615|0.7923|1|1|0.2065|1|100\n\
         |tiktok|TIKTOK|social|tracker|1|3|0.3333|0.0615|0.7923|1|1|0.2065|1|300\n\
         |clarity|CLARITY|session_replay|content|1|3|0.3333|0.0615|0.7923|0|0|0|0.7935|\\N\n",
    ),
    ("pre-consent", "|2|3|0.6667|0.2077|0.9385|0.6667|1|1|1\n"),
    (
        "first-contact",
        // 100 and 300 ms: a tenth of the way between them is 120.
        "|||2|3|120|150|200|250|280|290\n\
         |meta|META|1|3|100|100|100|100|100|100\n\
         |tiktok|TIKTOK|1|3|300|300|300|300|300|300\n",
    ),
    (
        "keystrokes",
        "|K5|1|2|0.5|0.0945|0.9055|1|0.5|0.0945|0.9055\n\
         ||1|2|0.5|0.0945|0.9055|\\N|\\N|\\N|\\N\n",
    ),
    (
        "hearing",
        "|||1|2|0.5|0.0945|0.9055|0|0|0|0|0|1|0|1\n\
         |meta|META|1|1|1|0.2065|1|0|0|0|0|0|1|0|0\n\
         |tiktok|TIKTOK|0|1|0|0|0.7935|0|0|0|0|0|0|0|1\n",
    ),
    (
        "gating",
        "|no_banner|1|1|3|0.3333|0.0615|0.7923\n\
         |on_paper|1|1|3|0.3333|0.0615|0.7923\n\
         |unknown|1|1|3|0.3333|0.0615|0.7923\n",
    ),
    (
        "rejection",
        "|||1|2|0.5|0.0945|0.9055\n\
         |meta|META|1|1|1|0.2065|1\n\
         |clarity|CLARITY|0|1|0|0|0.7935\n",
    ),
    (
        "gpc",
        // What it does to tiktok nobody knows: a share of nothing.
        "|||1|1|1|0.2065|1|1\n\
         |meta|META|1|1|1|0.2065|1|0\n\
         |tiktok|TIKTOK|0|0|\\N|\\N|\\N|1\n",
    ),
    ("consent-mode", "|||0|1|0|0|0.7935\n"),
    (
        "cmp",
        "|false||1|2|0.5|0.0945|0.9055|\\N|\\N\n\
         |true|onetrust|1|2|0.5|0.0945|0.9055|1|0\n",
    ),
    (
        "trend",
        "|2026-11-10|5|3|2|3|0.6667|0.2077|0.9385|0|0|0|0.5615|0.6667\n\
         |2026-11-02|5|2|1|2|0.5|0.0945|0.9055|1|0.5|0.0945|0.9055|1\n\
         |2026-11-01|5|4|3|4|0.75|0.3006|0.9544|1|0.25|0.0456|0.6994|1\n",
    ),
    (
        "changes",
        // a, b and c were looked at before and now; e was not now. On b meta is gone, for it was seen whole now.
        "|tiktok|TIKTOK|1|0|0|3|['c.test']|[]\n\
         |clarity|CLARITY|0|1|0|3|[]|['a.test']\n\
         |meta|META|0|1|0|3|[]|['b.test']\n",
    ),
    (
        "time-to-fix",
        // Fixed: clarity on a and meta on b, after 9 days. Open: meta on a (9 days), on a through eu (0), on e (0), tiktok on c
        // (0). Of the three that are there for 9 days two are fixed then: a third is left.
        "|||2|6|0.3333|0.0968|0.7|4|0|9|9\n\
         |meta|META|1|4|0.25|0.0456|0.6994|3|0|9|9\n\
         |clarity|CLARITY|1|1|1|0.2065|1|0|0|9|9\n\
         |tiktok|TIKTOK|0|1|0|0|0.7935|1|0|\\N|\\N\n",
    ),
    ("together", ""),
    (
        "loaded-by",
        "|Google Tag Manager GTM-1|meta|META|1|1|1|0.2065|1\n\
         ||tiktok|TIKTOK|1|1|1|0.2065|1\n",
    ),
    (
        "sectors",
        "health|2|1|2|0.5|0.0945|0.9055|0|0|0|0.6576|1|1|1|0.2065|1|0.5|100\n\
         retail|3|1|1|1|0.2065|1|0|0|0|0.7935|0|1|0|0|0.7935|1|300\n",
    ),
    (
        "page-kinds",
        "|home|2|3|0.6667|0.2077|0.9385\n\
         |contact|0|1|0|0|0.7935\n",
    ),
    (
        "worst-sites",
        // On a: a tracker, 1; typing as text, 20; a refusal that a tracker passes over, 15; GPC, 10; no refusing, 5; health, 5. On c: a
        // tracker, 1; nothing asks, 5.
        "|a.test||health|2026-11-10|56|K5|0|1|1|1|100|00000000000000000000000005\n\
         |c.test||retail|2026-11-10|6||0|1|\\N|0|300|00000000000000000000000005\n",
    ),
    (
        "coverage",
        "|seen||3|5|0.6|0.2307|0.8824|4|4|0\n\
         |blocked|blocked|2|5|0.4|0.1176|0.7693|2|0|0\n",
    ),
];

/// A run by its number.
pub fn run(number: u8) -> RunId {
    format!("{number:026}").parse().unwrap()
}

/// Writes the runs as if they had been rolled up.
pub async fn write(it: &Fixture) {
    for (number, night, region, kind, portfolio) in [
        (1, "2026-11-01", "", "scan", "ours"),
        (2, "2026-11-02", "", "scan", "ours"),
        (3, "2026-11-02", "", "scan", "ours"),
        (4, "2026-11-02", "eu", "scan", "ours"),
        (5, "2026-11-10", "", "scan", "ours"),
        (6, "2026-11-11", "", "verify", "ours"),
        (7, "2026-11-10", "", "scan", "theirs"),
    ] {
        let common = json!({
            "run_id": run(number), "rollup": format!("00000000-0000-0000-0000-{number:012}"), "night": night,
            "region": region, "kind": kind, "portfolio": portfolio,
        });
        insert(it, "site_nights", &common, sites(number)).await;
        insert(it, "vendor_sites", &common, vendors(number)).await;
        // As the coordinator does it: what flows in from outside cannot wake materialised views of the embedded engine.
        let columns = "run_id, rollup, slice, slices, night, region, kind, portfolio";
        let run = run(number);
        it.ask(&format!(
            "INSERT INTO rollups ({columns}) SELECT '{run}', '00000000-0000-0000-0000-{number:012}', 0, 1, '{night}', \
             '{region}', '{kind}', '{portfolio}'"
        ))
        .await;
    }
    // What the page says by consent mode stands with the visit.
    let said = json!({
        "run_id": run(5), "site": "b.test", "visit_id": "00000000-0000-0000-0000-0000000000b5", "class": "seen",
        "signals": [["google_consent_mode", "ad_storage granted (default), analytics_storage denied (default)"]],
    });
    insert(it, "visits", &json!({}), vec![said]).await;
    for (number, state) in [(8, RunState::Complete), (9, RunState::Running)] {
        let missing = Run { id: run(number), portfolio: Some("ours".to_owned()), state, ..make::run(5) };
        it.store.put_run(&missing).await.unwrap();
    }
}

fn sites(number: u8) -> Vec<Value> {
    let whole = json!({"state": "seen", "planned": 1, "seen": 1, "looked": true, "page_kinds": ["home"]});
    let two = json!({"planned": 2, "seen": 2, "page_kinds": ["contact", "home"]});
    let part = json!({"partial": 1});
    let blocked = json!({"state": "blocked", "why": "blocked", "planned": 1, "blocked": 1});
    let failed = json!({"state": "failed", "why": "timed_out", "planned": 1, "failed": 1});
    let site = |name: &str, more: &[&Value]| {
        let sector = if "ab".contains(name) { "health" } else { "retail" };
        let tags = if name == "a" { json!({"shelf": "it's \\ 'top'"}) } else { json!({}) };
        let own = json!({"site": format!("{name}.test"), "sector": sector, "tags": tags});
        more.iter().fold(own, |all, one| merged(&all, one))
    };
    let recorded = json!({"recorders": 1});
    let asked = json!({"typed": true, "grade": "K5", "banner": true, "cmp": "onetrust", "no_reject": true,
        "sensitive": "health", "reject_watched": 1, "gpc_watched": 1});
    let silent = json!({"typed": true, "no_banner": true, "gpc_watched": 1});
    let refused = json!({"reject_watched": 1});
    match number {
        1 => vec![
            site("a", &[&whole, &two, &recorded]),
            site("b", &[&whole]),
            site("c", &[&whole]),
            site("d", &[&blocked]),
            site("e", &[&whole]),
        ],
        2 => vec![
            site("a", &[&whole, &two]),
            site("b", &[&whole, &part]),
            site("c", &[&whole]),
            site("d", &[&blocked]),
            site("e", &[&blocked]),
        ],
        3 => vec![
            site("a", &[&whole, &two, &recorded]),
            site("b", &[&failed]),
            site("c", &[&whole]),
            site("d", &[&blocked]),
            site("e", &[&blocked]),
        ],
        4 => vec![site("a", &[&whole])],
        5 => vec![
            site("a", &[&whole, &two, &asked]),
            site("b", &[&whole, &refused]),
            site("c", &[&whole, &silent]),
            site("d", &[&blocked]),
            site("e", &[&blocked]),
        ],
        6 => vec![site("a", &[&whole])],
        _ => vec![merged(&site("x", &[&whole]), &json!({"sector": ""}))],
    }
}

fn vendors(number: u8) -> Vec<Value> {
    let on = |vendor: &str, site: &str, ms: f64| {
        let (category, exposure) = match vendor {
            "clarity" => ("session_replay", "content"),
            "meta" => ("advertising", "tracker"),
            "tiktok" => ("social", "tracker"),
            _ => ("cdn", "none"),
        };
        json!({
            "vendor": vendor, "vendor_name": vendor.to_uppercase(), "site": format!("{site}.test"), "category": category,
            "exposure": exposure, "pages": 1, "pages_before": 1, "page_kinds": ["home"], "first_contact_ms": ms,
            "gating": "unknown", "gpc": "unknown",
        })
    };
    match number {
        1 => vec![
            on("clarity", "a", 50.0),
            on("meta", "a", 90.0),
            on("meta", "b", 80.0),
            on("meta", "e", 70.0),
            on("fonts", "c", 5.0),
        ],
        2 | 4 => vec![on("meta", "a", 90.0)],
        3 => vec![on("clarity", "a", 50.0), on("meta", "a", 90.0)],
        5 => vec![
            merged(
                &on("meta", "a", 100.0),
                &json!({
                    "grade": "K5", "gating": "on_paper", "pages_rejected": 1, "gpc": "ignored", "pages_gpc": 1,
                    "brought_by": ["Google Tag Manager GTM-1"],
                }),
            ),
            merged(&on("tiktok", "c", 300.0), &json!({"gating": "no_banner"})),
            on("fonts", "c", 5.0),
            merged(
                &on("clarity", "b", 0.0),
                &json!({"pages_before": 0, "pages_accepted": 1, "page_kinds": [], "first_contact_ms": null}),
            ),
        ],
        6 => vec![on("hotjar", "a", 10.0)],
        _ => vec![on("meta", "x", 60.0)],
    }
}

fn merged(one: &Value, other: &Value) -> Value {
    let all = one.as_object().unwrap().iter().chain(other.as_object().unwrap());
    Value::Object(all.map(|(key, value)| (key.clone(), value.clone())).collect())
}

async fn insert(it: &Fixture, table: &str, common: &Value, rows: Vec<Value>) {
    let lines: Vec<_> = rows.iter().map(|row| merged(common, row).to_string()).collect();
    it.ask(&format!(
        "INSERT INTO {table} SETTINGS input_format_skip_unknown_fields = 1 FORMAT JSONEachRow {}",
        lines.join("\n")
    ))
    .await;
}
