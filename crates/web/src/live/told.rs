//! One thing that is told, as it goes to who watches.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use earshot_detect::Catalogue;
use earshot_model::{LiveEvent, LiveFact, PageTask, Run};
use serde_json::{Value, json};
use tokio::time::Instant;
use url::Url;

/// How a JPEG begins. What a worker sends is looked at before it is shown as one.
const JPEG: [u8; 3] = [0xff, 0xd8, 0xff];

/// One thing that is told: an event of the stream.
pub(crate) struct Told {
    /// By which who comes back says how far they have listened.
    pub id: Option<String>,
    /// What kind of thing.
    pub name: &'static str,
    pub data: Value,
}

/// One thing that was told, as it is kept.
pub(super) struct Entry {
    name: &'static str,
    data: Value,
    /// When the visit's clock began, of what tells that it did.
    zero: Option<Instant>,
    /// The picture.
    pub jpeg: Option<Vec<u8>>,
    /// Who was contacted.
    pub whom: Option<String>,
}

impl Entry {
    pub fn plain(name: &'static str, data: Value) -> Self {
        Self { name, data, zero: None, jpeg: None, whom: None }
    }

    /// As it is told now.
    pub fn told(&self, id: String) -> Told {
        let mut data = self.data.clone();
        if let Some(zero) = self.zero {
            data["clock_ms"] = (zero.elapsed().as_secs_f64() * 1_000.0).into();
        }
        if let Some(jpeg) = &self.jpeg {
            data["jpeg"] = BASE64_STANDARD.encode(jpeg).into();
        }
        Told { id: Some(id), name: self.name, data }
    }
}

/// What a run is.
pub(super) fn began(run: &Run) -> Told {
    let data = json!({ "run": run.id, "label": run.label, "kind": run.kind, "profiles": run.profiles });
    Told { id: None, name: "run", data }
}

/// An event of a visit, as it is told. `None` for what is not what it says.
pub(super) fn tell(task: &PageTask, clock_ms: Option<f64>, event: LiveEvent, catalogue: &Catalogue) -> Option<Entry> {
    let (visit, at_ms) = (task.visit_id(), event.at_ms);
    let entry = |name, more: Value| {
        let mut data = json!({ "visit": visit, "at_ms": at_ms });
        if let (Some(data), Value::Object(more)) = (data.as_object_mut(), more) {
            data.extend(more);
        }
        Entry::plain(name, data)
    };
    Some(match event.fact {
        LiveFact::Opened => entry(
            "opened",
            json!({ "page": task.page, "site": task.site(), "profile": task.profile, "repetition": task.repetition }),
        ),
        LiveFact::Navigated => {
            let ago =
                std::time::Duration::try_from_secs_f64(clock_ms.unwrap_or_default() / 1_000.0).unwrap_or_default();
            let now = Instant::now();
            Entry { zero: Some(now.checked_sub(ago).unwrap_or(now)), ..entry("navigated", json!({})) }
        }
        LiveFact::Contact { address, transport } => {
            let url = Url::parse(&format!("https://{address}")).ok()?;
            let host = url.host_str()?.to_owned();
            let vendor = catalogue.owner(&url);
            let whom = vendor.map_or_else(|| host.clone(), |vendor| vendor.id.clone());
            // By its address alone: what it sent and how it came there is judged at the end.
            let vendor = vendor.map(|vendor| {
                json!({ "id": vendor.id, "name": vendor.name, "category": vendor.category, "exposure": vendor.exposure })
            });
            let more = json!({ "host": host, "address": address, "transport": transport, "vendor": vendor });
            Entry { whom: Some(whom), ..entry("contact", more) }
        }
        LiveFact::Banner { source } => entry("banner", json!({ "source": source })),
        LiveFact::Choice(choice) => entry("choice", json!({ "choice": choice })),
        LiveFact::Reload => entry("reload", json!({})),
        LiveFact::Typing { field } => entry("typing", json!({ "field": field })),
        LiveFact::Typed { fields, met } => entry("typed", json!({ "fields": fields, "met": met })),
        LiveFact::Picture { kind, jpeg } if jpeg.starts_with(&JPEG) => {
            Entry { jpeg: Some(jpeg), ..entry("picture", json!({ "kind": kind })) }
        }
        LiveFact::Picture { .. } => return None,
        LiveFact::Ended(outcome) => {
            let more = json!({ "outcome": outcome.as_str(), "class": outcome.class(), "detail": outcome.detail() });
            entry("ended", more)
        }
        LiveFact::BrokenOff => entry("broken_off", json!({})),
    })
}
