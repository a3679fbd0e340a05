//! WebSockets and WebTransport.

use std::collections::{HashMap, VecDeque};

use base64::{Engine, prelude::BASE64_STANDARD};
use chromiumoxide::cdp::browser_protocol::network;
use earshot_model::{Body, Direction, Fact, GapKind, Initiator, Request, SocketFrame, Transport, Witness};

use super::{
    Recorder, Source,
    draft::{Draft, Slot, reference},
    initiator, without_query,
};
use crate::bounds;

/// RFC 6455 § 5.2.
const OPCODE_TEXT: f64 = 1.0;
const OPCODE_BINARY: f64 = 2.0;

/// Longest address by which our script and the browser mean the same socket, in bytes.
const SOCKET_URL: usize = 2_000;

/// Sockets whose frames from Blobs are told; a page has one or two.
const BLOB_SOCKETS: usize = 1_000;

/// Frames sent from Blobs: the browser tells when, our script tells what, each in the order of sending.
#[derive(Debug, Default)]
pub(super) struct Blobs {
    sockets: HashMap<Socket, Sent>,
}

/// Session and address.
type Socket = (String, String);

/// What is told of one socket by one witness and not by the other yet.
#[derive(Debug, Default)]
struct Sent {
    frames: VecDeque<Slot>,
    bodies: VecDeque<Option<Content>>,
}

/// The beginning of a Blob, and its whole length.
type Content = (Vec<u8>, u64);

impl Blobs {
    /// Notes the frames that stayed empty.
    pub(super) fn finish(&self, draft: &mut Draft) {
        for ((_, url), sent) in &self.sockets {
            if !sent.frames.is_empty() {
                unread(draft, url);
            }
        }
    }
}

impl Recorder {
    /// The browser tells the address first and the moment, in [`Recorder::on_handshake`], later; or never, if the
    /// connection fails before.
    pub(super) fn on_socket(&mut self, created: &network::EventWebSocketCreated, source: Source<'_>) {
        let by = created.initiator.as_ref().map(initiator::of).unwrap_or_default();
        self.open(created.request_id.as_ref(), &created.url, Transport::WebSocket, by, source);
    }

    pub(super) fn on_web_transport(&mut self, created: &network::EventWebTransportCreated, source: Source<'_>) {
        let by = created.initiator.as_ref().map(initiator::of).unwrap_or_default();
        self.open(created.transport_id.as_ref(), &created.url, Transport::WebTransport, by, source);
    }

    pub(super) fn on_handshake(&mut self, sent: &network::EventWebSocketWillSendHandshakeRequest, source: Source<'_>) {
        let slot =
            self.requests.trail(sent.request_id.as_ref()).and_then(|trail| trail.hops.last()).map(|hop| hop.slot);
        if let Some(slot) = slot {
            let made_ms = self.draft.moment(slot).unwrap_or_default();
            let at_ms = self.clock.exact(*sent.timestamp.inner());
            self.draft.date(slot, self.order.dated(source.session, made_ms, at_ms));
        }
    }

    pub(super) fn on_handshake_answer(&mut self, received: &network::EventWebSocketHandshakeResponseReceived) {
        let at_ms = self.clock.exact(*received.timestamp.inner());
        self.answered(received.request_id.as_ref(), received.response.status, "", false, at_ms);
    }

    pub(super) fn on_socket_error(&mut self, error: &network::EventWebSocketFrameError) {
        let at_ms = self.clock.exact(*error.timestamp.inner());
        self.fail(error.request_id.as_ref(), &error.error_message, at_ms);
    }

    pub(super) fn on_frame_sent(&mut self, frame: &network::EventWebSocketFrameSent, source: Source<'_>) {
        self.on_frame(&frame.request_id, &frame.timestamp, &frame.response, Direction::Sent, source);
    }

    pub(super) fn on_frame_received(&mut self, frame: &network::EventWebSocketFrameReceived, source: Source<'_>) {
        self.on_frame(&frame.request_id, &frame.timestamp, &frame.response, Direction::Received, source);
    }

    fn on_frame(
        &mut self,
        id: &network::RequestId,
        timestamp: &network::MonotonicTime,
        frame: &network::WebSocketFrame,
        direction: Direction,
        source: Source<'_>,
    ) {
        let Some(trail) = self.requests.trail(id.as_ref()).filter(|trail| trail.session == source.session) else {
            return;
        };
        let Some(hop) = trail.hops.last() else { return };
        let (slot, what) = (hop.slot, format!("WebSocket {}", hop.host));
        let Some(bytes) = payload(frame) else { return };
        if bytes.is_empty() && direction == Direction::Sent && frame.opcode == OPCODE_BINARY {
            // The browser tells nothing of what is in a frame sent from a Blob.
            let socket = self.socket(slot, source.session);
            if let Some(sent) = self.add_frame(slot, timestamp, direction, Body::default(), source) {
                self.told.blobs.sockets.entry(socket.clone()).or_default().frames.push_back(sent);
                self.fill_frames(&socket);
            }
            return;
        }
        let body = self.draft.body(bytes, &what);
        self.add_frame(slot, timestamp, direction, body, source);
    }

