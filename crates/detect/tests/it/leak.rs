//! What was typed is found in what was sent, in whatever disguise; and nothing is found where it is not.

#[path = "leak/any.rs"]
mod any;
#[path = "leak/bodies.rs"]
mod bodies;
#[path = "leak/forms.rs"]
mod forms;
#[path = "leak/hostile.rs"]
mod hostile;
#[path = "leak/keys.rs"]
mod keys;
#[path = "leak/matrix.rs"]
mod matrix;
#[path = "leak/shapes.rs"]
mod shapes;
#[path = "leak/wrap.rs"]
mod wrap;
#[path = "leak/wrapped.rs"]
mod wrapped;

use earshot_detect::leak::{Clues, Hits, Leak, Search};
use earshot_model::{Canary, FieldKind, VisitId};
use uuid::Uuid;

/// Far more than any message of these tests takes.
pub const BUDGET: usize = 64 * 1024 * 1024;

/// The canaries of a visit, one of each kind that is typed.
pub fn canaries() -> Vec<Canary> {
    let kinds = FieldKind::ALL.into_iter().filter(|kind| kind.is_typed());
    (0..).zip(kinds).map(|(ordinal, kind)| Canary::derive(VisitId(Uuid::from_u128(4)), ordinal, kind)).collect()
}

/// The canary for such a field.
pub fn canary(kind: FieldKind) -> Canary {
    canaries().into_iter().find(|canary| canary.kind == kind).unwrap()
}

/// What is looked for on `www.shop.example`.
pub fn search() -> Search {
    let hosts = ["www.shop.example".to_owned(), "shop.example".to_owned()];
    let keys = ["s3cr3t-k3y".to_owned()];
    Search::new(&canaries(), &Clues { hosts: &hosts, keys: &keys })
}

/// Searches with plenty of budget.
pub fn hits(search: &Search, sent: &[u8]) -> Hits {
    search.bytes(sent, &mut { BUDGET })
}

/// The one leak of that canary; what else is there, fails.
pub fn only(search: &Search, sent: &[u8]) -> Leak {
    let hits = hits(search, sent);
    assert_eq!(hits.leaks.len(), 1, "{:?}", hits.leaks);
    assert!(!hits.cut);
    hits.leaks.into_iter().next().unwrap()
}

/// A chain as it is told.
pub fn chain(leak: &Leak) -> String {
    leak.chain.iter().map(ToString::to_string).collect::<Vec<_>>().join(" > ")
}
