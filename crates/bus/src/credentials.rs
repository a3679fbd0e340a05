//! How we are known to the broker.

use std::fmt;

use async_nats::{ConnectOptions, ServerAddr};
use percent_encoding::percent_decode_str;

use crate::BusError;

/// How we are known to the broker. Nothing secret of it is ever shown.
#[derive(Clone, Default)]
pub enum Credentials {
    /// Not at all, or by the certificate of [`crate::Tls::client`] alone.
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
    /// By an Ed25519 key pair: its seed, which begins with `SU` (<https://docs.nats.io/> § NKeys).
    NKey(String),
    /// By a signed token and its key: the contents of a `.creds` file, as `nsc` writes it.
    Creds(String),
}

impl Credentials {
    /// `user:password@` or `token@` of the first of the addresses, percent-decoded.
    pub(crate) fn within(url: &str) -> Self {
        let first = url.split(',').next().unwrap_or(url).parse::<ServerAddr>();
        let plain = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        match first.as_ref().map(|address| (address.username(), address.password())) {
            Ok((Some(user), Some(password))) => Self::UserPassword { user: plain(user), password: plain(password) },
            Ok((Some(token), None)) => Self::Token(plain(token)),
            Ok((None, _)) | Err(_) => Self::None,
        }
    }

    /// The name that is no secret, if there is one.
    pub(crate) fn user(&self) -> Option<&str> {
        match self {
            Self::UserPassword { user, .. } => Some(user),
            Self::None | Self::Token(_) | Self::NKey(_) | Self::Creds(_) => None,
        }
    }

    /// What is to be looked at when the broker refuses them.
    pub(crate) fn described(&self) -> String {
        match self {
            Self::None => "we gave no credentials".to_owned(),
            Self::UserPassword { user, .. } => format!("we are user '{user}' with a password"),
            Self::Token(_) => "we gave a token".to_owned(),
            Self::NKey(_) => "we signed with an nkey".to_owned(),
            Self::Creds(_) => "we gave the token of a .creds file".to_owned(),
        }
    }

    /// # Errors
    /// [`BusError::Credentials`] for what is no key.
    pub(crate) fn apply(self, options: ConnectOptions) -> Result<ConnectOptions, BusError> {
        // The client's own errors are not repeated: they may quote what they could not read.
        let wrong = |what| BusError::Credentials { what };
        match self {
            Self::None => Ok(options),
            Self::UserPassword { user, password } => Ok(options.user_and_password(user, password)),
            Self::Token(token) => Ok(options.token(token)),
            Self::NKey(seed) => match seed.trim() {
                seed if is_seed(seed) => Ok(options.nkey(seed.to_owned())),
                _ => Err(wrong("the nkey is no seed of a user: it is 58 characters that begin with SU")),
            },
            Self::Creds(text) => options.credentials(&text).map_err(|_| {
                wrong("the .creds file holds no user's token and key, as `nsc generate creds` writes them")
            }),
        }
    }
}

/// Base32 of two bytes of prefix, 32 of seed and two of checksum; the client checks the rest.
fn is_seed(text: &str) -> bool {
    text.len() == 58 && text.starts_with("SU") && text.bytes().all(|byte| matches!(byte, b'A'..=b'Z' | b'2'..=b'7'))
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "None",
            Self::UserPassword { .. } => "UserPassword(…)",
            Self::Token(_) => "Token(…)",
            Self::NKey(_) => "NKey(…)",
            Self::Creds(_) => "Creds(…)",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_taken_out_of_the_address() {
        let of = |url: &str| match Credentials::within(url) {
            Credentials::UserPassword { user, password } => format!("{user} {password}"),
            Credentials::Token(token) => token,
            _ => "none".to_owned(),
        };
        assert_eq!(of("nats://me:p%40ss@a:4222"), "me p@ss");
        assert_eq!(of("nats://token@a:4222"), "token");
        assert_eq!(of("nats://a:4222"), "none");
        assert_eq!(of("a:4222"), "none");
    }

    #[test]
    fn what_is_no_key_is_refused_without_being_shown() {
        for credentials in [
            Credentials::NKey("SUhunter2".to_owned()),
            Credentials::Creds("-----BEGIN NATS USER JWT-----\nhunter2\n".to_owned()),
        ] {
            assert!(!format!("{credentials:?} {}", credentials.described()).contains("hunter2"));
            let error = credentials.apply(ConnectOptions::new()).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("hunter2"), "{error}");
        }
    }
}
