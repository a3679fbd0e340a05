//! What the hosts of the lab received: ground truth from the servers' side.

use std::collections::BTreeMap;
use std::collections::VecDeque;
use std::fs::File;
use std::io::{BufWriter, Read as _, Write as _};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use data_encoding::HEXLOWER;
use flate2::read::{GzDecoder, ZlibDecoder};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use tokio::sync::watch;

use crate::{Error, Result};

/// How many entries are kept in memory: a thousand sites' visits. The oldest go first.
const MAX_ENTRIES: usize = 200_000;
/// How many bytes of bodies are kept in memory. Beyond it, entries stay and the oldest bodies go.
const MAX_BODY_BYTES: usize = 256 << 20;
/// How many requests to sites of the portfolio are kept in memory: ten pages with a thousand each. The oldest go first.
const MAX_SITE_ENTRIES: usize = 10_000;
/// The longest body that is kept of one of them; they are there for what a page says to its own site.
const MAX_SITE_BODY: usize = 4 << 10;
/// How far a body is inflated for its decoded length: far beyond any recorder's, and no zip bomb.
const MAX_DECODED: u64 = 64 << 20;
/// How many places of a body are tried as the start of a zlib stream: an envelope has two or three lines of text.
const MAX_STARTS: usize = 8;
/// Headers that say something about identity, transport or encoding, and the one by which the keystroke matrix leaks;
/// values of cookies are not among them.
const HEADERS: &[&str] = &[
    "accept",
    "content-encoding",
    "content-type",
    "origin",
    "referer",
    "sec-fetch-dest",
    "sec-fetch-mode",
    "sec-fetch-site",
    "sec-gpc",
    "user-agent",
    "x-matrix",
];

/// How something arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Via {
    /// A request over HTTP.
    Http,
    /// A frame over a WebSocket.
    SocketFrame,
}

/// One thing that a host of the lab received.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Received {
    /// Milliseconds since the epoch, when the head of the request was there and before its body was.
    pub time_ms: u64,
    /// How it arrived.
    pub via: Via,
    /// `http` or `https`.
    pub scheme: String,
    /// The host that received it.
    pub host: String,
    /// The method; `GET` for frames (of their handshake).
    pub method: String,
    /// The path.
    pub path: String,
    /// The query, without the question mark.
    pub query: String,
    /// Headers of interest, by lower-case name. No cookie values.
    pub headers: BTreeMap<String, String>,
    /// Length of the body in bytes, as sent.
    pub body_len: u64,
    /// SHA-256 of the body as sent, hex; empty where there was none.
    pub body_sha256: String,
    /// Length after gunzip or inflate, where the body is one or the other, or ends in one after lines of text (as
    /// Sentry's envelopes do); else as sent.
    pub decoded_len: u64,
    /// The body as sent, as long as the log's budget lasts. Not written to the log file.
    #[serde(skip)]
    pub body: Bytes,
}

impl Received {
    /// The body, unpacked where it is gzip or zlib, or ends in one after lines of text.
    #[must_use]
    pub fn decoded(&self) -> Bytes {
        unpack(&self.body).unwrap_or_else(|| self.body.clone())
    }

    /// Milliseconds since the epoch.
    #[must_use]
    pub fn now_ms() -> u64 {
        SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| u64::try_from(d.as_millis()).unwrap_or(u64::MAX))
    }

    /// Picks the headers of interest.
    pub(crate) fn headers_of(map: &http::HeaderMap) -> BTreeMap<String, String> {
        let pick = |name: &&str| Some(((*name).to_owned(), map.get(*name)?.to_str().ok()?.to_owned()));
        HEADERS.iter().filter_map(pick).collect()
    }

    /// Sets body, lengths and hash.
    #[must_use]
    pub(crate) fn with_body(mut self, body: Bytes) -> Self {
        self.body_len = body.len() as u64;
        if !body.is_empty() {
            self.body_sha256 = HEXLOWER.encode(&Sha256::digest(&body));
        }
        self.decoded_len = unpack(&body).map_or(self.body_len, |plain| plain.len() as u64);
        self.body = body;
        self
    }
}

