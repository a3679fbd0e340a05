//! An import: a list is read on a thread of its own and written piece by piece, so that memory does not depend on its length.

use std::{
    fs::File,
    io::{BufRead, BufReader},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use earshot_store::{ImportRow, MemberRow, Store};
use tokio::sync::mpsc;

use super::list::{BadField, Line, List};
use crate::terminal;

/// Targets that are written at a time: some megabytes.
const A_PIECE: usize = 10_000;
/// Pieces that may wait for the store.
const WAITING: usize = 2;
/// Bad lines that are named; the others are counted.
const NAMED: u64 = 100;
/// How often a line is written where stderr is no terminal.
const LINE_EVERY: Duration = Duration::from_secs(10);

/// What is to be imported.
pub struct Wanted {
    /// Into which portfolio.
    pub portfolio: String,
    /// A file, or `-` for standard input.
    pub source: String,
    /// Whether what the portfolio has stays.
    pub add: bool,
    /// Whether a bad line keeps everything out.
    pub strict: bool,
}

/// How an import ended.
#[derive(Debug)]
pub enum Ended {
    /// The portfolio is what this says.
    Whole(ImportRow),
    /// No line named a target, and nothing has changed.
    Nothing {
        /// How many lines could not be read.
        bad_lines: u64,
    },
    /// There were bad lines, and nothing has changed.
    Refused {
        /// How many.
        bad_lines: u64,
    },
}

/// How an import goes on.
pub enum Step<'a> {
    /// One of the first lines that cannot be read.
    Bad(&'a BadField),
    /// So much was read until now.
    Read {
        /// Targets.
        good: u64,
        /// Lines that cannot be read.
        bad: u64,
    },
}

/// What was read of a list.
#[derive(Default)]
struct Piece {
    members: Vec<MemberRow>,
    bad: Vec<BadField>,
}

/// Imports a list from where it lies, and tells on stderr how far it is.
///
/// # Errors
/// As [`import_from`].
pub async fn import(store: &Store, wanted: &Wanted, quiet: bool) -> Result<Ended> {
    let (source, mut display) = (wanted.source.clone(), Display::new(quiet));
    let ended = import_from(
        store,
        wanted,
        move || open(&source),
        |step| match step {
            Step::Bad(BadField { line, field, reason }) if !quiet => {
                display.say(&format!("warning: {}:{line}: {}: {reason}", wanted.source, field.escape_debug()));
            }
            Step::Bad(_) => {}
            Step::Read { good, bad } => display.show(good, bad),
        },
    )
    .await?;
    let bad = match &ended {
        Ended::Whole(row) => row.bad_lines,
        Ended::Nothing { bad_lines } | Ended::Refused { bad_lines } => *bad_lines,
    };
    if bad > NAMED && !quiet {
        display.say(&format!("warning: {} more lines are skipped", bad - NAMED));
    }
    display.finish();
    Ok(ended)
}

/// Imports a list: whole, or not at all. `input` is opened and read on a thread that may wait for it.
///
/// # Errors
/// If the list cannot be read to its end; a [`StoreError`](earshot_store::StoreError) if the store does not take it. The portfolio is
/// what it was then.
pub async fn import_from(
    store: &Store,
    wanted: &Wanted,
    input: impl FnOnce() -> Result<Box<dyn BufRead>> + Send + 'static,
    mut tell: impl FnMut(Step<'_>),
) -> Result<Ended> {
    let (pieces, mut read) = mpsc::channel(WAITING);
    let reading = tokio::task::spawn_blocking(move || read_all(input()?, &pieces));
    let mut import = store.import(&wanted.portfolio);
    let (mut good, mut bad) = (0, 0);
    while let Some(Piece { members, bad: fields }) = read.recv().await {
        for field in &fields {
            bad += 1;
            if bad <= NAMED {
                tell(Step::Bad(field));
            }
        }
        if !members.is_empty() {
            import.add(&members).await?;
            good += members.len() as u64;
        }
        tell(Step::Read { good, bad });
    }
    reading.await.context("reading the list")?.with_context(|| wanted.source.clone())?;
    match (good, bad) {
        (0, bad_lines) => Ok(Ended::Nothing { bad_lines }),
        (_, 1..) if wanted.strict => Ok(Ended::Refused { bad_lines: bad }),
        _ => Ok(Ended::Whole(import.end(&wanted.source, bad, wanted.add).await?)),
    }
}

/// A file, or standard input, which may be slow.
fn open(source: &str) -> Result<Box<dyn BufRead>> {
    Ok(match source {
        "-" => Box::new(BufReader::new(std::io::stdin())),
        path => Box::new(BufReader::new(File::open(path).context("cannot be opened")?)),
    })
}

/// On a thread that may block.
fn read_all(input: Box<dyn BufRead>, pieces: &mpsc::Sender<Piece>) -> Result<()> {
    let mut list = List::open(input)?;
    if !list.is_headed() {
        tracing::info!("no header names a column domain, url or site: only the first cell of each line is read");
    }
    let mut piece = Piece::default();
    while let Some(line) = list.next_line()? {
        match line {
            Line::Member(member) => piece.members.push(member),
            Line::Bad(field) => piece.bad.push(field),
        }
        if piece.members.len() + piece.bad.len() >= A_PIECE && !send(pieces, &mut piece) {
            return Ok(());
        }
    }
    send(pieces, &mut piece);
    Ok(())
}

/// `false` if nobody takes it any more.
fn send(pieces: &mpsc::Sender<Piece>, piece: &mut Piece) -> bool {
    pieces.blocking_send(std::mem::take(piece)).is_ok()
}

/// How far it is, on stderr.
struct Display {
    bar: indicatif::ProgressBar,
    last_line: Instant,
    quiet: bool,
}

impl Display {
    fn new(quiet: bool) -> Self {
        Self { bar: terminal::progress(quiet, None), last_line: Instant::now(), quiet }
    }

    fn show(&mut self, good: u64, bad: u64) {
        let text = format!("{good} targets, {bad} bad lines");
        if !self.bar.is_hidden() {
            self.bar.set_message(text);
            self.bar.tick();
        } else if !self.quiet && self.last_line.elapsed() >= LINE_EVERY {
            eprintln!("{text}");
            self.last_line = Instant::now();
        }
    }

    fn say(&self, text: &str) {
        self.bar.suspend(|| eprintln!("{text}"));
    }

    fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
