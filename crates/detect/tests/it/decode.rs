//! Bodies packed as vendors pack them.

use std::io::Write;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use earshot_detect::decode::{MAX_DEPTH, MAX_LAYERS, MAX_WORK_BYTES, Packing, Unpacked, unpack};
use flate2::{
    Compression,
    write::{GzEncoder, ZlibEncoder},
};
use rand::{Rng, RngCore, SeedableRng, rngs::StdRng};

const JSON: &str = r#"{"type":3,"data":{"source":5,"text":"Maribel Okonkwo","isChecked":false,"id":42}}"#;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::default());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

fn packings(unpacked: &Unpacked) -> Vec<Packing> {
    unpacked.layers.iter().map(|layer| layer.packing).collect()
}

fn can_be_read(unpacked: &Unpacked, text: &str) -> bool {
    unpacked.readable().any(|layer| String::from_utf8_lossy(&layer.bytes).contains(text))
}

#[test]
fn plain_bodies_are_their_own_size() {
    for body in ["", "x", JSON, "a=b&c=d", "hello\nworld", "x^2 + y^2 = z^2", "\u{1f8b}"] {
        let unpacked = unpack(body.as_bytes());
        assert_eq!((unpacked.size(), unpacked.layers.len(), unpacked.cut), (body.len() as u64, 1, false), "{body}");
    }
}

#[test]
fn a_packed_body_has_the_size_of_what_it_holds() {
    for (body, packing) in [(gzip(JSON.as_bytes()), Packing::Gzip), (zlib(JSON.as_bytes()), Packing::Zlib)] {
        let unpacked = unpack(&body);
        assert_eq!(packings(&unpacked), [Packing::Sent, packing]);
        assert_eq!((unpacked.size(), unpacked.cut), (JSON.len() as u64, false));
        assert!(can_be_read(&unpacked, "Maribel"));
    }
}

#[test]
fn sentry_zlib_stands_behind_the_lines_of_an_envelope() {
    let recording = JSON.repeat(30);
    let head = "{\"event_id\":\"1\"}\n{\"type\":\"replay_event\",\"length\":2}\n{}\n{\"type\":\"replay_recording\"}\n{\"segment_id\":0}\n";
    let body = [head.as_bytes(), &zlib(recording.as_bytes()), b"\n{\"type\":\"client_report\"}\n{}"].concat();
    let unpacked = unpack(&body);
    assert_eq!(packings(&unpacked), [Packing::Sent, Packing::Zlib]);
    assert_eq!(unpacked.layers[1].at.start, head.len());
    assert_eq!(unpacked.layers[1].bytes, recording.as_bytes());
    assert_eq!(unpacked.size(), (head.len() + recording.len() + "\n{\"type\":\"client_report\"}\n{}".len()) as u64);
}

#[test]
fn datadog_deflate_stands_in_a_multipart_body() {
    let head = "--b\r\nContent-Disposition: form-data; name=\"segment\"; filename=\"x\"\r\nContent-Type: application/octet-stream\r\n\r\n";
    let body = [head.as_bytes(), &zlib(JSON.as_bytes()), b"\r\n--b--\r\n"].concat();
    assert!(can_be_read(&unpack(&body), "Maribel"));
}

