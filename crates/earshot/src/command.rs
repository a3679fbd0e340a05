//! The commands, one file each.

mod catalogue;
mod crawl;
mod dead;
mod diff;
mod doctor;
mod evidence;
mod explain;
mod export;
mod forget;
mod interrupt;
mod known;
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
mod stay;
mod token;
mod top;
mod up;
mod verify;

use anyhow::Result;

use crate::{
    cli::{Cli, Command},
    exit::Exit,
};

/// Does what the command line says.
///
/// # Errors
/// Whatever of ours failed, with what to do about it.
pub async fn run(cli: &Cli) -> Result<Exit> {
    match &cli.command {
        Command::Scan(scan) => scan::run(&cli.global, scan).await,
        Command::Up(up) => up::run(&cli.global, up).await,
        Command::Run(role) => run::run(&cli.global, role).await,
        Command::Portfolio(portfolio) => portfolio::run(&cli.global, portfolio).await,
        Command::Crawl(crawl) => crawl::run(&cli.global, crawl).await,
        Command::Schedule(schedule) => schedule::run(&cli.global, schedule).await,
        Command::Top(top) => top::run(&cli.global, top).await,
        Command::Runs(runs) => runs::run(&cli.global, runs).await,
        Command::Verify(verify) => verify::run(&cli.global, verify).await,
        Command::Export(export) => export::run(&cli.global, export).await,
        Command::Stats(stats) => stats::run(&cli.global, stats).await,
        Command::Rejudge(options) => rejudge::run(&cli.global, options).await,
        Command::Report(options) => report::run(&cli.global, options).await,
        Command::Diff(diff) => diff::run(&cli.global, diff).await,
        Command::Explain(explain) => explain::run(&cli.global, explain).await,
        Command::Evidence(evidence) => evidence::run(&cli.global, evidence).await,
        Command::Forget(options) => forget::run(&cli.global, options).await,
        Command::Dead(dead) => dead::run(&cli.global, dead).await,
        Command::Sql(sql) => sql::run(&cli.global, sql).await,
        Command::Catalogue(catalogue) => catalogue::run(catalogue),
        Command::Guide(guide) => catalogue::guide(guide),
        Command::Rules(rules) => rules::run(rules),
        Command::Notify(notify) => notify::run(&cli.global, notify).await,
        Command::Doctor(doctor) => doctor::run(&cli.global, doctor).await,
        Command::Tokens(tokens) => token::run(&cli.global, tokens).await,
        Command::Migrate(migrate) => migrate::run(&cli.global, migrate).await,
        Command::Engine => earshot_local::engine::child_main(),
    }
}
