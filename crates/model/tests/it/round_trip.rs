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
fn nanoseconds_survive() {
    let mut visit = samples::visit();
    for text in ["1969-12-31T23:59:59.999999999Z", "2026-01-01T00:00:00.000000001Z"] {
        visit.started_at = text.parse().unwrap();
        goes_round(&visit, 0);
    }
}
