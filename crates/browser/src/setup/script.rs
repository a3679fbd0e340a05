//! Our own script in the pages: it runs in every frame and worker before the first line of the page's, sees what the
//! browser does not tell of, and must not be noticed.
//!
//! What a page sends while it is left cannot be told by it: measured with Chromium 156, what is called by handlers of
//! `pagehide`, `visibilitychange` and `unload` is not heard any more, since the new document has the session by then.

use std::hash::{BuildHasher, Hasher, RandomState};

use earshot_model::Body;

use crate::bounds;

/// The parts of the script, in order: what comes later uses what came before.
const PARTS: [&str; 19] = [
    include_str!("script/limits.js"),
    include_str!("script/core.js"),
    include_str!("script/natives.js"),
    include_str!("script/realm.js"),
    include_str!("script/trace.js"),
    include_str!("script/tell.js"),
    include_str!("script/hook.js"),
    include_str!("script/console.js"),
    include_str!("script/targets.js"),
    include_str!("script/canvas.js"),
    include_str!("script/listeners.js"),
    include_str!("script/fields.js"),
    include_str!("script/cookies.js"),
    include_str!("script/storage.js"),
    include_str!("script/sockets.js"),
    include_str!("script/calls.js"),
    include_str!("script/enumeration.js"),
    include_str!("script/signals.js"),
    include_str!("script/globals.js"),
];

/// The script of one visit. Its names are random, so that no page can look for them.
#[derive(Clone, Debug)]
pub(crate) struct Script {
    /// The function by which it tells us, which it takes from the page before anybody can see it.
    pub channel: String,
    /// The name of its functions in stacks, and of the event by which its copies find each other.
    pub mark: String,
    /// The event by which it is asked to look at consent signals.
    pub tick: String,
    /// The event by which it is asked for the page's globals, which it tells by one of the same name with `ed` behind it.
    pub ask: String,
}

impl Script {
    pub(crate) fn new() -> Self {
        Self { channel: random_name(), mark: random_name(), tick: random_name(), ask: random_name() }
    }

    /// The source, for a document or a worker.
    pub(crate) fn source(&self) -> String {
        let Self { channel, mark, tick, ask } = self;
        format!(
            "(() => {{\n\"use strict\";\nconst NAME = \"{channel}\", SECRET = \"{mark}\", TICK = \"{tick}\", ASK = \"{ask}\", CONSOLE_CALLS = {}, BODY = {};\n{}}})();",
            bounds::CONSOLE_CALLS,
            Body::MAX_EXCERPT,
            PARTS.concat()
        )
    }
}

/// A name of 32 letters and digits: the standard library seeds its hashes from the system's randomness.
pub(crate) fn random_name() -> String {
    let number = || RandomState::new().build_hasher().finish();
    format!("a{:015x}{:016x}", number() >> 4, number())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_words_that_nobody_can_guess() {
        let (one, other) = (Script::new(), Script::new());
        for name in [&one.channel, &one.mark, &other.channel] {
            assert!(
                name.len() == 32 && name.starts_with('a') && name.chars().all(|c| c.is_ascii_alphanumeric()),
                "{name}"
            );
        }
        assert!(one.channel != one.mark && one.channel != other.channel);
    }
}
