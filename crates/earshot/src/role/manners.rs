//! A turn at a site: waited for before anything is asked of it, and given back with what came of it.

use std::time::Duration;

use anyhow::Result;
use earshot_bus::{Ended, Turn, Turns};
use earshot_model::{Lane, Outcome, Site};
use tokio::time::{Instant, sleep};
use tracing::warn;
use uuid::Uuid;

/// How long a turn is waited for at most. What has not had one by then goes to the end of the queue, so that a slow site
/// does not hold up the others. Longer than the longest gap that a site can ask for: else it might never have one.
const PATIENCE: Duration = Duration::from_secs(90);

/// What waiting for a turn led to.
pub(super) enum Waited {
    /// It is our turn.
    Go {
        /// Whether that took its time.
        waited: bool,
    },
    /// Not within our patience.
    TooLong,
    /// The site is set aside, and why.
    SetAside(String),
}

/// Somebody who wants a turn.
pub(super) struct Visitor<'a> {
    pub turns: &'a Turns,
    pub site: &'a Site,
    /// Id of the visit, or of the crawl.
    pub who: Uuid,
    pub lane: Lane,
}

impl Visitor<'_> {
    /// Waits for a turn. `hold` is what has to be had at the same time, such as a free tab: it is let go while we wait.
    pub async fn wait<P, F: Future<Output = Result<P>>>(&self, hold: impl Fn() -> F) -> Result<(Waited, Option<P>)> {
        let until = Instant::now() + PATIENCE;
        let mut waited = false;
        loop {
            let held = hold().await?;
            match self.turns.ask(self.site, self.who, self.lane).await? {
                Turn::Now => return Ok((Waited::Go { waited }, Some(held))),
                Turn::SetAside(reason) => return Ok((Waited::SetAside(reason), None)),
                Turn::Later(time) if Instant::now() + time > until => return Ok((Waited::TooLong, None)),
                Turn::Later(time) => {
                    drop(held);
                    sleep(time).await;
                    waited = true;
                }
            }
        }
    }

    /// Gives the turn back. If the bus does not hear of it, the turn ends by its own time. Whether another try is worth
    /// while.
    pub async fn end(&self, ended: &Ended) -> bool {
        self.turns.end(self.site, self.who, ended).await.unwrap_or_else(|error| {
            warn!(site = %self.site, %error, "a turn was not given back");
            false
        })
    }
}

/// Whether nobody answered. Who is cut off from the bus may be cut off from the web as well: then the silence is not the
/// site's, and the bus has to be asked before it is told as such.
pub(super) fn is_silence(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Unreachable { .. } | Outcome::TimedOut { .. })
}

/// What an outcome tells about how the site takes our visits.
pub(super) fn ended(outcome: &Outcome, retry_after: Option<Duration>) -> Ended {
    match outcome {
        Outcome::Blocked { status: 429 | 503, .. } => Ended::TooFast(retry_after),
        Outcome::Blocked { .. }
        | Outcome::HttpError { status: 500.. }
        | Outcome::Unreachable { .. }
        | Outcome::TimedOut { .. }
        | Outcome::Crashed { .. } => Ended::Failed(format!("{} ({})", outcome.as_str(), outcome.detail())),
        Outcome::Loaded { .. }
        | Outcome::Partial { .. }
        | Outcome::Parked { .. }
        | Outcome::OffSite { .. }
        | Outcome::NotAPage { .. }
        | Outcome::HttpError { .. } => Ended::Well,
        Outcome::Refused { .. } | Outcome::SetAside { .. } | Outcome::Lost { .. } => Ended::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use earshot_model::{BlockReason, RefusalReason};

    use super::*;

    #[test]
    fn an_answer_is_no_failure_and_a_wall_is_one() {
        let blocked = |status| Outcome::Blocked { status, reason: BlockReason::Status };
        let wait = Some(Duration::from_secs(3));
        assert_eq!(ended(&blocked(429), wait), Ended::TooFast(wait));
        assert_eq!(ended(&blocked(403), wait), Ended::Failed("blocked (HTTP 403)".into()));
        assert_eq!(ended(&Outcome::HttpError { status: 404 }, None), Ended::Well);
        assert_eq!(ended(&Outcome::HttpError { status: 502 }, None), Ended::Failed("http_error (HTTP 502)".into()));
        assert_eq!(ended(&Outcome::Refused { reason: RefusalReason::DoNotScan }, None), Ended::Unknown);
    }
}
