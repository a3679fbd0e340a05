//! Webhooks, signed as Standard Webhooks (<https://www.standardwebhooks.com>) have it.

use anyhow::{Context as _, Result, bail};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use earshot_model::NoticeId;
use hmac::{Hmac, Mac as _};
use jiff::Timestamp;
use reqwest::header::{HeaderMap, HeaderValue};
use sha2::Sha256;
use url::Url;

use super::{Message, NotTaken, post};

/// How a secret begins.
const PREFIX: &str = "whsec_";
/// How long a secret is, in bytes, by the standard.
const SECRET_BYTES: std::ops::RangeInclusive<usize> = 24..=64;

/// A receiver of signed webhooks.
#[derive(Clone)]
pub struct Webhook {
    /// Where it listens.
    pub url: Url,
    /// What it knows us by.
    pub signer: Signer,
}

/// A secret that two sides share.
#[derive(Clone)]
pub struct Signer {
    key: Vec<u8>,
}

impl Signer {
    /// Takes `whsec_` and base64.
    ///
    /// # Errors
    /// If it is no such secret; it is not repeated.
    pub fn new(secret: &str) -> Result<Self> {
        let encoded = secret.strip_prefix(PREFIX).unwrap_or(secret);
        let key = STANDARD.decode(encoded).ok().context("secret: write whsec_ and base64")?;
        if !SECRET_BYTES.contains(&key.len()) {
            bail!("secret: it has {} bytes; make one of 24 to 64: openssl rand -base64 32", key.len());
        }
        Ok(Self { key })
    }

    /// The signature of a message: `v1,` and base64.
    #[must_use]
    pub fn sign(&self, id: &str, timestamp: i64, body: &str) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key).expect("HMAC takes keys of any length");
        mac.update(format!("{id}.{timestamp}.{body}").as_bytes());
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    }
}

impl Webhook {
    /// Posts the JSON form. The id stays the same for each try, so that a receiver can pass over what it has.
    pub(super) async fn send(&self, id: NoticeId, message: &Message) -> Result<String, NotTaken> {
        let (id, now) = (id.to_string(), Timestamp::now().as_second());
        let signature = self.signer.sign(&id, now, &message.json);
        let mut headers = HeaderMap::new();
        for (name, value) in
            [("webhook-id", id), ("webhook-timestamp", now.to_string()), ("webhook-signature", signature)]
        {
            headers.insert(name, HeaderValue::try_from(value).map_err(NotTaken::never)?);
        }
        post::json(&self.url, headers, message.json.clone()).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_the_standards() {
        // From the specification's own example.
        let signer = Signer::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let signature = signer.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, "{\"test\": 2432232314}");
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn a_short_secret_is_none() {
        assert!(Signer::new("whsec_aGk=").is_err() && Signer::new("whsec_!").is_err());
    }
}