/// Inflates a body; `None` where nothing in it is compressed.
fn unpack(body: &[u8]) -> Option<Bytes> {
    let lines = body.windows(2).enumerate().filter(|(_, pair)| pair[0] == b'\n' && pair[1] == 0x78);
    let starts = std::iter::once(0).chain(lines.map(|(at, _)| at + 1).take(MAX_STARTS));
    starts.filter_map(|start| inflate_from(body, start)).next()
}

fn inflate_from(body: &[u8], start: usize) -> Option<Bytes> {
    let (mut plain, packed) = (body[..start].to_vec(), &body[start..]);
    match packed {
        [0x1f, 0x8b, ..] => GzDecoder::new(packed).take(MAX_DECODED).read_to_end(&mut plain),
        [0x78, 0x01 | 0x5e | 0x9c | 0xda, ..] => ZlibDecoder::new(packed).take(MAX_DECODED).read_to_end(&mut plain),
        _ => return None,
    }
    .ok()?;
    Some(plain.into())
}

/// One line of the log file: what was received, by whom, and whether it was refused.
#[derive(Serialize)]
struct Line<'a> {
    role: &'a str,
    #[serde(flatten)]
    received: &'a Received,
}

#[derive(Default)]
struct Kept {
    entries: VecDeque<Received>,
    sites: VecDeque<Received>,
    body_bytes: usize,
    refused: BTreeMap<String, u64>,
    file: Option<BufWriter<File>>,
}

/// The log of a lab, shared by all its connections.
pub(crate) struct Log {
    kept: Mutex<Kept>,
    started: Instant,
    /// Marked as changed with each arrival.
    arrivals: watch::Sender<()>,
}

impl Log {
    /// Opens it; with a path, every line also goes to that file.
    pub(crate) fn open(path: Option<&Path>) -> Result<Self> {
        let open = |path: &Path| {
            File::create(path).map(BufWriter::new).map_err(|source| Error::Write { path: path.to_owned(), source })
        };
        let file = path.map(open).transpose()?;
        Ok(Self {
            kept: Mutex::new(Kept { file, ..Kept::default() }),
            started: Instant::now(),
            arrivals: watch::Sender::default(),
        })
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Announces every arrival.
    pub(crate) fn arrivals(&self) -> watch::Receiver<()> {
        self.arrivals.subscribe()
    }

    /// Something reached a third-party host.
    pub(crate) fn third_party(&self, received: Received) {
        let mut kept = self.kept();
        kept.write("third_party", &received);
        kept.body_bytes += received.body.len();
        kept.entries.push_back(received);
        kept.trim();
        self.arrivals.send_replace(());
    }

    /// Something reached a site of the portfolio. A long body is not kept.
    pub(crate) fn site(&self, mut received: Received) {
        let mut kept = self.kept();
        kept.write("site", &received);
        if received.body.len() > MAX_SITE_BODY {
            received.body = Bytes::new();
        }
        kept.sites.push_back(received);
        if kept.sites.len() > MAX_SITE_ENTRIES {
            kept.sites.pop_front();
        }
        self.arrivals.send_replace(());
    }

    /// Somebody asked for a host that the synthetic web does not have.
    pub(crate) fn refused(&self, host: &str) {
        let at_ms = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        tracing::warn!(host, at_ms, "no such host in the lab");
        let mut kept = self.kept();
        if kept.refused.len() < MAX_ENTRIES {
            *kept.refused.entry(host.to_owned()).or_default() += 1;
        }
    }

    /// Everything third-party hosts received, oldest first.
    pub(crate) fn received(&self) -> Vec<Received> {
        self.kept().entries.iter().cloned().collect()
    }

    /// What one site of the portfolio received, oldest first.
    pub(crate) fn received_by_site(&self, host: &str) -> Vec<Received> {
        self.kept().sites.iter().filter(|received| received.host == host).cloned().collect()
    }

    /// Hosts that were asked for and do not exist, with the number of times.
    pub(crate) fn refused_hosts(&self) -> BTreeMap<String, u64> {
        self.kept().refused.clone()
    }

    /// Forgets what was received so far.
    pub(crate) fn clear(&self) {
        let mut kept = self.kept();
        kept.entries.clear();
        kept.sites.clear();
        kept.refused.clear();
        kept.body_bytes = 0;
    }

    /// Writes out what is buffered.
    pub(crate) fn flush(&self) {
        if let Some(file) = &mut self.kept().file {
            let _ = file.flush();
        }
    }
}

impl Kept {
    fn write(&mut self, role: &str, received: &Received) {
        let Some(file) = &mut self.file else { return };
        let done = serde_json::to_writer(&mut *file, &Line { role, received }).map_err(std::io::Error::from);
        if let Err(error) = done.and_then(|()| file.write_all(b"\n")).and_then(|()| file.flush()) {
            tracing::warn!(%error, "the log file is given up");
            self.file = None;
        }
    }

