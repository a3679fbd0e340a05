//! Ctrl-C and SIGTERM.

use std::io::Write as _;

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::exit::Exit;

/// Cancelled by the first Ctrl-C or SIGTERM. A second one ends the program at once; nothing is lost by that.
pub(super) fn on_interrupt() -> CancellationToken {
    let token = CancellationToken::new();
    let told = token.clone();
    tokio::spawn(async move {
        interrupted().await;
        told.cancel();
        // Whoever read what we say may be gone, which must not keep us from stopping.
        let _ = writeln!(std::io::stderr(), "stopping; press Ctrl-C again to stop at once");
        interrupted().await;
        std::process::exit(i32::from(Exit::Interrupted.code()));
    });
    token
}

async fn interrupted() {
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        let _ = tokio::signal::ctrl_c().await;
        return;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}
