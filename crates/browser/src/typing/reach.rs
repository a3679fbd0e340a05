//! How a field is got at and left again, and what is pressed on the way.

use std::collections::BTreeSet;

use chromiumoxide::cdp::{
    browser_protocol::dom::{
        FocusParams, GetContentQuadsParams, GetNodeForLocationParams, ScrollIntoViewIfNeededParams,
    },
    js_protocol::runtime::RemoteObjectId,
};
use tokio::time::{Instant, sleep};

use super::{Typist, bounds, field::Field, keys::Key};
use crate::{session::CallError, steps::absent};

impl Typist<'_> {
    /// Gives a field the focus: by a click, as a visitor does; if something lies over it, by the browser's own means, as
    /// with the Tab key. Whether it has it.
    pub(super) async fn focus(&self, field: &Field) -> Result<bool, CallError> {
        let (world, number) = field.key();
        let Some(element) = self.worlds.element(world, number).await? else { return Ok(false) };
        if let Some(point) = self.point(world, number, &element).await? {
            self.hand.click(point).await?;
            if self.moment(field).await?.is_some() {
                return Ok(true);
            }
        }
        self.take_focus(field, element).await
    }

    async fn take_focus(&self, field: &Field, element: RemoteObjectId) -> Result<bool, CallError> {
        let focus = FocusParams { object_id: Some(element), ..FocusParams::default() };
        absent(self.worlds.session(field.world).call(focus, bounds::ANSWER).await)?;
        Ok(self.moment(field).await?.is_some())
    }

    /// The moment on the page's clock, in ms since the epoch, if the field has the focus.
    pub(super) async fn moment(&self, field: &Field) -> Result<Option<f64>, CallError> {
        let moment = self.worlds.ask::<f64>(field.world, "focused", vec![field.listed.number.into()]).await?;
        Ok(moment.filter(|moment| *moment > 0.0))
    }

    /// Takes the focus from a field. Whether it went.
    pub(super) async fn blur(&self, field: &Field) -> Result<bool, CallError> {
        self.hand.strike(&Key::tab()).await?;
        if self.moment(field).await?.is_none() {
            return Ok(true);
        }
        // Editors take the key for themselves.
        self.worlds.ask::<()>(field.world, "blur", vec![field.listed.number.into()]).await?;
        Ok(self.moment(field).await?.is_none())
    }

    /// The middle of an element in the viewport, if a click there meets it.
    async fn point(
        &self,
        world: usize,
        number: u32,
        element: &RemoteObjectId,
    ) -> Result<Option<(f64, f64)>, CallError> {
        let session = self.worlds.session(world);
        let id = Some(element.clone());
        let scroll = ScrollIntoViewIfNeededParams { object_id: id.clone(), ..Default::default() };
        absent(session.call(scroll, bounds::ANSWER).await)?;
        let is_met = self.worlds.ask::<bool>(world, "isMet", vec![number.into()]).await?;
        if is_met != Some(true) {
            return Ok(None);
        }
        let quads = GetContentQuadsParams { object_id: id, ..Default::default() };
        let quads = absent(session.call(quads, bounds::ANSWER).await)?.map(|found| found.quads).unwrap_or_default();
        let Some((x, y)) = quads.first().and_then(|quad| middle(quad.inner())) else { return Ok(None) };
        let Some((left, top, frame)) = self.worlds.corner(world).await? else { return Ok(None) };
        let (x, y) = (x + left, y + top);
        // What lies over the frame that it is in.
        #[allow(clippy::cast_possible_truncation, reason = "a point of the viewport")]
        let there = GetNodeForLocationParams::new(x as i64, y as i64);
        let there = absent(self.occasion.session.call(there, bounds::ANSWER).await)?;
        let is_met = there.is_some_and(|there| there.frame_id == *frame);
        Ok(is_met.then_some((x, y)))
    }

    /// Presses what is pressed by a click or the space bar. Whether it was.
    pub(super) async fn press(&self, field: &Field) -> Result<bool, CallError> {
        let (world, number) = field.key();
        let Some(element) = self.worlds.element(world, number).await? else { return Ok(false) };
        if let Some(point) = self.point(world, number, &element).await? {
            return self.hand.click(point).await;
        }
        if !self.take_focus(field, element).await? {
            return Ok(false);
        }
        match Key::of(' ') {
            Some(bar) => self.hand.strike(&bar).await,
            None => Ok(false),
        }
    }

    /// Chooses the next in a list, or the one before: a list that is not unfolded changes at once.
    pub(super) async fn choose_in_list(&self, field: &Field, before: i64) -> Result<bool, CallError> {
        let Some(element) = self.worlds.element(field.world, field.listed.number).await? else { return Ok(false) };
        if !self.take_focus(field, element).await? {
            return Ok(false);
        }
        for key in [Key::arrow_down(), Key::arrow_up()] {
            if self.moment(field).await?.is_none() || !self.hand.strike(&key).await? {
                return Ok(false);
            }
            let now = self.worlds.ask::<i64>(field.world, "choice", vec![field.listed.number.into()]).await?;
            if now != Some(before) {
                return Ok(true);
            }
        }
        Ok(true)
    }

    /// Presses what opens a search, a chat or a form, and types into what that shows.
    pub(super) async fn reveal(&mut self) -> Result<(), CallError> {
        let mut pressed = BTreeSet::new();
        while pressed.len() < bounds::PRESSED && !self.has_enough() && self.may_go_on() {
            let (_, openers) = self.look().await?;
            let Some((world, number)) = openers.into_iter().find(|opener| !pressed.contains(opener)) else { break };
            pressed.insert((world, number));
            let Some(element) = self.worlds.element(world, number).await? else { continue };
            let Some(point) = self.point(world, number, &element).await? else { continue };
            if self.hand.click(point).await? {
                self.type_shown().await?;
            }
        }
        Ok(())
    }

    /// Types into what was not there before, as soon as it is shown.
    async fn type_shown(&mut self) -> Result<(), CallError> {
        let until = Instant::now() + bounds::REVEAL;
        let before = self.fields.len();
        loop {
            sleep(bounds::LOOK).await;
            if !self.may_go_on() {
                return Ok(());
            }
            let (fields, _) = self.look().await?;
            if self.fields.len() > before {
                return self.type_texts(fields).await;
            }
            if Instant::now() >= until {
                return Ok(());
            }
        }
    }
}

/// The middle of a quad: four points.
fn middle(quad: &[f64]) -> Option<(f64, f64)> {
    let [a, b, c, d, e, f, g, h] = quad else { return None };
    Some(((a + c + e + g) / 4.0, (b + d + f + h) / 4.0))
}
