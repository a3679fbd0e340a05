//! The bounds of a visit that nobody configures, each with its reason.

use std::time::Duration;

/// How long Chromium may take to print its DevTools address. Typical: 0.1 s; a loaded machine takes seconds.
pub(crate) const LAUNCH: Duration = Duration::from_secs(30);

/// How long a browser-level call, or a call to a page that runs no script of a site yet, may take. Typical: 5 ms.
pub(crate) const CALL: Duration = Duration::from_secs(10);

/// How long a page may take to give a picture of itself. A hung renderer never does.
pub(crate) const SCREENSHOT: Duration = Duration::from_secs(3);

/// How long everything together may take that a page is asked about itself at the end. Typical: 30 ms; a document of a
/// million elements takes seconds.
pub(crate) const INVENTORY: Duration = Duration::from_secs(3);

/// How long a page may take to say that it still runs, before its script is terminated.
pub(crate) const ALIVE: Duration = Duration::from_millis(1_500);

/// How long what a page sends on leaving is drained at most.
/// Typical: 0.4 s; a machine with many tabs takes longer to get to it.
pub(crate) const LEAVE: Duration = Duration::from_millis(1_500);

/// How long after the last request on leave the page counts as drained. The old document's last handlers run in its own
/// process beside the new document, at no moment that the browser tells of.
pub(crate) const LEAVE_QUIET: Duration = Duration::from_millis(350);

/// How long a site may take to answer for its policy on opting out, and to send it. Typical: 0.2 s.
pub(crate) const POLICY: Duration = Duration::from_secs(3);

/// How long a choice may take altogether: rules, their failures, and the banner's going.
pub(crate) const CHOICE: Duration = Duration::from_secs(15);

/// Kept back from the wall for the end of a visit: liveness, inventory, screenshot, cookies, leaving.
pub(crate) const ENDING: Duration = Duration::from_secs(10);

/// Kept back from the wall once the page was looked at: cookies and leaving.
pub(crate) const LEAVING: Duration = Duration::from_secs(5);

/// How often the browser is asked whether it still answers.
pub(crate) const HEARTBEAT: Duration = Duration::from_secs(5);

/// How long it may take to answer before it is killed.
pub(crate) const HEARTBEAT_LIMIT: Duration = Duration::from_secs(10);

/// How often it is looked at how much memory a browser holds. A script can take a gigabyte in a second; looking takes
/// some milliseconds.
pub(crate) const MEMORY_LOOK: Duration = Duration::from_secs(1);

/// How long a visit may take beside its wall: its context, door and set-up before, disposal and name servers after. Each
/// has a bound of its own; typical is 0.3 s altogether.
pub(crate) const AROUND: Duration = Duration::from_secs(60);

/// CDP messages of one visit that wait to be recorded. A page that floods faster than we read loses the rest, which
/// is a gap; the router never waits for a visit. Enough for 2,000 requests at once, at a few KB a message.
pub(crate) const MESSAGES: usize = 8_192;

/// Requests kept of one visit. Real pages have 50 to 1,500; a flooding page has no end.
pub(crate) const REQUESTS: usize = 6_000;

/// Answers and failures kept of one visit: one a request.
pub(crate) const ANSWERS: usize = 6_000;

/// WebSocket frames kept of one visit. A chat has tens, a game or a ticker hundreds a minute.
pub(crate) const FRAMES: usize = 4_000;

/// Cookies, storage writes, listeners, reads and calls kept of one visit: a page has tens or hundreds.
pub(crate) const REST: usize = 4_000;

/// What is found at the end of one visit, marks and aliases: each finder has smaller bounds of its own.
pub(crate) const FOUND: usize = 1_000;

/// Bytes of text kept of one visit: addresses, headers, stacks. 5,000 requests with 1 KB of headers and a stack of
/// twenty lines take 15 MiB; with bodies it stays below what a message may weigh.
pub(crate) const TEXT: usize = 16 * 1024 * 1024;

/// Bytes of bodies kept of one visit. Recorders upload 1 to 100 KB at a time.
pub(crate) const BODIES: usize = 8 * 1024 * 1024;

/// Gaps kept of one kind in one visit: each is told by its first few, and by how many more there were.
pub(crate) const GAPS: usize = 40;

/// Longest value of a header kept whole, in bytes. Addresses and client hints have at most a few hundred; servers
/// refuse 8 KB.
pub(crate) const HEADER: usize = 1024;

/// Longest URL of a request kept whole, in bytes. Pixels with data in their query have up to 16 KB.
pub(crate) const URL: usize = 16 * 1024;

/// Longest address kept of what stands beside a request (documents, scripts, initiators) and longest function name, in
/// bytes. They name a place and carry no evidence of their own, but each event repeats up to 34 of them.
pub(crate) const ADDRESS: usize = 2 * 1024;

/// Longest name kept of a cookie, a storage key or the like, in bytes. Browsers take cookies of 4 KiB and storage
/// keys of megabytes; those that trackers use have tens of bytes.
pub(crate) const NAME: usize = 1024;

/// Names of CDP events that could not be read, told apart: the protocol has some 200.
pub(crate) const METHODS: usize = 200;

/// Dialogs answered before the page's script is terminated: a loop of `alert` has no end.
pub(crate) const DIALOGS: u32 = 20;

/// Child targets watched in one visit: a page may start workers without end.
pub(crate) const CHILDREN: u32 = 200;

/// Bodies asked for in one visit at a time.
pub(crate) const BODY_QUERIES: usize = 64;

/// Calls of `console` methods that reach the browser, per frame or worker: a flood freezes the whole headless shell.
pub(crate) const CONSOLE_CALLS: u32 = 200;

/// Bodies above this are not inlined into events but asked for: keeps the browser's and our memory bounded.
pub(crate) const INLINE_BODY: i64 = 256 * 1024;

/// Async parents kept per stack by V8.
pub(crate) const ASYNC_STACK: i64 = 32;

/// As much of `text` as fits into `limit` bytes.
pub(crate) fn cut(text: &str, limit: usize) -> &str {
    let end = (0..=limit.min(text.len())).rev().find(|&end| text.is_char_boundary(end)).unwrap_or_default();
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_between_characters() {
        assert_eq!((cut("aüb", 4), cut("aüb", 3), cut("aüb", 2), cut("", 2)), ("aüb", "aü", "a", ""));
    }
}
