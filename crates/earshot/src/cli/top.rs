//! `earshot top`.

use std::time::Duration;

use clap::Args;

use super::ListFormat;

/// `earshot top`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  earshot top                                   what waits, who works, how far runs are; q ends it
  earshot top --once --format json              the same for a script
  earshot top --nats nats://bus:4222 --clickhouse http://db:8123")]
pub struct Top {
    /// Say it once and end; so it is where stdout is no terminal
    #[arg(long)]
    pub once: bool,
    /// How to print it; json without --once prints a line each time
    #[arg(long, value_enum, default_value_t = ListFormat::Text, value_name = "FORMAT")]
    pub format: ListFormat,
    /// How often to look, in seconds
    #[arg(long, default_value = "2", value_name = "SECONDS", value_parser = seconds)]
    pub every: Duration,
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "give a number of seconds".to_owned())?;
    match (0.2..=3600.0).contains(&seconds) {
        true => Ok(Duration::from_secs_f64(seconds)),
        false => Err("give 0.2 to 3600 seconds".to_owned()),
    }
}
