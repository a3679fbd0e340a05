//! Logs, on stderr, and traces, to an OpenTelemetry receiver. A line reads alone: ids are fields.

mod fields;
mod otlp;
pub mod span;

use anyhow::Result;
use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::{
    EnvFilter, Layer, filter::filter_fn, fmt, fmt::MakeWriter, layer::SubscriberExt as _, registry,
    registry::LookupSpan, util::SubscriberInitExt as _,
};

use crate::{
    cli::{Cli, Command, Global},
    config::{self, LogFormat},
    terminal,
};

/// Crates that write whole messages of the browser and the bus into their logs, what is typed included, at these levels
/// and below. Whoever asks for everything does not get that.
const TELLTALES: [(&str, Level); 4] = [
    ("chromiumoxide", Level::DEBUG),
    ("tungstenite", Level::TRACE),
    ("tokio_tungstenite", Level::TRACE),
    ("async_nats", Level::TRACE),
];

/// Telemetry that was started; to be stopped, so that nothing is lost that it still holds.
pub struct Telemetry {
    traces: Option<otlp::Traces>,
}

/// Starts logging: warnings by default, more with `-v`; `EARSHOT_LOG` (for example `earshot_browser=debug`) overrules.
/// Starts traces if the configuration says where they go, and the command does work. To be called within the runtime.
///
/// # Errors
/// If what is said about traces is wrong.
pub fn start(cli: &Cli) -> Result<Telemetry> {
    // What is wrong with the file is said by the command that needs it.
    let config = config::Telemetry::load(cli.global.config.as_deref()).ok();
    let format = cli.global.log_format.or(config.as_ref().map(|config| config.log)).unwrap_or_default();
    let traces = match (roles(&cli.command), config) {
        (Some(roles), Some(config)) => otlp::Traces::start(&config, &roles),
        _ => Ok(None),
    };
    let (traces, failed) = match traces {
        Ok(traces) => (traces, None),
        Err(error) => (None, Some(error)),
    };
    let tracer = traces.as_ref().map(otlp::Traces::tracer);
    subscriber(std::io::stderr, filter(&cli.global), look(&cli.global, format), tracer).init();
    failed.map_or(Ok(Telemetry { traces }), Err)
}

impl Telemetry {
    /// Sends what is still held, for a few seconds at most.
    pub fn stop(self) {
        if let Some(traces) = self.traces {
            traces.stop();
        }
    }
}

/// What the process is to others; `None` for commands that only ask.
fn roles(command: &Command) -> Option<String> {
    match command {
        Command::Scan(_) | Command::Verify(_) | Command::Up(_) => Some("all".to_owned()),
        Command::Run(run) => Some(run.roles.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(",")),
        _ => None,
    }
}

fn filter(global: &Global) -> EnvFilter {
    let usual = match (global.quiet, global.verbose) {
        (true, _) => "error",
        (_, 0) => "warn",
        (_, 1) => "warn,earshot=info,earshot_browser=info,earshot_bus=info,earshot_crawl=info,earshot_local=info",
        _ => "info,earshot=debug,earshot_browser=debug,earshot_bus=debug,earshot_crawl=debug,earshot_local=debug",
    };
    EnvFilter::try_from_env("EARSHOT_LOG").unwrap_or_else(|_| EnvFilter::new(usual))
}

/// How lines look.
#[derive(Clone, Copy, Debug)]
struct Look {
    format: LogFormat,
    coloured: bool,
    /// Whether the module that speaks is named.
    target: bool,
}

fn look(global: &Global, format: LogFormat) -> Look {
    Look { format, coloured: terminal::coloured_talk(global.color), target: global.verbose > 1 }
}

/// Everything that hears of spans and lines. The last filter holds for all of them.
fn subscriber<W>(
    writer: W,
    filter: EnvFilter,
    look: Look,
    tracer: Option<opentelemetry_sdk::trace::SdkTracer>,
) -> impl Subscriber + Send + Sync + 'static
where
    W: for<'writer> MakeWriter<'writer> + Send + Sync + 'static,
{
    registry()
        .with(lines(writer, look).with_filter(filter))
        .with(tracer.map(|tracer| exported(tracer).with_filter(filter_fn(span::is_ours))))
        .with(filter_fn(|line| !is_telltale(line)))
}

fn lines<S, W>(writer: W, look: Look) -> Box<dyn Layer<S> + Send + Sync>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
    W: for<'writer> MakeWriter<'writer> + Send + Sync + 'static,
{
    let lines = fmt::layer().with_writer(writer).with_target(look.target);
    match look.format {
        LogFormat::Text => lines.with_ansi(look.coloured).fmt_fields(fields::ForPeople).boxed(),
        LogFormat::Json => lines.json().flatten_event(true).with_span_list(false).boxed(),
    }
}

/// Spans as they are exported: without what is said within them, since that may name whole addresses.
fn exported<S>(tracer: opentelemetry_sdk::trace::SdkTracer) -> impl Layer<S>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    tracing_opentelemetry::layer().with_tracer(tracer).with_location(false).with_threads(false).with_target(false)
}

fn is_telltale(line: &Metadata<'_>) -> bool {
    let of_crate = |name: &str| line.target().split("::").next() == Some(name);
    TELLTALES.iter().any(|(name, level)| of_crate(name) && line.level() >= level)
}

#[cfg(test)]
mod tests;
