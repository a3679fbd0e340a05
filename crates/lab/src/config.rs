//! What a lab is started with.

use std::net::SocketAddr;
use std::path::PathBuf;

/// What a lab is started with. The default is the hand-written web on free loopback ports.
#[derive(Clone, Debug)]
pub struct LabConfig {
    /// Where the proxy listens; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Where the DNS server listens, on UDP and TCP.
    pub dns: SocketAddr,
    /// How many sites are generated beside the hand-written ones.
    pub sites: usize,
    /// What the generated sites follow from.
    pub seed: u64,
    /// More sites of one page: host and HTML. For pages that a test makes itself; they have no truth. What follows as
    /// `host/name.js` is one more file of that host.
    pub made: Vec<(String, String)>,
    /// `node_modules` with the vendors' SDKs; `None` looks for `.parts/sdk/node_modules` upwards from here.
    pub sdk: Option<PathBuf>,
    /// Where `ca.pem` is written; `None` takes a temporary folder that goes with the lab.
    pub ca_dir: Option<PathBuf>,
    /// Where every request is written as a line of JSON.
    pub log: Option<PathBuf>,
}

impl Default for LabConfig {
    fn default() -> Self {
        let loopback = SocketAddr::from(([127, 0, 0, 1], 0));
        Self {
            listen: loopback,
            dns: loopback,
            sites: 0,
            seed: 7,
            made: Vec::new(),
            sdk: None,
            ca_dir: None,
            log: None,
        }
    }
}
