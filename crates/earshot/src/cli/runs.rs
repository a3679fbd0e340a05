//! `earshot runs`: past runs, and those that go on.

use clap::{Args, Subcommand};
use earshot_model::RunId;

use super::{Assess, Format, ListFormat};

/// `earshot runs`.
#[derive(Debug, Args)]
pub struct Runs {
    /// What to do.
    #[command(subcommand)]
    pub command: RunsCommand,
}

/// What to do with runs.
#[derive(Debug, Subcommand)]
pub enum RunsCommand {
    /// The last runs, newest first
    #[command(after_help = "Example:\n  earshot runs list --limit 5")]
    List {
        /// How many at most
        #[arg(long, default_value_t = 20, value_name = "N")]
        limit: u32,
        /// How to print them
        #[arg(long, value_enum, default_value_t = ListFormat::Text, value_name = "FORMAT")]
        format: ListFormat,
    },
    /// The report of one run
    #[command(
        after_help = "Examples:\n  earshot runs show            the last one\n  earshot runs show 01JCX… --format json"
    )]
    Show {
        /// Its id [default: the last one]
        #[arg(value_name = "RUN")]
        run: Option<RunId>,
        /// How to print it
        #[arg(long, value_enum, default_value_t = Format::Text, value_name = "FORMAT")]
        format: Format,
        /// What findings are held against.
        #[command(flatten)]
        assess: Assess,
    },
    /// Hold a run back: what is under way is finished, nothing new is begun
    #[command(after_help = "Example:\n  earshot runs pause 01JCX…")]
    Pause {
        /// Its id
        #[arg(value_name = "RUN")]
        run: RunId,
    },
    /// Let a paused run go on
    #[command(after_help = "Example:\n  earshot runs resume 01JCX…")]
    Resume {
        /// Its id
        #[arg(value_name = "RUN")]
        run: RunId,
    },
    /// End a run early, for good; what was recorded stays
    #[command(after_help = "Example:\n  earshot runs cancel 01JCX…")]
    Cancel {
        /// Its id
        #[arg(value_name = "RUN")]
        run: RunId,
    },
}
