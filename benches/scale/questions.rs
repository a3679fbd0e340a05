//! What dashboards and statistics ask, over everything that is there.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    time::{Duration, Instant},
};

use earshot_corpus::scale::{Question, STATS};
use earshot_grafana::{Asks, Chosen, Query, Scope, expand, queries};
use earshot_store::{STATISTICS, Statistic, Store};
use jiff::{civil::Date, tz::TimeZone};

use crate::{Failed, host::ask};

/// How often each is asked, after once to warm up: with 20, the slowest but one is the 95th percentile.
const TIMES: usize = 20;
/// And for how long at most.
const PATIENCE: Duration = Duration::from_secs(8);
const DAY_S: i64 = 86_400;

/// Asks everything, slowest first.
pub async fn measure(store: &Store) -> Result<Vec<Question>, Failed> {
    let looker = Looker::of(store).await?;
    let (mut measured, mut names) = (Vec::new(), BTreeSet::new());
    for query in queries(&PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../deploy/grafana")))? {
        let sql = expand(&query.sql, &looker.scope(&query))?;
        let ask = async || ask(store, &sql).await.map(drop);
        let mut name = format!("{}: {}", query.board, query.title);
        if !names.insert(name.clone()) {
            name = format!("{name} ({})", query.file);
        }
        measured.push(time(name, ask).await?);
    }
    for statistic in STATISTICS {
        measured.push(time(format!("{STATS}{}", statistic.name), async || state(store, statistic).await).await?);
    }
    measured.sort_by(|one, other| other.p95_ms.total_cmp(&one.p95_ms));
    Ok(measured)
}

/// Who looks at the dashboards, and what he has chosen: the whole portfolio, its commonest vendor, one of that one's sites.
struct Looker {
    chosen: BTreeMap<String, Chosen>,
    last: Date,
    nights: i64,
}

impl Looker {
    async fn of(store: &Store) -> Result<Self, Failed> {
        let list = async |query: &str| -> Result<Vec<String>, Failed> {
            Ok(ask(store, query).await?.lines().map(str::to_owned).collect())
        };
        let nights = list("SELECT DISTINCT night FROM counted_sites ORDER BY night").await?;
        let last: Date = nights.last().ok_or("nothing is rolled up")?.parse()?;
        let commonest = "SELECT toString(vendor) FROM counted_vendors WHERE exposure = 'content' GROUP BY vendor ORDER BY count() DESC, vendor LIMIT 1";
        let vendor = list(commonest).await?;
        let site = "SELECT site FROM counted_vendors WHERE vendor = (SELECT any(vendor) FROM counted_vendors WHERE exposure = 'content') ORDER BY site LIMIT 1";
        let all = |column: &str, table: &str| format!("SELECT DISTINCT toString({column}) FROM {table} ORDER BY 1");
        let chosen = [
            ("portfolio", Chosen::Some(list(&all("portfolio", "rolled")).await?)),
            ("region", Chosen::Some(vec!["(usual)".to_owned()])),
            ("night", Chosen::Some(vec![last.to_string()])),
            ("vendor", Chosen::Some(vendor)),
            ("site", Chosen::Some(list(site).await?)),
            ("sector", Chosen::All(list(&all("sector", "counted_sites")).await?)),
            ("category", Chosen::All(list(&all("category", "counted_vendors")).await?)),
        ];
        let chosen = chosen.map(|(name, chosen)| (name.to_owned(), chosen)).into_iter().collect();
        Ok(Self { chosen, last, nights: i64::try_from(nights.len())? })
    }

    /// The time range takes in all nights; that of fleet operations the last day, as the dashboard has it.
    fn scope(&self, query: &Query) -> Scope {
        let to = self.last.to_zoned(TimeZone::UTC).map_or(0, |midnight| midnight.timestamp().as_second()) + DAY_S - 1;
        let back = match query.asks {
            Asks::Alert(seconds) => i64::try_from(seconds).unwrap_or(DAY_S),
            _ if query.board == "fleet" => DAY_S,
            _ => self.nights * DAY_S,
        };
        let interval_s = if back > DAY_S { 3_600 } else { 120 };
        Scope { from: to - back, to, interval_s, variables: self.chosen.clone() }
    }
}

async fn state(store: &Store, statistic: &Statistic) -> Result<(), Failed> {
    let mut answer = store.statistic(statistic, &earshot_store::Scope::default(), "TSV")?;
    while answer.next().await?.is_some() {}
    Ok(())
}

async fn time(name: String, ask: impl AsyncFn() -> Result<(), Failed>) -> Result<Question, Failed> {
    ask().await.map_err(|error| format!("{name}: {error}"))?;
    let (mut times, all) = (Vec::new(), Instant::now());
    while times.len() < TIMES && (times.len() < 3 || all.elapsed() < PATIENCE) {
        let began = Instant::now();
        ask().await?;
        times.push(began.elapsed().as_secs_f64() * 1_000.0);
    }
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times[((times.len() as f64 * share).ceil() as usize).clamp(1, times.len()) - 1];
    Ok(Question { name, asked: times.len(), p50_ms: at(0.5), p95_ms: at(0.95) })
}
