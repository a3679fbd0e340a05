use chromiumoxide::cdp::{
    browser_protocol::page::AddScriptToEvaluateOnNewDocumentParams, js_protocol::runtime::AddBindingParams,
};

use crate::setup::random_name;

/// How far up from an element is looked for what it stands in.
const DEPTH: usize = 100;

/// Elements of one layer that are looked at: first layers have a hundred, second layers with all vendors thousands.
const ELEMENTS: usize = 3_000;

/// The parts of the script, in order: what comes later uses what came before.
const PARTS: [&str; 8] = [
    include_str!("../setup/script/limits.js"),
    include_str!("../setup/script/natives.js"),
    include_str!("../setup/script/targets.js"),
    include_str!("../typing/dom.js"),
    include_str!("words.js"),
    include_str!("../typing/layers.js"),
    include_str!("watch_banner.js"),
    include_str!("watch.js"),
];

/// The script that watches for banners and presses, in a world of its own in every document of one visit. Its names are
/// random, although no page can look for them there.
#[derive(Clone, Debug)]
pub(crate) struct Watcher {
    /// The world's name, by which the function is in it and in no other.
    world: String,
    /// The function by which it tells us.
    pub channel: String,
    /// What its frames are called in stacks: those of our other script.
    mark: String,
    /// The event by which it asks our script in the page's own world to look at signals.
    tick: String,
}

impl Watcher {
    /// One whose frames are called `mark` in stacks.
    pub(crate) fn new(mark: &str, tick: &str) -> Self {
        Self { world: random_name(), channel: random_name(), mark: mark.to_owned(), tick: tick.to_owned() }
    }

    /// The function by which it tells us. It is heard only where the runtime is enabled.
    pub(crate) fn binding(&self) -> AddBindingParams {
        AddBindingParams { execution_context_name: Some(self.world.clone()), ..AddBindingParams::new(&self.channel) }
    }

    /// The script, for every document of a session.
    pub(crate) fn script(&self) -> AddScriptToEvaluateOnNewDocumentParams {
        AddScriptToEvaluateOnNewDocumentParams {
            world_name: Some(self.world.clone()),
            run_immediately: Some(true),
            ..AddScriptToEvaluateOnNewDocumentParams::new(self.source())
        }
    }

    /// The world's name.
    pub(crate) fn world(&self) -> &str {
        &self.world
    }

    /// What says where in the viewport the one button of the banner is that means something: an expression for that world.
    pub(crate) fn aim(&self, means: &str) -> String {
        format!("globalThis.{}aim(\"{means}\")", self.mark)
    }

    fn source(&self) -> String {
        let Self { channel, mark, tick, .. } = self;
        let parts =
            PARTS.concat().replace("LIMIT_ELEMENTS", &ELEMENTS.to_string()).replace("LIMIT_DEPTH", &DEPTH.to_string());
        format!(
            "(() => {{\n\"use strict\";\nconst NAME = \"{channel}\", MARK = \"{mark}\", TICK = \"{tick}\";\n{parts}}})();\n//# sourceURL={mark}"
        )
    }
}