    fn trim(&mut self) {
        while self.entries.len() > MAX_ENTRIES {
            self.body_bytes -= self.entries.pop_front().map_or(0, |entry| entry.body.len());
        }
        let mut oldest = self.entries.iter_mut();
        while self.body_bytes > MAX_BODY_BYTES {
            let Some(entry) = oldest.next() else { return };
            self.body_bytes -= std::mem::take(&mut entry.body).len();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn received(body: Vec<u8>) -> Received {
        let empty = r#"{"time_ms":0,"via":"http","scheme":"https","host":"h","method":"POST","path":"/","query":"",
            "headers":{},"body_len":0,"body_sha256":"","decoded_len":0}"#;
        serde_json::from_str::<Received>(empty).unwrap().with_body(body.into())
    }

    #[test]
    fn an_envelope_of_lines_and_zlib_is_decoded() {
        let mut body = b"{\"event\":1}\n{\"type\":\"replay_recording\"}\n".to_vec();
        let lines = body.len() as u64;
        let mut packed = flate2::read::ZlibEncoder::new(&[b'r'; 4_000][..], flate2::Compression::default());
        packed.read_to_end(&mut body).unwrap();
        let one = received(body);
        assert_eq!(one.decoded_len, lines + 4_000);
        assert!(one.decoded().ends_with(b"rrrr"));
    }

    #[test]
    fn text_that_only_looks_compressed_is_left_alone() {
        let one = received(b"first\nx^ is no stream".to_vec());
        assert_eq!((one.body_len, one.decoded_len), (21, 21));
        assert_eq!(received(Vec::new()).body_sha256, "");
    }

    #[test]
    fn beyond_its_budget_the_log_drops_old_bodies_and_keeps_their_entries() {
        let log = Log::open(None).unwrap();
        for _ in 0..5 {
            log.third_party(received(vec![7; MAX_BODY_BYTES / 4]));
        }
        let kept = log.received();
        assert_eq!(kept.len(), 5);
        assert!(kept[0].body.is_empty() && kept[0].body_len == (MAX_BODY_BYTES / 4) as u64);
        assert!(!kept[4].body.is_empty());
    }

    #[test]
    fn what_sites_receive_is_kept_apart_and_bounded() {
        let log = Log::open(None).unwrap();
        log.site(Received { host: "old.test".to_owned(), ..received(Vec::new()) });
        for _ in 0..MAX_SITE_ENTRIES {
            log.site(received(vec![7; MAX_SITE_BODY + 1]));
        }
        let kept = log.received_by_site("h");
        assert_eq!(
            (kept.len(), log.received_by_site("old.test").len(), log.received().len()),
            (MAX_SITE_ENTRIES, 0, 0)
        );
        assert!(kept[0].body.is_empty() && kept[0].body_len == (MAX_SITE_BODY + 1) as u64);
        log.clear();
        assert!(log.received_by_site("h").is_empty());
    }
}
