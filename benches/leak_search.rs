//! How fast the leak search is, in megabytes a second on one core, with ten canaries; and that it finds nothing in
//! 100,000 bodies that hold nothing, and all that the laboratory's matrix sends of 300 canaries of each kind.

#[path = "../crates/detect/tests/it/leak/bodies.rs"]
mod bodies;
#[allow(dead_code, reason = "the tests take more of it")]
#[path = "../crates/detect/tests/it/leak/shapes.rs"]
mod shapes;
#[allow(dead_code, reason = "the tests take more of it")]
#[path = "../crates/detect/tests/it/leak/wrap.rs"]
mod wrap;

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use bodies::{Bodies, Kind};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use earshot_detect::leak::{Clues, Search};
use earshot_model::{Canary, FieldKind, VisitId};
use uuid::Uuid;

/// How large a body is, in bytes.
const BODY: usize = 64 * 1024;

/// How many bodies must hold nothing.
const BENIGN: usize = 100_000;

/// How many visits of the matrix are tried, each with a canary of every kind.
const VISITS: u128 = 300;

fn search() -> Search {
    let kinds = FieldKind::ALL.into_iter().filter(|kind| kind.is_typed()).take(10);
    let visit = VisitId(Uuid::from_u128(11));
    let canaries: Vec<Canary> = (0..).zip(kinds).map(|(ordinal, kind)| Canary::derive(visit, ordinal, kind)).collect();
    let hosts = ["www.shop.example".to_owned(), "shop.example".to_owned()];
    Search::new(&canaries, &Clues { hosts: &hosts, keys: &[] })
}

fn speed(criterion: &mut Criterion) {
    let search = search();
    let mut group = criterion.benchmark_group("leak_search");
    for kind in Kind::ALL {
        let body = Bodies::new(1).body(kind, BODY);
        group.throughput(Throughput::Bytes(body.len() as u64));
        group.bench_function(format!("{kind:?}"), |bench| {
            bench.iter(|| search.bytes(black_box(&body), &mut { usize::MAX }));
        });
    }
    group.finish();
    for kind in Kind::ALL {
        let body = Bodies::new(1).body(kind, BODY);
        println!("{kind:?}: {:.0} MB/s at best", best(&search, &body));
    }
    criterion.bench_function("prepare", |bench| bench.iter(self::search));
}

/// Megabytes a second of the fastest of many searches: what a core does that nobody else uses.
fn best(search: &Search, body: &[u8]) -> f64 {
    let once = |_| {
        let start = Instant::now();
        black_box(search.bytes(black_box(body), &mut { usize::MAX }));
        start.elapsed()
    };
    let fastest = (0..500).map(once).min().unwrap_or_default();
    body.len() as f64 / 1e6 / fastest.as_secs_f64()
}

fn benign(_: &mut Criterion) {
    // Whoever asks for one bench waits for that one only.
    if std::env::args().skip(1).any(|word| !word.starts_with('-')) {
        return;
    }
    let (search, mut bodies) = (search(), Bodies::new(2));
    let (start, mut bytes) = (Instant::now(), 0);
    for nth in 0..BENIGN {
        let body = bodies.any();
        bytes += body.len();
        let hits = search.bytes(&body, &mut { usize::MAX });
        assert!(hits.leaks.is_empty(), "body {nth}: {:?}", hits.leaks);
    }
    println!("benign: {BENIGN} bodies, {bytes} bytes, no hit, {:.1} s", start.elapsed().as_secs_f64());
}

fn matrix(_: &mut Criterion) {
    if std::env::args().skip(1).any(|word| !word.starts_with('-')) {
        return;
    }
    let missed = shapes::missed(1_000..1_000 + VISITS);
    assert!(missed.is_empty(), "{missed:#?}");
    println!("matrix: nothing missed of {VISITS} canaries of each kind");
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1));
    targets = speed, benign, matrix
}
criterion_main!(benches);
