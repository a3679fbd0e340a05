//! `earshot portfolio`: the lists that somebody watches.

use std::collections::BTreeMap;

use anyhow::{Result, bail};
use earshot_report::plain;
use earshot_store::{ImportRow, MemberRow, Selection, Store};
use serde::Serialize;

use crate::{
    cli::{Global, Portfolio, PortfolioCommand, TableFormat},
    config::Config,
    exit::Exit,
    portfolio::import::{Ended, Wanted, import},
    services::{Need, Services},
    terminal,
};

/// Targets that `show` prints as a table; the other forms have them all.
const SHOWN: usize = 20;
/// Rows that are printed at a time.
const A_PIECE: usize = 1_000;

/// What is said of a portfolio.
#[derive(Serialize)]
struct Summary<'a> {
    portfolio: &'a str,
    targets: u64,
    imported_at: String,
    mode: &'a str,
    source: &'a str,
    duplicates: u64,
    bad_lines: u64,
}

pub(super) async fn run(global: &Global, portfolio: &Portfolio) -> Result<Exit> {
    let config = Config::load(global.config.as_deref(), &global.overrides(None))?;
    let services = Services::open(&config, Need::Store).await?;
    let done = act(&services.store, &portfolio.command, global.quiet).await;
    services.close().await;
    done
}

async fn act(store: &Store, command: &PortfolioCommand, quiet: bool) -> Result<Exit> {
    match command {
        PortfolioCommand::Import { name, file, add, strict, format, .. } => {
            let wanted = Wanted { portfolio: name.clone(), source: file.clone(), add: *add, strict: *strict };
            take(import(store, &wanted, quiet).await?, &wanted, *format)
        }
        PortfolioCommand::List { format } => {
            let all = store.portfolios().await?;
            let none = "no portfolios yet; try: earshot portfolio import NAME FILE\n";
            terminal::print(&if all.is_empty() && *format == TableFormat::Text {
                none.to_owned()
            } else {
                summaries(&all, *format)?
            })?;
            Ok(Exit::Done)
        }
        PortfolioCommand::Show { name, tags, format } => {
            let Some(row) = store.portfolio(name).await? else { return Ok(unknown(name)) };
            let selection = Selection { portfolio: name.clone(), tags: tags.clone() };
            match format {
                TableFormat::Text => as_text(store, &row, &selection).await?,
                TableFormat::Json => as_json(store, &selection).await?,
                TableFormat::Csv => as_csv(store, &selection).await?,
            }
            Ok(Exit::Done)
        }
        PortfolioCommand::Remove { name, format } => {
            let Some(row) = store.portfolio(name).await? else { return Ok(unknown(name)) };
            store.remove_portfolio(name).await?;
            terminal::print(&match format {
                TableFormat::Text => format!("portfolio {name} is removed; it had {} targets\n", row.targets),
                format => summaries(&[row], *format)?,
            })?;
            Ok(Exit::Done)
        }
    }
}

fn unknown(name: &str) -> Exit {
    eprintln!("error: there is no portfolio '{name}'; `earshot portfolio list` names those there are");
    Exit::NothingToDo
}

fn take(ended: Ended, wanted: &Wanted, format: TableFormat) -> Result<Exit> {
    match ended {
        Ended::Whole(row) => {
            let Wanted { portfolio, source, .. } = wanted;
            terminal::print(&match format {
                TableFormat::Text => format!(
                    "portfolio {portfolio} has {} targets from {}: {} lines were duplicates, {} were bad\n",
                    row.targets,
                    plain(source),
                    row.duplicates,
                    row.bad_lines
                ),
                format => summaries(&[row], format)?,
            })?;
            Ok(Exit::Done)
        }
        Ended::Nothing { .. } => {
            eprintln!("error: nothing to import: none of the lines names a domain or URL; nothing has changed");
            Ok(Exit::NothingToDo)
        }
        Ended::Refused { bad_lines } => bail!("--strict: {bad_lines} lines are bad; nothing has changed"),
    }
}

fn summaries(rows: &[ImportRow], format: TableFormat) -> Result<String> {
    let rows: Vec<_> = rows.iter().map(Summary::of).collect();
    Ok(match format {
        TableFormat::Json => serde_json::to_string_pretty(&rows)? + "\n",
        TableFormat::Csv => {
            let mut writer = csv::Writer::from_writer(Vec::new());
            for row in &rows {
                writer.serialize(row)?;
            }
            String::from_utf8(writer.into_inner()?)?
        }
        TableFormat::Text => {
            let mut table = terminal::table(false);
            table.set_header(["PORTFOLIO", "TARGETS", "IMPORTED (UTC)", "FROM", "DUPLICATES", "BAD LINES"]);
            for row in rows {
                let (targets, duplicates, bad) = (row.targets, row.duplicates, row.bad_lines);
                let (targets, duplicates, bad) = (targets.to_string(), duplicates.to_string(), bad.to_string());
                table.add_row([row.portfolio.to_owned(), targets, row.imported_at, plain(row.source), duplicates, bad]);
            }
            format!("{table}\n")
        }
    })
}

