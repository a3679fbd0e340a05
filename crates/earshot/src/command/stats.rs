//! `earshot stats`: numbers over many sites.

use std::{
    fs::File,
    io::{BufWriter, ErrorKind, IsTerminal as _, Write},
    path::Path,
};

use anyhow::{Context as _, Result, bail};
use earshot_model::{Run, RunId, RunState};
use earshot_store::{STATISTICS, Scope, Statistic, Store};
use jiff::{civil::Date, tz::TimeZone};

use super::known;
use crate::{
    cli::{Global, Stats, StatsCommand, StatsFormat},
    config::Config,
    exit::Exit,
    services::{Need, Services},
    stats::{definition, table},
    terminal,
};

/// Rows of a table if nobody says how many: what a terminal shows.
const A_TABLE: u64 = 25;
/// Runs that are looked at to be rolled up anew: more than there will be.
const ALL_RUNS: u64 = 1 << 32;
/// How much alike two names are at least, from 0 to 1, for one to be meant by the other.
const ALIKE: f64 = 0.6;

pub(super) async fn run(global: &Global, stats: &Stats) -> Result<Exit> {
    let Some(name) = stats.name.as_deref() else {
        return match &stats.command {
            Some(StatsCommand::Rebuild { runs, since }) => rebuild(global, runs, *since).await,
            Some(StatsCommand::List) | None => list(),
        };
    };
    let statistic = named(name)?;
    if stats.explain {
        terminal::print(&definition::text(statistic))?;
        return Ok(Exit::Done);
    }
    let format = format(stats)?;
    let scope = scope(stats, statistic)?;
    if format == StatsFormat::Parquet && stats.output.is_none() && std::io::stdout().is_terminal() {
        bail!("Parquet is nothing for a terminal: give -o FILE");
    }
    let config = Config::load(global.config.as_deref(), &global.overrides(None))?;
    let services = Services::open(&config, Need::Store).await?;
    let told = tell(&services.store, global, stats, statistic, &scope, format).await;
    services.close().await;
    told
}

fn list() -> Result<Exit> {
    let mut table = terminal::table(false);
    for statistic in STATISTICS {
        table.add_row([statistic.name, statistic.title]);
    }
    terminal::print(&format!("{table}\n"))?;
    Ok(Exit::Done)
}

/// The statistic of that name, or an error that tells which names look like it.
fn named(name: &str) -> Result<&'static Statistic> {
    if let Some(statistic) = Statistic::find(name) {
        return Ok(statistic);
    }
    let mut near: Vec<_> = STATISTICS.iter().map(|one| (strsim::jaro_winkler(name, one.name), one.name)).collect();
    near.retain(|(likeness, one)| *likeness >= ALIKE || one.contains(name));
    near.sort_by(|a, b| b.0.total_cmp(&a.0));
    match near.iter().take(3).map(|(_, name)| *name).collect::<Vec<_>>() {
        near if near.is_empty() => bail!("there is no statistic '{name}'; `earshot stats` names all"),
        near => bail!("there is no statistic '{name}'; did you mean {}?", near.join(", ")),
    }
}

/// What the option says, else the ending of the file.
fn format(stats: &Stats) -> Result<StatsFormat> {
    let ending = stats.output.as_deref().and_then(Path::extension).map(|ending| ending.to_ascii_lowercase());
    match (stats.format, ending.as_ref().and_then(|ending| ending.to_str())) {
        (Some(format), _) => Ok(format),
        (None, None | Some("txt")) => Ok(StatsFormat::Table),
        (None, Some("json")) => Ok(StatsFormat::Json),
        (None, Some("ndjson" | "jsonl")) => Ok(StatsFormat::Ndjson),
        (None, Some("csv")) => Ok(StatsFormat::Csv),
        (None, Some("parquet")) => Ok(StatsFormat::Parquet),
        (None, Some(other)) => bail!("what is to be written into a .{other}? --format says it"),
    }
}

/// The scope, if the statistic understands it.
fn scope(stats: &Stats, statistic: &Statistic) -> Result<Scope> {
    let scope = stats.scope.scope();
    match statistic.refuses(&scope) {
        Some(why) => bail!(why),
        None => Ok(scope),
    }
}

async fn tell(
    store: &Store,
    global: &Global,
    stats: &Stats,
    statistic: &Statistic,
    scope: &Scope,
    format: StatsFormat,
) -> Result<Exit> {
    let seen = store.in_scope(scope).await?;
    let missing = seen.missing();
    if seen.sites == 0 {
        eprintln!("error: nothing is in scope: no site of a run that is complete and rolled up");
        missing.iter().for_each(|line| eprintln!("{line}"));
        return Ok(Exit::NothingToDo);
    }
    let file = stats.output.as_deref();
    let line = seen.line(statistic.over);
    if format == StatsFormat::Table {
        let mut text = as_table(store, global, statistic, scope, file.is_some()).await?;
        text.push_str(&format!("\n{line}\n"));
        written(&mut *sink(file)?, text.as_bytes())?;
    } else {
        stream(store, statistic, scope, format, &mut *sink(file)?).await?;
        if !global.quiet {
            eprintln!("{line}");
        }
    }
    missing.iter().for_each(|line| eprintln!("{line}"));
    if let Some(file) = file.filter(|_| !global.quiet) {
        eprintln!("{} written", file.display());
    }
    Ok(Exit::Done)
}

