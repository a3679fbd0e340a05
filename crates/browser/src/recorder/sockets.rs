//! WebSockets and WebTransport.

use base64::{Engine, prelude::BASE64_STANDARD};
use chromiumoxide::cdp::browser_protocol::network;
use earshot_model::{Direction, Fact, GapKind, Initiator, Request, SocketFrame, Transport};

use super::{Recorder, Source, draft::reference, initiator};

/// RFC 6455 § 5.2.
const OPCODE_TEXT: f64 = 1.0;
const OPCODE_BINARY: f64 = 2.0;

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

    pub(super) fn on_handshake(&mut self, sent: &network::EventWebSocketWillSendHandshakeRequest) {
        let slot =
            self.requests.trail(sent.request_id.as_ref()).and_then(|trail| trail.hops.last()).map(|hop| hop.slot);
        if let Some(slot) = slot {
            self.draft.date(slot, self.clock.exact(*sent.timestamp.inner()));
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
            self.draft.gap(GapKind::BodyUnread, format!("{what}: a binary frame"));
        }
        let body = self.draft.body(bytes, &what);
        let (_, address) = self.draft.place(slot);
        let fact = Fact::SocketFrame(SocketFrame { request: reference(slot), direction, body });
        self.draft.add(Some(self.clock.exact(*timestamp.inner())), address, fact);
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
        let at_ms = self.clock.heard(source.heard);
        if let Some(slot) = self.draft.add(Some(at_ms), source.address, Fact::Request(request)) {
            self.requests.push(id, source.session, slot, url, f64::NAN);
        }
    }
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
