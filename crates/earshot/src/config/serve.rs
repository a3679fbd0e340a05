//! Where a process that works tells others how it is.

use std::net::SocketAddr;

use anyhow::{Context as _, Result};
use serde::Deserialize;

/// Where `/livez`, `/readyz` and `/metrics` are served.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Serve {
    listen: String,
}

impl Serve {
    /// The address; `None` if nowhere. A port alone means this machine only.
    ///
    /// # Errors
    /// If it is no `ip:port` and no port.
    pub fn listen(&self) -> Result<Option<SocketAddr>> {
        if self.listen.is_empty() {
            return Ok(None);
        }
        let port = || self.listen.trim_start_matches(':').parse().map(|port: u16| ([127, 0, 0, 1], port).into());
        let address = self.listen.parse().or_else(|_| port());
        address.map(Some).with_context(|| format!("serve.listen: '{}' is neither ip:port nor a port", self.listen))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_alone_means_this_machine_only() {
        let of = |listen: &str| Serve { listen: listen.to_owned() }.listen();
        assert_eq!(of("").unwrap(), None);
        assert_eq!(of("9464").unwrap().unwrap().to_string(), "127.0.0.1:9464");
        assert_eq!(of(":9464").unwrap().unwrap().to_string(), "127.0.0.1:9464");
        assert_eq!(of("0.0.0.0:9464").unwrap().unwrap().to_string(), "0.0.0.0:9464");
        assert!(of("everywhere").is_err());
    }
}
