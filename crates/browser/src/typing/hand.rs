//! A hand on the keyboard and the mouse, at a person's pace.

use std::time::Duration;

use chromiumoxide::cdp::browser_protocol::input::{
    DispatchMouseEventParams, DispatchMouseEventType, InsertTextParams, MouseButton,
};
use tokio::time::{Instant, sleep, sleep_until};

use super::{bounds, keys::Key};
use crate::{
    session::{CallError, Session},
    steps::absent,
};

/// Types and clicks. Everything that it does is done by the browser itself, so that no script of ours is in any stack.
pub(crate) struct Hand<'a> {
    session: &'a Session,
    pause: (Duration, Duration),
}

impl<'a> Hand<'a> {
    pub(crate) fn new(session: &'a Session, pause: (Duration, Duration)) -> Self {
        Self { session, pause }
    }

    /// Presses a key and lets it go, with Shift if it needs that. Whether the page took it.
    pub(super) async fn strike(&self, key: &Key) -> Result<bool, CallError> {
        let taken = self.down(key).await?;
        Ok(self.up(key).await? && taken)
    }

    /// Presses a key, and holds it as long as somebody does. Whether the page took it.
    pub(super) async fn down(&self, key: &Key) -> Result<bool, CallError> {
        if key.shifted && !self.send(Key::shift().held().down()).await? {
            return Ok(false);
        }
        let taken = self.send(key.down()).await?;
        sleep(self.pause.0 / 2).await;
        Ok(taken)
    }

    /// Lets a key go, in any case: one that stays down is pressed for ever.
    pub(super) async fn up(&self, key: &Key) -> Result<bool, CallError> {
        let mut taken = self.send(key.up()).await?;
        if key.shifted {
            taken &= self.send(Key::shift().up()).await?;
        }
        Ok(taken)
    }

    async fn send(
        &self,
        event: chromiumoxide::cdp::browser_protocol::input::DispatchKeyEventParams,
    ) -> Result<bool, CallError> {
        Ok(absent(self.session.call(event, bounds::ANSWER).await)?.is_some())
    }

    /// Puts a text in at once, as pasting does. Whether the page took it.
    pub(super) async fn insert(&self, text: &str) -> Result<bool, CallError> {
        Ok(absent(self.session.call(InsertTextParams::new(text), bounds::ANSWER).await)?.is_some())
    }

    /// Moves the mouse to a point of the viewport, in CSS pixels, and rests there. Whether the page took it.
    pub(crate) async fn point(&self, (x, y): (f64, f64)) -> Result<bool, CallError> {
        let moved = DispatchMouseEventParams::new(DispatchMouseEventType::MouseMoved, x, y);
        let moved = absent(self.session.call(moved, bounds::ANSWER).await)?;
        self.pause(Instant::now()).await;
        Ok(moved.is_some())
    }

    /// Clicks where the mouse is. Whether the page took it.
    pub(crate) async fn click(&self, (x, y): (f64, f64)) -> Result<bool, CallError> {
        let button = |kind, buttons| DispatchMouseEventParams {
            button: Some(MouseButton::Left),
            buttons: Some(buttons),
            click_count: Some(1),
            ..DispatchMouseEventParams::new(kind, x, y)
        };
        let pressed = button(DispatchMouseEventType::MousePressed, 1);
        let taken = absent(self.session.call(pressed, bounds::ANSWER).await)?.is_some();
        sleep(self.pause.0 / 2).await;
        let released = button(DispatchMouseEventType::MouseReleased, 0);
        Ok(absent(self.session.call(released, bounds::ANSWER).await)?.is_some() && taken)
    }

    /// Waits as long as somebody does between two keys, of which the first was pressed at `last`.
    pub(super) async fn pause(&self, last: Instant) {
        let (least, most) = self.pause;
        let pause = if least < most { rand::random_range(least..=most) } else { least };
        sleep_until(last + pause).await;
    }
}
