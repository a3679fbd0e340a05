//! Every shape over every road, for many canaries: some shapes and some canaries go together badly.

use std::collections::BTreeMap;

use earshot_detect::leak::{Clues, Form, KeyStream, Leak, Search};
use earshot_model::FieldKind;

use super::{
    BUDGET, hits,
    shapes::{self, Field, HOST, KEY, SHAPES},
};

/// How many visits are tried, each with a canary of every kind. The bench tries more.
const VISITS: u128 = 300;

#[test]
fn every_shape_is_found_on_every_road() {
    let mut missed: BTreeMap<(&str, &str), BTreeMap<String, (usize, String)>> = BTreeMap::new();
    for visit in 0..VISITS {
        let canaries = shapes::canaries(visit);
        let search = Search::new(&canaries, &Clues { hosts: &[HOST.to_owned()], keys: &[KEY.to_owned()] });
        for (at, canary) in canaries.iter().enumerate() {
            let other = canaries[(at + 1) % canaries.len()].text();
            for (shape, make) in SHAPES {
                let out = make(&Field { value: canary.text(), name: "field", shape, other });
                for (road, sent) in shapes::roads(&out, visit as usize + 1) {
                    let hits = hits(&search, &sent);
                    // A telephone in a path may be any number.
                    let weak = if road == "path" { &hits.weak[..] } else { &[] };
                    let found = hits.leaks.iter().chain(weak).any(|leak| leak.ordinal == canary.ordinal);
                    if !found && !is_beyond(shape, canary.kind) {
                        let kinds = missed.entry((shape, road)).or_default();
                        let slot = kinds.entry(format!("{:?}", canary.kind)).or_default();
                        *slot = (slot.0 + 1, format!("{} {:?}", canary.text(), String::from_utf8_lossy(&sent)));
                    }
                }
            }
        }
    }
    let line = |((shape, road), kinds): (&(&str, &str), &BTreeMap<String, (usize, String)>)| {
        let kinds: Vec<_> = kinds.iter().map(|(kind, (count, example))| format!("{kind} {count}: {}", &example[..example.floor_char_boundary(400)])).collect();
        format!("{shape} over {road}:\n    {}", kinds.join("\n    "))
    };
    let lines: Vec<_> = missed.iter().map(line).collect();
    assert!(missed.is_empty(), "{}", lines.join("\n"));
}

/// Two groups of base85 are eight digits, which are no proof.
fn is_beyond(shape: &str, kind: FieldKind) -> bool {
    shape == "base85" && matches!(kind, FieldKind::Phone | FieldKind::Number)
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
                if !leaks.iter().any(|(_, leak)| leak.name == "key" && (is_whole(leak) || canary.kind == FieldKind::Url)) {
                    *missed.entry((road, format!("{:?}", canary.kind))).or_default() += 1;
                }
            }
        }
    }
    assert!(missed.is_empty(), "{missed:#?}");
}
