//! `earshot migrate`.

use clap::Args;

/// `earshot migrate`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  earshot migrate --clickhouse https://db:8443                           as a user that may create tables
  earshot migrate --bus --nats tls://bus:4222 --clickhouse https://db:8443   and as one that may create streams")]
pub struct Migrate {
    /// Set the bus up too: its streams, consumers and buckets, as a coordinator does when it starts
    #[arg(long)]
    pub bus: bool,
}
