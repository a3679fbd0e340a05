//! Where the bus is, and how it is reached.

use std::{fmt, path::PathBuf, time::Duration};

use async_nats::{ConnectOptions, ServerAddr};

use crate::{BusError, Credentials, refusals::Refusals, topology};

/// Where the bus is, and how it is reached.
#[derive(Clone)]
pub struct BusConfig {
    /// `nats://host:port`, or several of them, separated by commas; `tls://` demands TLS.
    pub url: String,
    /// How we are known there.
    pub credentials: Credentials,
    /// How the connection is protected.
    pub tls: Tls,
    /// What the subjects begin with on which we are answered: a user who may read only those below a name of its own
    /// hears no others. Default: `_INBOX`, and `_INBOX_NAME` for a user with a password.
    pub inbox: Option<String>,
    /// On how many nodes each message lies: 1 on one machine, 3 in a cluster.
    pub replicas: usize,
    /// How long the first connection may take. Later ones are tried for ever.
    pub connect_patience: Duration,
    /// After how long unfinished work is delivered again. For tests; [`topology::ACK_WAIT`] otherwise.
    pub ack_wait: Duration,
}

/// How the connection to the broker is protected. Files are read anew at each connection, so that they can be renewed.
#[derive(Clone, Debug, Default)]
pub struct Tls {
    /// The CAs (PEM) that sign the broker's certificate, and no others; default: those of the system.
    pub ca: Option<PathBuf>,
    /// Our own certificate and its key (PEM), for a broker that asks for one.
    pub client: Option<(PathBuf, PathBuf)>,
    /// Whether a broker that does without TLS is refused. It is used anyway if the broker asks for it.
    pub required: bool,
}

impl fmt::Debug for BusConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { credentials, tls, inbox, replicas, .. } = self;
        f.debug_struct("BusConfig")
            .field("url", &self.shown_url())
            .field("credentials", credentials)
            .field("tls", tls)
            .field("inbox", inbox)
            .field("replicas", replicas)
            .finish_non_exhaustive()
    }
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
            tls: Tls::default(),
            inbox: None,
            replicas: 1,
            connect_patience: Duration::from_secs(15),
            ack_wait: topology::ACK_WAIT,
        }
    }

    /// The address without credentials, for people, and for the client, which logs it.
    pub(crate) fn shown_url(&self) -> String {
        let bare = |url: &str| match (url.find("://"), url.rfind('@')) {
            (Some(scheme), Some(at)) if at > scheme => format!("{}{}", &url[..scheme + 3], &url[at + 1..]),
            (None, Some(at)) => url[at + 1..].to_owned(),
            _ => url.to_owned(),
        };
        self.url.split(',').map(|url| bare(url.trim())).collect::<Vec<_>>().join(",")
    }

    /// # Errors
    /// [`BusError::Address`] for what is none.
    pub(crate) fn servers(&self) -> Result<Vec<ServerAddr>, BusError> {
        let wrong = |url: &str| BusError::Address { url: url.to_owned() };
        self.shown_url().split(',').map(|url| url.parse().map_err(|_| wrong(url))).collect()
    }

    /// # Errors
    /// [`BusError::Credentials`] for what is no key.
    pub(crate) fn options(&self, refusals: &Refusals) -> Result<ConnectOptions, BusError> {
        let refusals = refusals.clone();
        let mut options = ConnectOptions::new()
            .name("earshot")
            .max_reconnects(None)
            .ping_interval(PING)
            .custom_inbox_prefix(self.inbox())
            .require_tls(self.tls.required)
            .reconnect_delay_callback(|attempt| RECONNECT_STEP.saturating_mul(attempt as u32).min(RECONNECT_MAX))
            .event_callback(move |event| {
                refusals.hear(&event);
                async {}
            });
        if let Some(ca) = &self.tls.ca {
            options = options.add_root_certificates(ca.clone());
        }
        if let Some((certificate, key)) = &self.tls.client {
            options = options.add_client_certificate(certificate.clone(), key.clone());
        }
        self.credentials.clone().apply(options)
    }

    fn inbox(&self) -> String {
        let plain = |user: &&str| user.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        match (&self.inbox, self.credentials.user().filter(plain)) {
            (Some(inbox), _) => inbox.clone(),
            (None, Some(user)) => format!("_INBOX_{user}"),
            (None, None) => "_INBOX".to_owned(),
        }
    }
}

/// Two lost pings end a connection: a dead peer is noticed before an ack wait is over.
const PING: Duration = Duration::from_secs(10);
const RECONNECT_STEP: Duration = Duration::from_millis(100);
/// A broker that is back is met again within this time.
const RECONNECT_MAX: Duration = Duration::from_secs(2);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_not_shown() {
        let config = BusConfig::at("nats://me:secret@a:4222, nats://b:4222,tok:secret@c:4222");
        assert_eq!(config.shown_url(), "nats://a:4222,nats://b:4222,c:4222");
        assert_eq!(config.servers().unwrap().len(), 3);
        assert!(!format!("{:?}", config.credentials).contains("secret"));
        let error = BusConfig::at("nats://me:secret@:x").servers().unwrap_err();
        assert!(!format!("{error} {error:?}").contains("secret"), "{error}");
    }

    #[test]
    fn a_user_is_answered_under_a_name_of_its_own() {
        let of = |url: &str| BusConfig::at(url).inbox();
        assert_eq!(of("nats://browser:secret@a"), "_INBOX_browser");
        assert_eq!(of("nats://a.b:secret@a"), "_INBOX");
        assert_eq!(of("nats://token@a"), "_INBOX");
        let given = BusConfig { inbox: Some("_INBOX_x".to_owned()), ..BusConfig::at("nats://browser:secret@a") };
        assert_eq!(given.inbox(), "_INBOX_x");
    }
}
