//! Dead letters: what failed for good, with the reason, as it came.

use async_nats::{
    HeaderMap,
    jetstream::{
        Message,
        consumer::{AckPolicy, DeliverPolicy, pull},
        message::StreamMessage,
        stream::Stream,
    },
};
use bytes::Bytes;
use futures::StreamExt;
use jiff::Timestamp;
use tokio::time::timeout;

use crate::{
    Bus, BusError, claim,
    delivery::{Letter, TRIED},
    publish::Outgoing,
    topology::{DEAD, REQUEST_TIMEOUT, dead_subject},
};

const REASON: &str = "Earshot-Reason";
const SUBJECT: &str = "Earshot-Subject";
const ATTEMPT: &str = "Earshot-Attempt";
/// Of the message itself; a copy of it is no second one.
const MESSAGE_ID: &str = "Nats-Msg-Id";
/// Longest reason kept, in characters: it may quote what a site sent.
const MAX_REASON: usize = 500;

/// What failed for good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadLetter {
    /// Its number among the dead letters: it never changes.
    pub number: u64,
    /// When it was buried.
    pub buried_at: Timestamp,
    /// Where it was first sent to.
    pub subject: String,
    /// Why it was given up.
    pub reason: String,
    /// How often it had been delivered.
    pub attempt: u64,
    /// What it was: the bytes as they came. Empty for one whose body lay in the object bucket, where it stays.
    pub payload: Bytes,
    headers: HeaderMap,
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
    /// Dead letters by number, at most `limit` from number `from` on.
    ///
    /// # Errors
    /// [`BusError::Pull`].
    pub async fn dead_letters(&self, from: u64, limit: usize) -> Result<Vec<DeadLetter>, BusError> {
        let look = pull::Config {
            ack_policy: AckPolicy::None,
            deliver_policy: DeliverPolicy::ByStartSequence { start_sequence: from.max(1) },
            inactive_threshold: REQUEST_TIMEOUT,
            ..pull::Config::default()
        };
        let consumer = self.context().create_consumer_on_stream(look, DEAD.name).await.map_err(pull_error)?;
        let batch = consumer.fetch().max_messages(limit).messages().await.map_err(pull_error)?;
        let messages = timeout(REQUEST_TIMEOUT, batch.collect::<Vec<_>>()).await.map_err(pull_error)?;
        messages.into_iter().map(|message| DeadLetter::read(&message.map_err(pull_error)?)).collect()
    }

    /// One dead letter; `None` if there is none of that number.
    ///
    /// # Errors
    /// [`BusError::Pull`].
    pub async fn dead_letter(&self, number: u64) -> Result<Option<DeadLetter>, BusError> {
        use async_nats::jetstream::stream::RawMessageErrorKind;
        match self.dead().await?.get_raw_message(number).await {
            Ok(message) => Ok(Some(DeadLetter::of_stored(message))),
            Err(error) if error.kind() == RawMessageErrorKind::NoMessageFound => Ok(None),
            Err(error) => Err(pull_error(error)),
        }
    }

    /// The highest number that was given to a dead letter so far; `None` if there are none now.
    ///
    /// # Errors
    /// [`BusError::Pull`].
    pub async fn last_dead(&self) -> Result<Option<u64>, BusError> {
        let state = self.dead().await?.cached_info().state.clone();
        Ok((state.messages > 0).then_some(state.last_sequence))
    }

    /// The body of a dead letter, also of one that was too large for a message; `None` if it is there no more.
    ///
    /// # Errors
    /// [`BusError::Bucket`].
    pub async fn dead_body(&self, letter: &DeadLetter) -> Result<Option<Bytes>, BusError> {
        match letter.headers.get(claim::HEADER) {
            Some(name) => Ok(claim::redeem(self, name.as_str()).await?.map(Bytes::from)),
            None => Ok(Some(letter.payload.clone())),
        }
    }

    /// Puts a dead letter where it was first sent to, as if it had never been tried, and takes it off the dead ones.
    ///
    /// # Errors
    /// [`BusError::Publish`], and it stays; [`BusError::Pull`], and it stays although it was sent.
    pub async fn revive(&self, letter: &DeadLetter) -> Result<(), BusError> {
        let mut headers = HeaderMap::new();
        for (name, values) in letter.headers.iter() {
            let name = name.to_string();
            if [REASON, SUBJECT, ATTEMPT, TRIED, MESSAGE_ID].contains(&name.as_str()) {
                continue;
            }
            for value in values {
                headers.append(name.as_str(), value.as_str());
            }
        }
        let (subject, payload) = (letter.subject.clone(), letter.payload.clone());
        let id = format!("dead-{}", letter.number);
        self.afresh().send(Outgoing { stream: DEAD.name, subject, id, headers, payload }).await?;
        self.dead().await?.delete_message(letter.number).await.map_err(pull_error)?;
        Ok(())
    }

    async fn dead(&self) -> Result<Stream, BusError> {
        self.context().get_stream(DEAD.name).await.map_err(pull_error)
    }
}

fn pull_error<E: Into<crate::error::Source>>(error: E) -> BusError {
    BusError::pull(DEAD.name)(error)
}

impl DeadLetter {
    fn read(message: &Message) -> Result<Self, BusError> {
        let info = message.info().map_err(pull_error)?;
        let buried_at = Timestamp::from_nanosecond(info.published.unix_timestamp_nanos()).unwrap_or_default();
        let (headers, payload) = (message.headers.clone().unwrap_or_default(), message.payload.clone());
        Ok(Self::of(info.stream_sequence, buried_at, headers, payload))
    }

    fn of_stored(message: StreamMessage) -> Self {
        let buried_at = Timestamp::from_nanosecond(message.time.unix_timestamp_nanos()).unwrap_or_default();
        Self::of(message.sequence, buried_at, message.headers, message.payload)
    }

    fn of(number: u64, buried_at: Timestamp, headers: HeaderMap, payload: Bytes) -> Self {
        let header = |name| headers.get(name).map(|value| value.as_str()).unwrap_or_default();
        Self {
            number,
            buried_at,
            subject: header(SUBJECT).to_owned(),
            reason: header(REASON).to_owned(),
            attempt: header(ATTEMPT).parse().unwrap_or_default(),
            payload,
            headers,
        }
    }
}

/// A header's value is one line.
fn one_line(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).take(MAX_REASON).collect()
}
