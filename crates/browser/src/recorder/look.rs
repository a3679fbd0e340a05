//! What is found when one looks, rather than told when it happens: the inventory at the end, and what name servers say.

use std::collections::HashMap;

use earshot_model::{Alias, Fact, GapKind, Mark, StorageArea, StorageWrite, Witness};

use super::{Recorder, draft::Slot};
use crate::{aliases::Aliases, bounds, inventory::Inventory};

/// Hosts named in one gap.
const NAMED: usize = 10;

impl Recorder {
    /// Writes down what the page had at the end. A database that was seen being opened is the same one.
    pub(crate) fn found(&mut self, inventory: Inventory) {
        for what in inventory.unread {
            self.gap(GapKind::StorageUnread, what);
        }
        for Mark { kind, name, value } in inventory.marks {
            let mark = Mark { kind, name: name_of(&name), value: bounds::cut(&value, bounds::ADDRESS).to_owned() };
            self.draft.add(Witness::Inventory, None, "", Fact::Mark(mark));
        }
        let opened = self.opened();
        for it in inventory.stored {
            let key = (it.area, it.origin.clone(), it.name.clone());
            if let Some(slot) = opened.get(&key) {
                self.draft.witness(*slot, Witness::Inventory);
            } else {
                let write = StorageWrite { area: it.area, origin: it.origin, key: it.name, ..StorageWrite::default() };
                self.draft.add(Witness::Inventory, None, "", Fact::Storage(write));
            }
        }
    }

    /// Writes down what name servers said of the site's own hosts.
    pub(crate) fn named(&mut self, aliases: Aliases) {
        for (host, chain) in aliases.found {
            let chain = chain.into_iter().take(Alias::MAX_CHAIN).map(|name| name_of(&name)).collect();
            self.draft.add(Witness::Dns, None, "", Fact::Alias(Alias { host, chain }));
        }
        let unknown = aliases.unknown.len();
        if unknown + aliases.more > 0 {
            let mut names: Vec<_> = aliases.unknown.into_iter().take(NAMED).collect();
            let more = unknown.saturating_sub(NAMED) + aliases.more;
            names.extend((more > 0).then(|| format!("{more} more")));
            self.gap(GapKind::AliasUnknown, names.join(", "));
        }
    }

    /// Databases and caches that were seen being opened, the first time of each.
    fn opened(&self) -> HashMap<(StorageArea, String, String), Slot> {
        let mut opened = HashMap::new();
        for (slot, fact) in self.draft.facts().enumerate() {
            if let Fact::Storage(write) = fact
                && matches!(write.area, StorageArea::IndexedDb | StorageArea::Cache)
            {
                opened.entry((write.area, write.origin.clone(), write.key.clone())).or_insert(slot);
            }
        }
        opened
    }
}

fn name_of(name: &str) -> String {
    bounds::cut(name, bounds::NAME).to_owned()
}

#[cfg(test)]
mod tests {
    use earshot_model::Profile;

    use crate::inventory::Stored;

    use super::*;

    fn stored(name: &str) -> Stored {
        Stored { area: StorageArea::IndexedDb, origin: "https://shop.test".into(), name: name.into() }
    }

    #[test]
    fn a_database_that_was_opened_and_found_is_one() {
        let mut recorder = Recorder::new("MAIN");
        let it = stored("clicks");
        let write = StorageWrite { area: it.area, origin: it.origin, key: it.name, ..StorageWrite::default() };
        recorder.draft.add(Witness::Page, Some(1.0), "", Fact::Storage(write));
        recorder.found(Inventory { stored: vec![stored("clicks"), stored("old")], ..Inventory::default() });
        let (events, _) = recorder.finish(Profile::Untouched, Some(&[]));
        let seen: Vec<_> = events.iter().map(|event| Vec::from(event.seen_by)).collect();
        assert_eq!(seen, [vec![Witness::Page, Witness::Inventory], vec![Witness::Inventory]]);
    }

    #[test]
    fn hosts_that_nobody_knows_are_one_gap() {
        let mut recorder = Recorder::new("MAIN");
        let unknown = (0..12).map(|number| format!("h{number}.shop.test")).collect();
        let found = vec![("metrics.shop.test".to_owned(), vec!["sink.test".to_owned()])];
        recorder.named(Aliases { found, unknown, more: 3 });
        let (events, gaps) = recorder.finish(Profile::Untouched, Some(&[]));
        assert_eq!(Vec::from(events[0].seen_by), [Witness::Dns]);
        assert!(matches!(&events[0].fact, Fact::Alias(alias) if alias.chain == ["sink.test"]));
        assert_eq!(gaps.len(), 1);
        assert!(gaps[0].kind == GapKind::AliasUnknown && gaps[0].detail.ends_with("h9.shop.test, 5 more"), "{gaps:?}");
    }
}
