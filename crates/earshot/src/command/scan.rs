//! `earshot scan`: the whole main job.

use std::io::Read as _;

use anyhow::{Context as _, Result, bail};
use earshot_model::{BadLine, Portfolio, Profile, Run, RunKind, RunState};
use earshot_report::{Report, words};
use tokio_util::sync::CancellationToken;

use super::interrupt::on_interrupt;
use crate::{
    cli::{FailOn, Global, Scan, Web},
    config::{Config, TypingOverrides},
    exit::Exit,
    report, role,
    services::{Need, Services},
    submit::{self, Wanted},
    terminal,
    watch::{self, Ended},
};

pub(super) async fn run(global: &Global, scan: &Scan) -> Result<Exit> {
    let config = configuration(global, scan)?;
    config.egress_of(scan.region.as_ref())?;
    refuse_what_no_visit_shows(scan.fail_on, &config.profiles()?)?;
    let portfolio = read_targets(&scan.targets)?;
    if !global.quiet {
        name_bad_lines(&portfolio.bad);
    }
    if portfolio.targets.is_empty() {
        eprintln!("error: nothing to scan: none of the lines names a domain or URL");
        return Ok(Exit::NothingToDo);
    }
    // What can be wrong is found out before anything is started.
    let roles = role::all::Plan::new(&config, scan.filter_list.as_deref()).await?;
    let services = Services::open(&config, Need::Run).await?;
    let interrupt = on_interrupt();
    let outcome = scan_with(&services, roles, &config, scan, global.quiet, &portfolio, &interrupt).await;
    let exit = match outcome {
        Ok((run, ended)) => conclude(&services, &config, &run, ended, global, scan, &portfolio.bad).await,
        Err(error) => Err(error),
    };
    services.close().await;
    exit
}

fn configuration(global: &Global, scan: &Scan) -> Result<Config> {
    let mut flags = global.overrides(Some(&scan.web));
    flags.pages = scan.pages;
    flags.profiles.clone_from(&scan.profiles);
    flags.sessions = scan.assess.sessions;
    flags.rules.clone_from(&scan.assess.rules);
    flags.screenshots = scan.no_screenshots.then_some(false);
    flags.typing = scan.no_typing.then_some(TypingOverrides { enabled: Some(false) });
    Config::load(global.config.as_deref(), &flags)
}

/// Runs the roles, unless somebody else's do the work, and watches until the run has ended.
async fn scan_with(
    services: &Services,
    roles: role::all::Plan,
    config: &Config,
    scan: &Scan,
    quiet: bool,
    portfolio: &Portfolio,
    interrupt: &CancellationToken,
) -> Result<(Run, Ended)> {
    if services.attached {
        let more = [
            ("--filter-list", scan.filter_list.is_some()),
            ("--no-screenshots", scan.no_screenshots),
            ("--no-typing", scan.no_typing),
        ];
        refuse_what_others_decide(&scan.web, &more)?;
    }
    let run = if scan.resume {
        submit::resume(&services.store, &portfolio.targets, scan.region.as_ref(), config).await?
    } else {
        let wanted =
            Wanted { label: label(&scan.targets), kind: RunKind::Scan, repetitions: 1, region: scan.region.clone() };
        submit::start(&services.store, &portfolio.targets, wanted, config).await?
    };
    if !quiet {
        let again = if scan.resume { "going on with" } else { "started" };
        let profiles: Vec<_> = run.profiles.iter().map(|profile| profile.as_str()).collect();
        let (seeds, pages) = (words::count(run.seeds, "target"), words::count(run.pages_per_site, "page"));
        eprintln!("run {} {again}: {seeds}, up to {pages} each, {}", run.id, profiles.join(", "));
    }
    let roles = if services.attached { None } else { Some(roles.start(services, Some(run.id)).await?) };
    let ended = watch::to_the_end(services, roles, &run, quiet, interrupt).await?;
    Ok((run, ended))
}

/// What `--fail-on` looks for must be possible: a check that cannot fail would pass for a good sign.
fn refuse_what_no_visit_shows(fail_on: Option<FailOn>, profiles: &[Profile]) -> Result<()> {
    let needed = match fail_on {
        Some(FailOn::DespiteReject) => Profile::Reject,
        Some(FailOn::Gpc) => Profile::Gpc,
        _ => return Ok(()),
    };
    if profiles.contains(&needed) {
        return Ok(());
    }
    bail!(
        "--fail-on cannot see that without visits of the profile {needed}: add it to --profiles, or say --profiles all"
    )
}

