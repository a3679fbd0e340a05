//! `earshot token`.

use std::time::Duration;

use clap::{Args, Subcommand, ValueEnum};

use super::ListFormat;

/// `earshot token`.
#[derive(Debug, Args)]
pub struct Tokens {
    /// What to do.
    #[command(subcommand)]
    pub command: TokenCommand,
}

/// What to do with tokens.
#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// Make a token, and print it: it is shown this once, and only its hash is kept
    #[command(after_help = "\
Examples:
  earshot token create grafana
  earshot token create ci --scope write --expires 30d
  curl -H \"Authorization: Bearer $TOKEN\" -X POST http://127.0.0.1:8750/api/v1/runs/01JCX…/pause")]
    Create {
        /// What to call it
        #[arg(value_name = "NAME")]
        name: String,
        /// What it is good for
        #[arg(long, value_enum, default_value_t = ScopeName::Read, value_name = "SCOPE")]
        scope: ScopeName,
        /// After how long it counts no more (90d, 12h), or never
        #[arg(long, default_value = "90d", value_name = "TIME", value_parser = expiry)]
        expires: Expiry,
    },
    /// The tokens that were made, when each was used last, and whether it still counts
    List {
        /// How to print them
        #[arg(long, value_enum, default_value_t = ListFormat::Text, value_name = "FORMAT")]
        format: ListFormat,
    },
    /// Withdraw a token: it counts no more from now on
    Revoke {
        /// What it is called
        #[arg(value_name = "NAME")]
        name: String,
    },
}

/// What a token is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ScopeName {
    /// Reading
    Read,
    /// Starting scans, pausing, resuming and cancelling runs, and reading
    Write,
}

/// After how long a token counts no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expiry {
    /// After this.
    After(Duration),
    /// Never.
    Never,
}

fn expiry(text: &str) -> Result<Expiry, String> {
    if text == "never" {
        return Ok(Expiry::Never);
    }
    match humantime_serde::re::humantime::parse_duration(text) {
        Ok(after) if !after.is_zero() => Ok(Expiry::After(after)),
        _ => Err("write 90d, 12h, or never".to_owned()),
    }
}
