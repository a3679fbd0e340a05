//! Recorders: what they uploaded, and what we did not wait for.

use std::io::Write;

use earshot_model::{Direction, GapKind, Transport, Upload, Visit};
use flate2::{Compression, write::GzEncoder};

use crate::visit::{about, ask, frame, judged, page, post};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

fn not_awaited(visit: &Visit) -> Vec<String> {
    let gaps = judged(visit).gaps.into_iter();
    gaps.map(|gap| {
        assert_eq!(gap.kind, GapKind::UploadNotAwaited);
        gap.detail
    })
    .collect()
}

#[test]
fn an_upload_counts_unpacked() {
    let mut visit = page("https://shop.test/");
    let json = br#"{"e":["0.8.70",1],"a":[[12,5]],"p":[]}"#.repeat(40);
    let packed = gzip(&json);
    ask(&mut visit, 10.0, "https://www.clarity.ms/tag/x", Transport::Script);
    post(&mut visit, 900.0, "https://k.clarity.ms/collect", &packed);
    post(&mut visit, 1900.0, "https://k.clarity.ms/collect", b"{}");
    let judgement = judged(&visit);
    let wire_bytes = packed.len() as u64 + 2;
    let decoded_bytes = json.len() as u64 + 2;
    assert_eq!(about(&judgement, "microsoft-clarity").upload, Upload { count: 2, wire_bytes, decoded_bytes });
    assert_eq!(judgement.notes[2].decoded_bytes, json.len() as u64);
    assert!(judgement.gaps.is_empty());
}

#[test]
fn a_recorder_that_was_not_awaited_is_a_gap() {
    let mut visit = page("https://shop.test/");
    ask(&mut visit, 500.0, "https://static.openreplay.com/latest/openreplay.js", Transport::Script);
    ask(&mut visit, 600.0, "https://api.openreplay.com/ingest/v1/web/start", Transport::Fetch);
    let gaps = not_awaited(&visit);
    assert_eq!(gaps.len(), 1);
    assert!(gaps[0].starts_with("openreplay: watched for 7500 ms"), "{gaps:?}");

    visit.took_ms = 30_500;
    assert!(not_awaited(&visit).is_empty(), "long enough, and silent");
    visit.took_ms = 8_000;
    ask(&mut visit, 700.0, "https://api.openreplay.com/ingest/v1/web/i?batch=1", Transport::Preflight);
    assert_eq!(not_awaited(&visit).len(), 1, "a preflight uploads nothing");
    post(&mut visit, 800.0, "https://api.openreplay.com/ingest/v1/web/i?batch=1", b"\x51\x01");
    assert!(not_awaited(&visit).is_empty());
}

#[test]
fn a_vendor_without_a_known_delay_is_not_waited_for() {
    let mut visit = page("https://shop.test/");
    visit.took_ms = 100;
    ask(&mut visit, 10.0, "https://static.hotjar.com/c/hotjar-1.js", Transport::Script);
    let socket = ask(&mut visit, 20.0, "wss://ws.hotjar.com/api/v2/client/ws", Transport::WebSocket);
    frame(&mut visit, socket, Direction::Sent, b"x");
    assert!(not_awaited(&visit).is_empty());
}
