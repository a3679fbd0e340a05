//! Scrolls a page down as somebody would who reads it: what waits for that (lazy images, tags that fire on scrolling)
//! happens while one watches.

use std::time::Duration;

use chromiumoxide::cdp::browser_protocol::{
    input::{DispatchMouseEventParams, DispatchMouseEventType},
    page::{GetLayoutMetricsParams, GetLayoutMetricsReturns},
};
use tokio::time::sleep;

use crate::{bounds, session::Session};

/// Turns of the wheel at most: 16,000 pixels, far beyond where visitors get to.
const TURNS: u32 = 24;

/// Pixels a turn: less than the viewport's height, so that every part of the page is shown once.
const TURN: f64 = 700.0;

/// Where the mouse stands: the middle of the screen.
const MOUSE: (f64, f64) = (683.0, 384.0);

/// How far from the bottom counts as the bottom: layouts round.
const BOTTOM: f64 = 4.0;

/// Scrolls down to the bottom, or for [`TURNS`] turns, within about `time`. A page that is too busy to scroll is not waited
/// for.
pub(crate) async fn down(page: &Session, time: Duration) {
    for _ in 0..TURNS {
        page.fire(&wheel());
        // The pace of a reader: nothing tells when a page has had its turn.
        sleep(time / TURNS).await;
        if page.call(GetLayoutMetricsParams::default(), bounds::ALIVE).await.is_ok_and(|metrics| is_bottom(&metrics)) {
            return;
        }
    }
}

fn wheel() -> DispatchMouseEventParams {
    DispatchMouseEventParams {
        delta_x: Some(0.0),
        delta_y: Some(TURN),
        ..DispatchMouseEventParams::new(DispatchMouseEventType::MouseWheel, MOUSE.0, MOUSE.1)
    }
}

fn is_bottom(metrics: &GetLayoutMetricsReturns) -> bool {
    let view = &metrics.css_visual_viewport;
    view.page_y + view.client_height + BOTTOM >= metrics.css_content_size.height
}
