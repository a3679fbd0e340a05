//! `earshot notify`: whether those who are to be told can be told.

use clap::{Args, Subcommand};

/// `earshot notify`.
#[derive(Debug, Args)]
pub struct Notify {
    /// What to do.
    #[command(subcommand)]
    pub command: NotifyCommand,
}

/// What to do with channels.
#[derive(Debug, Subcommand)]
pub enum NotifyCommand {
    /// Send a sample to one of the configured channels, or to all, and say what the other side answered
    #[command(after_help = "Examples:\n  earshot notify test\n  earshot notify test ops")]
    Test {
        /// Its name in the configuration [default: all]
        #[arg(value_name = "NAME")]
        name: Option<String>,
    },
}
