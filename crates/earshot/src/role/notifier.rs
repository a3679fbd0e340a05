//! The notifier, a part of the coordinator's role: takes notices, and sends each once.
//!
//! That a notice was sent is remembered before it is taken off the queue, so that who dies in between does not send it
//! again. One window is left: the other side has taken it, and we die before that is remembered. Then it is sent once
//! more, under the same id, by which receivers can recognise it.

use std::time::Duration;

use anyhow::{Context as _, Result};
use earshot_bus::{Bus, Delivery};
use earshot_model::{Notice, Run, RunState};
use earshot_report::changes::Comparison;
use earshot_store::Store;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::away::opened;
use crate::{
    explain::explain,
    notify::{Again, Channel, Message, NotTaken},
};

/// Pause after the bus failed: it may be away for a while.
const AFTER_FAILURE: Duration = Duration::from_secs(2);
/// How long notices are still taken when this process is to end: time for two receivers that do not answer.
const LAST_CALL: Duration = Duration::from_secs(30);

/// What the notifier works with.
pub struct Notifier {
    /// Where notices wait.
    pub bus: Bus,
    /// What is known about runs.
    pub store: Store,
    /// Who wants to know.
    pub channels: Vec<Channel>,
    /// How it tries again.
    pub backoff: Backoff,
}

/// How something is tried again.
#[derive(Clone, Copy, Debug)]
pub struct Backoff {
    /// The first pause; each one after it is four times as long.
    pub first: Duration,
    /// The longest pause.
    pub longest: Duration,
    /// How often it is tried in all.
    pub attempts: u64,
}

impl Default for Backoff {
    /// From a second to an hour, for about a day: a receiver may be away for a night.
    fn default() -> Self {
        Self { first: Duration::from_secs(1), longest: Duration::from_secs(3600), attempts: 30 }
    }
}

impl Backoff {
    /// The pause after the `attempt`th try, from 1.
    fn pause(&self, attempt: u64) -> Duration {
        let times = 4_u32.saturating_pow(u32::try_from(attempt.saturating_sub(1)).unwrap_or(u32::MAX));
        self.first.saturating_mul(times).min(self.longest)
    }
}

/// Sends notices until `shutdown`, and what waits at that moment: a run that has just ended has just asked for them.
///
/// # Errors
/// If the queue cannot be opened, and that does not pass.
pub async fn run(notifier: Notifier, shutdown: CancellationToken) -> Result<()> {
    let Some(mut notices) = opened("notifier", &shutdown, || notifier.bus.notices()).await? else { return Ok(()) };
    while let Some(next) = shutdown.run_until_cancelled(notices.next()).await {
        let taken = match next {
            Ok(Some(delivery)) => notifier.take(delivery).await,
            Ok(None) => Ok(()),
            Err(error) => Err(error.into()),
        };
        if let Err(error) = taken {
            warn!(error = explain(&error), "notifier: will go on");
            let _ = shutdown.run_until_cancelled(tokio::time::sleep(AFTER_FAILURE)).await;
        }
    }
    // What is not sent by then waits on the bus for whoever coordinates next. What is under way is not broken off: the
    // other side may have taken it.
    let end = Instant::now() + LAST_CALL;
    while Instant::now() < end
        && let Ok(Some(delivery)) = notices.waiting().await
    {
        notifier.take(delivery).await?;
    }
    Ok(())
}

impl Notifier {
    /// Sends one notice, unless it was sent before, and settles it: off the queue, back for later, or to the dead letters.
    ///
    /// # Errors
    /// If the bus does not answer: the notice comes again.
    pub async fn take(&self, delivery: Delivery<Notice>) -> Result<()> {
        let _alive = delivery.keep_alive();
        let (notice, attempt) = (delivery.item.clone(), delivery.attempt);
        if self.bus.was_sent(notice.id()).await? {
            return Ok(delivery.ack().await?);
        }
        match self.tell(&notice).await {
            Ok(answer) => {
                self.bus.note_sent(notice.id()).await?;
                info!(notice.id = %notice.id(), channel = notice.channel, run.id = %notice.later, answer, "notice settled");
                Ok(delivery.ack().await?)
            }
            Err(NotTaken { reason, again: Again::After(wanted) }) if attempt < self.backoff.attempts => {
                let pause = self.backoff.pause(attempt).max(wanted.unwrap_or_default()).min(self.backoff.longest);
                warn!(notice.id = %notice.id(), channel = notice.channel, attempt, reason, ?pause, "will be sent again");
                Ok(delivery.retry(pause).await?)
            }
            Err(NotTaken { reason, .. }) => Ok(delivery.bury(&reason).await?),
        }
    }

    /// Works out what changed, and tells it if the channel wants to know.
    async fn tell(&self, notice: &Notice) -> Result<String, NotTaken> {
        let Some(channel) = self.channels.iter().find(|channel| channel.name == notice.channel) else {
            let reason = format!("no channel called '{}' is configured", notice.channel);
            return Err(NotTaken { reason, again: Again::Never });
        };
        let message = self
            .message(notice, channel)
            .await
            .map_err(|error| NotTaken { reason: explain(&error), again: Again::After(None) })?;
        match message {
            Some(message) => channel.send(notice.id(), &message).await,
            None => Ok("nothing that it asks for has changed".to_owned()),
        }
    }

    async fn message(&self, notice: &Notice, channel: &Channel) -> Result<Option<Message>> {
        let run = async |id| self.store.run(id).await?.with_context(|| format!("there is no run {id} any more"));
        let (earlier, later) = (run(notice.earlier).await?, run(notice.later).await?);
        // All of it is recorded, or nobody had asked for the notice; that this is written down may be a moment away.
        let comparison = Comparison::of(earlier, Run { state: RunState::Complete, ..later })?;
        Message::of(&self.store, &comparison, &channel.on).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_from_a_second_to_an_hour_over_a_day() {
        let backoff = Backoff::default();
        let pauses: Vec<_> = (1..backoff.attempts).map(|attempt| backoff.pause(attempt).as_secs()).collect();
        assert_eq!(pauses[..7], [1, 4, 16, 64, 256, 1024, 3600]);
        assert!((20..=30).contains(&(pauses.iter().sum::<u64>() / 3600)));
        assert_eq!(backoff.pause(u64::MAX), backoff.longest);
    }
}
