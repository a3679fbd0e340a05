//! The life of the engine's process.

use std::{
    io::{self, Write},
    net::SocketAddr,
    path::Path,
    sync::Arc,
    thread,
    time::Duration,
};

use axum::serve::ListenerExt;
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};

use super::{
    errand::{Errand, Reply},
    library::Library,
    session::Database,
};
use crate::{
    LocalError,
    http::{Credentials, Front},
};

/// How long running queries may go on after SIGTERM: less than the parent's patience.
const DRAIN: Duration = Duration::from_secs(5);

/// Does what the parent asks on standard input, and ends the process. The hidden subcommand calls this and nothing
/// else; it may be called inside or outside of an async runtime.
///
/// It never returns and never unwinds: libchdb aborts if its destructors run, so the process leaves by `_exit`.
pub fn child_main() -> ! {
    let code = match thread::spawn(obey).join() {
        Ok(Ok(())) => 0,
        Ok(Err(error)) => {
            eprintln!("{error}");
            1
        }
        Err(_) => 101,
    };
    // SAFETY: ends the process; nothing of ours is left to be flushed.
    unsafe { nix::libc::_exit(code) }
}

fn obey() -> Result<(), LocalError> {
    let mut line = String::new();
    io::stdin().read_line(&mut line).map_err(LocalError::file("read", "standard input"))?;
    match serde_json::from_str(&line)? {
        Errand::Version { library } => reply(&Reply::Version { version: Library::load(&library)?.version() }),
        Errand::Serve { library, data, listen, user, password } => {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .enable_all()
                .build()
                .map_err(|source| LocalError::Spawn { name: super::NAME, source })?;
            runtime.block_on(serve(&library, &data, listen, Credentials { user, password }))
        }
    }
}

async fn serve(library: &Path, data: &Path, listen: SocketAddr, credentials: Credentials) -> Result<(), LocalError> {
    let failed = |source| LocalError::Listen { listen: listen.to_string(), source };
    let mut term = signal(SignalKind::terminate()).map_err(failed)?;
    let database = Database::open(library, data)?;
    let listener = TcpListener::bind(listen).await.map_err(failed)?;
    reply(&Reply::Ready { address: listener.local_addr().map_err(failed)? })?;
    // Otherwise a small answer waits up to 40 ms for the client's delayed acknowledgement.
    let listener = listener.tap_io(|connection| drop(connection.set_nodelay(true)));
    let front = Front::new(Arc::clone(&database), credentials);
    let serving = tokio::spawn(axum::serve(listener, front.router()).into_future());
    term.recv().await;
    // A query that goes on for ever must not keep us.
    let _idle = tokio::time::timeout(DRAIN, front.idle()).await;
    serving.abort();
    database.close();
    Ok(())
}

/// Answers the parent.
fn reply(reply: &Reply) -> Result<(), LocalError> {
    let mut line = serde_json::to_vec(reply)?;
    line.push(b'\n');
    let mut stdout = io::stdout().lock();
    stdout.write_all(&line).and_then(|()| stdout.flush()).map_err(LocalError::file("write", "standard output"))
}
