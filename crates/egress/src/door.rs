//! One door: a listener, the connections that go through it, and its book.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use http::{Method, Request, Response};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
};
use tokio_util::{
    sync::{CancellationToken, DropGuard},
    task::TaskTracker,
};
use url::Url;

use crate::{
    EgressError, Ledger,
    answer::{Body, Denial},
    destination::Destination,
    egress::Shared,
    forward,
    ledger::Book,
    meter::IDLE_TIMEOUT,
    tunnel,
};

/// Connections that one door carries at a time; more wait to be accepted. Chromium opens at most 32 to one proxy
/// plus 255 WebSockets, so a real page never waits here.
const MAX_CONNECTIONS: usize = 320;

/// Pause after a failed accept (no file descriptors left), so that the failure does not spin.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// How long [`Door::close`] waits for dropped connections to be gone.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);

/// A listener on 127.0.0.1 through which one visit or one crawl reaches the world. Dropping it closes it.
#[derive(Debug)]
pub struct Door {
    addr: SocketAddr,
    hall: Arc<Hall>,
    _shut: DropGuard,
}

/// What the connections of one door share.
pub(crate) struct Hall {
    pub egress: Arc<Shared>,
    pub book: Book,
    /// Cancelled when the door closes: every task of the door ends then.
    pub closed: CancellationToken,
    pub tasks: TaskTracker,
}

impl Door {
    pub(crate) async fn open(egress: Arc<Shared>) -> Result<Self, EgressError> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(EgressError::Listen)?;
        let addr = listener.local_addr().map_err(EgressError::Listen)?;
        let closed = CancellationToken::new();
        let hall = Arc::new(Hall { egress, book: Book::default(), closed: closed.clone(), tasks: TaskTracker::new() });
        hall.tasks.spawn(accept(listener, hall.clone()));
        Ok(Self { addr, hall, _shut: closed.drop_guard() })
    }

    /// Where it listens.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The same as the address of an HTTP proxy: `http://127.0.0.1:<port>/`.
    #[must_use]
    pub fn proxy_url(&self) -> Url {
        Url::parse(&format!("http://{}/", self.addr)).expect("a socket address is a URL's authority")
    }

    /// What went through so far. Bytes in flight are counted as they pass, not when a connection ends.
    #[must_use]
    pub fn ledger(&self) -> Ledger {
        self.hall.book.snapshot()
    }

    /// Stops accepting, drops all connections, and gives the final account.
    pub async fn close(self) -> Ledger {
        self.hall.closed.cancel();
        self.hall.tasks.close();
        if tokio::time::timeout(CLOSE_TIMEOUT, self.hall.tasks.wait()).await.is_err() {
            tracing::warn!(tasks = self.hall.tasks.len(), "connections outlive their door");
        }
        self.hall.book.snapshot()
    }
}

impl Hall {
    /// Runs `work` until it is done or the door closes.
    pub fn spawn(self: &Arc<Self>, work: impl Future<Output = ()> + Send + 'static) {
        let closed = self.closed.clone();
        self.tasks.spawn(async move {
            closed.run_until_cancelled_owned(work).await;
        });
    }

    /// Writes a denial into the book and makes the answer.
    pub fn deny(&self, destination: &Destination, denial: Denial) -> Response<Body> {
        match denial {
            Denial::Refused(reason) => {
                tracing::info!(host = %destination.host, port = destination.port, %reason, "refused");
                self.book.refused(destination, reason);
            }
            Denial::Failed(failure) => {
                tracing::debug!(host = %destination.host, port = destination.port, %failure, "not reached");
                self.book.failed(destination, failure);
            }
        }
        denial.answer()
    }
}

impl std::fmt::Debug for Hall {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hall").field("book", &self.book).finish_non_exhaustive()
    }
}

async fn accept(listener: TcpListener, hall: Arc<Hall>) {
    let permits = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let closed = hall.closed.clone();
    let accepting = async {
        while let Ok(permit) = permits.clone().acquire_owned().await {
            match listener.accept().await {
                Ok((stream, _)) => hall.spawn(serve(stream, hall.clone(), permit)),
                Err(error) => {
                    tracing::warn!(%error, "the door could not accept a connection");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    };
    closed.run_until_cancelled(accepting).await;
}

/// Serves one client connection: any number of plain requests, or one tunnel.
async fn serve(stream: TcpStream, hall: Arc<Hall>, permit: OwnedSemaphorePermit) {
    let _ = stream.set_nodelay(true);
    let permit = Arc::new(permit);
    let service = service_fn(move |request| {
        let (hall, permit) = (hall.clone(), permit.clone());
        async move { Ok::<_, std::convert::Infallible>(answer(request, hall, permit).await) }
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(IDLE_TIMEOUT)
        .preserve_header_case(true)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades()
        .await;
    if let Err(error) = served {
        tracing::trace!(%error, "a client's connection ended");
    }
}

async fn answer(request: Request<Incoming>, hall: Arc<Hall>, permit: Arc<OwnedSemaphorePermit>) -> Response<Body> {
    match *request.method() {
        Method::CONNECT => tunnel::answer(request, hall, permit).await,
        _ => forward::answer(request, hall).await,
    }
}
