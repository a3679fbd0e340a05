//! How the web is reached: options that several commands share.

use std::path::PathBuf;

use clap::Args;

use crate::config::Secret;

/// How the web is reached.
#[derive(Clone, Debug, Default, Args)]
pub struct Web {
    /// Forward proxy to reach the web through (http://host:port)
    #[arg(long, value_name = "URL", help_heading = "Reaching the web")]
    pub proxy: Option<Secret>,
    /// One more CA that the browser and the crawler trust (PEM)
    #[arg(long, value_name = "FILE", help_heading = "Reaching the web")]
    pub ca_cert: Option<PathBuf>,
    /// DNS server to use instead of the system's (ip:port)
    #[arg(long, value_name = "ADDR", help_heading = "Reaching the web")]
    pub dns: Option<String>,
    /// Let private, loopback and link-local addresses be contacted (only for sites of your own)
    #[arg(long, help_heading = "Reaching the web")]
    pub allow_private: bool,
    /// Pages open at once [default: what the machine keeps up with]
    #[arg(long, value_name = "N", help_heading = "Reaching the web")]
    pub concurrency: Option<usize>,
}
