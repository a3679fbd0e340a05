//! Messages that are broken: nothing panics, and nothing goes on for ever.

use earshot_model::{Fact, Request};
use rand::{Rng, SeedableRng, rngs::StdRng};

use super::{
    SHOWN,
    fixture::{add, heard, request, requests, visit},
};
use crate::{FirstParty, insight::Message};

#[test]
fn broken_messages_are_borne() {
    let mut dice = StdRng::seed_from_u64(4);
    for expected in SHOWN {
        let (whole, canaries) = visit(expected.fixture);
        for _ in 0..6 {
            let mut visit = whole.clone();
            for event in &mut visit.events {
                let Fact::Request(Request { body: Some(body), .. }) = &mut event.fact else { continue };
                for _ in 0..dice.random_range(0..4) {
                    let at = dice.random_range(0..body.excerpt.len());
                    body.excerpt[at] = dice.random();
                }
                if dice.random_bool(0.3) {
                    body.excerpt.truncate(dice.random_range(1..body.excerpt.len()));
                }
            }
            for vendor in [expected.vendor, "x.test"] {
                heard(vendor, &visit, &canaries);
            }
        }
    }
}

#[test]
fn broken_texts_of_messages_are_borne() {
    let mut dice = StdRng::seed_from_u64(5);
    for expected in SHOWN {
        let (visit, canaries) = visit(expected.fixture);
        let first = FirstParty::of(&visit);
        let texts = requests(&visit).into_iter().filter_map(|seq| {
            let message = Message::open(&visit, &first, seq, &mut { 1 << 24 })?;
            message.sheets().last().map(|sheet| sheet.bytes.to_vec())
        });
        for text in texts.collect::<Vec<_>>() {
            for _ in 0..4 {
                let mut broken = text.clone();
                for _ in 0..dice.random_range(1..6) {
                    let (at, digit) = (dice.random_range(0..broken.len()), dice.random_range(b'0'..=b'9'));
                    let is_digit = broken[at].is_ascii_digit();
                    broken[at] = if is_digit { digit } else { dice.random() };
                }
                let mut visit = visit.clone();
                add(&mut visit, 5_000.0, request("https://api.test/v1/web/i", "POST".into(), broken));
                heard(expected.vendor, &visit, &canaries);
            }
        }
    }
}
