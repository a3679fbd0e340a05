//! Crawls, decided once.

use async_nats::jetstream::kv::CreateErrorKind;
use earshot_model::{Crawl, PageUrl, RunId, wire};
use uuid::Uuid;

use crate::{
    Bus, BusError,
    topology::{CRAWLS, INLINE_LIMIT},
};

/// Namespace of the keys: a fixed random UUID.
const NAMESPACE: Uuid = Uuid::from_u128(0x0c9e_31d4_77b6_4d0b_8a52_e6f1_93c8_245d);

/// What names a crawl: KV keys and message ids take no URLs.
#[must_use]
pub fn crawl_key(run: RunId, start: &PageUrl) -> Uuid {
    Uuid::new_v5(&NAMESPACE, format!("{run}\0{start}").as_bytes())
}

impl Bus {
    /// Decides the crawl of (run, start): the first caller's crawl is kept, every later caller gets that one back.
    /// So a crawler that was killed after it had published half of its pages does not choose others the next time.
    ///
    /// # Errors
    /// [`BusError::Bucket`]; [`BusError::TooLarge`] for a crawl of several thousand pages;
    /// [`BusError::Undecodable`] if the earlier one was written by an incompatible version.
    pub async fn decide_crawl(&self, crawl: &Crawl) -> Result<Crawl, BusError> {
        let value = wire::encode(crawl);
        if value.len() > INLINE_LIMIT {
            return Err(BusError::TooLarge { stream: CRAWLS, len: value.len(), max: INLINE_LIMIT });
        }
        let bucket = self.context().get_key_value(CRAWLS).await.map_err(self.bucket_error(CRAWLS))?;
        let key = format!("{}.{}", crawl.run, crawl_key(crawl.run, &crawl.start));
        match bucket.create(&key, value.into()).await {
            Ok(_) => return Ok(crawl.clone()),
            Err(error) if error.kind() == CreateErrorKind::AlreadyExists => {}
            Err(error) => return Err(self.bucket_error(CRAWLS)(error)),
        }
        let earlier = bucket.get(&key).await.map_err(self.bucket_error(CRAWLS))?.unwrap_or_default();
        wire::decode(&earlier).map_err(|source| BusError::Undecodable { bucket: CRAWLS, source })
    }
}
