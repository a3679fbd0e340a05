//! `earshot up`.

use std::path::PathBuf;

use clap::Args;

use super::Web;

/// `earshot up`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  earshot up                                    everything on this machine, until Ctrl-C
  earshot up --proxy http://exit:3128           through a region's exit")]
pub struct Up {
    /// A filter list in EasyList syntax for third parties that the catalogue does not know, such as EasyPrivacy
    #[arg(long, value_name = "FILE")]
    pub filter_list: Option<PathBuf>,
    /// Where to tell health and metrics: ip:port, or a port on this machine (/livez, /readyz, /metrics)
    #[arg(long, value_name = "ADDR")]
    pub health: Option<String>,
    /// Where pages and API are served (ip:port) [default: 127.0.0.1:8750]
    #[arg(long, value_name = "ADDR")]
    pub listen: Option<std::net::SocketAddr>,
    /// How the web is reached.
    #[command(flatten)]
    pub web: Web,
}
