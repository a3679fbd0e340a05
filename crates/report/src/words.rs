//! Names of ours as people say them.

use std::fmt::Display;

use earshot_model::Rule;

/// What a rule says of a vendor.
#[must_use]
pub fn rule(rule: Rule) -> &'static str {
    match rule {
        Rule::PreConsentContact => "contacted before any choice",
        Rule::Fingerprinting => "tells browsers apart",
        Rule::Listening => "listens to keys or reads fields",
        Rule::Keystrokes => "hears what is typed",
        Rule::DespiteReject => "told something after a refusal",
        Rule::AfterAccept => "contacted after agreeing",
        Rule::UnderGpc => "told something under Global Privacy Control",
        Rule::CookielessPing => "cookieless ping",
        Rule::ConsentModeIgnored => "full hit although consent mode says denied",
        Rule::NoBanner => "trackers run and nothing asks",
        Rule::NoReject => "the banner does not offer to refuse",
    }
}

/// What a vendor does.
#[must_use]
pub fn category(category: &str) -> String {
    category.replace('_', " ")
}

/// How a visit behaved.
#[must_use]
pub fn profile(profile: &str) -> &'static str {
    match profile {
        "reject" => "refusing what the banner asks",
        "accept" => "agreeing to what the banner asks",
        "gpc" => "under Global Privacy Control",
        _ => "touching no banner",
    }
}

/// `1 page`, `2 pages`.
#[must_use]
pub fn count<N: Copy + Display>(number: N, one: &str) -> String {
    let number = number.to_string();
    if number == "1" { format!("1 {one}") } else { format!("{number} {one}s") }
}

/// What goes with [`count`]: `1 page was`, `2 pages were`.
#[must_use]
pub fn were<N: Copy + Display>(number: N) -> &'static str {
    if number.to_string() == "1" { "was" } else { "were" }
}

/// At most so many characters of a text; `…` stands for what is left out.
#[must_use]
pub fn cut(text: &str, characters: usize) -> String {
    match text.char_indices().nth(characters) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Dollars with their thousands apart.
#[must_use]
pub fn dollars(amount: u64) -> String {
    let digits = amount.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    format!("${text}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_and_numbers_read_well() {
        assert_eq!(
            (dollars(5_000), dollars(1_234_567), dollars(7)),
            ("$5,000".into(), "$1,234,567".into(), "$7".into())
        );
        assert_eq!((count(1_u32, "page"), count(3_usize, "page")), ("1 page".into(), "3 pages".into()));
        assert_eq!((count(0, "page"), count("1,001", "page")), ("0 pages".into(), "1,001 pages".into()));
        assert_eq!([0_u64, 1, 2].map(were), ["were", "was", "were"]);
    }

    #[test]
    fn a_text_is_cut_between_characters() {
        assert_eq!((cut("größer", 6), cut("größer", 4)), ("größer".into(), "größ…".into()));
        assert_eq!((cut("größer", 0), cut("", 0)), ("…".into(), String::new()));
    }
}
