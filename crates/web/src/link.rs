//! Addresses of pages and resources.

use url::Url;

/// The path with these segments, whatever stands in them.
pub(crate) fn path(segments: &[&str]) -> String {
    let base = Url::parse("http://localhost/").ok();
    let joined = base.and_then(|mut url| {
        url.path_segments_mut().ok()?.pop_if_empty().extend(segments);
        Some(url.path().to_owned())
    });
    joined.unwrap_or_else(|| "/".to_owned())
}

/// The path with these segments, and a query if it is not empty.
pub(crate) fn with_query(segments: &[&str], query: &str) -> String {
    let path = path(segments);
    if query.is_empty() { path } else { format!("{path}?{query}") }
}

/// A query with these values.
pub(crate) fn query(pairs: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_stands_in_a_segment_stays_in_it() {
        assert_eq!(path(&["vendors", "google-analytics"]), "/vendors/google-analytics");
        assert_eq!(path(&["vendors", "a/b?c#d \"e\""]), "/vendors/a%2Fb%3Fc%23d%20%22e%22");
        assert_eq!(with_query(&["statistics", "gpc"], "by=sector"), "/statistics/gpc?by=sector");
        assert_eq!(with_query(&["statistics", "gpc"], ""), "/statistics/gpc");
    }
}
