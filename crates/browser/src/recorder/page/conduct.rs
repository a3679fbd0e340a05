//! Listening, reading, and calls by which browsers are told apart: one fact for each thing and script.

use earshot_model::{ApiCall, Fact, FieldRead, ListenMeans, Listener};

use super::Scene;
use crate::{bounds, recorder::Recorder};

/// Calls whose detail counts upwards for one script: the last one says it all. Each detail of the others is another
/// thing: another canvas, another parameter.
const COUNTING: [&str; 3] = ["Navigator", "Screen", "CanvasRenderingContext2D.measureText"];

impl Recorder {
    pub(super) fn on_listener(&mut self, scene: Scene, event: String, target: String, means: ListenMeans, count: u32) {
        let key = format!("listener {} {event} {target}\n{}\n{}", means.as_str(), scene.frame, scene.scripts());
        let fact = || {
            let (event, target) = (named(&event), named(&target));
            Fact::Listener(Listener { event, target, means, count: 0, stack: scene.stack.clone() })
        };
        if let Some(Fact::Listener(listener)) = self.tell(&key, &scene, fact) {
            listener.count = listener.count.max(count);
        }
    }

    pub(super) fn on_read(&mut self, scene: Scene, field: String, count: u32) {
        let key = format!("read {field}\n{}\n{}", scene.frame, scene.scripts());
        let fact = || Fact::FieldRead(FieldRead { field: named(&field), count: 0, stack: scene.stack.clone() });
        if let Some(Fact::FieldRead(read)) = self.tell(&key, &scene, fact) {
            read.count = read.count.max(count);
        }
    }

    pub(super) fn on_call(&mut self, scene: Scene, api: String, detail: String, count: u32) {
        let counting = COUNTING.contains(&api.as_str());
        let which = if counting { "" } else { &detail };
        let scripts = if counting { innermost(&scene) } else { scene.scripts() };
        let key = format!("call {api} {which}\n{}\n{scripts}", scene.frame);
        let fact = || Fact::ApiCall(ApiCall { api: named(&api), stack: scene.stack.clone(), ..ApiCall::default() });
        if let Some(Fact::ApiCall(call)) = self.tell(&key, &scene, fact) {
            call.detail = named(&detail);
            call.count = call.count.max(count);
        }
    }
}

/// The script that called.
fn innermost(scene: &Scene) -> String {
    scene.stack.first().map(|frame| frame.url.clone()).unwrap_or_default()
}

fn named(text: &str) -> String {
    bounds::cut(text, bounds::NAME).to_owned()
}
