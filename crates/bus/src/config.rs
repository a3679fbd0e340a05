//! Where the bus is, and how we are known there.

use std::{fmt, time::Duration};

use async_nats::{ConnectOptions, ServerAddr};
use percent_encoding::percent_decode_str;

use crate::topology;

/// Where the bus is, and how we are known there.
#[derive(Clone, Debug)]
pub struct BusConfig {
    /// `nats://host:port`, or several of them, separated by commas.
    pub url: String,
    /// How we are known there.
    pub credentials: Credentials,
    /// On how many nodes each message lies: 1 on one machine, 3 in a cluster.
    pub replicas: usize,
    /// How long the first connection may take. Later ones are tried for ever.
    pub connect_patience: Duration,
    /// After how long unfinished work is delivered again. For tests; [`topology::ACK_WAIT`] otherwise.
    pub ack_wait: Duration,
}

/// How we are known to the broker.
#[derive(Clone, Default)]
pub enum Credentials {
    /// Not at all.
    #[default]
    None,
    /// By name and password.
    UserPassword {
        /// The name.
        user: String,
        /// The password.
        password: String,
    },
    /// By a shared token.
    Token(String),
}

impl BusConfig {
    /// The broker at `url`, everything else as usual. Credentials within the (first) URL are taken out of it, since
    /// the client passes them over.
    #[must_use]
    pub fn at(url: impl Into<String>) -> Self {
        let url = url.into();
        Self {
            credentials: Credentials::within(&url),
            url,
            replicas: 1,
            connect_patience: Duration::from_secs(15),
            ack_wait: topology::ACK_WAIT,
        }
    }

    /// The address without credentials, for people.
    pub(crate) fn shown_url(&self) -> String {
        let bare = |url: &str| match (url.find("://"), url.rfind('@')) {
            (Some(scheme), Some(at)) if at > scheme => format!("{}{}", &url[..scheme + 3], &url[at + 1..]),
            _ => url.to_owned(),
        };
        self.url.split(',').map(bare).collect::<Vec<_>>().join(",")
    }

    pub(crate) fn options(&self) -> ConnectOptions {
        let options = ConnectOptions::new()
            .name("earshot")
            .max_reconnects(None)
            .ping_interval(PING)
            .reconnect_delay_callback(|attempt| RECONNECT_STEP.saturating_mul(attempt as u32).min(RECONNECT_MAX))
            .event_callback(|event| async move { tracing::debug!(%event, "nats") });
        match self.credentials.clone() {
            Credentials::None => options,
            Credentials::UserPassword { user, password } => options.user_and_password(user, password),
            Credentials::Token(token) => options.token(token),
        }
    }
}

impl Credentials {
    /// `user:password@` or `token@` of the first of the addresses, percent-decoded.
    fn within(url: &str) -> Self {
        let first = url.split(',').next().unwrap_or(url).parse::<ServerAddr>();
        let plain = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        match first.as_ref().map(|address| (address.username(), address.password())) {
            Ok((Some(user), Some(password))) => Self::UserPassword { user: plain(user), password: plain(password) },
            Ok((Some(token), None)) => Self::Token(plain(token)),
            Ok((None, _)) | Err(_) => Self::None,
        }
    }
}

/// Two lost pings end a connection: a dead peer is noticed before an ack wait is over.
const PING: Duration = Duration::from_secs(10);
const RECONNECT_STEP: Duration = Duration::from_millis(100);
/// A broker that is back is met again within this time.
const RECONNECT_MAX: Duration = Duration::from_secs(2);

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "None",
            Self::UserPassword { .. } => "UserPassword(…)",
            Self::Token(_) => "Token(…)",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_taken_out_of_the_address() {
        let of = |url: &str| match BusConfig::at(url).credentials {
            Credentials::None => "none".to_owned(),
            Credentials::UserPassword { user, password } => format!("{user} {password}"),
            Credentials::Token(token) => token,
        };
        assert_eq!(of("nats://me:p%40ss@a:4222"), "me p@ss");
        assert_eq!(of("nats://token@a:4222"), "token");
        assert_eq!(of("nats://a:4222"), "none");
        assert_eq!(of("a:4222"), "none");
    }

    #[test]
    fn secrets_are_not_shown() {
        let config = BusConfig::at("nats://me:secret@a:4222,nats://b:4222");
        assert_eq!(config.shown_url(), "nats://a:4222,nats://b:4222");
        assert!(!format!("{:?}", config.credentials).contains("secret"));
    }
}
