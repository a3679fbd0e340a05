//! Bus and store are away for long, and come back: that costs a pause, and nothing else.

use std::time::{Duration, Instant};

use super::{
    chaos::{OPTIONS, PAGES_A_SITE, number, portfolio},
    truth::Counts,
    whole::Fleet,
};

const SITES: usize = 30;
/// Until the services are up, and for all the rest but the outage.
const PATIENCE: Duration = Duration::from_secs(240);

/// What is away.
#[derive(Debug)]
enum Away {
    /// Processes are not there.
    Down(&'static [&'static str]),
    /// Hosts are cut off.
    CutOff(&'static [usize]),
}

/// What is away in turn, and when at least so many pages are recorded: the bus with all its nodes; every browser; the store, last,
/// since all pages may have been visited when it comes back.
const PHASES: [(u64, Away); 3] =
    [(5, Away::Down(&["nats-a", "nats-b", "nats-c"])), (25, Away::CutOff(&[0, 2])), (45, Away::Down(&["engine"]))];

/// `CHAOS_OUTAGE_S` tells for how long each is away.
#[test]
#[ignore = "takes minutes; `make chaos` runs it"]
fn an_outage_of_bus_and_store_costs_a_pause() {
    let outage = Duration::from_secs(number("CHAOS_OUTAGE_S", 75) as u64);
    let mut fleet = Fleet::start(SITES * 2, 1, OPTIONS);
    let targets: Vec<_> = portfolio(fleet.lab.web(), SITES).into_iter().map(str::to_owned).collect();
    let targets: Vec<_> = targets.iter().map(String::as_str).collect();
    let run = fleet.submit(&targets, PATIENCE);
    let mut phases = PHASES.iter();
    let (mut cut, mut over) = (Vec::new(), Instant::now());
    let ended = fleet.watch(run.id, PATIENCE + outage * 3, |fleet, progress| {
        if Instant::now() >= over {
            cut.drain(..).for_each(|host: usize| fleet.net.plug(&fleet.net.hosts[host], true));
        }
        let pages = progress.map_or(0, |progress| progress.recorded);
        let Some((from, what)) = phases.as_slice().first() else { return };
        if Instant::now() < over || pages < *from {
            return;
        }
        eprintln!("outage: {what:?} for {outage:?}, {pages} pages are recorded");
        match what {
            Away::Down(names) => names.iter().for_each(|name| fleet.process(name).kill(outage)),
            Away::CutOff(hosts) => {
                hosts.iter().for_each(|host| fleet.net.plug(&fleet.net.hosts[*host], false));
                cut.extend_from_slice(hosts);
            }
        }
        over = Instant::now() + outage;
        phases.next();
    });
    eprintln!("outage: the run is {} after {:.0?}", ended.run.state.as_str(), ended.took);
    assert!(phases.as_slice().is_empty(), "the run ended before {phases:?}");
    let alone: Vec<_> = fleet
        .processes()
        .filter(|process| !process.ended_alone.is_empty())
        .map(|process| process.name.clone())
        .collect();
    assert!(alone.is_empty(), "{alone:?} did not wait");
    let counts = Counts::of(&|query| fleet.sql(query), run.id);
    eprintln!("outage: {counts}");
    let sites_fault = fleet.sql(&format!(
        "SELECT page, outcome, detail FROM visits FINAL WHERE run_id = '{}' AND outcome NOT IN ('loaded', 'partial')",
        run.id
    ));
    assert_eq!(sites_fault, "", "what was ours is said of the sites");
    counts.are_exact(SITES, SITES * PAGES_A_SITE);
    assert_eq!(fleet.dead_letters(PATIENCE), []);
}
