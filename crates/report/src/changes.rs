//! What changed between two runs, a handful of sites at a time: a portfolio need not fit into memory.

mod document;
mod read;
mod sentence;

use earshot_detect::changes::{Change, Summary, of_site};
use earshot_model::{Profile, Run};
use earshot_store::Store;

use crate::{ReportError, expired};

pub use document::{Document, RunName, SCHEMA};
pub use sentence::sentence;

/// Sites that are read from the store at a time: some ten thousand findings.
const SITES_AT_A_TIME: u64 = 200;

/// Two runs, held against each other.
pub struct Comparison {
    /// The earlier one.
    pub earlier: Run,
    /// The later one.
    pub later: Run,
    /// The profile whose visits stand for both.
    profile: Profile,
}

impl Comparison {
    /// Holds `later` against `earlier`.
    ///
    /// # Errors
    /// [`ReportError::NotComparable`] if they are one run, or were visited in no common way.
    pub fn of(earlier: Run, later: Run) -> Result<Self, ReportError> {
        if earlier.id == later.id {
            return Err(ReportError::NotComparable(format!(
                "run {} is compared with itself; name two runs, or one to hold it against the one before",
                later.id
            )));
        }
        let common = |profile: &Profile| earlier.profiles.contains(profile) && later.profiles.contains(profile);
        let Some(profile) = Profile::ALL.into_iter().find(common) else {
            let why = "the runs have no profile in common: scan with the same --profiles to compare them";
            return Err(ReportError::NotComparable(why.to_owned()));
        };
        Ok(Self { earlier, later, profile })
    }

    /// What differs in how the two runs were made, for people: changes may come from that.
    #[must_use]
    pub fn differences(&self) -> Vec<String> {
        let (a, b) = (&self.earlier, &self.later);
        let names = |run: &Run| run.profiles.iter().map(|profile| profile.as_str()).collect::<Vec<_>>().join(",");
        let pairs = [
            ("--pages", a.pages_per_site.to_string(), b.pages_per_site.to_string()),
            ("--profiles", names(a), names(b)),
            ("the exit", a.egress.clone(), b.egress.clone()),
            ("targets", a.seeds.to_string(), b.seeds.to_string()),
            ("state", a.state.as_str().to_owned(), b.state.as_str().to_owned()),
        ];
        let differ = pairs.into_iter().filter(|(_, was, is)| was != is && !was.is_empty());
        differ.map(|(what, was, is)| format!("{what}: {was} then, {is} now")).collect()
    }

    /// Tells what changed on each site, by name; of one site only, if it is named. Sites without a change are counted only.
    ///
    /// # Errors
    /// If the store cannot be asked, or `tell` fails.
    pub async fn each_site<E: From<ReportError>>(
        &self,
        store: &Store,
        only: Option<&str>,
        mut tell: impl FnMut(Vec<Change>) -> Result<(), E>,
    ) -> Result<Summary, E> {
        for run in [self.earlier.id, self.later.id] {
            expired::refuse(store, run).await?;
        }
        let mut summary = Summary::default();
        let mut after = String::new();
        loop {
            let names = match only {
                Some(site) if after.is_empty() => vec![site.to_owned()],
                Some(_) => Vec::new(),
                None => {
                    let runs = (self.earlier.id, self.later.id);
                    store.compare_sites(runs, &after, SITES_AT_A_TIME).await.map_err(ReportError::from)?
                }
            };
            let Some(last) = names.last() else { return Ok(summary) };
            after.clone_from(last);
            let (mut earlier, mut later) =
                (read::facts(store, &self.earlier, &names).await?, read::facts(store, &self.later, &names).await?);
            for site in names {
                let (earlier, later) = (read::take(&mut earlier, &site), read::take(&mut later, &site));
                let changes = of_site(&site, &earlier, &later, self.profile);
                summary.add(&earlier, &later, self.profile, &changes);
                if !changes.is_empty() {
                    tell(changes)?;
                }
            }
        }
    }
}
