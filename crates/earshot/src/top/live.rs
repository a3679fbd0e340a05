//! The view that stays, until somebody presses q.

use std::time::Duration;

use anyhow::{Context as _, Result};
use crossterm::event::{Event, EventStream, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use futures::StreamExt as _;
use ratatui::DefaultTerminal;
use tokio::time::{MissedTickBehavior, interval, timeout};

use super::{Fleet, draw::View};
use crate::{explain::explain, services::Services};

/// How long one look may take: the keys wait for it.
const LOOK_LIMIT: Duration = Duration::from_secs(5);
/// Rows that a page key moves.
const PAGE: isize = 10;

/// The terminal, which is left as it was, whatever happens. A panic leaves it first, and is shown then.
struct Screen(DefaultTerminal);

impl Drop for Screen {
    fn drop(&mut self) {
        ratatui::restore();
    }
}

/// What a key asks for.
enum Wish {
    Quit,
    Scroll(isize),
    Nothing,
}

/// Shows the fleet until q, Escape or Ctrl-C.
///
/// # Errors
/// If the terminal cannot be used. A bus or a store that does not answer is said at the foot.
pub async fn live(services: &Services, every: Duration, coloured: bool) -> Result<()> {
    let mut screen = Screen(ratatui::try_init().context("the terminal")?);
    let mut view = View { coloured, ..View::default() };
    let mut keys = EventStream::new();
    let mut ticks = interval(every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        screen.0.draw(|frame| view.draw(frame)).context("the terminal")?;
        tokio::select! {
            _ = ticks.tick() => look(services, &mut view).await,
            key = keys.next() => match key.map(|event| event.map(|event| wish(&event))) {
                Some(Ok(Wish::Quit)) | None => return Ok(()),
                Some(Ok(Wish::Scroll(rows))) => view.scroll(rows),
                Some(Ok(Wish::Nothing)) => {}
                Some(Err(error)) => return Err(error).context("the keyboard"),
            },
        }
    }
}

async fn look(services: &Services, view: &mut View) {
    match timeout(LOOK_LIMIT, Fleet::look(services.bus(), &services.store)).await {
        Ok(Ok(snapshot)) => {
            view.snapshot = Some(snapshot);
            view.error = None;
            view.scroll(0);
        }
        Ok(Err(error)) => view.error = Some(explain(&error.into())),
        Err(_) => view.error = Some(format!("no answer for {} s", LOOK_LIMIT.as_secs())),
    }
}

fn wish(event: &Event) -> Wish {
    let Event::Key(KeyEvent { code, modifiers, kind: KeyEventKind::Press | KeyEventKind::Repeat, .. }) = event else {
        return Wish::Nothing;
    };
    match code {
        KeyCode::Char('q') | KeyCode::Esc => Wish::Quit,
        KeyCode::Char('c') if modifiers.contains(KeyModifiers::CONTROL) => Wish::Quit,
        KeyCode::Up => Wish::Scroll(-1),
        KeyCode::Down => Wish::Scroll(1),
        KeyCode::PageUp => Wish::Scroll(-PAGE),
        KeyCode::PageDown => Wish::Scroll(PAGE),
        _ => Wish::Nothing,
    }
}
