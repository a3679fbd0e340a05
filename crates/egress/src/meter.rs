//! A stream that counts what goes through it.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::ledger::Tally;

/// A connection on which nothing moves for this long is dropped. Longer than any pause of a live page's socket
/// (heartbeats of 30 s and 60 s are common), shorter than a forgotten one would cost us.
pub(crate) const IDLE_TIMEOUT: Duration = Duration::from_secs(120);

/// A stream to a host whose bytes are added to the host's totals.
#[derive(Debug)]
pub(crate) struct Metered<S> {
    stream: S,
    meter: Meter,
}

/// Counts the bytes of one connection.
#[derive(Clone, Debug)]
pub(crate) struct Meter {
    tally: Arc<Tally>,
    moved: Arc<AtomicU64>,
}

impl Meter {
    pub fn new(tally: Arc<Tally>) -> Self {
        Self { tally, moved: Arc::default() }
    }

    pub fn attach<S>(&self, stream: S) -> Metered<S> {
        Metered { stream, meter: self.clone() }
    }

    /// Returns once nothing has moved for [`IDLE_TIMEOUT`] (at most twice that after the last byte).
    pub async fn idle(&self) {
        loop {
            let before = self.moved.load(Relaxed);
            tokio::time::sleep(IDLE_TIMEOUT).await;
            if self.moved.load(Relaxed) == before {
                return;
            }
        }
    }

    fn count(&self, total: &AtomicU64, bytes: usize) {
        total.fetch_add(bytes as u64, Relaxed);
        self.moved.fetch_add(bytes as u64, Relaxed);
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Metered<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(cx, buf))?;
        self.meter.count(&self.meter.tally.down, buf.filled().len() - before);
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Metered<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, data: &[u8]) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.stream).poll_write(cx, data))?;
        self.meter.count(&self.meter.tally.up, written);
        Poll::Ready(Ok(written))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
