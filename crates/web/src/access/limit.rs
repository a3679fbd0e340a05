//! How often an address may do something.

use std::{
    net::{IpAddr, Ipv4Addr},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use governor::{
    DefaultKeyedRateLimiter, Quota,
    clock::{Clock as _, DefaultClock},
};

/// A limit for each address by itself.
pub(crate) struct Limit {
    limiter: DefaultKeyedRateLimiter<IpAddr>,
    swept: Mutex<Instant>,
}

/// Addresses that are told apart. Some hundred bytes each; when there are more, those that are new share one share.
const ADDRESSES: usize = 50_000;
/// How often those are forgotten at most that have not come for long.
const SWEPT_EVERY: Duration = Duration::from_secs(1);
/// In whose name those are counted for whom there is no room.
const CROWD: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);

impl Limit {
    pub fn new(quota: Quota) -> Self {
        Self { limiter: DefaultKeyedRateLimiter::keyed(quota), swept: Mutex::new(Instant::now()) }
    }

    /// Takes one of what this address may have.
    ///
    /// # Errors
    /// How long to wait for the next.
    pub fn take(&self, address: IpAddr) -> Result<(), Duration> {
        let address = if self.has_room() { address } else { CROWD };
        let now = DefaultClock::default().now();
        self.limiter.check_key(&address).map_err(|early| early.wait_time_from(now))
    }

    fn has_room(&self) -> bool {
        if self.limiter.len() < ADDRESSES {
            return true;
        }
        let mut swept = self.swept.lock().unwrap_or_else(PoisonError::into_inner);
        if swept.elapsed() >= SWEPT_EVERY {
            self.limiter.retain_recent();
            *swept = Instant::now();
        }
        self.limiter.len() < ADDRESSES
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use super::*;

    #[test]
    fn each_address_has_its_own_and_memory_is_bounded() {
        let limit = Limit::new(Quota::per_hour(NonZeroU32::new(2).unwrap()));
        let address = |number: u32| IpAddr::V4(Ipv4Addr::from_bits(number));
        assert!(limit.take(address(1)).is_ok() && limit.take(address(1)).is_ok());
        let wait = limit.take(address(1)).unwrap_err();
        assert!(wait > Duration::from_secs(25 * 60) && wait <= Duration::from_secs(30 * 60), "{wait:?}");
        assert!(limit.take(address(2)).is_ok());
        let refused = (10..200_000).filter(|number| limit.take(address(*number)).is_err()).count();
        assert!(refused > 140_000, "{refused}");
        assert!(limit.limiter.len() <= ADDRESSES + 1);
    }
}
