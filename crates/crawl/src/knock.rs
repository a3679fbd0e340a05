//! Asking the door why it would not open a tunnel. The HTTP client throws the door's answer to CONNECT away and
//! says "tunnel failed" for a private address, an unknown name and a dead host alike.

use http_body_util::Empty;
use hyper::{Method, Request, body::Bytes, client::conn::http1, header::HOST};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use url::Url;

use crate::{CrawlError, failure::Failure};

/// Asks the door at `proxy` for a tunnel to the host of `url`. `None` if it opens: then the trouble lies behind
/// it, in TLS or HTTP. The tunnel is dropped unused.
pub(crate) async fn knock(proxy: &Url, url: &Url) -> Result<Option<Failure>, CrawlError> {
    let closed = |_| CrawlError::Door(proxy.to_string());
    let addresses = proxy.socket_addrs(|| None).map_err(closed)?;
    let stream = TcpStream::connect(&*addresses).await.map_err(closed)?;
    ask(stream, url).await.map_err(|_| CrawlError::Door(proxy.to_string()))
}

async fn ask(stream: TcpStream, url: &Url) -> Result<Option<Failure>, hyper::Error> {
    let host = url.host_str().unwrap_or_default();
    let authority = format!("{host}:{}", url.port_or_known_default().unwrap_or(443));
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let Ok(request) =
        Request::builder().method(Method::CONNECT).uri(&authority).header(HOST, &authority).body(Empty::<Bytes>::new())
    else {
        return Ok(Some(Failure::Unreachable("the host is no authority".to_owned())));
    };
    let driving = tokio::spawn(connection);
    let response = sender.send_request(request).await;
    driving.abort();
    let response = response?;
    let refused = || Some(Failure::Unreachable(format!("the proxy answers {}", response.status().as_u16())));
    Ok(match response.status().is_success() {
        true => None,
        false => Failure::of_door(response.headers()).or_else(refused),
    })
}
