//! `earshot dead`: what failed for good.

use anyhow::{Result, bail};
use earshot_bus::{Bus, DeadLetter};
use earshot_report::plain;

use crate::{
    cli::{self, DeadCommand, Global, ListFormat},
    config::Config,
    dead::Dead,
    exit::Exit,
    services::{Need, Services},
    terminal,
};

/// Dead letters taken at a time.
const AT_A_TIME: usize = 500;

pub(super) async fn run(global: &Global, dead: &cli::Dead) -> Result<Exit> {
    let config = Config::load(global.config.as_deref(), &global.overrides(None))?;
    let services = Services::open(&config, Need::Run).await?;
    let bus = services.bus();
    let done = match &dead.command {
        DeadCommand::List { after, limit, format } => list(bus, *after, *limit as usize, *format).await,
        DeadCommand::Show { number, format } => show(bus, *number, *format).await,
        DeadCommand::Retry { all: true, .. } => retry_all(bus).await,
        DeadCommand::Retry { numbers, .. } => retry(bus, numbers).await,
    };
    services.close().await;
    done
}

async fn list(bus: &Bus, after: u64, limit: usize, format: ListFormat) -> Result<Exit> {
    let mut dead = Vec::new();
    for letter in bus.dead_letters(after.saturating_add(1), limit).await? {
        dead.push(read(bus, &letter).await?);
    }
    let text = match format {
        ListFormat::Json => serde_json::to_string_pretty(&dead)? + "\n",
        ListFormat::Text if dead.is_empty() => "nothing was given up\n".to_owned(),
        ListFormat::Text => {
            let mut table = terminal::table(false);
            table.set_header(["NUMBER", "BURIED (UTC)", "WHAT", "ABOUT", "TRIED", "REASON"]);
            for dead in &dead {
                let (what, about) = dead.content.said();
                let cells = [dead.number.to_string(), dead.buried_at.clone(), what.to_owned(), plain(&about)];
                table.add_row(cells.into_iter().chain([dead.attempt.to_string(), plain(&dead.reason)]));
            }
            format!("{table}\n")
        }
    };
    terminal::print(&text)?;
    Ok(Exit::Done)
}

async fn show(bus: &Bus, number: u64, format: ListFormat) -> Result<Exit> {
    let dead = read(bus, &existing(bus, number).await?).await?;
    let text = match format {
        ListFormat::Json => serde_json::to_string_pretty(&dead)? + "\n",
        ListFormat::Text => {
            let (what, about) = dead.content.said();
            let run = dead.content.run().unwrap_or("-");
            format!(
                "{what} {}\nrun     {run}\nburied  {} UTC, after {} deliveries\nreason  {}\n",
                plain(&about),
                dead.buried_at,
                dead.attempt,
                plain(&dead.reason)
            )
        }
    };
    terminal::print(&text)?;
    Ok(Exit::Done)
}

async fn retry(bus: &Bus, numbers: &[u64]) -> Result<Exit> {
    // All are looked for before any is put back.
    let mut letters = Vec::with_capacity(numbers.len());
    for number in numbers {
        letters.push(existing(bus, *number).await?);
    }
    for letter in &letters {
        bus.revive(letter).await?;
    }
    said(letters.len())
}

/// What dies again meanwhile has a higher number than all that were there.
async fn retry_all(bus: &Bus) -> Result<Exit> {
    let (mut from, mut count) = (0, 0);
    let Some(end) = bus.last_dead().await? else { return said(0) };
    loop {
        let letters = bus.dead_letters(from, AT_A_TIME).await?;
        let Some(last) = letters.last().map(|letter| letter.number) else { break };
        for letter in letters.iter().filter(|letter| letter.number <= end) {
            bus.revive(letter).await?;
            count += 1;
        }
        if last >= end {
            break;
        }
        from = last + 1;
    }
    said(count)
}

fn said(count: usize) -> Result<Exit> {
    eprintln!("{count} put back; whoever works at the queues takes them up");
    Ok(if count == 0 { Exit::NothingToDo } else { Exit::Done })
}

async fn existing(bus: &Bus, number: u64) -> Result<DeadLetter> {
    match bus.dead_letter(number).await? {
        Some(letter) => Ok(letter),
        None => bail!("there is no dead letter {number}; `earshot dead list` names those there are"),
    }
}

async fn read(bus: &Bus, letter: &DeadLetter) -> Result<Dead> {
    Ok(Dead::read(letter, bus.dead_body(letter).await?.as_deref()))
}
