//! What was told of a run, in order, for those who sit in its room and those who come late.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::Arc,
};

use earshot_detect::Catalogue;
use earshot_model::{Live, LiveFact, Run, VisitId};
use serde_json::Value;
use ulid::Ulid;

use super::{
    Verdict,
    told::{Entry, Told, began, tell},
};

/// Entries that are kept; of a run with more pages than that the earlier ones are told to nobody who comes late.
const KEPT: usize = 1_000;
/// Pictures among them: those of the pages that were seen last.
const PICTURES: usize = 4;
/// Visits of which it is known whom they have contacted.
const VISITS: usize = 500;

/// What was told of a run.
pub(super) struct Story {
    /// Tells this story apart from one that was told in an earlier room.
    id: Ulid,
    /// The number of the first entry that is kept.
    first: u64,
    /// In the order of telling; `None` for a picture that is not kept.
    entries: VecDeque<Option<Arc<Entry>>>,
    /// Numbers of the pictures that are kept.
    pictures: VecDeque<u64>,
    /// Whom each visit has contacted: each is told once.
    contacted: HashMap<VisitId, HashSet<String>>,
    /// How far the run is, and how often that has changed.
    standing: (u64, Value),
    is_over: bool,
}

/// How far somebody has listened.
pub(super) struct Place {
    /// Whether they know what the run is.
    has_begun: bool,
    /// The number of the next entry.
    next: u64,
    /// The standing that they know.
    standing: u64,
}

impl Default for Story {
    fn default() -> Self {
        Self {
            id: Ulid::generate(),
            first: 0,
            entries: VecDeque::new(),
            pictures: VecDeque::new(),
            contacted: HashMap::new(),
            standing: (0, Value::Null),
            is_over: false,
        }
    }
}

impl Story {
    /// The place after the entry with that id; the beginning, if it is none of this story.
    pub fn place_after(&self, id: Option<&str>) -> Place {
        let number = id.and_then(|id| id.split_once('-')).filter(|(story, _)| *story == self.id.to_string());
        match number.and_then(|(_, number)| number.parse::<u64>().ok()) {
            Some(number) => Place { has_begun: true, next: number.saturating_add(1), standing: 0 },
            None => Place { has_begun: false, next: 0, standing: 0 },
        }
    }

    /// What is told next to somebody who has listened so far.
    pub fn next(&self, place: &mut Place, run: &Run) -> Option<Told> {
        if !std::mem::replace(&mut place.has_begun, true) {
            return Some(began(run));
        }
        if place.standing < self.standing.0 {
            place.standing = self.standing.0;
            return Some(Told { id: None, name: "progress", data: self.standing.1.clone() });
        }
        place.next = place.next.max(self.first);
        loop {
            let index = usize::try_from(place.next - self.first).ok()?;
            let entry = self.entries.get(index)?;
            let number = place.next;
            place.next += 1;
            if let Some(entry) = entry {
                return Some(entry.told(format!("{}-{number}", self.id)));
            }
        }
    }

    pub fn is_over(&self) -> bool {
        self.is_over
    }

    /// Something was told of a visit.
    pub fn hear(&mut self, live: Live, catalogue: &Catalogue) {
        let visit = live.task.visit_id();
        for event in live.events {
            if event.fact == LiveFact::Opened && self.contacted.len() < VISITS {
                self.contacted.insert(visit, HashSet::new());
            }
            if matches!(event.fact, LiveFact::Ended(_) | LiveFact::BrokenOff) {
                self.contacted.remove(&visit);
            }
            let Some(entry) = tell(&live.task, live.clock_ms, event, catalogue) else { continue };
            // Somebody who is contacted again is no news.
            let is_known =
                |whom: &String| self.contacted.get_mut(&visit).is_none_or(|known| !known.insert(whom.clone()));
            if entry.whom.as_ref().is_some_and(is_known) {
                continue;
            }
            self.add(entry);
        }
    }

    /// How far the run is.
    pub fn stands(&mut self, standing: Value) {
        if self.standing.1 != standing {
            self.standing = (self.standing.0 + 1, standing);
        }
    }

    /// The run is over.
    pub fn conclude(&mut self, verdict: &Verdict) {
        self.add(Entry::plain("done", verdict.told()));
    }

    /// Nothing is told any more.
    pub fn end(&mut self) {
        self.is_over = true;
    }

