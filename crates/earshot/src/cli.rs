//! The command line.

mod assess;
mod catalogue;
mod dead;
mod diff;
mod doctor;
mod evidence;
mod explain;
mod export;
mod forget;
mod format;
mod global;
mod migrate;
mod notify;
mod portfolio;
mod rejudge;
mod report;
mod rules;
mod run;
mod runs;
mod scan;
mod schedule;
mod sql;
mod stats;
mod token;
mod top;
mod up;
mod verify;
mod web;

use clap::{Parser, Subcommand};

use crate::exit::Exit;

pub use assess::Assess;
pub use catalogue::{Catalogue, CatalogueCommand, CatalogueFormat, Guide, GuideFormat};
pub use dead::{Dead, DeadCommand};
pub use diff::{Diff, DiffFailOn, DiffFormat, RunRef};
pub use doctor::Doctor;
pub use evidence::{Evidence, EvidenceCommand, Subject};
pub use explain::Explain;
pub use export::{Export, SheetFormat, SheetName};
pub use forget::Forget;
pub use format::{Format, ListFormat};
pub use global::{Colour, Global};
pub use migrate::Migrate;
pub use notify::{Notify, NotifyCommand};
pub use portfolio::{Crawl, CrawlCommand, CrawlStart, Portfolio, PortfolioCommand, TableFormat, portfolio_name};
pub use rejudge::Rejudge;
pub use report::{DocumentFormat, DocumentOptions};
pub use rules::{Rules, RulesCommand};
pub use run::{RoleName, RunRole};
pub use runs::{Runs, RunsCommand};
pub use scan::{FailOn, Scan};
pub use schedule::{Schedule, ScheduleCommand};
pub use sql::Sql;
pub use stats::{ScopeOptions, Stats, StatsCommand, StatsFormat, UsualOr};
pub use token::{Expiry, ScopeName, TokenCommand, Tokens};
pub use top::Top;
pub use up::Up;
pub use verify::{Verify, VerifyFormat};
pub use web::Web;

/// Tells which trackers listen to a website's visitors before those have agreed to anything.
#[derive(Debug, Parser)]
#[command(name = "earshot", version, propagate_version = true, after_long_help = exit_codes(), max_term_width = 110)]
pub struct Cli {
    /// Options of every command.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Scan pages, sites or a whole list of them, and say who listens before consent
    Scan(Box<Scan>),
    /// Visit pages of an earlier run again, and say of each tracker whether it is fixed
    Verify(Box<Verify>),
    /// Run everything on this machine and stay: NATS, the store and all roles
    Up(Up),
    /// Run one role against services elsewhere
    Run(RunRole),
    /// Keep lists of sites: import, list, show and remove portfolios
    Portfolio(Portfolio),
    /// Start the crawl of a portfolio in one night
    Crawl(Crawl),
    /// Look at the crawls that start by themselves
    Schedule(Schedule),
    /// Look on: what waits, who works, how far runs are
    Top(Top),
    /// Look at past runs
    Runs(Runs),
    /// Write a document about a site or a run, for counsel and for engineers: HTML or PDF
    Report(DocumentOptions),
    /// Say what changed between two runs: who is new, who is gone, what got worse, what could not be seen
    Diff(Diff),
    /// Say how a finding came about: what was typed, who read it, how it was wrapped, where it went
    Explain(Explain),
    /// Take out what proves a run, a site or a finding, and check such a file without any service
    Evidence(Evidence),
    /// Write rows for research: Parquet or CSV, with a data dictionary, the method and a manifest
    Export(Export),
    /// Numbers over many sites: who is where, what waits for consent, what changes, each with its denominator
    Stats(Box<Stats>),
    /// Judge runs by today's rules and catalogue, from the facts that their evidence holds, and say what changed
    Rejudge(Rejudge),
    /// Look at what was given up, and try it again
    Dead(Dead),
    /// Say what is held of a site, and delete it on request: rows, roll-ups, evidence
    Forget(Forget),
    /// Ask the store a question in ClickHouse SQL
    Sql(Sql),
    /// Look up what is known about trackers, and how each is kept quiet until a visitor has agreed
    Catalogue(Catalogue),
    /// Say why a vendor matters, and step by step how it is kept quiet until a visitor has agreed
    Guide(Guide),
    /// Look up the legal theories that findings may relate to, with their sources
    Rules(Rules),
    /// Try out who is told what changed
    Notify(Notify),
    /// Say which parts are here, in which version, and what to do about the rest
    Doctor(Doctor),
    /// Say who may use the API of the web role
    #[command(name = "token")]
    Tokens(Tokens),
    /// Create or upgrade the store's tables
    Migrate(Migrate),
    /// Serve the embedded ClickHouse engine (started by the other commands)
    #[command(hide = true)]
    Engine,
}

fn exit_codes() -> String {
    let lines = Exit::ALL.iter().map(|exit| format!("  {:>3}  {}\n", exit.code(), exit.meaning()));
    format!("Exit codes:\n{}    2  the command line is wrong", lines.collect::<String>())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn exit_codes_stand_in_the_help() {
        assert!(exit_codes().contains("130  interrupted"));
    }
}
