use chromiumoxide::cdp::browser_protocol::dom_storage::StorageId;
use earshot_model::{Fact, StorageArea, StorageWrite};

use super::{Recorder, Source};
use crate::bounds;

impl Recorder {
    /// A value was written to web storage; of the value only the length is kept.
    pub(super) fn on_stored(&mut self, place: &StorageId, key: &str, value: &str, source: Source<'_>) {
        if !self.clock.has_started() {
            return;
        }
        let key_of_storage = place.storage_key.as_ref().map(|key| key.as_ref().trim_end_matches('/').to_owned());
        let origin = key_of_storage.or_else(|| place.security_origin.clone()).unwrap_or_default();
        let write = StorageWrite {
            area: if place.is_local_storage { StorageArea::Local } else { StorageArea::Session },
            origin: bounds::cut(&origin, bounds::ADDRESS).to_owned(),
            key: bounds::cut(key, bounds::NAME).to_owned(),
            value_len: u32::try_from(value.encode_utf16().count()).unwrap_or(u32::MAX),
            ..StorageWrite::default()
        };
        let at_ms = self.clock.heard(source.heard);
        self.draft.add(Some(at_ms), source.address, Fact::Storage(write));
    }
}
