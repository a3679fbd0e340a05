//! Dead letters: what failed for good, with the reason, as it came.

use async_nats::jetstream::{
    Message,
    consumer::{AckPolicy, pull},
};
use bytes::Bytes;
use futures::StreamExt;
use tokio::time::timeout;

use crate::{
    Bus, BusError,
    delivery::Letter,
    publish::Outgoing,
    topology::{DEAD, REQUEST_TIMEOUT, dead_subject},
};

const REASON: &str = "Earshot-Reason";
const SUBJECT: &str = "Earshot-Subject";
const ATTEMPT: &str = "Earshot-Attempt";
/// Longest reason kept, in characters: it may quote what a site sent.
const MAX_REASON: usize = 500;

/// What failed for good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadLetter {
    /// Where it was first sent to.
    pub subject: String,
    /// Why it was given up.
    pub reason: String,
    /// How often it had been delivered.
    pub attempt: u64,
    /// What it was: the bytes as they came. Empty for one whose body lay in the object bucket, where it stays.
    pub payload: Bytes,
}

/// Keeps a copy of `letter`; once, however often it is buried.
pub(crate) async fn keep(letter: &Letter, reason: &str) -> Result<(), BusError> {
    let mut headers = letter.message.headers.clone().unwrap_or_default();
    headers.insert(REASON, one_line(reason).as_str());
    headers.insert(SUBJECT, letter.message.subject.as_str());
    headers.insert(ATTEMPT, letter.attempt.to_string().as_str());
    let copy = Outgoing {
        stream: DEAD.name,
        subject: dead_subject(letter.stream),
        id: format!("{}-{}", letter.stream, letter.sequence),
        headers,
        payload: letter.message.payload.clone(),
    };
    letter.bus.send(copy).await.map(drop)
}

impl Bus {
    /// The oldest dead letters, at most `limit`.
    ///
    /// # Errors
    /// [`BusError::Pull`].
    pub async fn dead_letters(&self, limit: usize) -> Result<Vec<DeadLetter>, BusError> {
        let look = pull::Config {
            ack_policy: AckPolicy::None,
            inactive_threshold: REQUEST_TIMEOUT,
            ..pull::Config::default()
        };
        let consumer = self.context().create_consumer_on_stream(look, DEAD.name).await.map_err(pull_error)?;
        let batch = consumer.fetch().max_messages(limit).messages().await.map_err(pull_error)?;
        let messages = timeout(REQUEST_TIMEOUT, batch.collect::<Vec<_>>()).await.map_err(pull_error)?;
        messages.into_iter().map(|message| message.map(|message| read(&message)).map_err(pull_error)).collect()
    }
}

fn pull_error<E: Into<crate::error::Source>>(error: E) -> BusError {
    BusError::pull(DEAD.name)(error)
}

fn read(message: &Message) -> DeadLetter {
    let header = |name| message.headers.as_ref().and_then(|headers| headers.get(name)).map(|value| value.as_str());
    DeadLetter {
        subject: header(SUBJECT).unwrap_or_default().to_owned(),
        reason: header(REASON).unwrap_or_default().to_owned(),
        attempt: header(ATTEMPT).and_then(|text| text.parse().ok()).unwrap_or_default(),
        payload: message.payload.clone(),
    }
}

/// A header's value is one line.
fn one_line(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).take(MAX_REASON).collect()
}
