//! Everything breaks, again and again; no page is lost, and none counts twice.
//!
//! `CHAOS_FAULTS`, `CHAOS_SEED` and `CHAOS_PAGES` give another number of faults, another order of them, and other pages; the
//! same seed gives the same faults in the same order. What happens and when is said on stderr; what each process says goes to
//! the directory `CHAOS_LOGS`, if one is given.

use std::{
    env,
    time::{Duration, Instant},
};

use earshot_lab::{Expected, Web};

use super::{
    fault::{Fault, Open, faults},
    truth::Counts,
    whole::Fleet,
};

/// Pages of each site.
pub const PAGES_A_SITE: usize = 3;
/// Visits as short as they can be: what is tested is what happens to them.
pub const OPTIONS: &str = "pages = 3\nscreenshots = false\nconcurrency = 4\ncrawlers = 2\n\
    [dwell]\nmin = \"300ms\"\nmax = \"300ms\"\nquiet = \"100ms\"\n[typing]\nenabled = false\n\
    [limit]\nvisit = \"20s\"\ncrawl = \"20s\"\ncrawl_delay = \"0s\"\n[politeness]\ngap = \"0s\"\n";
/// Faults that go on at the same time at most.
const AT_ONCE: usize = 3;
/// Between two faults at most, even if nothing gets done meanwhile.
const AT_LEAST_EVERY: Duration = Duration::from_millis(2_500);
/// And at least.
const AT_MOST_EVERY: Duration = Duration::from_millis(500);
/// Until the services are up.
const START_PATIENCE: Duration = Duration::from_secs(120);
/// For one page, on two busy cores, with all that happens to it.
const PATIENCE_A_PAGE: Duration = Duration::from_secs(3);

/// Lets faults happen in the course of a run.
struct Chaos {
    faults: std::vec::IntoIter<Fault>,
    count: usize,
    begun: usize,
    began: Instant,
    /// When the next one may happen, and when it must.
    next: (Instant, Instant),
    open: Vec<(Instant, Open)>,
    pages: usize,
}

#[test]
fn nothing_is_lost_and_nothing_counts_twice_whatever_breaks() {
    let (count, seed) = (number("CHAOS_FAULTS", 27), number("CHAOS_SEED", 1) as u64);
    let sites = number("CHAOS_PAGES", 5 * count).div_ceil(PAGES_A_SITE);
    eprintln!("chaos: CHAOS_FAULTS={count} CHAOS_SEED={seed} CHAOS_PAGES={}", sites * PAGES_A_SITE);
    let web = Web::new(sites * 2, seed).unwrap();
    let targets = portfolio(&web, sites);
    let mut fleet = Fleet::start(sites * 2, seed, OPTIONS);
    let run = fleet.submit(&targets, START_PATIENCE);
    let mut chaos = Chaos::new(faults(count, seed), targets.len() * PAGES_A_SITE);
    let patience = START_PATIENCE + PATIENCE_A_PAGE * chaos.pages as u32;
    let ended = fleet.watch(run.id, patience, |fleet, progress| {
        chaos.go_on(fleet, progress.map(|progress| progress.recorded as usize));
    });
    let begun = chaos.begun;
    chaos.mend(&mut fleet);
    eprintln!("chaos: the run is {} after {:.0?} and {begun} faults", ended.run.state.as_str(), ended.took);

    let counts = Counts::of(&|query| fleet.sql(query), run.id);
    eprintln!("chaos: {counts}");
    let dead = fleet.dead_letters(START_PATIENCE);
    for letter in &dead {
        eprintln!("chaos: dead letter of {}, delivered {} times: {}", letter.subject, letter.attempt, letter.reason);
    }
    let unseen = fleet.sql(&format!(
        "SELECT outcome, detail, count() FROM visits FINAL WHERE run_id = '{}' AND outcome != 'loaded' GROUP BY ALL ORDER BY ALL",
        run.id
    ));
    eprintln!("chaos: not loaded: {unseen:?}");
    let mut alone = Vec::new();
    for process in fleet.processes().filter(|process| !process.ended_alone.is_empty()) {
        eprintln!("chaos: {} ended by itself: {:?}", process.name, process.ended_alone);
        // A worker whose browser is killed while it starts has none: it ends, and is started again. So does a node of the bus
        // that starts on a full disk, with this status; one that dies in another way does not go unnoticed.
        let refused = process.ended_alone.iter().all(|how| how == "exit status: 1");
        if !(process.name.starts_with("browser-") || process.name.starts_with("nats-") && refused) {
            alone.push(process.name.clone());
        }
    }
    assert!(alone.is_empty(), "{alone:?} did not wait");
    assert!(dead.is_empty(), "{dead:?}");
    counts.are_exact(sites, sites * PAGES_A_SITE);
    assert_eq!(begun, count, "the run ended before all faults had happened");
}

/// What the environment says, or what is usual.
pub fn number(name: &str, usual: usize) -> usize {
    env::var(name).map_or(usual, |text| text.parse().expect(name))
}

/// Generated sites of which every page can be seen.
pub fn portfolio(web: &Web, sites: usize) -> Vec<&str> {
    let open = web.truth().filter(|site| {
        site.domain.starts_with("gen-") && site.pages.iter().all(|page| page.outcome == Expected::Loaded)
    });
    let domains: Vec<_> = open.map(|site| site.domain.as_str()).take(sites).collect();
    assert_eq!(domains.len(), sites);
    domains
}

impl Chaos {
    fn new(faults: Vec<Fault>, pages: usize) -> Self {
        let (now, count) = (Instant::now(), faults.len());
        let next = (now, now + AT_LEAST_EVERY);
        Self { faults: faults.into_iter(), count, begun: 0, began: now, next, open: Vec::new(), pages }
    }

    /// Ends what is over, and begins what is due: faults come as pages are recorded, so that on any machine all of them
    /// happen within the run; and after a while even if none is recorded.
    fn go_on(&mut self, fleet: &mut Fleet, recorded: Option<usize>) {
        let now = Instant::now();
        for (end, open) in std::mem::take(&mut self.open) {
            if now < end {
                self.open.push((end, open));
            } else {
                open.end(fleet);
            }
        }
        // All of them while four fifths are recorded: the end comes quickly.
        let due = recorded.is_some_and(|recorded| 5 * recorded * self.count >= 4 * self.begun * self.pages);
        let (earliest, latest) = self.next;
        if self.open.len() >= AT_ONCE || now < earliest || (now < latest && !due) {
            return;
        }
        let Some(fault) = self.faults.as_slice().first().copied() else { return };
        if !fault.is_possible(fleet) {
            eprintln!("chaos: cannot be done here: {fault}");
            self.faults.next();
            self.begun += 1;
            return;
        }
        // The same twice at a time would be mended by the first that is over.
        if self.open.iter().any(|(_, open)| open.kind() == fault.kind) {
            return;
        }
        let Some(open) = fault.begin(fleet) else { return };
        self.faults.next();
        self.begun += 1;
        let at = self.began.elapsed().as_secs_f64();
        let pages = recorded.map_or_else(|| "?".to_owned(), |pages| pages.to_string());
        eprintln!("chaos: {at:6.1} s, {pages} pages: {}/{} {fault}", self.begun, self.count);
        self.open.push((now + open.lasts(), open));
        self.next = (now + AT_MOST_EVERY, now + AT_LEAST_EVERY);
    }

    /// Ends all that goes on.
    fn mend(self, fleet: &mut Fleet) {
        self.open.into_iter().for_each(|(_, open)| open.end(fleet));
        while fleet.processes().any(|process| process.pid().is_none()) {
            fleet.look_after();
        }
    }
}
