//! Fills a store, night by night.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use earshot_model::{Crawl, Outcome, PageUrl, Profile, Run, RunId, RunKind, RunState, Target};
use earshot_store::{Judged, Store};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use jiff::{Timestamp, ToSpan as _, civil::Date, tz::TimeZone};
use tracing::info;
use ulid::Ulid;
use xxhash_rust::xxh3::xxh3_128_with_seed;

use crate::{
    CorpusError, MadeSite, Parties, multiply,
    visit::{self, Occasion},
};

/// Visits written at once: some ten thousand rows.
const BATCH: usize = 64;
/// Members of the portfolio and crawls written at once.
const ROWS: usize = 10_000;
/// Copies made at once: the store makes one on one core.
const AT_ONCE: usize = 2;

/// What a store is to be filled with.
#[derive(Clone, Debug)]
pub struct Corpus {
    /// Everything follows from it.
    pub seed: u64,
    /// Name of the portfolio.
    pub portfolio: String,
    /// How many sites; rounded up to whole copies where there are several.
    pub sites: usize,
    /// How many nights.
    pub nights: u32,
    /// The last of them.
    pub until: Date,
    /// How many pages of each site are visited, at most five.
    pub pages: u32,
    /// How.
    pub profiles: Vec<Profile>,
    /// How many events a visit has, about; 250 is what one of the web has.
    pub events: u32,
    /// Sites of one copy at most. These are made and sent; further copies are made of them within the store, under other names. With a
    /// hundred and more, what repeats itself is some megabytes away in each column, and is not compressed together.
    pub copy: usize,
}

/// What was written, and how long it took.
#[derive(Clone, Debug, Default)]
pub struct Filled {
    /// Nights.
    pub nights: u32,
    /// Sites.
    pub sites: usize,
    /// Time for making visits and sending them.
    pub sent: Duration,
    /// Time for copying within the store.
    pub copied: Duration,
    /// Time for rolling up each night.
    pub rolled: Vec<Duration>,
}

impl Default for Corpus {
    fn default() -> Self {
        Self {
            seed: 1,
            portfolio: "made-up".to_owned(),
            sites: 2_000,
            nights: 14,
            until: Date::constant(2026, 11, 27),
            pages: 1,
            profiles: Profile::ALL.to_vec(),
            events: 250,
            copy: 250,
        }
    }
}

impl Corpus {
    /// Fills a migrated store: the portfolio, and a complete run of it for each night, rolled up. What is there already under the
    /// same seed is replaced by the same.
    ///
    /// # Errors
    /// [`CorpusError`].
    pub async fn fill(&self, store: &Store) -> Result<Filled, CorpusError> {
        if self.sites == 0 || self.nights == 0 || self.profiles.is_empty() || !(1..=5).contains(&self.pages) {
            return Err(CorpusError::Order("at least a site, a night and a profile, and one to five pages".to_owned()));
        }
        let (copies, sites) = self.sites()?;
        let parties = Arc::new(Parties::new(self.seed, &multiply::name(0))?);
        let mut filled = Filled { sites: sites.len() * copies as usize, ..Filled::default() };
        self.import(store, &sites, copies).await?;
        let sites = Arc::new(sites);
        for night in 0..self.nights {
            let run = self.run(night, filled.sites as u64);
            let began = Instant::now();
            self.first_copy(store, &run, night, &sites, &parties).await?;
            filled.sent += began.elapsed();
            let began = Instant::now();
            let further = stream::iter(1..copies).map(Ok);
            further.try_for_each_concurrent(AT_ONCE, |copy| multiply::multiply(store, run.id, copy)).await?;
            filled.copied += began.elapsed();
            store.put_run(&run).await?;
            let began = Instant::now();
            store.roll_up(run.id).await?;
            filled.rolled.push(began.elapsed());
            filled.nights += 1;
            info!(night = filled.nights, of = self.nights, run.id = %run.id, "filled");
        }
        Ok(filled)
    }

    /// The sites of the first copy, and how many copies there are.
    fn sites(&self) -> Result<(u32, Vec<MadeSite>), CorpusError> {
        let copies = self.sites.div_ceil(self.copy.max(1));
        let parties = Parties::new(self.seed, &multiply::name(0))?;
        let make = |number| MadeSite::make(self.seed, number, &multiply::name(0), &parties);
        let copies = u32::try_from(copies).map_err(|_| CorpusError::Order("too many sites".to_owned()))?;
        Ok((copies, (0..self.sites.div_ceil(copies as usize)).map(make).collect()))
    }

