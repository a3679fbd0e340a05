//! How work is started: what only the program knows that has the configuration.

use std::io::{self, Read};

use async_trait::async_trait;
use earshot_model::{Run, Target};
use earshot_report::verify::Plan;
use earshot_store::ImportRow;

use crate::{Scan, verify::NotStarted};

/// Starts runs; whoever coordinates works on them.
#[async_trait]
pub trait Submit: Send + Sync {
    /// Why this target is not scanned, whoever asks: its address is private, or somebody has said that it is not to be. That a
    /// name leads to a private address shows when it is visited.
    fn refuses(&self, target: &Target) -> Option<String>;

    /// Starts a scan.
    ///
    /// # Errors
    /// Why none was started, for the log.
    async fn scan(&self, scan: Scan) -> Result<Run, String>;

    /// Starts a verify: the pages of the plan once more, as they were visited before.
    ///
    /// # Errors
    /// [`NotStarted`].
    async fn verify(&self, against: &Run, plan: &Plan) -> Result<Run, NotStarted>;

    /// Imports a list into a portfolio: whole, or not at all.
    ///
    /// # Errors
    /// [`ImportError`]; the portfolio is what it was then.
    async fn import(&self, list: List) -> Result<Imported, ImportError>;

    /// Starts the crawl of a portfolio for tonight, or finds the one that was started before. `None` if there are no such targets.
    ///
    /// # Errors
    /// Why none was started, for the log.
    async fn crawl(&self, portfolio: &str) -> Result<Option<Crawl>, String>;
}

/// A list of targets on its way into a portfolio.
pub struct List {
    /// Into which portfolio.
    pub portfolio: String,
    /// What it is called where it comes from.
    pub source: String,
    /// Whether what the portfolio has stays.
    pub add: bool,
    /// The list itself. It is read on a thread that may wait for it.
    pub lines: Box<dyn Read + Send>,
}

/// What became of a list.
#[derive(Clone, Debug)]
pub struct Imported {
    /// What the portfolio is now; `None` if no line named a target, and nothing has changed.
    pub portfolio: Option<ImportRow>,
    /// Lines that could not be read.
    pub bad_lines: u64,
    /// The first of them.
    pub bad: Vec<BadLine>,
}

/// A line that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadLine {
    /// Which, from 1.
    pub line: u64,
    /// The name of the column.
    pub field: String,
    /// What is wrong with it.
    pub reason: String,
}

/// Why a list was not imported.
#[derive(Debug)]
pub enum ImportError {
    /// It is none, or did not come whole.
    List(String),
    /// The store did not take it; for the log.
    Store(String),
}

/// The crawl of a portfolio.
#[derive(Clone, Debug)]
pub struct Crawl {
    /// The run.
    pub run: Run,
    /// Whether it was started by this call, and not before.
    pub fresh: bool,
}

/// Bytes that come piece by piece, for who reads them on a thread of its own.
pub(crate) struct Pieces {
    pieces: tokio::sync::mpsc::Receiver<io::Result<axum::body::Bytes>>,
    piece: axum::body::Bytes,
}

/// Pieces that may wait to be read.
const WAITING: usize = 4;

impl Pieces {
    pub fn new() -> (tokio::sync::mpsc::Sender<io::Result<axum::body::Bytes>>, Self) {
        let (send, pieces) = tokio::sync::mpsc::channel(WAITING);
        (send, Self { pieces, piece: axum::body::Bytes::new() })
    }
}

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.piece.is_empty() {
            match self.pieces.blocking_recv() {
                Some(piece) => self.piece = piece?,
                None => return Ok(0),
            }
        }
        let taken = self.piece.len().min(buffer.len());
        buffer[..taken].copy_from_slice(&self.piece.split_to(taken));
        Ok(taken)
    }
}
