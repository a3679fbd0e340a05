//! `earshot run`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::Web;

/// `earshot run`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  earshot run --role browser --nats nats://bus:4222 --clickhouse http://db:8123
  earshot run --role recorder --role coordinator
  earshot run --role web --listen 127.0.0.1:8750")]
pub struct RunRole {
    /// Which role; may be given more than once
    #[arg(long = "role", required = true, value_enum, value_name = "ROLE")]
    pub roles: Vec<RoleName>,
    /// A filter list in EasyList syntax (recorder)
    #[arg(long, value_name = "FILE")]
    pub filter_list: Option<PathBuf>,
    /// Where to tell health and metrics: ip:port, or a port on this machine (/livez, /readyz, /metrics)
    #[arg(long, value_name = "ADDR")]
    pub health: Option<String>,
    /// Where pages and API are served, for the role web (ip:port) [default: 127.0.0.1:8750]
    #[arg(long, value_name = "ADDR")]
    pub listen: Option<std::net::SocketAddr>,
    /// How the web is reached.
    #[command(flatten)]
    pub web: Web,
}

/// The roles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, ValueEnum)]
pub enum RoleName {
    /// Seeds runs and says when they are complete
    Coordinator,
    /// Turns sites into pages
    Crawler,
    /// Opens pages and writes down what they do
    Browser,
    /// Judges visits and fills the store
    Recorder,
    /// Answers over HTTP: shows runs, tells them to pause or to end, starts scans
    Web,
}

impl RoleName {
    /// As it is written on the command line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Coordinator => "coordinator",
            Self::Crawler => "crawler",
            Self::Browser => "browser",
            Self::Recorder => "recorder",
            Self::Web => "web",
        }
    }
}