    /// The run of a night; the same one each time.
    #[must_use]
    pub fn run(&self, night: u32, sites: u64) -> Run {
        let date = self.night(night);
        let began = Self::began(date);
        let random = xxh3_128_with_seed(format!("{} {date}", self.portfolio).as_bytes(), self.seed);
        let id = Ulid::from_parts(u64::try_from(began.as_millisecond()).unwrap_or(0), random & ((1 << 80) - 1));
        Run {
            id: RunId(id),
            started_at: began,
            label: self.portfolio.clone(),
            digest: format!("made up {}", self.seed),
            seeds: sites,
            pages_per_site: self.pages,
            profiles: self.profiles.clone(),
            repetitions: 1,
            egress: "direct".to_owned(),
            region: None,
            portfolio: Some(self.portfolio.clone()),
            night: Some(date),
            kind: RunKind::Scan,
            state: RunState::Complete,
        }
    }

    fn night(&self, night: u32) -> Date {
        self.until.saturating_sub(i64::from(self.nights - 1 - night.min(self.nights - 1)).days())
    }

    /// At ten in the evening.
    fn began(night: Date) -> Timestamp {
        night.at(22, 0, 0, 0).to_zoned(TimeZone::UTC).map(|at| at.timestamp()).unwrap_or_default()
    }

    async fn import(&self, store: &Store, sites: &[MadeSite], copies: u32) -> Result<(), CorpusError> {
        let mut import = store.import(&self.portfolio);
        let mut members = Vec::with_capacity(ROWS);
        let mut line = 0;
        for copy in 0..copies {
            for site in sites {
                line += 1;
                let mut member = site.member(line);
                for text in [&mut member.start, &mut member.site] {
                    *text = text.replace(&multiply::name(0), &multiply::name(copy));
                }
                members.push(member);
                if members.len() == ROWS {
                    import.add(&members).await?;
                    members.clear();
                }
            }
        }
        if !members.is_empty() {
            import.add(&members).await?;
        }
        import.end("made up", 0, false).await?;
        Ok(())
    }

    async fn first_copy(
        &self,
        store: &Store,
        run: &Run,
        night: u32,
        sites: &Arc<Vec<MadeSite>>,
        parties: &Arc<Parties>,
    ) -> Result<(), CorpusError> {
        let targets: Vec<Target> = sites.iter().filter_map(|site| Target::parse(&site.domain).ok()).collect();
        store.put_targets(run.id, &targets).await?;
        let crawls: Vec<Crawl> = sites.iter().filter_map(|site| self.crawl(run.id, site)).collect();
        store.put_crawls(&crawls).await?;
        // While one batch is written, the next one is made.
        let mut next = self.make(run.id, night, 0, sites, parties);
        for first in (0..sites.len()).step_by(self.sites_a_batch()) {
            let batch = next.await.map_err(|error| CorpusError::Order(error.to_string()))?;
            next = self.make(run.id, night, first + self.sites_a_batch(), sites, parties);
            store.put_visits(&batch).await?;
        }
        Ok(())
    }

    fn sites_a_batch(&self) -> usize {
        (BATCH / (self.profiles.len() * self.pages as usize)).max(1)
    }

    fn make(
        &self,
        run: RunId,
        night: u32,
        first: usize,
        sites: &Arc<Vec<MadeSite>>,
        parties: &Arc<Parties>,
    ) -> tokio::task::JoinHandle<Vec<Judged>> {
        let (this, sites, parties) = (self.clone(), sites.clone(), parties.clone());
        tokio::task::spawn_blocking(move || {
            let some = sites.iter().skip(first).take(this.sites_a_batch());
            some.flat_map(|site| this.visits(run, night, site, &parties)).collect()
        })
    }

    /// The visits of a night, of all sites of the first copy.
    ///
    /// # Errors
    /// If the catalogue does not read.
    pub fn judged(&self, night: u32) -> Result<Vec<Judged>, CorpusError> {
        let (_, sites) = self.sites()?;
        let parties = Parties::new(self.seed, &multiply::name(0))?;
        let run = self.run(night, sites.len() as u64).id;
        Ok(sites.iter().flat_map(|site| self.visits(run, night, site, &parties)).collect())
    }

    /// All visits of a site in a night.
    #[must_use]
    pub fn visits(&self, run: RunId, night: u32, site: &MadeSite, parties: &Parties) -> Vec<Judged> {
        let mut visits = Vec::new();
        for (page, kind) in site.pages(self.pages) {
            for profile in &self.profiles {
                let occasion = Occasion {
                    run,
                    seed: self.seed,
                    site,
                    page: &page,
                    kind,
                    profile: *profile,
                    night,
                    began: Self::began(self.night(night)),
                    bustle: f64::from(self.events) / 250.0,
                };
                visits.extend(visit::make(&occasion, parties));
            }
        }
        visits
    }

    fn crawl(&self, run: RunId, site: &MadeSite) -> Option<Crawl> {
        let page = |(address, kind): (String, _)| Some((PageUrl::parse(&address).ok()?, kind));
        Some(Crawl {
            run,
            start: PageUrl::parse(&site.start()).ok()?,
            outcome: Outcome::of_status(200),
            pages: site.pages(self.pages).into_iter().filter_map(page).collect(),
            discovered: 40,
            took_ms: 900,
        })
    }
}
