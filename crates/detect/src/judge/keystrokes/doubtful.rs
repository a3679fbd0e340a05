//! Short digests, which chance makes too: believed only where several agree.

use std::collections::{BTreeMap, BTreeSet};

use super::{outgoing::Outgoing, typed::Typed};
use crate::leak::{Algorithm, Form, Leak};

/// Digests of how many fields a party has to be sent by the same function. One number of 32 bits equals one of some
/// thousand wanted ones in a million messages; two of different fields, in none.
const AGREEING: usize = 2;

/// Short digests that stood alone in their messages, by party and function.
#[derive(Debug, Default)]
pub(super) struct Doubtful(BTreeMap<(String, Algorithm), Vec<(u32, Leak)>>);

impl Doubtful {
    /// Notes one in the `nth` thing that went out, unless it came before it could have been made.
    pub(super) fn note(&mut self, party: &str, nth: u32, outgoing: &Outgoing, typed: &[Typed], leak: Leak) {
        let Form::Digest { algorithm, .. } = leak.form else { return };
        let field = typed.iter().find(|typed| typed.entry.ordinal == leak.ordinal);
        if field.is_some_and(|field| outgoing.at_ms >= field.first_key_ms) {
            self.0.entry((party.to_owned(), algorithm)).or_default().push((nth, leak));
        }
    }

    /// Those that agree with others: party, which thing that went out, and what was found there.
    pub(super) fn believed(self) -> impl Iterator<Item = (String, u32, Leak)> {
        let fields = |found: &[(u32, Leak)]| found.iter().map(|(_, leak)| leak.ordinal).collect::<BTreeSet<_>>().len();
        let agree = self.0.into_iter().filter(move |(_, found)| fields(found) >= AGREEING);
        agree.flat_map(|((party, _), found)| found.into_iter().map(move |(nth, leak)| (party.clone(), nth, leak)))
    }
}
