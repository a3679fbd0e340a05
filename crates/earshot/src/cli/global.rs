//! Options of every command.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::Web;
use crate::config::{LogFormat, Overrides, Secret};

/// Options of every command.
#[derive(Debug, Args)]
pub struct Global {
    /// Configuration file (see default.toml in the repository for all keys)
    #[arg(long, global = true, value_name = "FILE", env = "EARSHOT_CONFIG", help_heading = "Global options")]
    pub config: Option<PathBuf>,
    /// Where runs and evidence are kept
    #[arg(long, global = true, value_name = "DIR", help_heading = "Global options")]
    pub data_dir: Option<PathBuf>,
    /// The browser's executable
    #[arg(long, global = true, value_name = "PATH", help_heading = "Global options")]
    pub chromium: Option<PathBuf>,
    /// nats-server's executable, or the address of one that runs elsewhere (nats://host:4222)
    #[arg(long, global = true, value_name = "PATH|URL", help_heading = "Global options")]
    pub nats: Option<Secret>,
    /// libchdb.so, or the address of a ClickHouse server (http://host:8123)
    #[arg(long, global = true, value_name = "PATH|URL", help_heading = "Global options")]
    pub clickhouse: Option<String>,
    /// Autoconsent's package.json, with its other files beside it
    #[arg(long, global = true, value_name = "PATH", help_heading = "Global options")]
    pub autoconsent: Option<PathBuf>,
    /// When to colour the output
    #[arg(long, global = true, value_enum, default_value_t = Colour::Auto, value_name = "WHEN", help_heading = "Global options")]
    pub color: Colour,
    /// How log lines are written to stderr [default: text]
    #[arg(long, global = true, value_enum, value_name = "FORMAT", help_heading = "Global options")]
    pub log_format: Option<LogFormat>,
    /// Say more on stderr (-v: what is done, -vv: everything)
    #[arg(short, long, global = true, action = clap::ArgAction::Count, help_heading = "Global options")]
    pub verbose: u8,
    /// Say nothing on stderr but errors
    #[arg(short, long, global = true, conflicts_with = "verbose", help_heading = "Global options")]
    pub quiet: bool,
}

impl Global {
    /// What these options override in the configuration, together with those of `web`.
    #[must_use]
    pub fn overrides(&self, web: Option<&Web>) -> Overrides {
        let web = web.cloned().unwrap_or_default();
        Overrides {
            data_dir: self.data_dir.clone(),
            chromium: self.chromium.clone(),
            nats: self.nats.clone(),
            clickhouse: self.clickhouse.clone(),
            autoconsent: self.autoconsent.clone(),
            proxy: web.proxy,
            dns: web.dns,
            ca_cert: web.ca_cert,
            // A flag that is not given must not overrule the file.
            allow_private: web.allow_private.then_some(true),
            concurrency: web.concurrency,
            ..Overrides::default()
        }
    }
}

/// When to colour the output. Colour never carries meaning alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Colour {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}