/// The roles of an `earshot up` reach the web in the way that it was told.
pub(super) fn refuse_what_others_decide(web: &Web, more: &[(&'static str, bool)]) -> Result<()> {
    let own = [
        ("--proxy", web.proxy.is_some()),
        ("--dns", web.dns.is_some()),
        ("--ca-cert", web.ca_cert.is_some()),
        ("--allow-private", web.allow_private),
        ("--concurrency", web.concurrency.is_some()),
    ];
    match own.iter().chain(more).find(|(_, given)| *given) {
        None => Ok(()),
        Some((flag, _)) => bail!(
            "an `earshot up` works in this data directory and decides about {flag}: \
             give {flag} to it, or scan with another --data-dir"
        ),
    }
}

async fn conclude(
    services: &Services,
    config: &Config,
    run: &Run,
    ended: Ended,
    global: &Global,
    scan: &Scan,
    bad: &[BadLine],
) -> Result<Exit> {
    let report = Report::read(&services.store, run.id, services.data.root(), bad, &config.assessment()?).await?;
    terminal::print(&report::render(&report, scan.format, terminal::coloured(global.color))?)?;
    if ended != Ended::Run(RunState::Complete) {
        if !global.quiet {
            eprintln!("run {} is not complete; the same command with --resume goes on", run.id);
        }
        return Ok(Exit::Interrupted);
    }
    Ok(exit(&report, scan.fail_on))
}

fn exit(report: &Report, fail_on: Option<FailOn>) -> Exit {
    match fail_on {
        Some(kind) if report::holds(report, kind) => Exit::Found,
        _ if report.totals.pages_seen == 0 => Exit::NothingSeen,
        _ => Exit::Done,
    }
}

/// Reads every target: what exists as a file is a list, `-` is standard input, the rest is a domain or URL.
pub(super) fn read_targets(targets: &[String]) -> Result<Portfolio> {
    let mut portfolio = Portfolio::default();
    for (index, target) in targets.iter().enumerate() {
        let path = std::path::Path::new(target);
        if target == "-" {
            let mut bytes = Vec::new();
            std::io::stdin().read_to_end(&mut bytes).context("cannot read standard input")?;
            portfolio.add_lines("-", &String::from_utf8_lossy(&bytes));
        } else if path.is_file() {
            let bytes = std::fs::read(path).with_context(|| format!("cannot read {target}"))?;
            portfolio.add_lines(target, &String::from_utf8_lossy(&bytes));
        } else if path.is_dir() {
            bail!("{target} is a directory; give a file with one domain or URL a line");
        } else {
            portfolio.add_line("argument", index + 1, target);
        }
    }
    Ok(portfolio)
}

pub(super) fn name_bad_lines(bad: &[BadLine]) {
    for bad in bad {
        eprintln!("warning: {}:{}: '{}' is skipped: {}", bad.source, bad.line, bad.text.escape_debug(), bad.error);
    }
}

/// What people call the run: what they typed, shortened.
pub(super) fn label(targets: &[String]) -> String {
    let more = if targets.len() > 1 { format!(" and {} more", targets.len() - 1) } else { String::new() };
    let first = targets.first().map_or("", String::as_str);
    let first = std::path::Path::new(first)
        .file_name()
        .filter(|_| !first.contains("://"))
        .map_or_else(|| first.to_owned(), |name| name.to_string_lossy().into_owned());
    format!("{first}{more}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_called_what_was_typed() {
        assert_eq!(label(&["lists/nightly.txt".into()]), "nightly.txt");
        assert_eq!(label(&["https://a.test/x".into(), "b.test".into()]), "https://a.test/x and 1 more");
    }

    #[test]
    fn a_check_that_cannot_fail_is_refused() {
        assert!(refuse_what_no_visit_shows(Some(FailOn::Gpc), &[Profile::Untouched]).is_err());
        assert!(refuse_what_no_visit_shows(Some(FailOn::Gpc), &Profile::ALL).is_ok());
        assert!(refuse_what_no_visit_shows(Some(FailOn::Content), &[Profile::Untouched]).is_ok());
    }

    #[test]
    fn files_arguments_and_bad_lines_keep_their_place() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), b"a.test\n\xff\xfe garbage\nb.test\n").unwrap();
        let name = file.path().display().to_string();
        let portfolio = read_targets(&[name.clone(), "c.test".into(), "no good".into()]).unwrap();
        assert_eq!(portfolio.targets.len(), 3);
        let places: Vec<_> = portfolio.bad.iter().map(|bad| (bad.source.as_str(), bad.line)).collect();
        assert_eq!(places, [(name.as_str(), 2), ("argument", 3)]);
    }
}
