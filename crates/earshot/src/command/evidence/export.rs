//! `earshot evidence export`.

use std::path::Path;

use anyhow::{Context as _, Result, bail};
use earshot_evidence::{Archive, Evidence, ManifestKey, Scope};
use earshot_model::{RunId, Site, VisitId};
use earshot_report::words;
use earshot_store::Store;

use crate::{
    cli::{Global, Subject},
    command::{explain, known},
    config::Config,
    exit::Exit,
    services::{Need, Services},
    terminal,
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
    // Taken down first: no query stays open while files are packed.
    let keys = keys(&services.store, run, site.as_ref(), &visits).await?;
    if keys.is_empty() {
        eprintln!("error: run {run} has no evidence of that: nothing was recorded, or [evidence] keep left it out");
        return Ok(Exit::NothingToDo);
    }
    let mut archive = Archive::create(output, run, scope)?;
    let progress = terminal::progress(quiet, Some(keys.len() as u64));
    for key in &keys {
        archive.add(&evidence, key).await.with_context(|| format!("visit {}", key.visit))?;
        progress.inc(1);
    }
    let sealed = archive.finish(&evidence).await?;
    progress.finish_and_clear();
    if !quiet {
        let sealed = if sealed { "with the chain of the run" } else { "the run is not sealed: it has not ended" };
        let visits = words::count(keys.len(), "visit");
        eprintln!("{visits} of run {run} in {} ({sealed})", output.display());
        eprintln!("check it anywhere with: earshot evidence check {}", output.display());
    }
    Ok(Exit::Done)
}

/// `None` if there are no runs at all.
async fn select(store: &Store, subject: &Subject, run: Option<RunId>) -> Result<Option<Selection>> {
    let whole = |run| Selection { run, site: None, visits: Vec::new(), scope: Scope::Run };
    let selection = match subject {
        Subject::Last => store.runs(1).await?.first().map(|run| whole(run.id)),
        Subject::Run(run) => Some(whole(known::run(store, *run).await?.id)),
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

async fn keys(store: &Store, run: RunId, site: Option<&Site>, visits: &[VisitId]) -> Result<Vec<ManifestKey>> {
    let (mut keys, mut rows) = (Vec::new(), store.evidence(run, site, visits)?);
    while let Some(row) = rows.next().await? {
        keys.push(row.evidence.parse::<ManifestKey>().map_err(anyhow::Error::msg)?);
    }
    Ok(keys)
}
