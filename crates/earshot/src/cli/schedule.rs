//! `earshot schedule`.

use clap::{Args, Subcommand};

use super::ListFormat;

/// `earshot schedule`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  earshot schedule check                        whether the expressions are right, without any service
  earshot schedule list                         what is due next, and what became of the last times")]
pub struct Schedule {
    /// What to do.
    #[command(subcommand)]
    pub command: ScheduleCommand,
}

/// What to do with schedules.
#[derive(Debug, Subcommand)]
pub enum ScheduleCommand {
    /// The configured schedules: when they are due next, and what became of the last times
    List {
        /// How to print them
        #[arg(long, value_enum, default_value_t = ListFormat::Text, value_name = "FORMAT")]
        format: ListFormat,
    },
    /// Read the schedules of the configuration, and print the next five times of each
    Check {
        /// How to print them
        #[arg(long, value_enum, default_value_t = ListFormat::Text, value_name = "FORMAT")]
        format: ListFormat,
    },
}
