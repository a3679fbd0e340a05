//! Logs, on stderr. A line reads alone: ids are fields.

use tracing_subscriber::{EnvFilter, fmt};

use crate::{cli::Colour, terminal};

/// Crates that write whole messages of the browser and the bus into their logs, what is typed included. Whoever asks for
/// everything does not get that.
const TELLTALES: [&str; 6] = [
    "chromiumoxide=info",
    "chromiumoxide::conn=info",
    "tungstenite=info",
    "tungstenite::protocol=info",
    "async_nats=debug",
    "async_nats::connection=debug",
];

/// Starts logging: warnings by default, more with `-v`; `EARSHOT_LOG` (for example `earshot_browser=debug`) overrules.
pub fn start(verbose: u8, quiet: bool, colour: Colour) {
    let usual = match (quiet, verbose) {
        (true, _) => "error",
        (_, 0) => "warn",
        (_, 1) => "warn,earshot=info,earshot_browser=info,earshot_bus=info,earshot_crawl=info,earshot_local=info",
        _ => "info,earshot=debug,earshot_browser=debug,earshot_bus=debug,earshot_crawl=debug,earshot_local=debug",
    };
    let asked = EnvFilter::try_from_env("EARSHOT_LOG").unwrap_or_else(|_| EnvFilter::new(usual));
    let quieted = TELLTALES.iter().filter_map(|directive| directive.parse().ok());
    let filter = quieted.fold(asked, EnvFilter::add_directive);
    fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(terminal::coloured_talk(colour))
        .with_target(verbose > 1)
        .init();
}
