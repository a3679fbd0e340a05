//! How a field is got at and left again, and what is pressed on the way.

use std::collections::BTreeSet;

use chromiumoxide::cdp::{
    browser_protocol::dom::{FocusParams, GetContentQuadsParams, ScrollIntoViewIfNeededParams},
    js_protocol::runtime::RemoteObjectId,
};
use tokio::time::{Instant, sleep};

use super::{
    Look, Typist, bounds,
    field::{Field, Opener, Shows},
    keys::Key,
};
use crate::{session::CallError, steps::absent};

/// Whether a field has the focus.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Focus {
    /// Since when we know, on the page's clock, in ms since the epoch.
    Here(f64),
    Elsewhere,
    /// The page gave no answer, or is gone.
    Unknown,
}

/// Where an element is clicked.
#[derive(Clone, Copy, Debug)]
struct Aim {
    /// In the viewport of its frame, as its document has it.
    inner: (f64, f64),
    /// In the viewport of the page.
    page: (f64, f64),
}

impl Aim {
    fn is_at(&self, other: &Self) -> bool {
        is_near(self.inner, other.inner) && is_near(self.page, other.page)
    }
}

impl Typist<'_> {
    /// Gives a field the focus: by a click, as a visitor does; if something lies over it, by the browser's own means, as
    /// with the Tab key. Whether it has it.
    pub(super) async fn focus(&self, field: &Field) -> Result<bool, CallError> {
        let (world, number) = field.key();
        let Some(element) = self.worlds.element(world, number).await? else { return Ok(false) };
        if self.click(world, number, &element).await? && self.moment(field).await?.is_some() {
            return Ok(true);
        }
        self.take_focus(field, element).await
    }

    async fn take_focus(&self, field: &Field, element: RemoteObjectId) -> Result<bool, CallError> {
        let focus = FocusParams { object_id: Some(element), ..FocusParams::default() };
        absent(self.worlds.session(field.world).call(focus, bounds::ANSWER).await)?;
        Ok(self.moment(field).await?.is_some())
    }

    pub(super) async fn focused(&self, field: &Field) -> Result<Focus, CallError> {
        let moment = self.worlds.ask::<f64>(field.world, "focused", vec![field.listed.number.into()]).await?;
        Ok(match moment {
            Some(moment) if moment > 0.0 => Focus::Here(moment),
            Some(_) => Focus::Elsewhere,
            None => Focus::Unknown,
        })
    }

    /// The moment on the page's clock, in ms since the epoch, if the field is known to have the focus.
    pub(super) async fn moment(&self, field: &Field) -> Result<Option<f64>, CallError> {
        Ok(match self.focused(field).await? {
            Focus::Here(moment) => Some(moment),
            Focus::Elsewhere | Focus::Unknown => None,
        })
    }

    /// Strikes a key in a field. A blank presses a button when it is let go: if the focus went in between, nothing has it
    /// by then. Whether the page took the key.
    pub(super) async fn strike(&self, field: &Field, key: &Key) -> Result<bool, CallError> {
        let taken = self.hand.down(key).await?;
        if key.is_bar() && self.moment(field).await?.is_none() {
            self.worlds.loosen().await?;
        }
        Ok(self.hand.up(key).await? && taken)
    }

    /// Takes the focus from a field. Whether it is known to have gone.
    pub(super) async fn blur(&self, field: &Field) -> Result<bool, CallError> {
        let number = || vec![field.listed.number.into()];
        // Tab would take what is proposed, and some then send it.
        if self.worlds.ask::<bool>(field.world, "isProposing", number()).await? == Some(false) {
            self.hand.strike(&Key::tab()).await?;
            match self.focused(field).await? {
                Focus::Elsewhere => return Ok(true),
                Focus::Unknown => return Ok(false),
                // Editors take the key for themselves.
                Focus::Here(_) => {}
            }
        }
        self.worlds.ask::<()>(field.world, "blur", number()).await?;
        Ok(self.focused(field).await? == Focus::Elsewhere)
    }

    /// Clicks an element in its middle, if that meets it, and still does when the mouse is there. Whether it was clicked.
    async fn click(&self, world: usize, number: u32, element: &RemoteObjectId) -> Result<bool, CallError> {
        let id = Some(element.clone());
        let scroll = ScrollIntoViewIfNeededParams { object_id: id, ..Default::default() };
        absent(self.worlds.session(world).call(scroll, bounds::ANSWER).await)?;
        for _ in 0..bounds::AIMS {
            let Some(aim) = self.aim(world, number, element).await? else { return Ok(false) };
            if !self.hand.point(aim.page).await? {
                return Ok(false);
            }
            let again = self.aim(world, number, element).await?;
            if again.is_some_and(|again| again.is_at(&aim)) {
                return self.hand.click(aim.page).await;
            }
            sleep(bounds::LOOK).await;
        }
        Ok(false)
    }

    /// The middle of an element in the viewport, if a click there meets it.
    async fn aim(&self, world: usize, number: u32, element: &RemoteObjectId) -> Result<Option<Aim>, CallError> {
        let quads = GetContentQuadsParams { object_id: Some(element.clone()), ..Default::default() };
        let quads = absent(self.worlds.session(world).call(quads, bounds::ANSWER).await)?;
        let quads = quads.map(|found| found.quads).unwrap_or_default();
        let Some(point) = quads.first().and_then(|quad| middle(quad.inner())) else { return Ok(None) };
        let spot = self.worlds.ask::<Option<(f64, f64)>>(world, "spot", vec![number.into()]).await?;
        let Some(inner) = spot.flatten() else { return Ok(None) };
        if self.worlds.is_outermost(world) && !is_near(inner, point) {
            return Ok(None);
        }
        let page = self.worlds.reach(world, point).await?;
        Ok(page.map(|page| Aim { inner, page }))
    }

    /// Presses what is pressed by a click or the space bar. Whether it was.
    pub(super) async fn press(&self, field: &Field) -> Result<bool, CallError> {
        let (world, number) = field.key();
        let Some(element) = self.worlds.element(world, number).await? else { return Ok(false) };
        if self.click(world, number, &element).await? {
            return Ok(true);
        }
        if !self.take_focus(field, element).await? {
            return Ok(false);
        }
        match Key::of(' ') {
            Some(bar) => self.strike(field, &bar).await,
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

    /// Presses what opens a search, a form or a chat, one of each that is not shown already, and gives what is shown then.
    /// All fields are still empty: whatever it does, it sends nothing of ours.
    pub(super) async fn reveal(&mut self, mut look: Look) -> Result<Look, CallError> {
        for shows in Shows::ALL {
            let mut pressed = BTreeSet::new();
            while pressed.len() < bounds::TRIES && self.may_go_on() && !shows.is_among(&look.fields) {
                let is_next = |opener: &&Opener| opener.shows == shows && !pressed.contains(&opener.key());
                let Some(key) = look.openers.iter().find(is_next).map(Opener::key) else { break };
                pressed.insert(key);
                let Some(element) = self.worlds.element(key.0, key.1).await? else { continue };
                if self.click(key.0, key.1, &element).await? {
                    look = self.await_fields().await?;
                    break;
                }
            }
        }
        Ok(look)
    }

    /// Waits until there are fields that were not there before, for a moment.
    async fn await_fields(&mut self) -> Result<Look, CallError> {
        let until = Instant::now() + bounds::REVEAL;
        let before = self.ledger.len();
        loop {
            sleep(bounds::LOOK).await;
            let look = self.look().await?;
            if self.ledger.len() > before || Instant::now() >= until || !self.may_go_on() {
                return Ok(look);
            }
        }
    }
}

/// Whether two points are the same, but for rounding.
fn is_near((x, y): (f64, f64), other: (f64, f64)) -> bool {
    (x - other.0).abs() <= bounds::STILL && (y - other.1).abs() <= bounds::STILL
}

/// The middle of a quad: four points.
fn middle(quad: &[f64]) -> Option<(f64, f64)> {
    let [a, b, c, d, e, f, g, h] = quad else { return None };
    Some(((a + c + e + g) / 4.0, (b + d + f + h) / 4.0))
}
