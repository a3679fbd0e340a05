//! Rows as they are written, and the roads from and to the nouns.

mod event;
mod finding;
mod heard;
mod run;
mod visit;

use earshot_model::{FailureCause, Outcome};

pub(crate) use self::{
    event::{EventRow, EventRows},
    finding::FindingRow,
    run::{PlannedRow, RunRow, SeedRow, TargetRow},
    visit::{GapRow, VisitRow},
};

/// Longest address kept. Longer ones are data: they stay in the evidence, if at all.
const MAX_URL_BYTES: usize = 2048;

/// The beginning of `text`, not longer than an address may be.
fn cut(text: &str) -> &str {
    let mut end = text.len().min(MAX_URL_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// At which step nothing was answered; empty for every other outcome.
fn failure(outcome: &Outcome) -> &'static str {
    outcome.failure().map_or("", FailureCause::as_str)
}

/// A count for a column of 32 bits.
fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_addresses_are_cut_between_characters() {
        let long = "é".repeat(2000);
        assert_eq!(cut(&long).len(), 2048);
        assert_eq!(cut(&format!("x{long}")).len(), 2047);
        assert_eq!(cut("short"), "short");
    }
}