    fn add_frame(
        &mut self,
        request: Slot,
        timestamp: &network::MonotonicTime,
        direction: Direction,
        body: Body,
        source: Source<'_>,
    ) -> Option<Slot> {
        let (_, address) = self.draft.place(request);
        let fact = Fact::SocketFrame(SocketFrame { request: reference(request), direction, body });
        let at_ms = self.order.told(source.session, self.clock.exact(*timestamp.inner()));
        self.draft.add(Witness::Browser, Some(at_ms), address, fact)
    }

    /// Our script read what was in a frame sent from a Blob: its beginning in base64, and its length. `None` if it
    /// could not.
    pub(super) fn on_blob(&mut self, session: &str, url: &str, content: Option<(String, u64)>) {
        let content = content.and_then(|(data, size)| Some((BASE64_STANDARD.decode(data).ok()?, size)));
        let socket = (session.to_owned(), bounds::cut(url, SOCKET_URL).to_owned());
        let sockets = &mut self.told.blobs.sockets;
        if sockets.len() >= BLOB_SOCKETS && !sockets.contains_key(&socket) {
            return;
        }
        let bodies = &mut sockets.entry(socket.clone()).or_default().bodies;
        // They wait for frames that are on their way: more than these are none of ours.
        if bodies.len() < bounds::BODY_QUERIES {
            bodies.push_back(content);
        }
        self.fill_frames(&socket);
    }

    /// Brings together what both witnesses told of.
    fn fill_frames(&mut self, socket: &Socket) {
        let Some(sent) = self.told.blobs.sockets.get_mut(socket) else { return };
        let ready = sent.frames.len().min(sent.bodies.len());
        let pairs: Vec<_> = sent.frames.drain(..ready).zip(sent.bodies.drain(..ready)).collect();
        for (slot, content) in pairs {
            let Some((bytes, size)) = content else {
                unread(&mut self.draft, &socket.1);
                continue;
            };
            let what = format!("WebSocket {}", without_query(&socket.1));
            let (told, mut body) = (bytes.len() as u64, self.draft.body(bytes, &what));
            if size > told {
                self.draft.gap(GapKind::BodyCut, format!("{what}: {told} of {size} bytes kept"));
                body.size = size;
            }
            if let Some(Fact::SocketFrame(frame)) = self.draft.fact_mut(slot) {
                frame.body = body;
            }
            self.draft.witness(slot, Witness::Page);
        }
    }

    /// By what our script means the socket of a request.
    fn socket(&mut self, request: Slot, session: &str) -> Socket {
        let url = match self.draft.fact_mut(request) {
            Some(Fact::Request(request)) => bounds::cut(&request.url, SOCKET_URL).to_owned(),
            _ => String::new(),
        };
        (session.to_owned(), url)
    }

    fn open(&mut self, id: &str, url: &str, transport: Transport, initiator: Initiator, source: Source<'_>) {
        if self.requests.trail(id).is_some() {
            return;
        }
        let request = Request {
            url: self.bounded(url),
            method: if transport == Transport::WebSocket { "GET" } else { "CONNECT" }.to_owned(),
            transport,
            initiator,
            on_leave: self.leaving,
            ..Request::default()
        };
        let at_ms = self.order.told(source.session, self.clock.heard(source.heard));
        if let Some(slot) = self.draft.add(Witness::Browser, Some(at_ms), source.address, Fact::Request(request)) {
            self.requests.push(id, source.session, slot, url, f64::NAN);
        }
    }
}

fn unread(draft: &mut Draft, url: &str) {
    draft.gap(GapKind::BodyUnread, format!("WebSocket {}: a binary frame", without_query(url)));
}

/// The bytes of a data frame; control frames have none that matter.
fn payload(frame: &network::WebSocketFrame) -> Option<Vec<u8>> {
    if frame.opcode == OPCODE_TEXT {
        Some(frame.payload_data.clone().into_bytes())
    } else if frame.opcode == OPCODE_BINARY {
        BASE64_STANDARD.decode(&frame.payload_data).ok()
    } else {
        None
    }
}