impl<'a> Summary<'a> {
    fn of(row: &'a ImportRow) -> Self {
        Self {
            portfolio: &row.portfolio,
            targets: row.targets,
            imported_at: row.imported_at().strftime("%Y-%m-%d %H:%M:%S").to_string(),
            mode: &row.mode,
            source: &row.source,
            duplicates: row.duplicates,
            bad_lines: row.bad_lines,
        }
    }
}

async fn as_text(store: &Store, row: &ImportRow, selection: &Selection) -> Result<()> {
    let mut table = terminal::table(false);
    table.set_header(["TARGET", "OWNER", "SECTOR", "COUNTRY", "SENSITIVE", "SESSIONS", "TAGS"]);
    let (mut members, mut count) = (store.members(selection)?, 0);
    while let Some(member) = members.next().await? {
        count += 1;
        if count <= SHOWN {
            let tags: Vec<_> = member.tags.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let sessions =
                if member.monthly_sessions > 0 { member.monthly_sessions.to_string() } else { String::new() };
            let cells = [written(&member), member.owner, member.sector, member.country, member.sensitive];
            table.add_row(cells.into_iter().chain([sessions, tags.join(" ")]).map(|cell| plain(&cell)));
        }
    }
    let mut text = format!("{table}\n");
    if count > SHOWN {
        text.push_str(&format!("… and {} more; --format csv has them all\n", count - SHOWN));
    }
    let from = plain(&row.source);
    text.push_str(&format!("{count} of {} targets, imported from {from}\n", row.targets));
    Ok(terminal::print(&text)?)
}

async fn as_json(store: &Store, selection: &Selection) -> Result<()> {
    #[derive(Serialize)]
    struct Shown<'a> {
        target: String,
        start: &'a str,
        site: &'a str,
        owner: &'a str,
        sector: &'a str,
        country: &'a str,
        sensitive: &'a str,
        monthly_sessions: u64,
        tags: BTreeMap<&'a str, &'a str>,
    }
    let (mut members, mut text, mut separator) = (store.members(selection)?, "[".to_owned(), "\n  ");
    let mut waiting = 0;
    while let Some(member) = members.next().await? {
        let shown = Shown {
            target: written(&member),
            start: &member.start,
            site: &member.site,
            owner: &member.owner,
            sector: &member.sector,
            country: &member.country,
            sensitive: &member.sensitive,
            monthly_sessions: member.monthly_sessions,
            tags: member.tags.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect(),
        };
        text.push_str(separator);
        text.push_str(&serde_json::to_string(&shown)?);
        (separator, waiting) = (",\n  ", waiting + 1);
        if waiting == A_PIECE {
            terminal::print(&std::mem::take(&mut text))?;
            waiting = 0;
        }
    }
    Ok(terminal::print(&(text + "\n]\n"))?)
}

/// With the same columns as a list that is imported.
async fn as_csv(store: &Store, selection: &Selection) -> Result<()> {
    let tags = store.tag_names(selection).await?;
    let mut members = store.members(selection)?;
    let mut writer = csv::Writer::from_writer(Vec::new());
    let own = ["url", "owner", "sector", "country", "sensitive", "sessions"];
    writer.write_record(own.into_iter().chain(tags.iter().map(String::as_str)))?;
    let mut waiting = 0;
    while let Some(member) = members.next().await? {
        let sessions = if member.monthly_sessions > 0 { member.monthly_sessions.to_string() } else { String::new() };
        let value = |name: &String| member.tags.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value);
        let start = written(&member);
        let own = [&*start, &member.owner, &member.sector, &member.country, &member.sensitive, &sessions];
        writer.write_record(own.into_iter().chain(tags.iter().map(value)))?;
        waiting += 1;
        if waiting == A_PIECE {
            terminal::print(&String::from_utf8(writer.into_inner()?)?)?;
            writer = csv::Writer::from_writer(Vec::new());
            waiting = 0;
        }
    }
    Ok(terminal::print(&String::from_utf8(writer.into_inner()?)?)?)
}

/// The target as it was written: what had no scheme is shown without.
fn written(member: &MemberRow) -> String {
    match member.start.strip_prefix("https://") {
        Some(bare) if !member.scheme_given => bare.strip_suffix('/').unwrap_or(bare).to_owned(),
        _ => member.start.clone(),
    }
}
