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
        for _ in 0..4 {
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

/// One long text that is named a hundred thousand times would be read for minutes.
#[test]
fn references_do_not_multiply_work() {
    let long = "word 1 ".repeat(20_000);
    let named = vec![r#"5,4,[7,8]"#; 100_000].join(",");
    let clarity = format!(r#"{{"e":["0.8.70",1,0,9,"abc"],"a":[],"p":[[1,5,2,1,"HTML",4,2,"*T","{long}",{named}]]}}"#);
    let named = vec!["[1,0]"; 100_000].join(",");
    let datadog =
        format!(r#"{{"records":[{{"type":12,"timestamp":1,"data":[[11,[5,"{long}"]],[12,{named}],[4,{named}]]}}]}}"#);
    for (vendor, body) in [("microsoft-clarity", clarity), ("datadog-rum", datadog)] {
        let (mut visit, canaries) = visit("clarity-strict");
        add(&mut visit, 5_000.0, request("https://in.test/", "POST".into(), body.into_bytes()));
        let (recording, _) = heard(vendor, &visit, &canaries).expect(vendor);
        assert!(recording.inputs.len() <= 4096, "{vendor}");
    }
}
