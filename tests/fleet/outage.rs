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

/// `CHAOS_OUTAGE_S` tells for how long: longer than a publish is tried again.
#[test]
#[ignore = "takes minutes; `make chaos` runs it"]
fn an_outage_of_bus_and_store_costs_a_pause() {
    let outage = Duration::from_secs(number("CHAOS_OUTAGE_S", 75) as u64);
    let mut fleet = Fleet::start(SITES * 2, 1, OPTIONS);
    let targets: Vec<_> = portfolio(fleet.lab.web(), SITES).into_iter().map(str::to_owned).collect();
    let targets: Vec<_> = targets.iter().map(String::as_str).collect();
    let run = fleet.submit(&targets, PATIENCE);
    let mut away = ["nats-a", "nats-b", "nats-c", "engine"].iter();
    let mut over = Instant::now();
    let ended = fleet.watch(run.id, PATIENCE + outage * 2, |fleet, progress| {
        // First the bus is away with all its nodes, then the store.
        let pages = progress.map_or(0, |progress| progress.recorded);
        let due = match away.as_slice() {
            [_, _, _, _] => pages > 5,
            [_] => Instant::now() > over && pages > 30,
            _ => true,
        };
        if let (true, Some(name)) = (due, away.as_slice().first()) {
            eprintln!("outage: {name} is away for {outage:?}, {pages} pages are recorded");
            fleet.process(name).kill(outage);
            (_, over) = (away.next(), Instant::now() + outage);
        }
    });
    eprintln!("outage: the run is {} after {:.0?}", ended.run.state.as_str(), ended.took);
    assert!(away.as_slice().is_empty(), "the run ended before {away:?} were away");
    let alone: Vec<_> = fleet
        .processes()
        .filter(|process| !process.ended_alone.is_empty())
        .map(|process| process.name.clone())
        .collect();
    assert!(alone.is_empty(), "{alone:?} did not wait");
    let counts = Counts::of(&|query| fleet.sql(query), run.id);
    eprintln!("outage: {counts}");
    counts.are_exact(SITES, SITES * PAGES_A_SITE);
    assert_eq!(fleet.dead_letters(PATIENCE), []);
}
