//! `earshot dead`: what failed for good.

use clap::{Args, Subcommand};

use super::ListFormat;

/// `earshot dead`.
#[derive(Debug, Args)]
pub struct Dead {
    /// What to do.
    #[command(subcommand)]
    pub command: DeadCommand,
}

/// What to do with dead letters.
#[derive(Debug, Subcommand)]
pub enum DeadCommand {
    /// What was given up, oldest first, and why
    #[command(after_help = "Examples:\n  earshot dead list\n  earshot dead list --after 1200 --format json")]
    List {
        /// Only those behind this number
        #[arg(long, default_value_t = 0, value_name = "NUMBER")]
        after: u64,
        /// How many at most
        #[arg(long, default_value_t = 100, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
        limit: u32,
        /// How to print them
        #[arg(long, value_enum, default_value_t = ListFormat::Text, value_name = "FORMAT")]
        format: ListFormat,
    },
    /// One of them, with what it asked for
    #[command(after_help = "Example:\n  earshot dead show 17 --format json")]
    Show {
        /// Its number
        number: u64,
        /// How to print it
        #[arg(long, value_enum, default_value_t = ListFormat::Text, value_name = "FORMAT")]
        format: ListFormat,
    },
    /// Put some of them back where they came from, as if they had never been tried
    ///
    /// A page that was recorded as lost is recorded anew when it is seen, also if its run is complete.
    #[command(after_help = "Examples:\n  earshot dead retry 17 18\n  earshot dead retry --all")]
    Retry {
        /// Their numbers
        #[arg(required_unless_present = "all", value_name = "NUMBER")]
        numbers: Vec<u64>,
        /// All there are
        #[arg(long, conflicts_with = "numbers")]
        all: bool,
    },
}
