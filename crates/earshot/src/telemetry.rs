//! Logs, on stderr. A line reads alone: ids are fields.

use tracing::{Level, Metadata};
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _, filter::filter_fn, fmt, layer::SubscriberExt as _, registry};

use crate::{cli::Colour, terminal};

/// Crates that write whole messages of the browser and the bus into their logs, what is typed included, at these levels
/// and below. Whoever asks for everything does not get that.
const TELLTALES: [(&str, Level); 4] = [
    ("chromiumoxide", Level::DEBUG),
    ("tungstenite", Level::TRACE),
    ("tokio_tungstenite", Level::TRACE),
    ("async_nats", Level::TRACE),
];

/// Starts logging: warnings by default, more with `-v`; `EARSHOT_LOG` (for example `earshot_browser=debug`) overrules.
pub fn start(verbose: u8, quiet: bool, colour: Colour) {
    let usual = match (quiet, verbose) {
        (true, _) => "error",
        (_, 0) => "warn",
        (_, 1) => "warn,earshot=info,earshot_browser=info,earshot_bus=info,earshot_crawl=info,earshot_local=info",
        _ => "info,earshot=debug,earshot_browser=debug,earshot_bus=debug,earshot_crawl=debug,earshot_local=debug",
    };
    let filter = EnvFilter::try_from_env("EARSHOT_LOG").unwrap_or_else(|_| EnvFilter::new(usual));
    let lines =
        fmt::layer().with_writer(std::io::stderr).with_ansi(terminal::coloured_talk(colour)).with_target(verbose > 1);
    registry().with(lines.with_filter(filter)).with(filter_fn(|line| !is_telltale(line))).init();
}

fn is_telltale(line: &Metadata<'_>) -> bool {
    let of_crate = |name: &str| line.target().split("::").next() == Some(name);
    TELLTALES.iter().any(|(name, level)| of_crate(name) && line.level() >= level)
}
