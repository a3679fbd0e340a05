//! One visit of an archive.

use earshot_model::{RunId, VisitId};

use super::{Check, ProblemKind, UNLISTED};
use crate::{About, Bundle, Manifest, evidence::MAX_FILE, hash, manifest::is_plain};

impl Check<'_> {
    pub(super) fn visit(&mut self, run: RunId, visit: VisitId) {
        let folder = format!("{run}/{visit}");
        let place = format!("{folder}/{}", Manifest::FILE);
        self.done.visits += 1;
        let Some(text) = self.read(&place, Manifest::MAX_BYTES) else {
            // Without it nothing of the folder can be said to be right or wrong.
            let below = format!("{folder}/");
            self.known.extend(self.container.names().iter().filter(|name| name.starts_with(&below)).cloned());
            return;
        };
        self.manifests.entry(run).or_default().insert(visit, hash::of(&text));
        let manifest: Manifest = match serde_json::from_slice(&text) {
            Ok(manifest) => manifest,
            Err(error) => return self.problem(&place, ProblemKind::Changed, &format!("it does not parse: {error}")),
        };
        self.signature(&place, &text, &format!("{folder}/{}", Manifest::SIGNATURE), &manifest.public_key);
        self.same_visit(&place, run, visit, &manifest);
        for entry in &manifest.files {
            if !is_plain(&entry.name) || UNLISTED.contains(&entry.name.as_str()) {
                let what = format!("it names a file that cannot be: '{}'", entry.name.escape_debug());
                self.problem(&place, ProblemKind::Changed, &what);
                continue;
            }
            self.file(&format!("{folder}/{}", entry.name), entry);
        }
        match manifest.files.iter().find(|entry| entry.name == Bundle::ABOUT) {
            Some(entry) if entry.bytes <= MAX_FILE => self.typed(&folder, &manifest, entry.bytes),
            _ => self.problem(&place, ProblemKind::Changed, "it does not name the visit's own file"),
        }
    }

    fn same_visit(&mut self, place: &str, run: RunId, visit: VisitId, manifest: &Manifest) {
        let derived = VisitId::derive(manifest.run, &manifest.page, manifest.profile, manifest.repetition);
        if manifest.schema != Manifest::SCHEMA {
            let what = format!("this version reads {}, not '{}'", Manifest::SCHEMA, manifest.schema.escape_debug());
            self.problem(place, ProblemKind::Changed, &what);
        }
        if (manifest.run, manifest.visit) != (run, visit) {
            self.problem(place, ProblemKind::Changed, "it is of another visit than its folder");
        }
        if derived != manifest.visit {
            let what = "the visit's id is not the one of this run, page, profile and repetition";
            self.problem(place, ProblemKind::Changed, what);
        }
    }

    /// What was typed must be what the visit's id says.
    fn typed(&mut self, folder: &str, manifest: &Manifest, bytes: u64) {
        let place = format!("{folder}/{}", Bundle::ABOUT);
        // If it is not there, or not what was kept, that was said already.
        let Ok(text) = self.container.read(&place, bytes) else { return };
        let about: About = match serde_json::from_slice(&text) {
            Ok(about) => about,
            Err(error) => return self.problem(&place, ProblemKind::Changed, &format!("it does not parse: {error}")),
        };
        let of = (about.run, about.visit, &about.page, about.profile, about.repetition);
        if of != (manifest.run, manifest.visit, &manifest.page, manifest.profile, manifest.repetition) {
            self.problem(&place, ProblemKind::Changed, "it is of another visit than its manifest");
        }
        for field in about.not_synthetic() {
            let what = format!("what was typed into {field} is not derived from the visit: it may be somebody's");
            self.problem(&place, ProblemKind::Canary, &what);
        }
    }
}
