//! Every shape over every road, for many canaries: some shapes and some canaries go together badly.

use std::collections::BTreeMap;

use earshot_detect::leak::{Clues, Form, KeyStream, Leak, Search};
use earshot_model::FieldKind;

use super::{BUDGET, shapes};

/// How many visits are tried, each with a canary of every kind. The bench tries 300 others.
const VISITS: u128 = 12;

#[test]
fn every_shape_is_found_on_every_road() {
    let missed = shapes::missed(0..VISITS);
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
fn keys_are_spelled_on_every_road_whatever_else_requests_bring() {
    let mut missed: BTreeMap<(&str, String), usize> = BTreeMap::new();
    for visit in 0..VISITS {
        let canaries = shapes::canaries(visit);
        let search = Search::new(&canaries, &Clues::default());
        for canary in &canaries {
            let mut streams: BTreeMap<&str, KeyStream> = BTreeMap::new();
            for (seq, char) in (1..).zip(canary.text().chars()) {
                for (road, sent) in shapes::roads(&shapes::key(char), seq) {
                    let stream = streams.entry(road).or_default();
                    let noise = shapes::noise(road);
                    let (before, after) = noise.split_at(if road == "header" { noise.len() } else { 1 });
                    for bytes in before.iter().chain([&sent]).chain(after) {
                        stream.feed(seq as u32, bytes, &mut { BUDGET });
                    }
                }
            }
            for (road, stream) in streams {
                let leaks = stream.leaks(&search);
                let is_whole = |leak: &Leak| match leak.form {
                    Form::Text { characters, of, .. } => characters == of,
                    Form::Digest { .. } => false,
                };
                let others = leaks.iter().filter(|(_, leak)| leak.ordinal != canary.ordinal).count();
                assert_eq!(others, 0, "{leaks:?}");
                if !leaks
                    .iter()
                    .any(|(_, leak)| leak.name == "key" && (is_whole(leak) || canary.kind == FieldKind::Url))
                {
                    *missed.entry((road, format!("{:?}", canary.kind))).or_default() += 1;
                }
            }
        }
    }
    assert!(missed.is_empty(), "{missed:#?}");
}
