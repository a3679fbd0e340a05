//! How much an answer is drawn from, and what is not in it.

use super::{InScope, Over};

/// Runs that are named at most; of the rest the number is told.
const NAMED: usize = 5;

impl InScope {
    /// How many sites there are, how many of them were seen, and by how many the denominators can be.
    #[must_use]
    pub fn line(&self, over: Over) -> String {
        let ended = [
            (self.seen, "seen"),
            (self.blocked, "blocked"),
            (self.failed, "failed"),
            (self.refused, "not visited"),
            (self.absent, "absent"),
        ];
        let looked = [
            (self.looked, "looked at before a choice"),
            (self.typed, "typed into"),
            (self.reject_watched, "watched after a refusal"),
            (self.gpc_watched, "watched under GPC"),
        ];
        let told = |numbers: &[(u64, &str)], also: &str| {
            let told = numbers.iter().filter(|(number, what)| *number > 0 || *what == also);
            told.map(|(number, what)| format!("{number} {what}")).collect::<Vec<_>>().join(", ")
        };
        let nights = match (self.nights, &self.first_night, &self.last_night) {
            (1, night, _) => format!("night {night}"),
            (nights, first, last) => format!("{nights} nights, {first} to {last}"),
        };
        let mut line = format!(
            "{} sites by their newest scan ({nights}): {}; {}",
            self.sites,
            told(&ended, "seen"),
            told(&looked, "looked at before a choice")
        );
        if over == Over::Nights {
            let (all, looked) = (self.site_nights, self.site_nights_looked);
            line.push_str(&format!(
                "\n{all} scans of sites in all those nights, {looked} of them looked before a choice"
            ));
        }
        line
    }

    /// What is not in the numbers, a line each.
    #[must_use]
    pub fn missing(&self) -> Vec<String> {
        let named = |runs: &[String], why: &str| {
            let more = runs.len().saturating_sub(NAMED);
            let names = runs[..runs.len() - more].join(", ");
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            (!runs.is_empty()).then(|| format!("not in these numbers: run {names}{more}, {why}"))
        };
        let not_rolled_up = named(&self.not_rolled_up, "complete and not rolled up (earshot stats rebuild)");
        not_rolled_up.into_iter().chain(named(&self.going, "which goes on")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_seen_is_told() {
        let mut scope = InScope {
            sites: 5,
            seen: 3,
            blocked: 2,
            failed: 0,
            refused: 0,
            absent: 0,
            looked: 0,
            typed: 2,
            reject_watched: 0,
            gpc_watched: 0,
            runs: 1,
            first_night: "2026-11-01".into(),
            last_night: "2026-11-02".into(),
            nights: 2,
            site_nights: 9,
            site_nights_looked: 7,
            not_rolled_up: Vec::new(),
            going: Vec::new(),
        };
        assert_eq!(
            scope.line(Over::Newest),
            "5 sites by their newest scan (2 nights, 2026-11-01 to 2026-11-02): 3 seen, 2 blocked; 0 looked at before a \
             choice, 2 typed into"
        );
        assert!(
            scope
                .line(Over::Nights)
                .ends_with("\n9 scans of sites in all those nights, 7 of them looked before a choice")
        );
        assert!(scope.missing().is_empty());
        scope.going = vec!["R1".into()];
        scope.not_rolled_up = (2..9).map(|number| format!("R{number}")).collect();
        let said = scope.missing();
        assert!(said[0].contains("run R2, R3, R4, R5, R6 and 2 more, complete and not rolled up"), "{said:?}");
        assert!(said[1].contains("run R1, which goes on"), "{said:?}");
    }
}
