//! Numbers as people read them.

use earshot_store::Unit;

/// What stands where there is nothing to have a number of.
pub(crate) const NONE: &str = "–";

/// A whole number, with a comma between thousands.
pub(crate) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number in its unit; `–` where there is none.
pub(crate) fn in_unit(number: Option<f64>, unit: Unit) -> String {
    let Some(number) = number.filter(|number| number.is_finite()) else { return NONE.to_owned() };
    match unit {
        Unit::Share => format!("{:.1} %", 100.0 * number),
        Unit::Milliseconds => format!("{} ms", whole(number)),
        Unit::Days => format!("{} d", whole(number)),
        Unit::Number => format!("{number:.2}"),
        _ => whole(number),
    }
}

fn whole(number: f64) -> String {
    let size = count(number.abs().round() as u64);
    if number <= -0.5 { format!("-{size}") } else { size }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_for_people() {
        assert_eq!([0, 12, 999, 1_000, 12_345_678].map(count), ["0", "12", "999", "1,000", "12,345,678"]);
        assert_eq!(in_unit(Some(0.0155), Unit::Share), "1.6 %");
        assert_eq!(in_unit(Some(1_411.6), Unit::Milliseconds), "1,412 ms");
        assert_eq!(in_unit(Some(1.25), Unit::Number), "1.25");
        assert_eq!(in_unit(Some(-3.0), Unit::Count), "-3");
        assert_eq!(in_unit(None, Unit::Share), "–");
        assert_eq!(in_unit(Some(f64::NAN), Unit::Share), "–");
    }
}
