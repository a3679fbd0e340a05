//! Short digests and short numbers, which chance makes too: digests are believed where several agree; numbers never are, but
//! nobody who was sent one is said to have heard nothing.

use std::collections::{BTreeMap, BTreeSet};

use super::{outgoing::Outgoing, typed::Typed};
use crate::leak::{Algorithm, Form, Leak};

/// Digests of how many fields a party has to be sent by the same function. One number of 32 bits equals one of some
/// thousand wanted ones in a million messages; two of different fields, in none.
const AGREEING: usize = 2;

/// What stood alone in its message.
#[derive(Debug, Default)]
pub(super) struct Doubtful {
    /// Short digests, by party and function.
    digests: BTreeMap<(String, Algorithm), Vec<(u32, Leak)>>,
    /// Everybody who was sent something doubtful.
    parties: BTreeSet<String>,
}

impl Doubtful {
    /// Notes one in the `nth` thing that went out, unless it came before it could have been made.
    pub(super) fn note(&mut self, party: &str, nth: u32, outgoing: &Outgoing, typed: &[Typed], leak: Leak) {
        let field = typed.iter().find(|typed| typed.entry.ordinal == leak.ordinal);
        if field.is_none_or(|field| outgoing.at_ms < field.first_key_ms) {
            return;
        }
        self.parties.insert(party.to_owned());
        if let Form::Digest { algorithm, .. } = leak.form {
            self.digests.entry((party.to_owned(), algorithm)).or_default().push((nth, leak));
        }
    }

    /// Everybody who was sent something doubtful, believed or not.
    pub(super) fn parties(&self) -> BTreeSet<String> {
        self.parties.clone()
    }

    /// The digests that agree with others: party, which thing that went out, and what was found there.
    pub(super) fn believed(self) -> impl Iterator<Item = (String, u32, Leak)> {
        let fields = |found: &[(u32, Leak)]| found.iter().map(|(_, leak)| leak.ordinal).collect::<BTreeSet<_>>().len();
        let agree = self.digests.into_iter().filter(move |(_, found)| fields(found) >= AGREEING);
        agree.flat_map(|((party, _), found)| found.into_iter().map(move |(nth, leak)| (party.clone(), nth, leak)))
    }
}
