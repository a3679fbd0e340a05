//! The lab's DNS server: names of the synthetic web only, on UDP and TCP.

use std::net::{IpAddr, SocketAddr};
use std::str::FromStr as _;
use std::sync::Arc;
use std::time::Duration;

use hickory_proto::op::{Metadata, ResponseCode};
use hickory_proto::rr::rdata::{A, AAAA, CNAME};
use hickory_proto::rr::{Name, RData, Record, RecordType};
use hickory_server::Server;
use hickory_server::net::runtime::Time;
use hickory_server::server::{Request, RequestHandler, ResponseHandler, ResponseInfo};
use hickory_server::zone_handler::MessageResponseBuilder;
use tokio::net::{TcpListener, UdpSocket};

use crate::answer::World;
use crate::web::Resolved;
use crate::{Error, Result};

/// How long an answer may be kept: short, so that a changed web is seen.
const TTL_S: u32 = 5;
/// How long an idle TCP connection is kept.
const IDLE: Duration = Duration::from_secs(5);
/// Answers buffered for one TCP connection.
const TCP_BUFFER: usize = 32;
/// How often a port is tried that is free for UDP and TCP alike.
const PORT_TRIES: usize = 16;

struct Names(Arc<World>);

/// Binds UDP and TCP on the same port and serves.
pub(crate) async fn listen(addr: SocketAddr, world: Arc<World>) -> Result<(SocketAddr, Server<impl RequestHandler>)> {
    let (udp, tcp, bound) = bind(addr).await?;
    let mut server = Server::new(Names(world));
    server.register_socket(udp);
    server.register_listener(tcp, IDLE, TCP_BUFFER);
    Ok((bound, server))
}

async fn bind(addr: SocketAddr) -> Result<(UdpSocket, TcpListener, SocketAddr)> {
    let fail = |source| Error::Listen { addr, source };
    let mut tries = PORT_TRIES;
    loop {
        let udp = UdpSocket::bind(addr).await.map_err(fail)?;
        let bound = udp.local_addr().map_err(fail)?;
        match TcpListener::bind(bound).await {
            Ok(tcp) => return Ok((udp, tcp, bound)),
            // With port 0 the port was free for UDP only: take another.
            Err(_) if addr.port() == 0 && tries > 0 => tries -= 1,
            Err(source) => return Err(fail(source)),
        }
    }
}

#[async_trait::async_trait]
impl RequestHandler for Names {
    async fn handle_request<R: ResponseHandler, T: Time>(&self, request: &Request, mut response: R) -> ResponseInfo {
        let mut metadata = Metadata::response_from_request(&request.metadata);
        metadata.authoritative = true;
        let answers = match request.request_info() {
            Ok(info) => self.answers(&info.query.name().to_string(), info.query.query_type()),
            Err(_) => Err(ResponseCode::FormErr),
        };
        let records = answers.unwrap_or_else(|code| {
            metadata.response_code = code;
            Vec::new()
        });
        let message = MessageResponseBuilder::from_message_request(request).build(metadata, &records, [], [], []);
        let failed = ResponseInfo::from(hickory_proto::op::Header { metadata, counts: Default::default() });
        response.send_response(message).await.unwrap_or(failed)
    }
}

impl Names {
    fn answers(&self, name: &str, kind: RecordType) -> Result<Vec<Record>, ResponseCode> {
        let name = name.trim_end_matches('.').to_ascii_lowercase();
        let resolved = self.0.web.resolve(&name).ok_or(ResponseCode::NXDomain)?;
        records(&resolved, kind).map_err(|_| ResponseCode::ServFail)
    }
}

/// The chain of CNAMEs, and the address if it is of the kind asked for.
fn records(resolved: &Resolved, kind: RecordType) -> std::result::Result<Vec<Record>, hickory_proto::ProtoError> {
    let mut records = Vec::new();
    for link in resolved.chain.windows(2) {
        let target = RData::CNAME(CNAME(Name::from_str(&fqdn(&link[1]))?));
        records.push(Record::from_rdata(Name::from_str(&fqdn(&link[0]))?, TTL_S, target));
    }
    let last = resolved.chain.last().map(String::as_str).unwrap_or_default();
    let data = match (resolved.address, kind) {
        (IpAddr::V4(ip), RecordType::A) => Some(RData::A(A(ip))),
        (IpAddr::V6(ip), RecordType::AAAA) => Some(RData::AAAA(AAAA(ip))),
        _ => None,
    };
    if let Some(data) = data {
        records.push(Record::from_rdata(Name::from_str(&fqdn(last))?, TTL_S, data));
    }
    Ok(records)
}

fn fqdn(name: &str) -> String {
    format!("{name}.")
}
