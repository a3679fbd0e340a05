//! Consent signals, decoded.

use earshot_detect::consent::{UNREADABLE, decode};
use earshot_model::{Consent, ConsentStep};
use rand::{Rng, SeedableRng, rngs::StdRng};

const SOURCES: [&str; 7] = ["tcf", "gpp", "usp", "google_consent_mode", "gpc", "gpc.json", "klaro"];

fn said(source: &str, value: &str) -> (String, Vec<(String, bool)>) {
    let (source, value) = (source.into(), value.into());
    let signal = Consent { step: ConsentStep::Signal, source, value, buttons: Vec::new() };
    let read = decode(&signal, Some(1.0));
    (read.said, read.purposes.into_iter().collect())
}

#[test]
fn every_interface_is_read_into_one_shape() {
    for (source, value, expected, purpose) in [
        ("usp", "1YYN", "us_privacy: opted out of sale", Some(("us_privacy sale", false))),
        ("usp", "1YNN", "us_privacy: not opted out of sale", Some(("us_privacy sale", true))),
        ("usp", "1---", "us_privacy: does not apply", None),
        ("gpp", "DBABTA~1YNN", "us_privacy: not opted out of sale", Some(("us_privacy sale", true))),
        ("gpc", "1", "the browser opts out of sale and sharing", Some(("sale", false))),
        ("gpc.json", "", "no statement", None),
        (
            "gpc.json",
            r#"{"gpc": true, "lastUpdate": "2026-01-01"}"#,
            "the site says that it abides by Global Privacy Control (as of 2026-01-01)",
            None,
        ),
        (
            "google_consent_mode",
            r#"{"ad_storage":{"default":"denied","update":"granted"},"analytics_storage":{"default":"denied"}}"#,
            "ad_storage granted (update), analytics_storage denied (default)",
            Some(("analytics_storage", false)),
        ),
        (
            "klaro",
            r#"{"purposes":{"ads":false,"maps":true},"answered":true}"#,
            "allowed: maps; not allowed: ads; answered",
            Some(("ads", false)),
        ),
        ("tcf", r#"{"eventStatus":"cmpuishown"}"#, "no string yet (eventStatus cmpuishown)", None),
    ] {
        let (words, purposes) = said(source, value);
        assert_eq!(words, expected, "{source} {value}");
        let purpose = purpose.map(|(name, allowed)| (name.to_owned(), allowed));
        assert!(purpose.is_none_or(|purpose| purposes.contains(&purpose)), "{source} {value}: {purposes:?}");
    }
}

#[test]
fn strings_of_the_framework_tell_what_is_agreed_to() {
    // From the examples of the IAB's own documentation and libraries.
    let (words, purposes) =
        said("tcf", "COvFyGBOvFyGBAbAAAENAPCAAOAAAAAAAAAAAEEUACCKAAA.IFoEUQQgAIQwgIwQABAEAAAAOIAACAIAAAAQAIAgEA");
    assert_eq!(words, "consent to purposes 1, 2, 3");
    assert_eq!(purposes.iter().filter(|(_, allowed)| *allowed).count(), 3);
    let (words, purposes) = said("gpp", "DBACNY~CPXxRfAPXxRfAAfKABENB-CgAAAAAAAAAAYgAAAAAAAA~1YNN");
    assert_eq!(words, "tcf: consent to no purpose; us_privacy: not opted out of sale");
    assert!(purposes.contains(&("purpose 1".to_owned(), false)));
    let (words, _) = said("gpp", "DBABLA~BVVVVVVVVWA");
    assert_eq!(words, "usnat: opted out of sale, opted out of sharing, opted out of targeted_advertising");
}

#[test]
fn what_is_malformed_is_said_to_be_and_nothing_breaks() {
    for source in SOURCES.into_iter().filter(|source| *source != "gpc.json") {
        assert_eq!(said(source, "~").0, UNREADABLE, "{source}");
    }
    let seeds =
        ["CPXxRfAPXxRfAAfKABENB-CgAAAAAAAAAAYgAAAAAAAA", "DBACNY~CPXxRfAPXxRfAA~1YNN", "DBABLA~BVVVVVVVVWA.YA", "1YNN"];
    let mut dice = StdRng::seed_from_u64(5);
    for round in 0..20_000 {
        let mut text = seeds[round % seeds.len()].as_bytes().to_vec();
        for _ in 0..dice.random_range(0..4) {
            let at = dice.random_range(0..text.len());
            text[at] = b"AZaz09-_~.{=\"\xc3"[dice.random_range(0..14)];
        }
        text.truncate(dice.random_range(0..=text.len()));
        let text = String::from_utf8_lossy(&text);
        for source in SOURCES {
            assert!(!said(source, &text).0.is_empty());
        }
    }
}
