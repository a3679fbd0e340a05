//! Senders that send each key by itself.

use earshot_detect::leak::{Coding, Form, KeyStream};
use earshot_model::FieldKind;

use super::{BUDGET, canary, search, wrap};

/// What is known after these messages.
fn told(messages: impl Iterator<Item = Vec<u8>>) -> Vec<(u32, u32, usize, String)> {
    let mut stream = KeyStream::default();
    for (seq, message) in (100..).zip(messages) {
        stream.feed(seq, &message, &mut { BUDGET });
    }
    let leaks = stream.leaks(&search());
    let told = |(seq, leak): &(u32, earshot_detect::leak::Leak)| {
        assert_eq!(leak.chain, [Coding::Keys]);
        let Form::Text { characters, .. } = leak.form else { panic!("{:?}", leak.form) };
        (*seq, leak.ordinal, characters, leak.name.clone())
    };
    leaks.iter().map(told).collect()
}

#[test]
fn one_message_a_key_spells_what_was_typed() {
    let canary = canary(FieldKind::Name);
    let text = canary.text();
    let last = 100 + text.len() as u32 - 1;
    type Write = fn(char) -> Vec<u8>;
    let writes: [(Write, &str); 6] = [
        (|char| format!(r#"["keydown","{char}",1234]"#).into_bytes(), ""),
        (
            |char| {
                let flags: String = (0..300).map(|nth| format!("f{nth}=1&")).collect();
                format!("{flags}k={char}").into_bytes()
            },
            "k",
        ),
        (|char| format!(r#"{{"type":"keydown","key":"{char}","t":12}}"#).into_bytes(), "key"),
        (|char| format!("e=key&k={char}&n=7").into_bytes(), "k"),
        (|char| format!(r#"{{"t":1,"which":{},"x":1}}"#, char.to_ascii_uppercase() as u32).into_bytes(), "which"),
        (|char| wrap::gzip(format!(r#"{{"key":"{char}"}}"#).as_bytes()).unwrap(), "key"),
    ];
    for (write, name) in writes {
        let found = told(text.chars().map(write));
        let expected = (last, canary.ordinal, text.len(), name.to_owned());
        assert!(found.contains(&expected), "{found:?}");
    }
    assert_eq!(told(text.bytes().map(|byte| vec![byte])), [(last, canary.ordinal, text.len(), String::new())]);
}

#[test]
fn a_list_of_events_spells_it_too_each_key_twice() {
    let canary = canary(FieldKind::Email);
    let text = canary.text();
    let events: Vec<String> = text
        .chars()
        .flat_map(|char| ["keydown", "keyup"].map(|kind| format!(r#"{{"type":"{kind}","key":"{char}"}}"#)))
        .collect();
    let body = format!("[{}]", events.join(","));
    assert_eq!(told([body.into_bytes()].into_iter()), [(100, canary.ordinal, text.len(), "key".to_owned())]);
}

#[test]
fn fewer_keys_and_other_keys_are_nothing() {
    let text = canary(FieldKind::Name).text().to_owned();
    let write = |char: char| format!(r#"{{"key":"{char}"}}"#).into_bytes();
    assert_eq!(told(text.chars().take(9).map(write)), []);
    assert_eq!(told(text.chars().rev().map(write)), []);
    assert_eq!(told("the quick brown fox jumps over the lazy dog".chars().map(write)), []);
    // Masked: the key is not told.
    assert_eq!(told(text.chars().map(|_| br#"{"key":"*"}"#.to_vec())), []);
}
