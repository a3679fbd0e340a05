//! What goes out comes back.

use std::fmt::Debug;

use earshot_model::wire::{Wire, decode, encode};

use crate::{samples, varied::Dice};

/// Enough that every name of every closed set is met many times.
const ROUNDS: u64 = 500;

#[track_caller]
fn goes_round<T: Wire + PartialEq + Debug>(noun: &T, seed: u64) {
    let back = decode::<T>(&encode(noun)).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
    assert_eq!(&back, noun, "seed {seed}");
}

#[test]
fn what_uses_every_field_goes_round() {
    goes_round(&samples::seed_task(), 0);
    goes_round(&samples::page_task(), 0);
    goes_round(&samples::crawl(), 0);
    goes_round(&samples::visit(), 0);
    goes_round(&samples::notice(), 0);
    goes_round(&samples::live(), 0);
}

#[test]
fn whatever_the_dice_make_goes_round() {
    for seed in 0..ROUNDS {
        let mut dice = Dice::new(seed);
        goes_round(&dice.seed_task(), seed);
        goes_round(&dice.page_task(), seed);
        goes_round(&dice.crawl(), seed);
        goes_round(&dice.visit(), seed);
    }
}

#[test]
fn events_go_round_as_json_with_bodies_in_base64() {
    for event in samples::visit().events {
        let text = serde_json::to_string(&event).unwrap();
        assert_eq!(serde_json::from_str::<earshot_model::Event>(&text).unwrap(), event, "{text}");
    }
    let body = earshot_model::Body { size: 9, excerpt: vec![0xff, 0, 1] };
    assert_eq!(serde_json::to_string(&body).unwrap(), r#"{"size":9,"excerpt":"/wAB"}"#);
    assert!(serde_json::from_str::<earshot_model::Body>(r#"{"size":9,"excerpt":"no base64"}"#).is_err());
}

#[test]
fn nanoseconds_survive() {
    let mut visit = samples::visit();
    for text in ["1969-12-31T23:59:59.999999999Z", "2026-01-01T00:00:00.000000001Z"] {
        visit.started_at = text.parse().unwrap();
        goes_round(&visit, 0);
    }
}
