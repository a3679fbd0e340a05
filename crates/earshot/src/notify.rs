//! Telling somebody what changed: by signed webhook, to Slack, by e-mail.
//!
//! A notice is one pair of runs for one channel. It waits on the bus, is sent once, and tried again with growing pauses
//! (`role/notifier.rs`). Where it goes is the operator's own choice: the rules for what scans may contact do not apply.

mod email;
mod message;
mod post;
mod slack;
mod webhook;

use std::{collections::BTreeSet, fmt, time::Duration};

use anyhow::Result;
use earshot_detect::changes::Topic;
use earshot_model::NoticeId;

pub use email::Email;
pub use message::Message;
pub use slack::Slack;
pub use webhook::{Signer, Webhook};

/// How long the other side may take to answer.
pub const PATIENCE: Duration = Duration::from_secs(15);

/// Somebody who wants to know.
#[derive(Clone)]
pub struct Channel {
    /// What it is called in the configuration.
    pub name: String,
    /// What it wants to know.
    pub on: BTreeSet<Topic>,
    /// Where it is.
    pub to: Destination,
}

/// Where a channel is.
#[derive(Clone)]
pub enum Destination {
    /// A receiver of Standard Webhooks.
    Webhook(Webhook),
    /// An incoming webhook of Slack, or of what understands the same.
    Slack(Slack),
    /// Mailboxes.
    Email(Email),
}

/// It was not taken.
#[derive(Debug, PartialEq, Eq)]
pub struct NotTaken {
    /// What the other side said, or why it said nothing. Holds no address and no secret.
    pub reason: String,
    /// Whether it may be taken later.
    pub again: Again,
}

/// Whether something may be taken later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Again {
    /// It may, not before this time if one was named.
    After(Option<Duration>),
    /// It will not.
    Never,
}

impl Channel {
    /// Sends a message under an id by which the other side can recognise it; gives back what the other side said.
    ///
    /// # Errors
    /// [`NotTaken`].
    pub async fn send(&self, id: NoticeId, message: &Message) -> Result<String, NotTaken> {
        match &self.to {
            Destination::Webhook(webhook) => webhook.send(id, message).await,
            Destination::Slack(slack) => slack.send(id, message).await,
            Destination::Email(email) => email.send(id, message).await,
        }
    }
}

impl NotTaken {
    fn later(reason: impl fmt::Display) -> Self {
        Self { reason: reason.to_string(), again: Again::After(None) }
    }

    fn never(reason: impl fmt::Display) -> Self {
        Self { reason: reason.to_string(), again: Again::Never }
    }
}

impl fmt::Display for NotTaken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

/// Addresses hold secrets: only the kind is shown.
impl fmt::Debug for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Channel").field("name", &self.name).field("on", &self.on).field("to", &self.to.kind()).finish()
    }
}

impl Destination {
    /// What kind of channel it is, as the configuration calls it.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Webhook(_) => "webhook",
            Self::Slack(_) => "slack",
            Self::Email(_) => "email",
        }
    }
}
