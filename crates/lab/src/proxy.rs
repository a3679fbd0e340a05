//! The forward proxy: absolute-form requests, and tunnels in which TLS ends at the lab's own CA.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use http::header::HOST;
use http::{Method, Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::answer::{Arrived, World, router};
use crate::site::Fault;
use crate::web::Host;
use crate::{Authority, Error, Received, Result};

/// What every connection of the proxy shares.
#[derive(Clone)]
pub(crate) struct Proxy {
    world: Arc<World>,
    router: Router,
    tls: TlsAcceptor,
    untrusted: TlsAcceptor,
    stop: CancellationToken,
    tasks: TaskTracker,
}

/// Where a tunnel leads.
struct Tunnel {
    host: String,
    port: u16,
    fault: Option<Fault>,
}

/// A host that takes no connection: whoever asks for it sees his own end.
#[derive(Debug, thiserror::Error)]
#[error("the host takes no connection")]
struct Closed;

/// TLS with certificates of that authority.
fn acceptor(authority: Arc<Authority>) -> Result<TlsAcceptor> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_cert_resolver(authority);
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

impl Proxy {
    /// Sets up TLS and routes. Some hosts have their certificates of `untrusted`, which nobody knows.
    pub(crate) fn new(
        world: Arc<World>,
        authority: Arc<Authority>,
        untrusted: Arc<Authority>,
        stop: CancellationToken,
    ) -> Result<Self> {
        let (tls, untrusted) = (acceptor(authority)?, acceptor(untrusted)?);
        let router = router(world.clone());
        Ok(Self { world, router, tls, untrusted, stop, tasks: TaskTracker::new() })
    }

    /// Binds the listener and serves until the lab is stopped.
    pub(crate) async fn listen(self, addr: SocketAddr) -> Result<(SocketAddr, TaskTracker)> {
        let fail = |source| Error::Listen { addr, source };
        let listener = TcpListener::bind(addr).await.map_err(fail)?;
        let bound = listener.local_addr().map_err(fail)?;
        let tasks = self.tasks.clone();
        tasks.spawn(self.accept(listener));
        Ok((bound, tasks))
    }

    async fn accept(self, listener: TcpListener) {
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                () = self.stop.cancelled() => return,
            };
            match accepted {
                Ok((stream, _)) => self.spawn(self.clone().serve(stream)),
                Err(error) => tracing::warn!(%error, "accept"),
            }
        }
    }

    /// Runs a connection until it or the lab ends.
    fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        let stop = self.stop.clone();
        self.tasks.spawn(async move { stop.run_until_cancelled_owned(work).await });
    }

    async fn serve(self, stream: TcpStream) {
        let _ = stream.set_nodelay(true);
        let proxy = self.clone();
        let service = service_fn(move |request| proxy.clone().forward(request));
        let served = http1::Builder::new().serve_connection(TokioIo::new(stream), service).with_upgrades().await;
        if let Err(error) = served {
            tracing::debug!(%error, "proxy connection");
        }
    }

    async fn forward(self, request: Request<Incoming>) -> Result<Response<Body>, Closed> {
        if request.method() == Method::CONNECT {
            self.world.dawdle().await;
            return Ok(self.connect(request));
        }
        let host = request.uri().host().map(normal_host);
        match host {
            Some(host) if self.fault(&host) == Some(Fault::Refuses) => Err(Closed),
            Some(host) => self.route(request, Arrived { scheme: "http", host, at_ms: Received::now_ms() }).await,
            None => Ok(status(StatusCode::BAD_REQUEST)),
        }
    }

    /// Answers CONNECT: 200 and a tunnel, or 502 for a host or port that the synthetic web does not have.
    fn connect(self, request: Request<Incoming>) -> Response<Body> {
        let Some(tunnel) = self.tunnel(request.uri()) else { return status(StatusCode::BAD_GATEWAY) };
        let proxy = self.clone();
        self.spawn(async move {
            match hyper::upgrade::on(request).await {
                Ok(upgraded) => proxy.inside(tunnel, TokioIo::new(upgraded)).await,
                Err(error) => tracing::debug!(%error, "tunnel"),
            }
        });
        status(StatusCode::OK)
    }

    fn fault(&self, host: &str) -> Option<Fault> {
        match self.world.web.host(host)? {
            Host::Site(site) | Host::Alias(site) | Host::ThirdParty(site) => site.fault,
            Host::Sdk | Host::StandIn => None,
        }
    }

    fn tunnel(&self, uri: &http::Uri) -> Option<Tunnel> {
        let authority = uri.authority()?;
        let (host, port) = (normal_host(authority.host()), authority.port_u16().unwrap_or(443));
        // An address that our DNS gave out: which host is meant is said inside the tunnel.
        let by_address = host.parse::<std::net::Ipv4Addr>().is_ok_and(|ip| ip.is_documentation());
        let open = match self.world.web.host(&host) {
            Some(Host::Site(site) | Host::Alias(site)) => {
                if port == 443 {
                    site.https
                } else {
                    port == 80
                }
            }
            Some(_) => port == 443 || port == 80,
            None => by_address && (port == 443 || port == 80),
        };
        if !open {
            self.world.log.refused(&format!("{host}:{port}"));
        }
        let fault = self.fault(&host);
        (open && fault != Some(Fault::Refuses)).then_some(Tunnel { host, port, fault })
    }

    async fn inside(self, tunnel: Tunnel, io: TokioIo<hyper::upgrade::Upgraded>) {
        if tunnel.port == 80 {
            return self.requests(tunnel.host, "http", TokioIo::new(io)).await;
        }
        let tls = if tunnel.fault == Some(Fault::Untrusted) { &self.untrusted } else { &self.tls };
        match tls.clone().accept(io).await {
            Ok(stream) => {
                let host = stream.get_ref().1.server_name().map_or(tunnel.host, normal_host);
                self.requests(host, "https", TokioIo::new(stream)).await;
            }
            Err(error) => tracing::debug!(host = tunnel.host, %error, "TLS"),
        }
    }

    /// Serves the requests within a tunnel.
    async fn requests<T>(self, host: String, scheme: &'static str, io: TokioIo<T>)
    where
        T: tokio::io::AsyncRead + tokio::io::AsyncWrite + Send + Unpin + 'static,
    {
        let service = service_fn(move |request: Request<Incoming>| {
            let named = request.headers().get(HOST).and_then(|host| host.to_str().ok()).map(normal_host);
            let host = named.unwrap_or_else(|| host.clone());
            self.clone().route(request, Arrived { scheme, host, at_ms: Received::now_ms() })
        });
        if let Err(error) = http1::Builder::new().serve_connection(io, service).with_upgrades().await {
            tracing::debug!(%error, "tunnelled connection");
        }
    }

    async fn route(self, mut request: Request<Incoming>, arrived: Arrived) -> Result<Response<Body>, Closed> {
        self.world.dawdle().await;
        request.extensions_mut().insert(arrived);
        match TowerToHyperService::new(self.router).call(request).await {
            Ok(response) => Ok(response),
            Err(never) => match never {},
        }
    }
}

/// Lower case, without port and trailing dot.
fn normal_host(host: &str) -> String {
    let host = host.rsplit_once(':').filter(|(_, port)| port.parse::<u16>().is_ok()).map_or(host, |(host, _)| host);
    host.trim_end_matches('.').to_ascii_lowercase()
}

fn status(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}
