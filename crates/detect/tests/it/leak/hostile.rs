//! What is made to hang, to fill memory, or to be found where nothing is.

use std::time::{Duration, Instant};

use cpu_time::ThreadTime;
use earshot_detect::leak::{Hits, KeyStream, is_opaque};
use earshot_model::FieldKind;
use rand::{Rng, RngCore, SeedableRng, rngs::StdRng};

use super::{
    BUDGET, any,
    bodies::{Bodies, Kind},
    canary, hits, search, wrap,
};

/// How many benign bodies are searched; the bench searches 100,000.
const BENIGN: usize = 5_000;

/// Longest time for one hostile body in a build without optimisation; what is quadratic takes minutes.
const LONGEST: Duration = Duration::from_secs(20);

#[test]
fn nothing_is_found_where_nothing_was_typed() {
    let search = search();
    let mut bodies = Bodies::new(3);
    for nth in 0..BENIGN {
        let hits = hits(&search, &bodies.any());
        assert!(hits.leaks.is_empty(), "body {nth}: {:?}", hits.leaks);
    }
}

#[test]
fn bombs_and_traps_end_within_the_budget() {
    let search = search();
    let mut bomb = vec![b'a'; 12 << 20];
    for _ in 0..3 {
        bomb = wrap::gzip(&bomb).unwrap();
    }
    let size = 60_000;
    let traps: Vec<(&str, Vec<u8>)> = vec![
        ("gzip bomb", bomb),
        ("lz-string bomb", lz_str::compress_to_base64(&"a".repeat(1 << 18)).into_bytes()),
        ("quotes", vec![b'"'; size]),
        ("escaped quotes", b"\\\"".repeat(size / 2)),
        ("backslashes", vec![b'\\'; size]),
        ("percents", vec![b'%'; size]),
        ("percent escapes", b"%25".repeat(size / 3)),
        ("references", b"&amp;".repeat(size / 5)),
        ("open references", vec![b'&'; size]),
        ("braces", vec![b'{'; size]),
        ("closing braces", vec![b'}'; size]),
        ("equals", vec![b'='; size]),
        ("boundaries", b"--a\r\n\r\n\xff".repeat(size / 8)),
        ("lists", b"1,2,3,4,5,6,7,999999999,".repeat(size / 24)),
        ("indexed lists", b"\"0\":1,".repeat(size / 6)),
        ("gzip heads", b"\x1f\x8b\x08\x00".repeat(size / 4)),
        ("zlib heads", b"x\x9c\xff".repeat(size / 3)),
        ("zstd heads", b"\x28\xb5\x2f\xfd\xff".repeat(size / 5)),
        ("noughts", vec![0; size]),
        ("letters", vec![b'A'; size]),
        ("brackets of base85", b"<~".repeat(size / 2)),
        ("latin-1", "\"\u{e9}".repeat(size / 3).into_bytes()),
        ("runs with signs", b"aB3-".repeat(size / 4)),
        ("invalid utf-8", b"\xc3\x28\xa0\xa1\xe2\x28\xa1\"".repeat(size / 8)),
        ("names", b"a=".repeat(size / 2)),
        ("strings of other scripts", "\"привет мир как\",".repeat(size / 8).into_bytes()),
        ("escaped strings", b"%22aaaaaa%5Cnaaaaaa%22,".repeat(size / 8)),
        ("escaped keys", br#"%22k%22:%22a%5Cn%22,%22aaaaaa%5Cnk=a&"#.repeat(size / 12)),
        ("values", b"a=%c3%a4%c3%a4%c3%a4%c3%a4&".repeat(size / 24)),
        ("strings of base85", br#""9jqo^BlbD-BlnVC","#.repeat(size / 16)),
        ("segments", b"aB3aB3aB3aB3/".repeat(size / 13)),
        ("colons", vec![b':'; size]),
        ("lists of keys", br#"["a","b"],"#.repeat(size / 10)),
        ("keys", br#"%22"k":"a","#.repeat(size / 11)),
    ];
    for (name, trap) in traps {
        let (start, mut budget) = (Instant::now(), 4 << 20);
        let hits = search.bytes(&trap, &mut budget);
        assert!(hits.leaks.is_empty(), "{name}: {:?}", hits.leaks);
        KeyStream::default().feed(1, &trap, &mut { 4 << 20 });
        assert!(start.elapsed() < LONGEST, "{name} took {:?}", start.elapsed());
    }
}

#[test]
fn what_is_there_ten_thousand_times_is_told_without_delay() {
    let text = canary(FieldKind::Email).text().replace('@', "%40");
    let body = format!("a={text}&").repeat(10_000);
    let (start, mut keys) = (Instant::now(), KeyStream::default());
    let hits = search().bytes(body.as_bytes(), &mut { 4 << 20 });
    assert!((1..=64).contains(&hits.leaks.len()), "{}", hits.leaks.len());
    keys.feed(1, br#"%22"k":"a","#.repeat(10_000).as_slice(), &mut { 4 << 20 });
    assert!(start.elapsed() < LONGEST, "took {:?}", start.elapsed());
}

#[test]
fn twice_as_much_takes_about_twice_as_long() {
    let search = search();
    let time = |body: &[u8]| {
        // Of this thread: who else works meanwhile does not count.
        let once = || {
            let start = ThreadTime::now();
            let _ = search.bytes(body, &mut { BUDGET });
            KeyStream::default().feed(1, body, &mut { BUDGET });
            start.elapsed()
        };
        (0..5).map(|_| once()).min().unwrap()
    };
    for part in ["\"привет мир как\",", "%22aaaaaa%5Cnaaaaaa%22,", "%22k%22:%22a%5Cn%22,%22aaaaaa%5Cnk=a&"]
    {
        let (short, long) = (time(part.repeat(1_500).as_bytes()), time(part.repeat(12_000).as_bytes()));
        assert!(long < 24 * short.max(Duration::from_micros(200)), "{part}: {short:?}, eight times as much {long:?}");
    }
}

#[test]
fn identifiers_keep_nothing_from_being_unpacked() {
    let (search, text) = (search(), canary(FieldKind::Email).text().to_owned());
    let plain = format!(r#"{{"kind":"change","page":"https://www.shop.example/","value":"{text}"}}"#);
    for (of, packed) in [("brotli", wrap::brotli(plain.as_bytes())), ("deflate", wrap::deflate(plain.as_bytes()))] {
        let packed = data_encoding::BASE64.encode(&packed.unwrap());
        let ids: String = (0..400u64)
            .map(|nth| format!("\"{:032x}\",", u128::from(nth).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835)))
            .collect();
        let sent = format!(r#"{{"ids":[{ids}0],"p":"{packed}"}}"#);
        assert_eq!(hits(&search, sent.as_bytes()).leaks.len(), 1, "{of}");
    }
}

#[test]
fn what_is_wrapped_too_deep_is_cut_not_followed() {
    let search = search();
    let mut text = canary(FieldKind::Email).text().as_bytes().to_vec();
    for depth in 1..12 {
        text = wrap::gzip(&text).unwrap();
        let hits = hits(&search, &text);
        // Very short streams are stored, and can be read through a few of them.
        assert!(!hits.leaks.is_empty() || hits.cut, "{depth}");
        assert!(depth > 6 || !hits.leaks.is_empty(), "{depth}");
    }
}

#[test]
fn a_budget_is_kept() {
    let search = search();
    let body = Bodies::new(5).body(Kind::Gzip, 100_000);
    let mut left = 1000;
    let hits = search.bytes(&body, &mut left);
    assert!(hits.cut && left < 1000);
    assert_eq!(search.bytes(&body, &mut 0), Hits { cut: true, ..Hits::default() });
}

#[test]
fn any_bytes_can_be_searched() {
    let search = search();
    let mut dice = StdRng::seed_from_u64(6);
    let typed = canary(FieldKind::Email).text().as_bytes().to_vec();
    for _ in 0..1500 {
        let mut bytes = vec![0; dice.random_range(0..600)];
        dice.fill_bytes(&mut bytes);
        if dice.random_bool(0.5) {
            bytes.iter_mut().for_each(|byte| {
                *byte = b"\"\\%&=;<~{}[]x0123456789abcdefXYZ+/-_ \x1f\x8b\xc2"[usize::from(*byte) % 40]
            });
        }
        if dice.random_bool(0.3) {
            let at = dice.random_range(0..=bytes.len());
            bytes.splice(at..at, typed.iter().copied());
        }
        let mut budget = BUDGET;
        let hits = search.bytes(&bytes, &mut budget);
        assert!(BUDGET - budget <= 32 << 20);
        for leak in &hits.leaks {
            assert!(leak.bytes.start <= leak.bytes.end && leak.bytes.end <= bytes.len(), "{leak:?}");
        }
        assert!(hits.opaque <= bytes.len() as u64);
    }
}

/// As the fuzz targets do, from a few seeds, always in the same way.
#[test]
fn mutated_bodies_hold_what_must_hold_for_any_bytes() {
    let typed = canary(FieldKind::Email);
    let json = format!(r#"{{"k":"{}","l":[1,2,3]}}"#, typed.text());
    let mut seeds: Vec<Vec<u8>> = wrap::ALL.iter().filter_map(|wrap| (wrap.wrap)(json.as_bytes())).collect();
    let twice: Vec<Vec<u8>> = seeds.iter().filter_map(|seed| wrap::percent(seed)).collect();
    seeds.extend(twice);
    let mut dice = StdRng::seed_from_u64(8);
    for _ in 0..1500 {
        let mut bytes = seeds[dice.random_range(0..seeds.len())].clone();
        for _ in 0..dice.random_range(0..6) {
            let at = dice.random_range(0..bytes.len());
            match dice.random_range(0..4) {
                0 => bytes[at] = dice.random(),
                1 => bytes.truncate(at + 1),
                2 => bytes.extend_from_within(at..),
                _ => {
                    let other = &seeds[dice.random_range(0..seeds.len())];
                    bytes.splice(at..at, other.iter().copied());
                }
            }
            bytes.truncate(20_000);
        }
        any::searched(&bytes);
        any::unpacked(&bytes);
    }
}

#[test]
fn opaque_is_what_nobody_can_read() {
    let mut bodies = Bodies::new(7);
    for kind in Kind::ALL {
        let body = bodies.body(kind, 5000);
        assert_eq!(is_opaque(&body), kind == Kind::Sealed, "{kind:?}");
    }
    let sealed = bodies.body(Kind::Sealed, 5000);
    let wrapped = format!(r#"{{"p":"{}"}}"#, data_encoding::BASE64.encode(&sealed));
    assert!(is_opaque(wrapped.as_bytes()));
    assert!(is_opaque(&wrap::gzip(&sealed).unwrap()));
    assert!(!is_opaque(b""));
    let hits = hits(&search(), wrapped.as_bytes());
    assert!(hits.opaque * 10 > wrapped.len() as u64 * 9, "{}", hits.opaque);
}
