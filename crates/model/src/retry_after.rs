//! `Retry-After`: when a site wants to be asked again.

use std::time::Duration;

use jiff::{Timestamp, fmt::rfc2822};

/// What the header says (RFC 9110 § 10.2.3): seconds, or a date; `None` if it is neither. A date that has passed is no
/// time at all.
#[must_use]
pub fn retry_after(value: &str, now: Timestamp) -> Option<Duration> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
    }
    let date = rfc2822::parse(value).ok()?.timestamp();
    Some(Duration::try_from(date.duration_since(now)).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_and_dates_are_understood_and_nothing_else() {
        let now = "2026-11-28T10:00:00Z".parse().unwrap();
        let seconds = |text| retry_after(text, now).map(|time| time.as_secs());
        assert_eq!(seconds("120"), Some(120));
        assert_eq!(seconds(" 0 "), Some(0));
        assert_eq!(seconds("99999999999999999999999"), Some(u64::MAX));
        assert_eq!(seconds("Sat, 28 Nov 2026 10:02:00 GMT"), Some(120));
        assert_eq!(seconds("Sat, 28 Nov 2026 09:00:00 GMT"), Some(0));
        for text in ["", "-1", "1.5", "soon", "2026-11-28"] {
            assert_eq!(seconds(text), None, "{text}");
        }
    }
}
