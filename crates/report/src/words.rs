//! Names of ours as people say them.

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
pub fn count(number: u64, one: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {one}s") }
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
        assert_eq!((count(1, "page"), count(3, "page")), ("1 page".into(), "3 pages".into()));
    }
}
