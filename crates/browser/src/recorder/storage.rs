//! Storage: what the browser tells of web storage, and what our script tells of it and of databases and caches.

use std::collections::{HashMap, VecDeque};

use chromiumoxide::cdp::browser_protocol::dom_storage::StorageId;
use earshot_model::{Fact, ScriptFrame, StorageArea, StorageWrite, Witness};

use super::{Recorder, Source, draft::Slot, page::Scene};
use crate::bounds;

/// How far apart two witnesses may tell of one write: their messages wait behind whatever else the page does.
const APART_MS: f64 = 2_000.0;

/// Writes to web storage of which one of two witnesses told so far.
#[derive(Debug, Default)]
pub(super) struct Writes {
    by_browser: HashMap<Write, VecDeque<(Slot, f64)>>,
    by_page: HashMap<Write, VecDeque<(Slot, f64)>>,
}

/// What both say of a write: area, origin, key, and length of the value.
type Write = (StorageArea, String, String, u32);

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
        let (at_ms, same) = (self.order.told(source.session, at_ms), same(&write));
        if let Some(slot) = take(&mut self.told.writes.by_page, &same, at_ms) {
            self.draft.witness(slot, Witness::Browser);
            self.fill_write(slot, Some(write.origin), None);
            return;
        }
        if let Some(slot) = self.draft.add(Witness::Browser, Some(at_ms), source.address, Fact::Storage(write)) {
            self.told.writes.by_browser.entry(same).or_default().push_back((slot, at_ms));
        }
    }

    /// A script wrote to a storage by its method, or opened one.
    pub(super) fn on_told_stored(&mut self, scene: Scene, area: StorageArea, name: String, value_len: u32) {
        let key = bounds::cut(&name, bounds::NAME).to_owned();
        let (origin, stack) = (scene.origin.clone(), scene.stack.clone());
        let write = StorageWrite { area, origin, key, value_len, stack };
        if matches!(area, StorageArea::IndexedDb | StorageArea::Cache) {
            let key = format!("open {} {name}\n{}\n{}", area.as_str(), scene.frame, scene.scripts());
            self.tell(&key, &scene, || Fact::Storage(write));
            return;
        }
        let same = same(&write);
        if let Some(slot) = take(&mut self.told.writes.by_browser, &same, scene.at_ms) {
            self.draft.witness(slot, Witness::Page);
            self.draft.date(slot, scene.at_ms);
            self.draft.set_frame(slot, &scene.frame);
            self.fill_write(slot, None, Some(scene.stack));
        } else if let Some(slot) = self.add_told(&scene, Fact::Storage(write)) {
            self.told.writes.by_page.entry(same).or_default().push_back((slot, scene.at_ms));
        }
    }

    /// Adds what the second witness knows of a write.
    fn fill_write(&mut self, slot: Slot, origin: Option<String>, stack: Option<Vec<ScriptFrame>>) {
        let Some(Fact::Storage(write)) = self.draft.fact_mut(slot) else { return };
        if let Some(origin) = origin {
            write.origin = origin;
        }
        if let Some(stack) = stack {
            write.stack = stack;
        }
    }
}

fn same(write: &StorageWrite) -> Write {
    // A storage key names the partition, too; the page does not know it.
    let origin = write.origin.split('^').next().unwrap_or_default().trim_end_matches('/');
    (write.area, origin.to_owned(), write.key.clone(), write.value_len)
}

/// The first of these writes that was told about this time; those before it stay as they are.
fn take(told: &mut HashMap<Write, VecDeque<(Slot, f64)>>, same: &Write, at_ms: f64) -> Option<Slot> {
    let waiting = told.get_mut(same)?;
    while let Some((slot, told_ms)) = waiting.pop_front() {
        if (told_ms - at_ms).abs() <= APART_MS {
            return Some(slot);
        }
    }
    None
}
