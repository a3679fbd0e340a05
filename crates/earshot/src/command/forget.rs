//! `earshot forget`: what is held of a site, and its deletion.

use anyhow::{Result, bail};
use earshot_evidence::Evidence;
use earshot_model::{RunId, VisitId};
use earshot_store::Held;
use serde_json::json;

use crate::{
    cli::{Forget, Global, ListFormat},
    config::Config,
    exit::Exit,
    services::{Need, Services},
    terminal,
};

pub(super) async fn run(global: &Global, options: &Forget) -> Result<Exit> {
    let config = Config::load(global.config.as_deref(), &global.overrides(None))?;
    let services = Services::open(&config, Need::Store).await?;
    let done = forget(&services, &config, options).await;
    services.close().await;
    done
}

async fn forget(services: &Services, config: &Config, options: &Forget) -> Result<Exit> {
    let (store, site) = (&services.store, &options.site);
    let held = store.held_of(site, options.portfolios).await?;
    let visits = store.every_visit_of(site).await?;
    let evidence = Evidence::open(&config.evidence.place(&services.data.evidence())?)?;
    if options.yes {
        if let Some(run) = store.open_runs_of(site).await?.first() {
            bail!("run {run} is not over and visits {site}: wait for it, or end it with `earshot runs cancel {run}`");
        }
        // Evidence first: rows say where it lies.
        let files = delete_evidence(&evidence, &visits).await?;
        store.forget(site, options.portfolios).await?;
        return print(options, &held, files);
    }
    let mut files = 0;
    for (run, visit) in visits {
        files += evidence.held(run, visit).await?;
    }
    print(options, &held, files)
}

async fn delete_evidence(evidence: &Evidence, visits: &[(RunId, VisitId)]) -> Result<u64> {
    let mut files = 0;
    for (run, visit) in visits {
        files += evidence.forget(*run, *visit).await?;
    }
    Ok(files)
}

fn print(options: &Forget, held: &[Held], files: u64) -> Result<Exit> {
    let Forget { site, yes, format, .. } = options;
    let rows: u64 = held.iter().map(|held| held.rows).sum();
    if *format == ListFormat::Json {
        let tables: serde_json::Map<_, _> = held.iter().map(|held| (held.table.to_owned(), held.rows.into())).collect();
        let said = json!({ "site": site.as_str(), "deleted": yes, "rows": tables, "evidence_files": files });
        terminal::print(&(serde_json::to_string_pretty(&said)? + "\n"))?;
    } else {
        let mut table = terminal::table(false);
        table.set_header(["WHAT", "ROWS OR FILES"]);
        for Held { table: name, rows } in held {
            table.add_row([(*name).to_owned(), rows.to_string()]);
        }
        table.add_row(["evidence".to_owned(), files.to_string()]);
        terminal::print(&format!("{table}\n"))?;
    }
    match (rows + files, yes) {
        (0, _) => eprintln!("nothing is held of {site}"),
        (_, true) => eprintln!(
            "all of it is deleted. Not touched: exports and documents that were made of it, labels of runs, backups, and what other \
             sites' pages sent to {site}"
        ),
        (_, false) => eprintln!("nothing was deleted; with --yes it is"),
    }
    Ok(if rows + files == 0 { Exit::NothingToDo } else { Exit::Done })
}
