//! Parts, variants and digests of what was typed.

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use earshot_detect::leak::{Algorithm, Form, Variant};
use earshot_model::FieldKind;
use sha2::{Digest as _, Sha256};

use super::{canary, chain, hits, only, search};

fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}

fn form(sent: &str) -> String {
    only(&search(), sent.as_bytes()).form.to_string()
}

#[test]
fn beginnings_count_from_ten_characters_on() {
    let search = search();
    for kind in [FieldKind::Email, FieldKind::Search, FieldKind::Message, FieldKind::Password, FieldKind::Card] {
        let canary = canary(kind);
        let text = canary.text();
        for characters in 1..text.len() {
            let sent = format!(r#"{{"q":"{}"}}"#, &text[..characters]);
            let leaks = hits(&search, sent.as_bytes()).leaks;
            let found = leaks.first().map(|leak| match leak.form {
                Form::Text { characters, .. } => characters,
                Form::Digest { .. } => 0,
            });
            // One nonsense word of eight letters counts if it stands alone.
            let word = if text.as_bytes()[..8].iter().all(u8::is_ascii_alphabetic) { 8 } else { 10 };
            let expected = (characters >= word).then_some(characters);
            assert_eq!(found, expected, "{kind:?}, {characters} characters");
        }
    }
}

#[test]
fn an_address_is_known_by_what_follows_its_host() {
    let text = canary(FieldKind::Url).text().to_owned();
    assert_eq!(form(&format!("u={text}")), "whole");
    assert!(hits(&search(), b"u=https://www.example.com/").leaks.is_empty());
    let path = text.rsplit('/').next().unwrap();
    assert_eq!(form(&format!(r#"{{"p":"/{path}"}}"#)), format!("first {} characters", path.len()));
}

#[test]
fn variants_are_named() {
    let (email, name) = (canary(FieldKind::Email), canary(FieldKind::Name));
    let (email, name) = (email.text(), name.text());
    let (local, domain) = email.split_once('@').unwrap();
    assert_eq!(form(&format!("a={}", name.to_lowercase())), "lower-case");
    assert_eq!(form(&format!("a={}", name.to_uppercase())), "upper-case");
    assert_eq!(form(&format!("a={}@{domain}", local.replace('.', ""))), "as Gmail takes it");
    assert_eq!(form(&format!(r#"{{"user":"{local}"}}"#)), "local part");
    assert_eq!(form(&format!("a={}", name.replace(' ', "+"))), "whole");
    assert_eq!(form(&format!("a={}", name.replace(' ', "%20"))), "whole");
    let leak = only(&search(), format!("a={}", email.replace('@', "%2540")).as_bytes());
    assert_eq!((chain(&leak).as_str(), leak.name.as_str()), ("percent > percent", "a"));
}

#[test]
fn numbers_are_numbers_of_their_own() {
    let search = search();
    let phone = canary(FieldKind::Phone).text().to_owned();
    let (area, rest) = phone.split_at(3);
    let (exchange, line) = rest.split_at(3);
    for (sent, expected) in [
        (format!(r#"{{"tel":"{phone}"}}"#), "whole"),
        (format!("+1{phone}"), "with country code"),
        (format!("1{phone}"), "with country code"),
        (format!("({area}) {exchange}-{line}"), "with separators"),
        (format!("{area}-{exchange}-{line}"), "with separators"),
        (format!("+1 {area} {exchange} {line}"), "with separators"),
        (format!("{area}.{exchange}.{line}"), "with separators"),
    ] {
        assert_eq!(form(&sent), expected, "{sent}");
    }
    for sent in [format!("{phone}7"), format!("7{phone}"), format!("21{phone}"), format!("{area}-{exchange}-{line}7")] {
        assert!(hits(&search, sent.as_bytes()).leaks.is_empty(), "{sent}");
    }
    let card = canary(FieldKind::Card).text().to_owned();
    let groups: Vec<&str> = (0..4).map(|at| &card[4 * at..4 * at + 4]).collect();
    assert_eq!(form(&groups.join(" ")), "with separators");
    assert_eq!(form(&groups.join("-")), "with separators");
    assert!(hits(&search, format!("{card}1").as_bytes()).leaks.is_empty());
    let number = canary(FieldKind::Number).text().to_owned();
    assert_eq!(form(&format!("value={number}&x=1")), "whole");
    assert!(hits(&search, format!("value=1{number}").as_bytes()).leaks.is_empty());
}

#[test]
fn a_short_number_among_others_counts_only_in_company() {
    let (search, phone, email) = (search(), canary(FieldKind::Phone), canary(FieldKind::Email));
    let phone = phone.text();
    let alone = hits(&search, format!("ord={phone}&x=1").as_bytes());
    assert_eq!((alone.leaks.len(), alone.weak.len()), (0, 1));
    let company = hits(&search, format!("ord={phone}&x={}", email.text()).as_bytes());
    assert_eq!((company.leaks.len(), company.weak.len()), (2, 0));
    for named in [format!("user[tel]={phone}&x=1"), format!(r#"{{"n":1,"value":"{phone}"}}"#), phone.to_owned()] {
        assert_eq!(hits(&search, named.as_bytes()).leaks.len(), 1, "{named}");
    }
    // A float, and a pair of numbers.
    for other in [format!("x={}.{}", &phone[..3], &phone[3..]), format!("{} {}", &phone[..3], &phone[3..])] {
        let hits = hits(&search, other.as_bytes());
        assert_eq!((hits.leaks.len(), hits.weak.len()), (0, 0), "{other}");
    }
}

#[test]
fn digests_of_every_function_are_found_in_every_writing() {
    let search = search();
    let email = canary(FieldKind::Email);
    for algorithm in Algorithm::ALL {
        let digest = algorithm.digest(email.text().as_bytes());
        let is_short = digest.len() < 8;
        let raw = [b"\xff\xfe", digest.as_slice(), b"\x80"].concat();
        for (sent, writing) in [
            (format!(r#"{{"em":"{}"}}"#, hex(&digest)).into_bytes(), "hex"),
            (format!("u={}&b=1", hex(&digest).to_uppercase()).into_bytes(), "HEX"),
            (format!("u={}", STANDARD.encode(&digest)).into_bytes(), "base64"),
            (format!("em=tv.1~em.{}", URL_SAFE_NO_PAD.encode(&digest)).into_bytes(), "base64url"),
            (raw, "raw"),
        ] {
            let found = hits(&search, &sent);
            if is_short {
                assert!(found.leaks.is_empty(), "{algorithm} in {writing}");
                continue;
            }
            let named = |leak: &&earshot_detect::leak::Leak| matches!(leak.form, Form::Digest { algorithm: one, truncated: false, .. } if one == algorithm);
            let leak = found.leaks.iter().find(named);
            assert!(
                leak.is_some_and(|leak| leak.ordinal == email.ordinal),
                "{algorithm} in {writing}: {:?}",
                found.leaks
            );
        }
    }
}

#[test]
fn digests_are_found_cut_salted_and_with_a_key() {
    let search = search();
    let email = canary(FieldKind::Email).text().to_owned();
    let name = canary(FieldKind::Name).text().to_owned();
    let sha256 = |text: &str| hex(&Sha256::digest(text));
    let told = |digest: &str| only(&search, format!(r#"{{"h":"{digest}"}}"#).as_bytes()).form.to_string();
    assert_eq!(told(&sha256(&email)), "sha256 of the trimmed lower-case value");
    assert_eq!(told(&sha256(&name)), "sha256 of the value");
    assert_eq!(told(&sha256(&name.to_lowercase())), "sha256 of the trimmed lower-case value");
    assert_eq!(told(&sha256(&email)[..16]), "sha256 of the trimmed lower-case value, truncated");
    assert_eq!(told(&sha256(&email[..email.len() - 2])), "sha256 of the value without its last 2");
    assert_eq!(told(&sha256(name.to_lowercase().split(' ').next().unwrap())), "sha256 of the value's word 1");
    assert_eq!(
        told(&sha256(&format!("{email}QX4QkKEU"))),
        "sha256 of the trimmed lower-case value, salted with QX4QkKEU"
    );
    assert_eq!(
        told(&hex(&Algorithm::Md5.digest(format!("shop.example|{email}").as_bytes()))),
        "md5 of the trimmed lower-case value, salted with the host shop.example"
    );
    let keyed = Algorithm::Sha256.hmac(b"s3cr3t-k3y", email.as_bytes()).unwrap();
    assert_eq!(told(&hex(&keyed)), "hmac-sha256 of the trimmed lower-case value, with a key of the page");
    assert!(hits(&search, format!("h={}", &sha256(&email)[..15]).as_bytes()).leaks.is_empty());
    assert!(hits(&search, format!("h={}", sha256("somebody@example.org")).as_bytes()).leaks.is_empty());
}

#[test]
fn short_digests_count_in_company_only() {
    let search = search();
    let crc = |kind| {
        let digest = Algorithm::Crc32.digest(canary(kind).text().as_bytes());
        u32::from_be_bytes(digest.try_into().unwrap())
    };
    let alone = hits(&search, format!(r#"{{"c":{}}}"#, crc(FieldKind::Email)).as_bytes());
    assert_eq!((alone.leaks.len(), alone.weak.len()), (0, 1));
    assert_eq!(alone.weak[0].form.to_string(), "crc32 of the trimmed lower-case value (weak)");
    let twice = hits(&search, format!(r#"{{"c":{0},"d":{0}}}"#, crc(FieldKind::Email)).as_bytes());
    assert!(twice.leaks.is_empty());
    let both =
        hits(&search, format!(r#"{{"c":{},"d":"{:08x}"}}"#, crc(FieldKind::Email), crc(FieldKind::Name)).as_bytes());
    assert_eq!((both.leaks.len(), both.weak.len()), (2, 0));
    assert_eq!(
        Variant::LowerCase,
        match both.leaks[0].form {
            Form::Digest { variant, weak: true, .. } => variant,
            _ => panic!("{:?}", both.leaks),
        }
    );
}
