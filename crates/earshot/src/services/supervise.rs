//! Keeps a local service running: one that dies is started again on the same port, so that its clients find it.

use std::{future::Future, path::Path, path::PathBuf, time::Duration};

use earshot_local::{Engine, EngineCommand, EngineOptions, Exit, LocalError, Nats, NatsOptions};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tracing::{error, warn};

/// A service that dies this often in one run will die again: it is left down, and the run says what it could not do.
const MAX_RESTARTS: u32 = 5;
/// Between a death and the next start, so that a service that cannot start does not spin.
const BEFORE_RESTART: Duration = Duration::from_millis(250);

/// A service that is kept running until it is stopped.
pub(super) struct Supervised {
    /// Where it answers; stays the same over restarts.
    pub url: String,
    /// Password of its one user.
    pub password: String,
    task: JoinHandle<()>,
    stop: CancellationToken,
    /// Cancelled when it is down and stays down.
    down: CancellationToken,
}

impl Supervised {
    /// Resolves when the service is down for good.
    pub async fn failed(&self) {
        self.down.cancelled().await;
    }

    /// Stops the service, and waits until it is gone.
    pub async fn stop(self) {
        self.stop.cancel();
        let _ = self.task.await;
    }
}

/// A kind of child that can be started, watched and stopped.
trait Service: Sized + Send + 'static {
    const NAME: &'static str;
    /// What it takes to start it.
    type Options: Clone + Send + Sync + 'static;

    fn start(options: Self::Options) -> impl Future<Output = Result<Self, LocalError>> + Send;
    fn exited(&self) -> impl Future<Output = Exit> + Send + 'static;
    fn stop(self) -> impl Future<Output = Exit> + Send;
}

/// Starts a supervised `nats-server`.
pub(super) async fn nats(program: &Path, options: NatsOptions) -> Result<Supervised, LocalError> {
    let first = Nats::start(program, options.clone()).await?;
    let (url, port) = (first.url(), Some(first.port()));
    let again = (program.to_path_buf(), NatsOptions { port, ..options });
    Ok(supervised(first, again, url, String::new()))
}

/// Starts a supervised engine.
pub(super) async fn engine(command: EngineCommand, options: EngineOptions) -> Result<Supervised, LocalError> {
    let first = Engine::start(&command, options.clone()).await?;
    let (url, port, password) = (first.url(), Some(first.port()), first.password().to_owned());
    Ok(supervised(first, (command, EngineOptions { port, ..options }), url, password))
}

fn supervised<S: Service>(first: S, again: S::Options, url: String, password: String) -> Supervised {
    let (stop, down) = (CancellationToken::new(), CancellationToken::new());
    let (stopped, failed) = (stop.clone(), down.clone());
    let task = tokio::spawn(async move {
        keep(first, again, &stopped).await;
        if !stopped.is_cancelled() {
            failed.cancel();
        }
    });
    Supervised { url, password, task, stop, down }
}

/// Ends when the service was stopped, or cannot be kept running.
async fn keep<S: Service>(first: S, again: S::Options, stop: &CancellationToken) {
    let mut service = first;
    for _ in 0..MAX_RESTARTS {
        let Some(exit) = stop.run_until_cancelled(service.exited()).await else {
            service.stop().await;
            return;
        };
        warn!(service = S::NAME, %exit, "died; starting it again");
        if stop.run_until_cancelled(tokio::time::sleep(BEFORE_RESTART)).await.is_none() {
            return;
        }
        service = match S::start(again.clone()).await {
            Ok(service) => service,
            Err(error) => {
                error!(service = S::NAME, %error, "cannot be started again");
                return;
            }
        };
    }
    error!(service = S::NAME, restarts = MAX_RESTARTS, "dies again and again");
    service.stop().await;
}

impl Service for Nats {
    const NAME: &'static str = "nats-server";
    type Options = (PathBuf, NatsOptions);

    async fn start((program, options): Self::Options) -> Result<Self, LocalError> {
        Nats::start(&program, options).await
    }

    fn exited(&self) -> impl Future<Output = Exit> + Send + 'static {
        Nats::exited(self)
    }

    async fn stop(self) -> Exit {
        Nats::stop(self).await
    }
}

impl Service for Engine {
    const NAME: &'static str = "ClickHouse engine";
    type Options = (EngineCommand, EngineOptions);

    async fn start((command, options): Self::Options) -> Result<Self, LocalError> {
        Engine::start(&command, options).await
    }

    fn exited(&self) -> impl Future<Output = Exit> + Send + 'static {
        Engine::exited(self)
    }

    async fn stop(self) -> Exit {
        Engine::stop(self).await
    }
}
