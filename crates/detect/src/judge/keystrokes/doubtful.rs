//! Short digests, which chance makes too: believed only where several agree.

use std::collections::{BTreeMap, BTreeSet};

use crate::leak::{Algorithm, Form, Leak};

/// Digests of how many fields a party has to be sent by the same function. One number of 32 bits equals one of some
/// thousand wanted ones in a million messages; two of different fields, in none.
const AGREEING: usize = 2;

/// Short digests that stood alone in their messages, by party and function.
#[derive(Debug, Default)]
pub(super) struct Doubtful(BTreeMap<(String, Algorithm), Vec<(u32, Leak)>>);

impl Doubtful {
    pub(super) fn note(&mut self, party: &str, seq: u32, leak: Leak) {
        if let Form::Digest { algorithm, .. } = leak.form {
            self.0.entry((party.to_owned(), algorithm)).or_default().push((seq, leak));
        }
    }

    /// Those that agree with others: party, event, and what was found there.
    pub(super) fn believed(self) -> Vec<(String, u32, Leak)> {
        let fields = |found: &[(u32, Leak)]| found.iter().map(|(_, leak)| leak.ordinal).collect::<BTreeSet<_>>().len();
        let agree = self.0.into_iter().filter(|(_, found)| fields(found) >= AGREEING);
        agree
            .flat_map(|((party, _), found)| found.into_iter().map(move |(seq, leak)| (party.clone(), seq, leak)))
            .collect()
    }
}
