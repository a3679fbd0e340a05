//! `earshot evidence export`.

use std::{io::IsTerminal as _, path::Path};

use anyhow::{Context as _, Result, bail};
use earshot_evidence::{Archive, Evidence, ManifestKey, Scope};
use earshot_model::{RunId, Site, VisitId};
use earshot_store::Store;
use indicatif::{ProgressBar, ProgressDrawTarget};

use crate::{
    cli::{Global, Subject},
    command::explain,
    config::Config,
    exit::Exit,
    services::{Need, Services},
};

/// What is taken out, as the store knows it.
struct Selection {
    run: RunId,
    site: Option<Site>,
    visits: Vec<VisitId>,
    scope: Scope,
}

pub(super) async fn run(global: &Global, subject: &Subject, output: &Path, run: Option<RunId>) -> Result<Exit> {
    let config = Config::load(global.config.as_deref(), &global.overrides(None))?;
    let services = Services::open(&config, Need::Store).await?;
    let done = export(&services, &config, global.quiet, subject, output, run).await;
    services.close().await;
    done
}

async fn export(
    services: &Services,
    config: &Config,
    quiet: bool,
    subject: &Subject,
    output: &Path,
    run: Option<RunId>,
) -> Result<Exit> {
    if run.is_some() && !matches!(subject, Subject::Site(_)) {
        bail!("--run goes with a site only: a run or a finding says itself which run it is");
    }
    let Some(selection) = select(&services.store, subject, run).await? else {
        eprintln!("error: no runs yet; try: earshot scan example.com");
        return Ok(Exit::NothingToDo);
    };
    let Selection { run, site, visits, scope } = selection;
    let evidence = Evidence::open(&config.evidence.place(&services.data.evidence())?)?;
    let mut rows = services.store.evidence(run, site.as_ref(), &visits)?;
    let Some(mut row) = rows.next().await? else {
        eprintln!(
            "error: run {run} has no evidence of that: nothing was recorded there, or [evidence] keep left it out"
        );
        return Ok(Exit::NothingToDo);
    };
    let mut archive = Archive::create(output, run, scope)?;
    let progress = progress(quiet);
    let mut count = 0_u64;
    loop {
        let key: ManifestKey = row.evidence.parse().map_err(|error| anyhow::anyhow!("{error}"))?;
        archive.add(&evidence, &key).await.with_context(|| format!("visit {}", row.visit_id))?;
        count += 1;
        progress.set_message(format!("{count} visits taken out"));
        progress.tick();
        match rows.next().await? {
            Some(next) => row = next,
            None => break,
        }
    }
    let sealed = archive.finish(&evidence).await?;
    progress.finish_and_clear();
    if !quiet {
        let sealed = if sealed { "with the chain of the run" } else { "the run is not sealed: it has not ended" };
        eprintln!("{count} visit(s) of run {run} in {} ({sealed})", output.display());
        eprintln!("check it anywhere with: earshot evidence check {}", output.display());
    }
    Ok(Exit::Done)
}

/// `None` if there are no runs at all.
async fn select(store: &Store, subject: &Subject, run: Option<RunId>) -> Result<Option<Selection>> {
    let whole = |run| Selection { run, site: None, visits: Vec::new(), scope: Scope::Run };
    let selection = match subject {
        Subject::Last => store.runs(1).await?.first().map(|run| whole(run.id)),
        Subject::Run(run) if store.run(*run).await?.is_some() => Some(whole(*run)),
        Subject::Run(run) => bail!("there is no run {run}; `earshot runs list` names those there are"),
        Subject::Site(site) => {
            let run = match run {
                Some(run) => run,
                None => store.last_run_of(site).await?.with_context(|| format!("no run has visited {site}"))?,
            };
            Some(Selection { site: Some(site.clone()), scope: Scope::Site(site.clone()), ..whole(run) })
        }
        Subject::Finding(id) => {
            let finding = explain::find(store, id).await?;
            let (visits, scope) = (vec![finding.visit], Scope::Finding(finding.id));
            Some(Selection { visits, scope, ..whole(finding.run) })
        }
    };
    Ok(selection)
}

/// Shown on a terminal only.
fn progress(quiet: bool) -> ProgressBar {
    match std::io::stderr().is_terminal() && !quiet {
        true => ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(5)),
        false => ProgressBar::hidden(),
    }
}
