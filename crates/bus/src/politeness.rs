//! Politeness towards sites, kept by the whole fleet: at most so many visits of one site at once, a gap between them, longer
//! gaps for who asks for them, and a rest for who fails again and again.
//!
//! What is known of a site lies in one key of a bucket, and is changed by comparing revisions: whoever comes second reads
//! again. Times are those of the workers' clocks, which NTP keeps within a fraction of the shortest gap that matters.

mod standing;

use std::time::Duration;

use async_nats::jetstream::kv::{CreateErrorKind, Store, UpdateErrorKind};
use earshot_model::{Lane, Site};
use jiff::Timestamp;
use rand::Rng as _;
use tokio::time::sleep;
use uuid::Uuid;

use self::standing::Standing;
use crate::{Bus, BusError, topology::POLITENESS};

/// How the fleet treats a site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manners {
    /// Visits of one site at once at most.
    pub at_once: usize,
    /// Least time between the starts of two.
    pub gap: Duration,
    /// Longest gap, and longest `Retry-After`, that a site can ask for.
    pub longest_gap: Duration,
    /// After so many failures in a row a site is set aside; 0: never.
    pub failures: u32,
    /// For how long.
    pub rest: Duration,
    /// A visit that has not ended after so long is given up: its worker is dead.
    pub visit_limit: Duration,
}

/// Whether a site may be visited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Now: the visit counts as under way until [`Turns::end`].
    Now,
    /// Not before this much time has passed; ask again then.
    Later(Duration),
    /// Not for now: it has failed too often in a row, and how.
    SetAside(String),
}

/// How a visit ended, as far as politeness is concerned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The site answered.
    Well,
    /// It asked us to slow down (429, 503), and for how long, if it said so (`Retry-After`, RFC 9110 § 10.2.3).
    TooFast(Option<Duration>),
    /// It did not answer, or with a wall.
    Failed(String),
    /// We did not come to know.
    Unknown,
}

/// The turns of all sites. Clones share one bucket.
#[derive(Clone, Debug)]
pub struct Turns {
    bucket: Store,
    manners: Manners,
}

/// Namespace of the keys: a fixed random UUID. Sites may be IP addresses, which a key cannot be.
const NAMESPACE: Uuid = Uuid::from_u128(0x5b1e_7a52_90c4_4f6e_9d3b_27c8_04ad_f1e6);

/// How often a change is tried again when others change the same site; each time one of them has succeeded.
const TRIES: u32 = 50;

impl Bus {
    /// The turns of all sites.
    ///
    /// # Errors
    /// [`BusError::Bucket`] if the topology is not set up.
    pub async fn turns(&self, manners: Manners) -> Result<Turns, BusError> {
        let bucket = self.context().get_key_value(POLITENESS).await.map_err(BusError::bucket(POLITENESS))?;
        Ok(Turns { bucket, manners })
    }
}

impl Turns {
    /// Asks for a turn. `who` is a visit's id: the same visit may ask again after its worker has died.
    ///
    /// A site that is set aside is tried nevertheless where somebody waits for the answer.
    ///
    /// # Errors
    /// [`BusError::Bucket`].
    pub async fn ask(&self, site: &Site, who: Uuid, lane: Lane) -> Result<Turn, BusError> {
        self.change(site, |standing, now| standing.ask(who, lane, now, &self.manners)).await
    }

    /// Ends a visit. Whether another try of it is worth while: the site asks for more time, and had not asked before.
    ///
    /// # Errors
    /// [`BusError::Bucket`]: it counts as under way for [`Manners::visit_limit`].
    pub async fn end(&self, site: &Site, who: Uuid, ended: &Ended) -> Result<bool, BusError> {
        self.change(site, |standing, now| standing.end(who, ended, now, &self.manners)).await
    }

    /// Makes the gap of a site at least this long: its robots.txt asks for that.
    ///
    /// # Errors
    /// [`BusError::Bucket`].
    pub async fn slow_down(&self, site: &Site, gap: Duration) -> Result<(), BusError> {
        self.change(site, |standing, _| standing.slow_down(gap, &self.manners)).await
    }

    /// Reads what is known of the site, changes it, and writes it back unless another did in between.
    async fn change<T>(&self, site: &Site, change: impl Fn(&mut Standing, Timestamp) -> T) -> Result<T, BusError> {
        let key = Uuid::new_v5(&NAMESPACE, site.as_str().as_bytes()).simple().to_string();
        for _ in 0..TRIES {
            let entry = self.bucket.entry(&key).await.map_err(BusError::bucket(POLITENESS))?;
            let known = entry.as_ref().map(|entry| Standing::read(&entry.value)).unwrap_or_default();
            let mut standing = known.clone();
            let answer = change(&mut standing, Timestamp::now());
            if standing == known {
                return Ok(answer);
            }
            let value = standing.write(site);
            let written = match entry {
                Some(entry) => match self.bucket.update(&key, value.into(), entry.revision).await {
                    Ok(_) => true,
                    Err(error) if error.kind() == UpdateErrorKind::WrongLastRevision => false,
                    Err(error) => return Err(BusError::bucket(POLITENESS)(error)),
                },
                None => match self.bucket.create(&key, value.into()).await {
                    Ok(_) => true,
                    Err(error) if error.kind() == CreateErrorKind::AlreadyExists => false,
                    Err(error) => return Err(BusError::bucket(POLITENESS)(error)),
                },
            };
            if written {
                return Ok(answer);
            }
            let pause = rand::rng().random_range(1..20);
            sleep(Duration::from_millis(pause)).await;
        }
        Err(BusError::bucket(POLITENESS)(format!("too many workers change what is known of {site} at once")))
    }
}
