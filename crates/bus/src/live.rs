//! What is told of visits while they go on: best effort, kept nowhere, and sent only while somebody watches.
//!
//! Who watches a run says so on `earshot.watch.RUN`, every [`ASK_EVERY`]. Workers that have visits of it open hear that, tell what
//! has been, and go on telling on `earshot.live.RUN` for [`WATCHED_FOR`]. Nothing waits for it: what does not fit is dropped, and
//! told when it is asked for again.

mod narrator;
mod watch;

use earshot_model::Live;

pub use narrator::{Narration, Narrator};
pub use watch::Watch;

/// What is asked of workers: to go on, or to begin anew.
const AGAIN: &[u8] = b"again";

/// The parts of a stretch that each fit into a message: a picture goes alone.
fn parted(live: Live) -> Vec<Live> {
    use earshot_model::LiveFact::Picture;
    let Live { task, opened_at, clock_ms, first, events } = live;
    let mut parts: Vec<Live> = Vec::new();
    let mut alone = true;
    for (event, at) in events.into_iter().zip(first..) {
        let is_picture = matches!(event.fact, Picture { .. });
        match parts.last_mut().filter(|_| !alone && !is_picture) {
            Some(part) => part.events.push(event),
            None => parts.push(Live { task: task.clone(), opened_at, clock_ms, first: at, events: vec![event] }),
        }
        alone = is_picture;
    }
    parts
}
