//! Each wrapping alone, and in pairs.

use earshot_detect::leak::{Form, Variant};
use earshot_model::{FieldKind, Proof};

use super::{canary, chain, hits, only, search, wrap};

#[test]
fn plain_text_is_found_with_its_place_and_its_name() {
    let search = search();
    let text = canary(FieldKind::Email).text().to_owned();
    let sent = format!(r#"{{"type":"form","email":"{text}","n":1}}"#);
    let leak = only(&search, sent.as_bytes());
    assert_eq!((&sent[leak.bytes.clone()], leak.name.as_str(), chain(&leak)), (text.as_str(), "email", String::new()));
    let of = text.len();
    assert_eq!(leak.form, Form::Text { characters: of, of, variant: Variant::AsTyped });
    assert_eq!((leak.inner, leak.form.to_string().as_str()), (leak.bytes, "whole"));
}

#[test]
fn what_stands_around_it_is_told_of_the_innermost_layer() {
    let (search, text) = (search(), canary(FieldKind::Email).text().to_owned());
    let filling = "a quiet word ".repeat(40);
    let inner = format!(r#"{{"a":"{filling}","email":"{text}","b":"{filling}"}}"#);
    let leak = only(&search, &wrap::gzip(inner.as_bytes()).unwrap());
    let shown = leak.inner.start - Proof::AROUND..leak.inner.end + Proof::AROUND;
    assert_eq!(leak.around, inner.as_bytes()[shown]);
    let leak = only(&search, text.as_bytes());
    assert_eq!(leak.around, text.as_bytes());
}

#[test]
fn each_wrapping_is_seen_through() {
    let search = search();
    let mut missed = Vec::new();
    for kind in [FieldKind::Email, FieldKind::Name, FieldKind::Password, FieldKind::Message] {
        let canary = canary(kind);
        let text = canary.text().as_bytes();
        for wrap in wrap::ALL {
            let Some(sent) = (wrap.wrap)(text) else { continue };
            let hits = hits(&search, &sent);
            let whole = Form::Text { characters: text.len(), of: text.len(), variant: Variant::AsTyped };
            let found = hits.leaks.iter().find(|leak| leak.ordinal == canary.ordinal && leak.form == whole);
            match found {
                // What is short is stored by these, not packed.
                Some(leak) if chain(leak).is_empty() && matches!(wrap.name, "brotli" | "zstd") => {}
                Some(leak) if chain(leak) == wrap.name && hits.leaks.len() == 1 => {}
                _ => missed.push(format!("{} of {kind:?}: {:?}", wrap.name, hits.leaks)),
            }
        }
    }
    assert!(missed.is_empty(), "{} missed:\n{}", missed.len(), missed.join("\n"));
}

#[test]
fn wrappings_are_seen_through_in_pairs() {
    let search = search();
    let canary = canary(FieldKind::Email);
    let text = canary.text();
    let sent = format!(r#"{{"events":[{{"t":"input","value":"{text}","id":7}}],"session":"4f1c2a"}}"#);
    let (mut missed, mut pairs) = (Vec::new(), 0);
    for inner in wrap::ALL {
        for (content, plain) in [(text.as_bytes(), "text"), (sent.as_bytes(), "json")] {
            let Some(once) = (inner.wrap)(content) else { continue };
            for outer in wrap::ALL.iter().filter(|wrap| wrap.outer) {
                if outer.needs_sign() && !inner.has_sign(content) {
                    continue;
                }
                let Some(twice) = (outer.wrap)(&once) else { continue };
                pairs += 1;
                let hits = hits(&search, &twice);
                if !hits.leaks.iter().any(|leak| leak.ordinal == canary.ordinal) {
                    missed.push(format!("{}({}({plain}))", outer.name, inner.name));
                }
            }
        }
    }
    assert!(missed.is_empty(), "{} of {pairs} missed:\n{}", missed.len(), missed.join("\n"));
}

#[test]
fn base85_is_seen_through_in_strings_and_values() {
    let (search, text) = (search(), canary(FieldKind::Email).text().to_owned());
    let packed = wrap::gzip(format!(r#"{{"kind":"change","value":"{text}"}}"#).as_bytes()).unwrap();
    let adobe = wrap::adobe85(&packed);
    for sent in [
        serde_json::json!({ "a": 1, "d": wrap::z85(&packed) }).to_string(),
        serde_json::json!({ "a": 1, "d": adobe }).to_string(),
        format!(r#"{{"a":"<~no~>","d":{}}}"#, serde_json::json!(format!("<~{adobe}~>"))),
        format!("a=1&d={}&b=2", String::from_utf8(wrap::percent(adobe.as_bytes()).unwrap()).unwrap()),
        format!("a=1&d={}&b=2", String::from_utf8(wrap::percent(wrap::z85(&packed).as_bytes()).unwrap()).unwrap()),
    ] {
        assert_eq!(hits(&search, sent.as_bytes()).leaks.len(), 1, "{sent}");
    }
}
