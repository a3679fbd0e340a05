//! `earshot doctor`.

use clap::Args;

use super::ListFormat;

/// `earshot doctor`.
#[derive(Debug, Args)]
pub struct Doctor {
    /// How to print it
    #[arg(long, value_enum, default_value_t = ListFormat::Text, value_name = "FORMAT")]
    pub format: ListFormat,
}
