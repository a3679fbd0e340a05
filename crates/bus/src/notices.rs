//! Notices, sent once.

use earshot_model::{Notice, NoticeId};
use jiff::Timestamp;

use crate::{
    Bus, BusError, TraceParent,
    publish::Outgoing,
    topology::{NOTICES, SENT, notice_subject},
};

impl Bus {
    /// Asks for a notice. A second ask for the same one within [`crate::topology::DEDUPE`] is dropped.
    ///
    /// # Errors
    /// [`BusError::Publish`].
    pub async fn publish_notice(&self, notice: &Notice) -> Result<(), BusError> {
        let subject = notice_subject(notice.later);
        let (id, from) = (notice.id(), TraceParent::of_notice(notice.id()));
        self.send(Outgoing::new(NOTICES.name, subject, id.0, from, notice)).await.map(drop)
    }

    /// Remembers that a notice was sent, for as long as it can come again.
    ///
    /// # Errors
    /// [`BusError::Bucket`].
    pub async fn note_sent(&self, notice: NoticeId) -> Result<(), BusError> {
        let bucket = self.context().get_key_value(SENT).await.map_err(self.bucket_error(SENT))?;
        let when = Timestamp::now().to_string();
        bucket.put(notice.to_string(), when.into()).await.map_err(self.bucket_error(SENT))?;
        Ok(())
    }

    /// Whether a notice was sent already.
    ///
    /// # Errors
    /// [`BusError::Bucket`].
    pub async fn was_sent(&self, notice: NoticeId) -> Result<bool, BusError> {
        let bucket = self.context().get_key_value(SENT).await.map_err(self.bucket_error(SENT))?;
        Ok(bucket.get(notice.to_string()).await.map_err(self.bucket_error(SENT))?.is_some())
    }
}
