//! What stands around a door in these tests: servers on loopback, and a client that says exactly what it is told.

use std::{
    net::{IpAddr, SocketAddr},
    str::FromStr,
    sync::{Arc, Mutex},
    time::Duration,
};

use earshot_egress::{Door, Egress, EgressConfig};
use hickory_proto::{
    op::{Message, OpCode, ResponseCode},
    rr::{Name, RData, Record, RecordType, rdata::CNAME},
};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream, UdpSocket},
    time::timeout,
};

/// Longest wait for an answer on loopback before a test gives up.
const PATIENCE: Duration = Duration::from_secs(10);

/// A door that lets loopback pass.
pub async fn open_door() -> Door {
    door(EgressConfig { allow_private: true, ..EgressConfig::default() }).await
}

pub async fn door(config: EgressConfig) -> Door {
    Egress::new(config).unwrap().open().await.unwrap()
}

/// A name in DNS that leads to what stands beside it: through other names, which come first, to addresses; an unknown one is NXDOMAIN, an empty list SERVFAIL.
pub type Zone = &'static [(&'static str, &'static [&'static str])];

/// A DNS server on UDP that serves `zone`, and the names it was asked for.
pub async fn dns(zone: Zone) -> (SocketAddr, Arc<Mutex<Vec<String>>>) {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let (address, asked) = (socket.local_addr().unwrap(), Arc::new(Mutex::new(Vec::new())));
    let log = asked.clone();
    tokio::spawn(async move {
        let mut buffer = [0; 1500];
        while let Ok((length, peer)) = socket.recv_from(&mut buffer).await {
            let question = Message::from_vec(&buffer[..length]).unwrap();
            log.lock().unwrap().push(question.queries[0].name().to_utf8());
            socket.send_to(&answer(zone, &question).to_vec().unwrap(), peer).await.unwrap();
        }
    });
    (address, asked)
}

/// A DNS server that gives for every name first one zone's answer, then another's; nobody may keep what it says.
pub async fn rebinding_dns(first: Zone, then: Zone) -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut buffer, mut given) = ([0; 1500], 0);
        while let Ok((length, peer)) = socket.recv_from(&mut buffer).await {
            let question = Message::from_vec(&buffer[..length]).unwrap();
            let mut told = answer(if given == 0 { first } else { then }, &question);
            given += usize::from(question.queries[0].query_type() == RecordType::A);
            told.answers.iter_mut().for_each(|record| record.ttl = 0);
            socket.send_to(&told.to_vec().unwrap(), peer).await.unwrap();
        }
    });
    address
}

fn answer(zone: Zone, question: &Message) -> Message {
    let query = question.queries[0].clone();
    let mut answer = Message::response(question.metadata.id, OpCode::Query);
    let name = query.name().to_utf8().to_lowercase();
    match zone.iter().find(|(known, _)| *known == name.trim_end_matches('.')) {
        None => answer.metadata.response_code = ResponseCode::NXDomain,
        Some((_, [])) => answer.metadata.response_code = ResponseCode::ServFail,
        Some((_, addresses)) => {
            let mut owner = query.name().clone();
            for text in *addresses {
                match text.parse::<IpAddr>() {
                    Ok(address) if (query.query_type() == RecordType::AAAA) == address.is_ipv6() => {
                        answer.add_answer(Record::from_rdata(owner.clone(), 60, RData::from(address)));
                    }
                    Ok(_) => {}
                    Err(_) => {
                        let target = Name::from_str(&format!("{text}.")).unwrap();
                        answer.add_answer(Record::from_rdata(owner, 60, RData::CNAME(CNAME(target.clone()))));
                        owner = target;
                    }
                }
            }
        }
    }
    answer.add_query(query);
    answer
}

/// A web server that answers every request with `response` and keeps what it was sent (head and body).
pub async fn web(response: &'static str) -> (SocketAddr, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, seen) = (listener.local_addr().unwrap(), Arc::new(Mutex::new(Vec::new())));
    let log = seen.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let log = log.clone();
            tokio::spawn(async move {
                let mut stream = BufReader::new(stream);
                let request = message(&mut stream).await;
                log.lock().unwrap().push(request);
                stream.write_all(response.as_bytes()).await.unwrap();
            });
        }
    });
    (address, seen)
}

/// A server that sends back what it is sent, on every connection.
pub async fn echo() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let (mut read, mut write) = stream.split();
                let _ = tokio::io::copy(&mut read, &mut write).await;
            });
        }
    });
    address
}

/// A loopback port where nobody listens.
pub async fn nobody() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap()
}

/// Sends `request` to a door over a fresh connection and returns head and body of what it answers.
pub async fn ask(door: &Door, request: &str) -> String {
    let mut stream = BufReader::new(TcpStream::connect(door.addr()).await.unwrap());
    stream.write_all(request.as_bytes()).await.unwrap();
    timeout(PATIENCE, message(&mut stream)).await.expect("the door answers")
}

/// An absolute-form GET of `url`.
pub async fn get(door: &Door, url: &str) -> String {
    ask(door, &format!("GET {url} HTTP/1.1\r\nHost: ignored.test\r\n\r\n")).await
}

/// Asks for a tunnel to `authority`; the stream is usable if the head begins with 200.
pub async fn connect(door: &Door, authority: &str) -> (String, BufReader<TcpStream>) {
    let mut stream = BufReader::new(TcpStream::connect(door.addr()).await.unwrap());
    let request = format!("CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let head = timeout(PATIENCE, head(&mut stream)).await.expect("the door answers");
    (head, stream)
}

/// Reads to the empty line.
async fn head(stream: &mut BufReader<TcpStream>) -> String {
    let mut head = String::new();
    while stream.read_line(&mut head).await.unwrap() > 2 {}
    head
}

/// Reads one message whose body, if any, is announced by Content-Length or in chunks.
async fn message(stream: &mut BufReader<TcpStream>) -> String {
    let mut message = head(stream).await;
    let lower = message.to_lowercase();
    if let Some((_, rest)) = lower.split_once("content-length:") {
        let mut body = vec![0; rest.lines().next().unwrap().trim().parse().unwrap()];
        stream.read_exact(&mut body).await.unwrap();
        message.push_str(&String::from_utf8(body).unwrap());
    } else if lower.contains("transfer-encoding: chunked") {
        while !message.ends_with("\r\n0\r\n\r\n") {
            assert!(stream.read_line(&mut message).await.unwrap() > 0, "chunks end early");
        }
    }
    message
}
