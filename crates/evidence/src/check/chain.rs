//! The chain of a run of an archive.

use earshot_model::RunId;

use super::{Check, ProblemKind, Sealed};
use crate::{
    Chain,
    chain::{self, Written},
    hash,
};

impl Check<'_> {
    pub(super) fn chain(&mut self, run: RunId) {
        let (place, beside) = Chain::places(run);
        let here = self.manifests.get(&run).map_or(0, std::collections::BTreeMap::len);
        if !self.container.names().contains(&place) && !self.container.names().contains(&beside) {
            self.done.runs.push(Sealed { run, visits: None, here });
            return;
        }
        let Some(text) = self.read(&place, Chain::MAX_BYTES) else {
            self.known.insert(beside);
            return;
        };
        let written: Written = match serde_json::from_slice(&text) {
            Ok(written) => written,
            Err(error) => return self.problem(&place, ProblemKind::Changed, &format!("it does not parse: {error}")),
        };
        self.signature(&place, &text, &beside, &written.public_key);
        self.links(&place, run, &written);
        self.binds(&place, run, &written);
        self.done.runs.push(Sealed { run, visits: Some(written.links.len()), here });
    }

    /// Each link must follow from the one before. The first that does not is named: what comes behind it says nothing.
    fn links(&mut self, place: &str, run: RunId, written: &Written) {
        if (written.schema.as_str(), written.run) != (Written::SCHEMA, run) {
            self.problem(place, ProblemKind::Chain, "it is of another run than its folder, or in another form");
        }
        let mut last = chain::first(run);
        if written.first != hash::hex(&last) {
            self.problem(place, ProblemKind::Chain, "it does not begin with its run's id");
        }
        for (number, link) in written.links.iter().enumerate() {
            let next = hash::parse(&link.manifest).map(|manifest| chain::next(&last, &manifest));
            let Some(next) = next.filter(|next| hash::hex(next) == link.link) else {
                let what = format!("link {} (visit {}) does not follow from the one before it", number + 1, link.visit);
                return self.problem(place, ProblemKind::Chain, &what);
            };
            last = next;
        }
        if written.head != hash::hex(&last) {
            self.problem(place, ProblemKind::Chain, "its head is not its last link");
        }
        if written.visits != written.links.len() {
            let what = format!("it says that it has {} links, and has {}", written.visits, written.links.len());
            self.problem(place, ProblemKind::Chain, &what);
        }
    }

    /// Each manifest that is here must be in it, as it is.
    fn binds(&mut self, place: &str, run: RunId, written: &Written) {
        let bound: std::collections::BTreeMap<_, _> =
            written.links.iter().map(|link| (link.visit, link.manifest.as_str())).collect();
        if bound.len() != written.links.len() {
            self.problem(place, ProblemKind::Chain, "a visit occurs twice in it");
        }
        let here = self.manifests.get(&run).cloned().unwrap_or_default();
        for (visit, manifest) in here {
            let file = format!("{run}/{visit}/{}", crate::Manifest::FILE);
            match bound.get(&visit) {
                Some(known) if **known == hash::hex(&manifest) => {}
                Some(_) => {
                    self.problem(&file, ProblemKind::Chain, "it is not the manifest that the run was sealed with")
                }
                None => self.problem(&file, ProblemKind::Chain, "the run was sealed without it"),
            }
        }
    }
}
