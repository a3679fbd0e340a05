//! `earshot verify`: is what a run has found fixed?

use anyhow::{Result, bail};
use earshot_model::{Portfolio, Profile, Run, RunId, RunKind, RunState};
use earshot_report::{
    verify::{Plan, Verification},
    words,
};
use tokio_util::sync::CancellationToken;

use super::{interrupt::on_interrupt, known, scan};
use crate::{
    cli::{Global, Verify},
    config::Config,
    exit::Exit,
    role,
    services::{Need, Services},
    submit, terminal, verify,
    watch::{self, Ended},
};

pub(super) async fn run(global: &Global, verify: &Verify) -> Result<Exit> {
    let config = Config::load(global.config.as_deref(), &global.overrides(Some(&verify.web)))?;
    if let Some(id) = verify.show {
        let services = Services::open(&config, Need::Store).await?;
        let shown = show(&services, global, verify, id).await;
        services.close().await;
        return shown;
    }
    let portfolio = scan::read_targets(&verify.targets)?;
    if !global.quiet {
        scan::name_bad_lines(&portfolio.bad);
    }
    if portfolio.targets.is_empty() && !verify.all {
        eprintln!("error: nothing to verify: none of the lines names a domain or URL");
        return Ok(Exit::NothingToDo);
    }
    let services = Services::open(&config, Need::Run).await?;
    let done = verify_with(&services, global, verify, &portfolio, &on_interrupt()).await;
    services.close().await;
    done
}

async fn verify_with(
    services: &Services,
    global: &Global,
    verify: &Verify,
    portfolio: &Portfolio,
    interrupt: &CancellationToken,
) -> Result<Exit> {
    let store = &services.store;
    let against = earshot_report::verify::find(store, verify.against, &portfolio.targets).await?;
    let config = configuration(global, verify, &against)?;
    let mut plan = Plan::of(store, &against, &portfolio.targets, verify.vendor.clone()).await?;
    plan.notes.extend(note_exit(&config, &against)?);
    let roles = if services.attached {
        scan::refuse_what_others_decide(&verify.web, &[("--filter-list", verify.filter_list.is_some())])?;
        None
    } else {
        Some(role::all::Plan::new(&config, verify.filter_list.as_deref()).await?)
    };
    let wanted = submit::verify::wanted(&against, label(verify, &against), verify.visits);
    let run = submit::start(store, &plan.targets(), wanted, &config).await?;
    if !global.quiet {
        let (pages, visits) = (words::count(plan.pages.len(), "page"), words::count(verify.visits, "visit"));
        eprintln!("run {} started: {pages} of run {}, {visits} under each profile", run.id, against.id);
    }
    let roles = match roles {
        Some(roles) => Some(roles.start(services, Some(run.id)).await?),
        None => None,
    };
    let ended = watch::to_the_end(services, roles, &run, global.quiet, interrupt).await?;
    if ended != Ended::Run(RunState::Complete) {
        eprintln!("run {} is not complete: no verdict", run.id);
        return Ok(Exit::Interrupted);
    }
    conclude(services, global, verify, (&run, &against), &plan).await
}

/// Prints the verdicts of a verify that has ended.
async fn show(services: &Services, global: &Global, verify: &Verify, id: RunId) -> Result<Exit> {
    let store = &services.store;
    let run = known::run(store, id).await?;
    let RunKind::Verify { against } = run.kind else {
        bail!("run {id} is a scan: `earshot verify --all --against {id}` verifies it")
    };
    let against = earshot_report::verify::find(store, Some(against), &[]).await?;
    let plan = Plan::of_run(store, &run, verify.vendor.clone()).await?;
    conclude(services, global, verify, (&run, &against), &plan).await
}

async fn conclude(
    services: &Services,
    global: &Global,
    verify: &Verify,
    (run, against): (&Run, &Run),
    plan: &Plan,
) -> Result<Exit> {
    let verification = Verification::read(&services.store, run, against, plan).await?;
    terminal::print(&verify::render(&verification, verify.format, terminal::coloured(global.color))?)?;
    Ok(exit(&verification))
}

/// The pages are visited as they were before: under the same profiles.
fn configuration(global: &Global, verify: &Verify, against: &Run) -> Result<Config> {
    let mut flags = global.overrides(Some(&verify.web));
    let profiles: Vec<_> = against.profiles.iter().map(Profile::to_string).collect();
    flags.profiles = Some(profiles.join(","));
    Config::load(global.config.as_deref(), &flags)
}

/// What people call it: what was typed.
fn label(verify: &Verify, against: &Run) -> String {
    match verify.all {
        true => format!("verify {}", against.label),
        false => format!("verify {}", scan::label(&verify.targets)),
    }
}

/// A page that is seen from elsewhere may be another page.
fn note_exit(config: &Config, against: &Run) -> Result<Option<String>> {
    match submit::verify::other_exit(config, against)? {
        Some(why) => bail!(why),
        None if against.egress.is_empty() => {
            Ok(Some("nobody noted from where the earlier run saw the web: be sure that it was from here".to_owned()))
        }
        None => Ok(None),
    }
}

fn exit(verification: &Verification) -> Exit {
    use earshot_detect::verdict::Conclusion;
    match verification.conclusion() {
        None | Some(Conclusion::Fixed) => Exit::Done,
        Some(Conclusion::Inconclusive) => Exit::Inconclusive,
        Some(_) => Exit::Found,
    }
}
