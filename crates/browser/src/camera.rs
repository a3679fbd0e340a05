//! Pictures of a page: of its banner, and of what it looks like at the end. None is taken once something was typed.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use chromiumoxide::cdp::browser_protocol::page::{CaptureScreenshotFormat, CaptureScreenshotParams};
use earshot_model::{GapKind, PictureKind};
use tokio::time::{Instant, sleep};

use crate::{context::Page, pump::Notes, session::CallError, steps::absent, visit::Shot};

/// From the moment at which a banner can be seen to its picture: most of them slide or fade in.
const MOVING: Duration = Duration::from_millis(300);

/// Quality of the JPEG: texts of a banner can be read at 50.
const QUALITY: i64 = 60;

/// Takes the pictures of one visit.
pub(crate) struct Camera<'a> {
    pub page: &'a Page,
    pub notes: &'a Notes,
    /// Whether pictures are wanted at all.
    pub is_on: bool,
    /// How long one may take.
    pub limit: Duration,
    pub banner: Mutex<Option<Shot>>,
}

impl Camera<'_> {
    /// Waits for a banner and takes its picture, once. Never returns.
    pub(crate) async fn await_banner(&self) {
        let mut sight = self.notes.sight();
        if self.is_on && !self.has_banner() && sight.wait_for(|sight| sight.is_shown).await.is_ok() {
            sleep(MOVING).await;
            // A browser that is gone is noticed by others.
            let _ = self.take_banner().await;
        }
        std::future::pending().await
    }

    /// Takes the picture of a banner that can be seen, if there is none yet.
    pub(crate) async fn take_banner(&self) -> Result<(), CallError> {
        let is_shown = self.notes.sight().borrow().is_shown;
        if self.is_on && is_shown && !self.has_banner() {
            let shot = self.shoot(PictureKind::Banner).await?;
            *self.banner.lock().unwrap_or_else(PoisonError::into_inner) = shot;
        }
        Ok(())
    }

    /// The picture at the end, and the banner's before it. One that is missing is a gap.
    pub(crate) async fn finish(&self) -> Result<Vec<Shot>, CallError> {
        if !self.is_on {
            return Ok(Vec::new());
        }
        let end = self.shoot(PictureKind::End).await?;
        if end.is_none() {
            self.notes.recorder().gap(GapKind::ScreenshotMissing, "the page gave none in time");
        }
        let banner = self.banner.lock().unwrap_or_else(PoisonError::into_inner).take();
        Ok(banner.into_iter().chain(end).collect())
    }

    fn has_banner(&self) -> bool {
        self.banner.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    async fn shoot(&self, kind: PictureKind) -> Result<Option<Shot>, CallError> {
        let capture = CaptureScreenshotParams {
            format: Some(CaptureScreenshotFormat::Jpeg),
            quality: Some(QUALITY),
            optimize_for_speed: Some(true),
            ..CaptureScreenshotParams::default()
        };
        let captured = absent(self.page.session.call(capture, self.limit).await)?;
        let at_ms = self.notes.recorder().our_ms(Instant::now());
        let jpeg = captured.and_then(|captured| BASE64_STANDARD.decode(AsRef::<str>::as_ref(&captured.data)).ok());
        let shot = jpeg.map(|jpeg| Shot { kind, at_ms, jpeg });
        shot.iter().for_each(|shot| self.notes.show(shot));
        Ok(shot)
    }
}
