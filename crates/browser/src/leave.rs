//! What a page sends when one leaves it. The network domain does not tell of it: the requests are held back, seen, and
//! let go.

use chromiumoxide::cdp::browser_protocol::{
    browser::GetVersionParams,
    fetch::{EnableParams, RequestPattern, RequestStage},
    page::NavigateParams,
};
use tokio::{
    sync::watch,
    time::{Instant, sleep_until, timeout_at},
};

use crate::{
    bounds,
    progress::Progress,
    pump::Notes,
    session::{CallError, Session},
};

/// Leaves the page, and waits until what it sends is sent; for each of the two at most [`bounds::LEAVE`].
///
/// # Errors
/// If the page could not be left in that time.
pub(crate) async fn leave(page: &Session, browser: &Session, notes: &Notes) -> Result<(), CallError> {
    let both = [RequestStage::Request, RequestStage::Response];
    let pattern = |stage| RequestPattern { request_stage: Some(stage), ..RequestPattern::default() };
    let enable = EnableParams { patterns: Some(both.map(pattern).into()), handle_auth_requests: None };
    page.call(enable, bounds::LEAVE).await?;
    notes.recorder().leave();
    let mut progress = notes.progress();
    page.call(NavigateParams::new("about:blank"), bounds::LEAVE).await?;
    let left = Instant::now();
    // Being late is no failure: everything was seen, only an answer is missing.
    let _ = timeout_at(left + bounds::LEAVE, drained(browser, &mut progress, left)).await;
    Ok(())
}

/// Waits until the page is quiet, also to who has read all that the browser had to say until then.
async fn drained(browser: &Session, progress: &mut watch::Receiver<Progress>, left: Instant) {
    loop {
        quiet(progress, left).await;
        let before = progress.borrow().last_leaving;
        // Messages come in order: with this answer everything before it is read, however busy this machine is.
        let answered = browser.call(GetVersionParams::default(), bounds::LEAVE).await;
        let now = progress.borrow().clone();
        if answered.is_err() || (now.leaving == 0 && now.last_leaving == before) {
            return;
        }
    }
}

/// Waits until nothing is held back or unanswered, and nothing new came for a while.
async fn quiet(progress: &mut watch::Receiver<Progress>, left: Instant) {
    loop {
        let now = progress.borrow_and_update().clone();
        let rest = now.last_leaving.map_or(left, |last| last.max(left)) + bounds::LEAVE_QUIET;
        tokio::select! {
            changed = progress.changed() => if changed.is_err() { return },
            () = sleep_until(rest), if now.leaving == 0 => return,
        }
    }
}
