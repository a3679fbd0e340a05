//! `earshot rules`.

use clap::{Args, Subcommand};

use super::ListFormat;

/// `earshot rules`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  earshot rules list
  earshot rules show cipa-631                   what may be argued, what stands against it, the sources")]
pub struct Rules {
    /// What to do.
    #[command(subcommand)]
    pub command: RulesCommand,
}

/// What to do with rule packs.
#[derive(Debug, Subcommand)]
pub enum RulesCommand {
    /// All rule packs
    List {
        /// How to print them
        #[arg(long, value_enum, default_value_t = ListFormat::Text, value_name = "FORMAT")]
        format: ListFormat,
    },
    /// What one says, with its sources
    Show {
        /// Its id, as `earshot rules list` has it
        #[arg(value_name = "ID")]
        id: String,
        /// How to print it
        #[arg(long, value_enum, default_value_t = ListFormat::Text, value_name = "FORMAT")]
        format: ListFormat,
    },
}