#[test]
fn posthog_packs_strings_inside_json_and_the_body_again() {
    let latin1: String = gzip(JSON.as_bytes()).into_iter().map(char::from).collect();
    let quoted = serde_json::to_string(&latin1).unwrap();
    let batch = format!(r#"[{{"data":{quoted},"cv":"2024-10"}},{{"data":{quoted}}},{{"data":"plain"}}]"#);
    let unpacked = unpack(&gzip(batch.as_bytes()));
    use Packing::{Gzip, JsonBytes, Sent};
    assert_eq!(packings(&unpacked), [Sent, Gzip, JsonBytes, JsonBytes, Gzip, Gzip]);
    let plain = batch.len() - 2 * (quoted.len() - 2);
    assert_eq!(unpacked.size(), (plain + 2 * JSON.len()) as u64);
    assert!(can_be_read(&unpacked, "Maribel") && can_be_read(&unpacked, "\"plain\""));
    let child = &unpacked.layers[4];
    assert_eq!((child.depth, child.parent, child.bytes.as_slice()), (3, Some(2), JSON.as_bytes()));
}

#[test]
fn base64_is_found_in_forms_in_json_and_alone() {
    let encoded = STANDARD.encode(JSON);
    let percent = encoded.replace('=', "%3D");
    let packed = STANDARD.encode(gzip(JSON.as_bytes()));
    for (body, around) in [
        (encoded.clone(), 0),
        (format!("data={encoded}&ip=1"), "data=&ip=1".len()),
        (format!("v=1&data={percent}"), "v=1&data=".len()),
        (format!(r#"{{"d":"{packed}"}}"#), r#"{"d":""}"#.len()),
        (
            format!("compression=gzip&data={}", packed.replace('/', "%2F").replace('+', "%2B")),
            "compression=gzip&data=".len(),
        ),
    ] {
        let unpacked = unpack(body.as_bytes());
        assert!(can_be_read(&unpacked, "Maribel"), "{body}");
        assert_eq!(unpacked.size(), (around + JSON.len()) as u64, "{body}");
    }
}

#[test]
fn percent_encoded_json_in_a_form_is_unpacked() {
    let body = "data=%7B%22q%22%3A%22Maribel%20O%22%7D&x=1";
    let unpacked = unpack(body.as_bytes());
    assert_eq!(packings(&unpacked), [Packing::Sent, Packing::Percent]);
    assert!(can_be_read(&unpacked, "Maribel O"));
    assert_eq!(unpacked.size(), "data={\"q\":\"Maribel O\"}&x=1".len() as u64);
}

#[test]
fn a_cut_body_gives_what_it_has_and_says_so() {
    let packed = gzip(JSON.repeat(2_000).as_bytes());
    let unpacked = unpack(&packed[..packed.len() / 2]);
    assert!(unpacked.cut && can_be_read(&unpacked, "Maribel"));
    assert!(unpacked.size() < (JSON.len() * 2_000) as u64);
}

#[test]
fn a_corrupt_stream_stays_as_it_was_sent() {
    let mut packed = gzip(JSON.as_bytes());
    let last = packed.len() - 6;
    packed[last] ^= 0xff;
    let unpacked = unpack(&packed);
    assert_eq!((unpacked.layers.len(), unpacked.size()), (1, packed.len() as u64));
}

#[test]
fn a_zip_bomb_ends_at_the_bound() {
    let bomb = gzip(&vec![b'0'; 4 * MAX_WORK_BYTES]);
    let unpacked = unpack(&gzip(&bomb));
    assert!(unpacked.cut);
    let held: usize = unpacked.layers.iter().skip(1).map(|layer| layer.bytes.len()).sum();
    assert!(held <= MAX_WORK_BYTES && held > MAX_WORK_BYTES / 2, "{held}");
}

#[test]
fn streams_that_fail_at_their_last_byte_use_up_the_budget() {
    let mut wrong = zlib(&vec![b'0'; MAX_WORK_BYTES / 3]);
    *wrong.last_mut().unwrap() ^= 1;
    let unpacked = unpack(&[b"{}\n", wrong.as_slice()].concat().repeat(100));
    assert_eq!(unpacked.layers.len(), 1);
    assert!(unpacked.cut, "it stopped after three of a hundred");
}

#[test]
fn packing_is_followed_to_the_depth_that_is_promised() {
    let mut body = JSON.as_bytes().to_vec();
    for _ in 0..MAX_DEPTH {
        body = gzip(&body);
    }
    assert_eq!((unpack(&body).size(), unpack(&body).cut), (JSON.len() as u64, false));
    let deeper = unpack(&gzip(&body));
    assert!(deeper.cut && !can_be_read(&deeper, "Maribel"));
    assert!(deeper.layers.iter().all(|layer| layer.depth <= MAX_DEPTH));
}

#[test]
fn many_packed_parts_end_at_the_bound() {
    let part = format!("\"{}\",", STANDARD.encode(gzip(b"x")));
    let unpacked = unpack(format!("[{}]", part.repeat(2 * MAX_LAYERS)).as_bytes());
    assert!(unpacked.cut);
    assert_eq!(unpacked.layers.len(), MAX_LAYERS);
}

#[test]
fn places_that_only_look_packed_cost_no_time() {
    let unpacked = unpack(&b"\nx\x9c\"eJ\"H4sI".repeat(20_000));
    assert_eq!(unpacked.layers.len(), 1);
    assert!(unpacked.cut, "it gave up looking, and says so");
}

/// Any bytes, and any damage to a real body, give a tree whose parts lie inside their parents and do not overlap.
#[test]
fn garbage_never_panics() {
    let mut random = StdRng::seed_from_u64(7);
    let latin1: String = gzip(JSON.as_bytes()).into_iter().map(char::from).collect();
    let real = [
        gzip(JSON.as_bytes()),
        [b"{}\n".as_slice(), &zlib(JSON.as_bytes())].concat(),
        format!(r#"{{"a":{}}}"#, serde_json::to_string(&latin1).unwrap()).into_bytes(),
        format!("data={}", STANDARD.encode(JSON)).into_bytes(),
    ];
    for round in 0..4_000 {
        let mut body = real[round % real.len()].clone();
        if round % 3 == 0 {
            body = vec![0; random.random_range(0..200)];
            random.fill_bytes(&mut body);
        }
        for _ in 0..random.random_range(0..4) {
            let at = random.random_range(0..body.len().max(1));
            if let Some(byte) = body.get_mut(at) {
                *byte = random.random();
            }
        }
        body.truncate(random.random_range(0..=body.len()));
        holds_together(&unpack(&body));
    }
}

fn holds_together(unpacked: &Unpacked) {
    for (at, layer) in unpacked.layers.iter().enumerate() {
        let mut parts: Vec<_> =
            unpacked.layers.iter().filter(|child| child.parent == Some(at)).map(|child| child.at.clone()).collect();
        parts.sort_by_key(|part| part.start);
        assert!(parts.iter().all(|part| part.start <= part.end && part.end <= layer.bytes.len()));
        assert!(parts.windows(2).all(|pair| pair[0].end <= pair[1].start));
    }
}
