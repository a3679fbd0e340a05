//! What can happen to a fleet, drawn from a seed.

use std::{fmt, time::Duration};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use rand::{Rng as _, SeedableRng as _, rngs::StdRng, seq::SliceRandom as _};

use super::{processes::descendants, whole::Fleet};

/// What happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A process is killed, and started again when the fault is over.
    Kill(&'static str),
    /// All processes of that worker's browser are killed.
    Chromium(&'static str),
    /// One renderer of that worker's browser is killed.
    Renderer(&'static str),
    /// A process stands still, as on a machine that swaps.
    Freeze(&'static str),
    /// A host's cable is pulled.
    CutOff(usize),
    /// The disk of a NATS node is full. Its JetStream stays off then, until somebody starts it again.
    NodeDisk,
    /// The store's disk is full.
    StoreDisk,
    /// The proxy that leads to the web answers late.
    SlowProxy,
}

/// What happens, and for how long.
#[derive(Clone, Copy, Debug)]
pub struct Fault {
    /// What.
    pub kind: Kind,
    /// Until it is over.
    pub lasts: Duration,
}

/// A fault that goes on.
#[derive(Debug)]
pub struct Open {
    fault: Fault,
    frozen: Option<u32>,
}

/// Each of these happens once before any happens again.
const DECK: [Kind; 27] = [
    Kind::Kill("coordinator-a"),
    Kind::Kill("coordinator-c"),
    Kind::Kill("crawler-a"),
    Kind::Kill("crawler-b"),
    Kind::Kill("browser-a"),
    Kind::Kill("browser-c"),
    Kind::Kill("recorder-a"),
    Kind::Kill("recorder-b"),
    Kind::Kill("nats-a"),
    Kind::Kill("nats-b"),
    Kind::Kill("nats-c"),
    Kind::Kill("engine"),
    Kind::Kill("engine"),
    Kind::Chromium("browser-a"),
    Kind::Chromium("browser-c"),
    Kind::Renderer("browser-a"),
    Kind::Renderer("browser-c"),
    Kind::Freeze("coordinator-a"),
    Kind::Freeze("recorder-b"),
    Kind::Freeze("browser-c"),
    Kind::Freeze("nats-b"),
    Kind::CutOff(0),
    Kind::CutOff(1),
    Kind::CutOff(2),
    Kind::NodeDisk,
    Kind::StoreDisk,
    Kind::SlowProxy,
];
/// What is left free on a full disk of the store: ClickHouse refuses inserts below 1 MiB, and what it was merging at that moment
/// it can still write. (The embedded engine, 26.7, has published an empty part when a merge met the very end of the disk.)
const MERGES: u64 = 768 << 10;
/// How late a slow proxy answers.
const SLOW: Duration = Duration::from_millis(800);

/// The first `count` faults of a seed.
pub fn faults(count: usize, seed: u64) -> Vec<Fault> {
    let mut rng = StdRng::seed_from_u64(seed);
    let mut faults = Vec::new();
    while faults.len() < count {
        let mut deck = DECK;
        deck.shuffle(&mut rng);
        for kind in deck {
            let ms = match kind {
                Kind::Kill(_) => 200..1_500,
                Kind::Chromium(_) | Kind::Renderer(_) => 0..1,
                Kind::Freeze(_) | Kind::CutOff(_) => 1_000..5_000,
                Kind::NodeDisk | Kind::StoreDisk | Kind::SlowProxy => 2_000..5_000,
            };
            faults.push(Fault { kind, lasts: Duration::from_millis(rng.random_range(ms)) });
        }
    }
    faults.truncate(count);
    faults
}

impl Fault {
    /// Lets it happen; `None` if its subject is down, and it has to wait.
    pub fn begin(self, fleet: &mut Fleet) -> Option<Open> {
        let mut frozen = None;
        match self.kind {
            Kind::Kill(name) => {
                fleet.process(name).pid()?;
                fleet.process(name).kill(self.lasts);
            }
            Kind::Chromium(name) => {
                let browsers = descendants(fleet.process(name).pid()?, "--remote-debugging");
                browsers.first()?;
                browsers.into_iter().for_each(|pid| signal(pid, Signal::SIGKILL));
            }
            Kind::Renderer(name) => {
                let renderers = descendants(fleet.process(name).pid()?, "--type=renderer");
                signal(*renderers.last()?, Signal::SIGKILL);
            }
            Kind::Freeze(name) => {
                let pid = fleet.process(name).pid()?;
                signal(pid, Signal::SIGSTOP);
                frozen = Some(pid);
            }
            Kind::CutOff(host) => fleet.net.plug(&fleet.net.hosts[host], false),
            Kind::NodeDisk => fleet.servers.node_disk.fill(0),
            Kind::StoreDisk => fleet.servers.store_disk.fill(MERGES),
            Kind::SlowProxy => fleet.lab.slow(SLOW),
        }
        Some(Open { fault: self, frozen })
    }

    /// Whether this machine permits it.
    pub fn is_possible(self, fleet: &Fleet) -> bool {
        match self.kind {
            Kind::CutOff(_) => fleet.net.has_cables(),
            Kind::NodeDisk => fleet.servers.node_disk.is_small(),
            Kind::StoreDisk => fleet.servers.store_disk.is_small(),
            _ => true,
        }
    }
}

impl Open {
    /// How long it lasts.
    pub fn lasts(&self) -> Duration {
        self.fault.lasts
    }

    /// What happens.
    pub fn kind(&self) -> Kind {
        self.fault.kind
    }

    /// Mends it. What was killed is started again by who looks after the processes.
    pub fn end(self, fleet: &mut Fleet) {
        match self.fault.kind {
            Kind::Kill(_) | Kind::Chromium(_) | Kind::Renderer(_) => {}
            Kind::Freeze(name) => {
                if let Some(pid) = self.frozen.filter(|pid| fleet.process(name).pid() == Some(*pid)) {
                    signal(pid, Signal::SIGCONT);
                }
            }
            Kind::CutOff(host) => fleet.net.plug(&fleet.net.hosts[host], true),
            Kind::NodeDisk => {
                fleet.servers.node_disk.free();
                fleet.process("nats-c").kill(Duration::ZERO);
            }
            Kind::StoreDisk => fleet.servers.store_disk.free(),
            Kind::SlowProxy => fleet.lab.slow(Duration::ZERO),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            Kind::Kill(name) => write!(f, "kill -9 {name}"),
            Kind::Chromium(name) => write!(f, "kill -9 the browser of {name}"),
            Kind::Renderer(name) => write!(f, "kill -9 a renderer of {name}"),
            Kind::Freeze(name) => write!(f, "{name} stands still"),
            Kind::CutOff(host) => write!(f, "host {} is cut off", ["a", "b", "c"][host]),
            Kind::NodeDisk => f.write_str("the disk of nats-c is full"),
            Kind::StoreDisk => f.write_str("the disk of the store is full"),
            Kind::SlowProxy => write!(f, "the proxy answers {SLOW:?} late"),
        }?;
        write!(f, " for {:?}", self.lasts)
    }
}

/// The process may have ended by itself.
fn signal(pid: u32, signal: Signal) {
    let _ = kill(Pid::from_raw(pid.cast_signed()), signal);
}
