//! A synthetic web: a forward proxy that answers for every host of it. A door is chained to it, so that the hosts
//! have real names and ports 80 and 443.

use std::{
    convert::Infallible,
    net::SocketAddr,
    path::PathBuf,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use earshot_crawl::{CrawlConfig, crawl};
use earshot_egress::{Door, Egress, EgressConfig};
use earshot_model::{Crawl, Lane, Profile, RunId, SeedTask, Target};
use http_body_util::Full;
use hyper::{
    Method, Request, Response,
    body::{Bytes, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio_rustls::{
    TlsAcceptor,
    rustls::{self, pki_types::PrivateKeyDer},
};
use url::Url;

/// What a web answers to a URL.
pub type Pages = fn(&str) -> Reply;

/// Status, headers and body.
pub struct Reply(pub u16, pub Vec<(&'static str, String)>, pub String);

/// A web that runs until the test ends, and the door to it.
pub struct Web {
    pub door: Door,
    /// PEM file of the certificate that its https hosts have.
    ca: PathBuf,
    _files: tempfile::TempDir,
    log: Log,
}

type Log = Arc<Mutex<Vec<(Instant, String)>>>;

/// A page with `links`.
pub fn html(links: &[&str]) -> Reply {
    let links: String = links.iter().map(|link| format!("<p><a href=\"{link}\">go</a></p>")).collect();
    let page = format!("<!doctype html><html><head><title>Shop</title></head><body><h1>Shop</h1>{links}</body></html>");
    Reply(200, vec![("content-type", "text/html; charset=utf-8".into())], page)
}

pub fn text(status: u16, body: &str) -> Reply {
    Reply(status, vec![("content-type", "text/plain".into())], body.to_owned())
}

pub fn xml(body: &str) -> Reply {
    Reply(200, vec![("content-type", "application/xml".into())], body.to_owned())
}

pub fn redirect(to: &str) -> Reply {
    Reply(301, vec![("location", to.to_owned())], String::new())
}

pub fn missing() -> Reply {
    Reply(404, vec![("content-type", "text/html".into())], "<html><body>no such page</body></html>".into())
}

impl Web {
    /// Starts a web in which the hosts of `https` speak TLS and those of `http` do not.
    pub async fn start(https: &'static [&'static str], http: &'static [&'static str], pages: Pages) -> Self {
        let names: Vec<String> = https.iter().map(ToString::to_string).collect();
        let certified = rcgen::generate_simple_self_signed(names).unwrap();
        let files = tempfile::tempdir().unwrap();
        let ca = files.path().join("ca.pem");
        std::fs::write(&ca, certified.cert.pem()).unwrap();
        let key = PrivateKeyDer::try_from(certified.signing_key.serialize_der()).unwrap();
        let tls = rustls::ServerConfig::builder_with_provider(rustls::crypto::ring::default_provider().into())
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certified.cert.der().clone()], key)
            .unwrap();
        let log = Log::default();
        let hosts = Hosts { https, http, pages, log: log.clone(), tls: TlsAcceptor::from(Arc::new(tls)) };
        let upstream = serve(hosts).await;
        let upstream = Some(Url::parse(&format!("http://{upstream}")).unwrap());
        let door = Egress::new(EgressConfig { upstream, ..EgressConfig::default() }).unwrap().open().await.unwrap();
        Self { door, ca, _files: files, log }
    }

    /// Crawls `target` for `pages` pages without waiting between requests.
    pub async fn crawl(&self, target: &str, pages: u32) -> Crawl {
        crawl(&self.config(), &task(target, pages)).await.unwrap().crawl
    }

    pub fn config(&self) -> CrawlConfig {
        config(&self.door, Some(self.ca.clone()))
    }

    /// The addresses that were asked for, in order.
    pub fn asked(&self) -> Vec<String> {
        self.log.lock().unwrap().iter().map(|(_, url)| url.clone()).collect()
    }

    /// The times between one request to `host` and the next.
    pub fn gaps(&self, host: &str) -> Vec<Duration> {
        let prefix = format!("http://{host}/");
        let log = self.log.lock().unwrap();
        let times: Vec<Instant> =
            log.iter().filter(|(_, url)| url.starts_with(&prefix)).map(|(time, _)| *time).collect();
        times.windows(2).map(|pair| pair[1] - pair[0]).collect()
    }
}

pub fn config(door: &Door, ca_cert: Option<PathBuf>) -> CrawlConfig {
    CrawlConfig {
        proxy: door.proxy_url(),
        ca_cert,
        user_agent: "Mozilla/5.0 (compatible; test)".to_owned(),
        delay: Duration::ZERO,
        timeout: Duration::from_secs(20),
        max_fetches: 40,
        max_page_bytes: 1 << 20,
        fetches: Arc::default(),
    }
}

pub fn task(target: &str, pages: u32) -> SeedTask {
    SeedTask {
        run: RunId::new(),
        target: Target::parse(target).unwrap(),
        pages,
        profiles: vec![Profile::Untouched],
        lane: Lane::Bulk,
        repetitions: 1,
        region: None,
    }
}

/// The chosen addresses, in order.
pub fn pages(crawl: &Crawl) -> Vec<&str> {
    crawl.pages.iter().map(|(page, _)| page.as_str()).collect()
}

#[derive(Clone)]
struct Hosts {
    https: &'static [&'static str],
    http: &'static [&'static str],
    pages: Pages,
    log: Log,
    tls: TlsAcceptor,
}

async fn serve(hosts: Hosts) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let hosts = hosts.clone();
            let service = service_fn(move |request| {
                let hosts = hosts.clone();
                async move { Ok::<_, Infallible>(hosts.proxy(request)) }
            });
            tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service).with_upgrades());
        }
    });
    address
}

impl Hosts {
    fn proxy(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let host = request.uri().host().unwrap_or_default().to_owned();
        if request.method() != Method::CONNECT {
            let known = self.http.contains(&host.as_str());
            return if known { self.page(&request.uri().to_string()) } else { bad_gateway() };
        }
        if !self.https.contains(&host.as_str()) {
            return bad_gateway();
        }
        let hosts = self.clone();
        tokio::spawn(async move {
            let Ok(upgraded) = hyper::upgrade::on(request).await else { return };
            let Ok(stream) = hosts.tls.clone().accept(TokioIo::new(upgraded)).await else { return };
            let service = service_fn(move |request: Request<Incoming>| {
                let url = format!("https://{host}{}", request.uri());
                let response = hosts.page(&url);
                async move { Ok::<_, Infallible>(response) }
            });
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
        Response::new(Full::default())
    }

    fn page(&self, url: &str) -> Response<Full<Bytes>> {
        self.log.lock().unwrap().push((Instant::now(), url.to_owned()));
        let Reply(status, headers, body) = (self.pages)(url);
        let mut response = Response::builder().status(status);
        for (name, value) in headers {
            response = response.header(name, value);
        }
        response.body(Full::from(body)).unwrap()
    }
}

fn bad_gateway() -> Response<Full<Bytes>> {
    Response::builder().status(502).body(Full::default()).unwrap()
}
