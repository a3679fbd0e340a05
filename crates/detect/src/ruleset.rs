//! The version of all that decides what is said of a visit.

use crate::FilterList;

/// By what visits are judged: version of the program, digest of the catalogue and of the code that judges, and the filter list
/// if there is one. Findings of equal rule-sets were read by the same rules: `0.1.0+3f9a2c1d07be`,
/// `0.1.0+3f9a2c1d07be/easyprivacy.txt:a1b2c3d4`.
#[must_use]
pub fn ruleset(list: Option<&FilterList>) -> String {
    let own = concat!(env!("CARGO_PKG_VERSION"), "+", env!("EARSHOT_RULESET"));
    list.map_or_else(|| own.to_owned(), |list| format!("{own}/{}:{:08x}", list.name(), list.checksum()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_list_is_another_rule_set() {
        let list = |text: &str| FilterList::parse("a list", text).unwrap();
        let of = |text: &str| ruleset(Some(&list(text)));
        assert_eq!(of("||tracker.test^"), of("||tracker.test^"));
        assert_ne!(of("||tracker.test^"), of("||other.test^"));
        assert!(of("||tracker.test^").starts_with(&ruleset(None)));
    }
}