async fn as_table(
    store: &Store,
    global: &Global,
    statistic: &Statistic,
    scope: &Scope,
    in_file: bool,
) -> Result<String> {
    let limit = scope.limit.unwrap_or(A_TABLE);
    // One more than is shown tells whether there are more.
    let asked = Scope { limit: Some(limit + 1), ..scope.clone() };
    let mut answer = store.statistic(statistic, &asked, "JSONCompactEachRow")?;
    let mut bytes = Vec::new();
    while let Some(piece) = answer.next().await? {
        bytes.extend_from_slice(&piece);
    }
    let rows = serde_json::Deserializer::from_slice(&bytes).into_iter::<table::Row>();
    let mut rows = rows.collect::<Result<Vec<_>, _>>().context("the store's answer")?;
    let all = rows.len();
    // A segment's rows need not stand together.
    let mut counts = std::collections::HashMap::new();
    rows.retain(|row| {
        let count = counts.entry(row.first().map(ToString::to_string)).or_insert(0_u64);
        *count += 1;
        *count <= limit
    });
    let by = scope.by.as_deref().unwrap_or(statistic.usually_by);
    if !by.is_empty() && rows.iter().all(|row| row.first().is_some_and(|segment| segment == "")) {
        eprintln!("no site in scope has a {by}: everything is one group");
    }
    let coloured = !in_file && terminal::coloured(global.color);
    let mut text = match rows.is_empty() {
        true => "nothing of the kind was seen\n".to_owned(),
        false => table::render(statistic, &rows, by, coloured),
    };
    if rows.len() < all {
        text.push_str("… and more; --limit N, or --format csv, has them\n");
    }
    Ok(text)
}

/// As the store gives it, piece by piece: an answer may be larger than memory.
async fn stream(
    store: &Store,
    statistic: &Statistic,
    scope: &Scope,
    format: StatsFormat,
    sink: &mut dyn Write,
) -> Result<()> {
    let format = match format {
        StatsFormat::Json => "JSON",
        StatsFormat::Ndjson => "JSONEachRow",
        StatsFormat::Csv => "CSVWithNames",
        StatsFormat::Parquet => "Parquet",
        StatsFormat::Table => "PrettyCompactMonoBlock",
    };
    let mut answer = store.statistic(statistic, scope, format)?;
    while let Some(piece) = answer.next().await? {
        if !written(sink, &piece)? {
            return Ok(());
        }
    }
    written(sink, b"")?;
    Ok(())
}

/// Whether somebody still reads what was written.
fn written(sink: &mut dyn Write, bytes: &[u8]) -> Result<bool> {
    match sink.write_all(bytes).and_then(|()| sink.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(false),
        written => written.map(|()| true).context("cannot write what was asked for"),
    }
}

fn sink(file: Option<&Path>) -> Result<Box<dyn Write>> {
    Ok(match file {
        Some(file) => {
            Box::new(BufWriter::new(File::create(file).with_context(|| format!("cannot write {}", file.display()))?))
        }
        None => Box::new(std::io::stdout()),
    })
}

async fn rebuild(global: &Global, runs: &[RunId], since: Option<Date>) -> Result<Exit> {
    let config = Config::load(global.config.as_deref(), &global.overrides(None))?;
    let services = Services::open(&config, Need::Store).await?;
    let done = roll_up(&services.store, global, runs, since).await;
    services.close().await;
    done
}

async fn roll_up(store: &Store, global: &Global, runs: &[RunId], since: Option<Date>) -> Result<Exit> {
    let runs = match since {
        Some(since) => runs_since(store, since).await?,
        None if runs.is_empty() => store.unrolled().await?,
        None => complete(store, runs).await?,
    };
    let (mut rolled, mut kept) = (0, 0);
    let progress = terminal::progress(global.quiet, Some(runs.len() as u64));
    for run in &runs {
        progress.set_message(format!("run {run}"));
        // Who rolled up what is left of a run would lose what was known of it.
        match store.facts_lost(*run).await? {
            0 => {
                store.roll_up(*run).await?;
                rolled += 1;
            }
            lost => {
                kept += 1;
                eprintln!("run {run} is left as it is: {lost} of its visits have no events in the store any more");
            }
        }
        progress.inc(1);
    }
    progress.finish_and_clear();
    terminal::print(&match (rolled, kept) {
        (0, 0) => "every complete run is rolled up\n".to_owned(),
        (rolled, _) => format!("{rolled} runs rolled up\n"),
    })?;
    Ok(if kept == 0 { Exit::Done } else { Exit::Inconclusive })
}

async fn complete(store: &Store, runs: &[RunId]) -> Result<Vec<RunId>> {
    for id in runs {
        let run = known::run(store, *id).await?;
        if run.state != RunState::Complete {
            bail!("run {id} is {}: only complete runs are rolled up", run.state.as_str());
        }
    }
    Ok(runs.to_vec())
}

async fn runs_since(store: &Store, since: Date) -> Result<Vec<RunId>> {
    let night = |run: &Run| run.night.unwrap_or_else(|| run.started_at.to_zoned(TimeZone::UTC).date());
    let runs = store.runs(ALL_RUNS).await?.into_iter();
    let mut runs: Vec<_> = runs.filter(|run| run.state == RunState::Complete && night(run) >= since).collect();
    runs.reverse();
    Ok(runs.into_iter().map(|run| run.id).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_none_is_answered_with_those_like_it() {
        assert!(named("prevalence").is_ok());
        assert!(named("prevalance").unwrap_err().to_string().contains("did you mean prevalence"));
        assert!(named("fix").unwrap_err().to_string().contains("time-to-fix"));
        assert!(named("zzzzz").unwrap_err().to_string().contains("`earshot stats` names all"));
    }
}