    fn add(&mut self, entry: Entry) {
        if entry.jpeg.is_some() {
            self.pictures.push_back(self.first + self.entries.len() as u64);
            if self.pictures.len() > PICTURES {
                let oldest = self.pictures.pop_front().and_then(|number| number.checked_sub(self.first));
                if let Some(slot) = oldest.and_then(|at| self.entries.get_mut(usize::try_from(at).ok()?)) {
                    *slot = None;
                }
            }
        }
        self.entries.push_back(Some(Arc::new(entry)));
        if self.entries.len() > KEPT {
            self.entries.pop_front();
            self.first += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use earshot_model::{Lane, LiveEvent, PageKind, PageTask, PageUrl, PictureKind, Profile, RunId, Transport};
    use jiff::Timestamp;

    use super::*;

    fn run() -> Run {
        serde_json::from_value(serde_json::json!({
            "id": RunId::new(), "started_at": Timestamp::UNIX_EPOCH, "label": "shop", "digest": "", "seeds": 1,
            "pages_per_site": 1, "profiles": ["untouched"], "repetitions": 1, "egress": "", "kind": "scan",
            "state": "running",
        }))
        .unwrap()
    }

    fn live(run: &Run, events: Vec<LiveFact>) -> Live {
        let page = PageUrl::parse("https://shop.example/").unwrap();
        let task = PageTask {
            run: run.id,
            start: page.clone(),
            page,
            kind: PageKind::Home,
            profile: Profile::Untouched,
            repetition: 0,
            lane: Lane::Interactive,
            region: None,
        };
        let events = events.into_iter().map(|fact| LiveEvent { at_ms: 1.0, fact }).collect();
        Live { task, opened_at: Timestamp::UNIX_EPOCH, clock_ms: Some(5.0), first: 0, events }
    }

    fn contact(address: &str) -> LiveFact {
        LiveFact::Contact { address: address.into(), transport: Transport::Script }
    }

    fn all(story: &Story, place: &mut Place, run: &Run) -> Vec<Told> {
        std::iter::from_fn(|| story.next(place, run)).collect()
    }

    #[test]
    fn each_is_told_once_with_whose_it_probably_is_and_who_comes_back_hears_the_rest() {
        let (run, catalogue, mut story) = (run(), Catalogue::built_in().unwrap(), Story::default());
        let facts = vec![
            LiveFact::Opened,
            LiveFact::Navigated,
            contact("www.clarity.ms/tag/x"),
            contact("c.clarity.ms/collect"),
            contact("<script>.example/x"),
        ];
        story.hear(live(&run, facts), &catalogue);
        let mut place = story.place_after(None);
        let told = all(&story, &mut place, &run);
        let names: Vec<_> = told.iter().map(|told| told.name).collect();
        assert_eq!(names, ["run", "opened", "navigated", "contact"]);
        assert_eq!(told[3].data["vendor"]["id"], "microsoft-clarity", "{:?}", told[3].data);
        assert!(told[2].data["clock_ms"].as_f64().unwrap() >= 5.0);

        let mut back = story.place_after(told[2].id.as_deref());
        assert_eq!(all(&story, &mut back, &run).iter().map(|told| told.name).collect::<Vec<_>>(), ["contact"]);
        // What another room told is none of this one's.
        assert_eq!(all(&story, &mut story.place_after(Some("01J-3")), &run).len(), told.len());
        story.stands(serde_json::json!({ "recorded": 1 }));
        story.stands(serde_json::json!({ "recorded": 1 }));
        assert_eq!(all(&story, &mut place, &run).iter().map(|told| told.name).collect::<Vec<_>>(), ["progress"]);
    }

    #[test]
    fn it_is_bounded() {
        let (run, catalogue, mut story) = (run(), Catalogue::built_in().unwrap(), Story::default());
        let picture = || LiveFact::Picture { kind: PictureKind::End, jpeg: vec![0xff, 0xd8, 0xff, 0xe0] };
        story.hear(live(&run, std::iter::repeat_with(picture).take(PICTURES + 2).collect()), &catalogue);
        let shown = all(&story, &mut story.place_after(None), &run);
        assert_eq!(shown.iter().filter(|told| told.name == "picture").count(), PICTURES);
        for _ in 0..KEPT + 5 {
            story.hear(live(&run, vec![LiveFact::Opened]), &catalogue);
        }
        assert_eq!(all(&story, &mut story.place_after(None), &run).len(), KEPT + 1);
    }
}
