//! The forward proxy that an egress is chained to.

use base64::{Engine, prelude::BASE64_STANDARD};
use http::{HeaderValue, Method, Request, header};
use http_body_util::Empty;
use hyper::{body::Bytes, client::conn::http1, upgrade::Upgraded};
use hyper_util::rt::TokioIo;
use percent_encoding::percent_decode_str;
use tokio::net::TcpStream;
use url::{Host, Url};

use crate::{EgressError, answer::Failure, destination::Destination};

/// Where the upstream is and what it asks for.
#[derive(Clone, Debug)]
pub(crate) struct Upstream {
    host: String,
    port: u16,
    /// `Proxy-Authorization`, marked sensitive: it never shows in a log.
    authorization: Option<HeaderValue>,
}

impl Upstream {
    pub fn new(url: &Url) -> Result<Self, EgressError> {
        if url.scheme() != "http" {
            return Err(EgressError::UpstreamScheme { scheme: url.scheme().to_owned() });
        }
        let host = match url.host() {
            Some(Host::Domain(name)) => name.to_owned(),
            Some(Host::Ipv4(address)) => address.to_string(),
            Some(Host::Ipv6(address)) => address.to_string(),
            None => return Err(EgressError::Upstream("it has no host")),
        };
        let port = url.port_or_known_default().ok_or(EgressError::Upstream("it has no port"))?;
        Ok(Self { host, port, authorization: authorization(url)? })
    }

    /// A connection to the upstream itself.
    pub async fn dial(&self) -> Result<TcpStream, Failure> {
        let stream = TcpStream::connect((self.host.as_str(), self.port)).await.map_err(|_| Failure::Upstream)?;
        // Latency matters more than packets: heads are small and awaited.
        let _ = stream.set_nodelay(true);
        Ok(stream)
    }

    /// A tunnel through the upstream to `destination` (CONNECT, RFC 9110 § 9.3.6).
    pub async fn tunnel(&self, destination: &Destination) -> Result<TokioIo<Upgraded>, Failure> {
        let (mut sender, connection) =
            http1::handshake(TokioIo::new(self.dial().await?)).await.map_err(|_| Failure::Upstream)?;
        tokio::spawn(connection.with_upgrades());
        let authority = destination.to_string();
        let mut request = Request::builder()
            .method(Method::CONNECT)
            .uri(&authority)
            .header(header::HOST, &authority)
            .body(Empty::<Bytes>::new())
            .map_err(|_| Failure::BadRequest)?;
        self.authorize(request.headers_mut());
        let response = sender.send_request(request).await.map_err(|_| Failure::Upstream)?;
        if !response.status().is_success() {
            return Err(Failure::UpstreamStatus(response.status()));
        }
        hyper::upgrade::on(response).await.map(TokioIo::new).map_err(|_| Failure::Upstream)
    }

    /// Adds the credentials, where there are any.
    pub fn authorize(&self, headers: &mut http::HeaderMap) {
        if let Some(value) = &self.authorization {
            headers.insert(header::PROXY_AUTHORIZATION, value.clone());
        }
    }
}

/// Basic credentials (RFC 7617) from the URL's user information, percent-decoded.
fn authorization(url: &Url) -> Result<Option<HeaderValue>, EgressError> {
    if url.username().is_empty() && url.password().is_none() {
        return Ok(None);
    }
    let mut pair: Vec<u8> = percent_decode_str(url.username()).collect();
    pair.push(b':');
    pair.extend(percent_decode_str(url.password().unwrap_or_default()));
    let mut value = HeaderValue::try_from(format!("Basic {}", BASE64_STANDARD.encode(pair)))
        .map_err(|_| EgressError::Upstream("its credentials do not fit into a header"))?;
    value.set_sensitive(true);
    Ok(Some(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_decoded_and_hidden() {
        let upstream = Upstream::new(&Url::parse("http://ann:p%40ss%3A1@[::1]:3128").unwrap()).unwrap();
        assert_eq!(upstream.authorization.as_ref().unwrap(), "Basic YW5uOnBAc3M6MQ==");
        assert_eq!((upstream.host.as_str(), upstream.port), ("::1", 3128));
        assert!(!format!("{upstream:?}").contains("YW5u"));
    }

    #[test]
    fn only_plain_http_proxies_are_taken() {
        let error = Upstream::new(&Url::parse("socks5://ann:s3cret@exit.example:1080").unwrap()).unwrap_err();
        assert!(error.to_string().contains("socks5") && !error.to_string().contains("s3cret"), "{error}");
    }
}
