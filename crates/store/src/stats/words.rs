//! What is said of a statistic in words.

use std::fmt::Write as _;

use super::{Over, Scope, Statistic};

impl Statistic {
    /// What its numerator and its denominator count, if it has them.
    pub fn counts(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let both = [("Numerator", self.numerator), ("Denominator", self.denominator)];
        both.into_iter().filter(|(_, counts)| !counts.is_empty())
    }

    /// What of a site counts: `each site …`.
    #[must_use]
    pub fn over_what(&self) -> &'static str {
        match self.over {
            Over::Newest => "each site by its newest scan in scope",
            Over::Nights => "each site on each night in scope, by the newest scan of the night through each region",
        }
    }

    /// By what it can be grouped.
    #[must_use]
    pub fn grouped(&self) -> String {
        let mut by = "Grouped by what is known of sites (--by)".to_owned();
        for dimension in self.by {
            let _ = write!(by, ", or by {dimension}");
        }
        if !self.usually_by.is_empty() {
            let _ = write!(by, "; by {} if nobody says", self.usually_by);
        }
        by + "."
    }

    /// Why it cannot be asked over that scope, if it cannot.
    #[must_use]
    pub fn refuses(&self, scope: &Scope) -> Option<String> {
        let name = self.name;
        let chosen =
            scope.parties != super::Parties::default() || !scope.categories.is_empty() || !scope.vendors.is_empty();
        if !self.of_vendors && chosen {
            return Some(format!(
                "{name} is not about single vendors: all, category and vendor change nothing about it"
            ));
        }
        let by = scope.by.as_deref().filter(|by| ["category", "vendor"].contains(by) && !self.by.contains(by))?;
        Some(format!(
            "{name} cannot be grouped by {by}; by takes sector, country, sensitive, owner, region, portfolio or a tag"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Parties;

    #[test]
    fn what_changes_nothing_is_refused() {
        let (keystrokes, gating) = (Statistic::find("keystrokes").unwrap(), Statistic::find("gating").unwrap());
        let none = Scope::default();
        assert_eq!((keystrokes.refuses(&none), gating.refuses(&none)), (None, None));
        let one = Scope { vendors: vec!["hotjar".to_owned()], ..none.clone() };
        assert!(keystrokes.refuses(&one).is_some_and(|why| why.contains("not about single vendors")));
        assert!(keystrokes.refuses(&Scope { parties: Parties::All, ..none.clone() }).is_some());
        let by = Scope { by: Some("vendor".to_owned()), ..none };
        assert_eq!(gating.refuses(&by), None);
        assert!(Statistic::find("prevalence").unwrap().refuses(&by).is_some_and(|why| why.contains("by vendor")));
    }
}
