//! Who is told what changed.

use std::collections::{BTreeSet, HashSet};

use anyhow::{Context as _, Result, bail};
use earshot_detect::changes::Topic;
use lettre::message::Mailbox;
use serde::Deserialize;
use url::{Host, Url};

use super::Secret;
use crate::notify::{Channel, Destination, Email, Signer, Slack, Webhook};

/// Who is told what changed after a run.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notify {
    webhook: Vec<WebhookSettings>,
    slack: Vec<SlackSettings>,
    email: Vec<EmailSettings>,
}

/// A webhook. Its address may be a secret of its own, as all that follow.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WebhookSettings {
    name: String,
    url: Secret,
    secret: Secret,
    #[serde(default = "usual")]
    on: BTreeSet<Topic>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SlackSettings {
    name: String,
    url: Secret,
    #[serde(default = "usual")]
    on: BTreeSet<Topic>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct EmailSettings {
    name: String,
    smtp: Secret,
    from: String,
    to: Vec<String>,
    #[serde(default = "usual")]
    on: BTreeSet<Topic>,
}

/// What people want to know who say nothing else.
fn usual() -> BTreeSet<Topic> {
    BTreeSet::from([Topic::New, Topic::Regression, Topic::Coverage])
}

impl Notify {
    /// The channels, checked.
    ///
    /// # Errors
    /// A name that is missing or there twice, an address that is none, a secret that is none, nothing to tell. What is
    /// secret is not repeated.
    pub fn channels(&self) -> Result<Vec<Channel>> {
        let mut channels = Vec::new();
        for one in &self.webhook {
            let make = || {
                let signer = Signer::new(&one.secret.0)?;
                Ok(Destination::Webhook(Webhook { url: address(&one.url)?, signer }))
            };
            channels.push(channel("webhook", &one.name, &one.on, make)?);
        }
        for one in &self.slack {
            let make = || Ok(Destination::Slack(Slack { url: address(&one.url)? }));
            channels.push(channel("slack", &one.name, &one.on, make)?);
        }
        for one in &self.email {
            channels.push(channel("email", &one.name, &one.on, || Ok(Destination::Email(email(one)?)))?);
        }
        let mut names = HashSet::new();
        match channels.iter().find(|channel| !names.insert(channel.name.clone())) {
            Some(twice) => bail!("notify: two channels are called '{}'; give each a name of its own", twice.name),
            None => Ok(channels),
        }
    }
}

fn channel(
    kind: &str,
    name: &str,
    on: &BTreeSet<Topic>,
    make: impl FnOnce() -> Result<Destination>,
) -> Result<Channel> {
    if name.trim().is_empty() {
        bail!("notify.{kind}: each needs a name, which is what `earshot notify test NAME` finds it by");
    }
    if on.is_empty() {
        bail!("notify.{kind} '{name}': on is empty; leave it out for the usual, or name what is to be told");
    }
    let to = make().with_context(|| format!("notify.{kind} '{name}'"))?;
    Ok(Channel { name: name.to_owned(), on: on.clone(), to })
}

/// An address that what is sent can be entrusted to.
fn address(url: &Secret) -> Result<Url> {
    let Ok(url) = Url::parse(&url.0) else { bail!("url: write https://host/path") };
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_loopback(&url) => Ok(url),
        _ => bail!("url: only https://, or http:// on this machine"),
    }
}

fn email(settings: &EmailSettings) -> Result<Email> {
    let Ok(smtp) = Url::parse(&settings.smtp.0) else {
        bail!("smtp: write smtps://user:password@host, or smtp://host:587?tls=required")
    };
    let encrypted = match smtp.scheme() {
        "smtps" => true,
        "smtp" => smtp.query_pairs().any(|(key, value)| key == "tls" && value == "required"),
        _ => bail!("smtp: only smtps:// or smtp://"),
    };
    if !encrypted && !is_loopback(&smtp) {
        bail!("smtp: without encryption only on this machine; write smtps://, or add ?tls=required");
    }
    if settings.to.is_empty() {
        bail!("to: name at least one address");
    }
    let mailbox = |text: &str| text.parse::<Mailbox>().with_context(|| format!("'{text}' is no e-mail address"));
    let to = settings.to.iter().map(|to| mailbox(to)).collect::<Result<_>>().context("to")?;
    Ok(Email { smtp, from: mailbox(&settings.from).context("from")?, to })
}

/// Whether it is on this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        // What is not http(s) has its addresses unparsed.
        Some(Host::Domain(name)) => {
            name == "localhost" || name.parse().is_ok_and(|address: std::net::IpAddr| address.is_loopback())
        }
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    fn channels(text: &str) -> Result<Vec<Channel>> {
        let text = format!("webhook = []\nslack = []\nemail = []\n{text}");
        // A list that is given stands in place of the empty one.
        let lines = text.lines().filter(|line| {
            let key = line.split_once(" = []").map(|(key, _)| format!("[[{key}]]"));
            key.is_none_or(|key| !text.contains(&key))
        });
        toml::from_str::<Notify>(&lines.collect::<Vec<_>>().join("\n"))?.channels()
    }

    #[test]
    fn each_kind_of_channel_is_read() {
        let text = format!(
            "[[webhook]]\nname = \"ops\"\nurl = \"https://hooks.test/x\"\nsecret = \"{SECRET}\"\non = [\"gone\"]\n\
             [[slack]]\nname = \"team\"\nurl = \"http://127.0.0.1:9/x\"\n\
             [[email]]\nname = \"legal\"\nsmtp = \"smtps://u:p@mail.test\"\nfrom = \"a@b.test\"\nto = [\"C <c@d.test>\"]\n"
        );
        let channels = channels(&text).unwrap();
        assert_eq!(channels.iter().map(|channel| channel.name.as_str()).collect::<Vec<_>>(), ["ops", "team", "legal"]);
        assert_eq!(channels[0].on, BTreeSet::from([Topic::Gone]));
        assert_eq!(channels[1].on, usual());
        assert!(!format!("{channels:?}").contains("u:p@"), "{channels:?}");
    }

    #[test]
    fn mistakes_are_named_and_secrets_are_not() {
        let webhook =
            |url: &str, secret: &str| format!("[[webhook]]\nname = \"ops\"\nurl = \"{url}\"\nsecret = \"{secret}\"\n");
        let email = |smtp: &str, to: &str| {
            format!("[[email]]\nname = \"legal\"\nsmtp = \"{smtp}\"\nfrom = \"a@b.test\"\nto = [{to}]\n")
        };
        let good = webhook("https://hooks.test/hunter2", SECRET);
        for (text, said) in [
            (webhook("http://hooks.test/hunter2", SECRET), "notify.webhook 'ops': url: only https://"),
            (webhook("hunter2", SECRET), "url: write https://"),
            (webhook("https://hooks.test/", "whsec_hunter2"), "secret: "),
            (email("smtp://u:hunter2@mail.test", "\"c@d.test\""), "smtp: without encryption only on this machine"),
            (email("smtps://u:hunter2@mail.test", ""), "to: name at least one"),
            (email("smtps://mail.test", "\"nobody\""), "'nobody' is no e-mail address"),
            (format!("{good}{good}"), "two channels are called 'ops'"),
            (good.replace("ops", ""), "each needs a name"),
            (format!("{good}on = []\n"), "on is empty"),
            (format!("{good}on = [\"everything\"]\n"), "unknown variant `everything`"),
        ] {
            let error = format!("{:#}", channels(&text).unwrap_err());
            assert!(error.contains(said) && !error.contains("hunter2"), "{text}\ngave {error}");
        }
    }
}
