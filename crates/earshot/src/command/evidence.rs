//! `earshot evidence`: what proves a run, taken out and checked.

mod check;
mod export;
mod verdict;

use std::path::Path;

use anyhow::{Context as _, Result};
use earshot_evidence::SigningKey;
use earshot_local::DataDir;

use crate::{
    cli::{Evidence, EvidenceCommand, Global},
    config::Config,
    exit::Exit,
    terminal,
};

pub(super) async fn run(global: &Global, evidence: &Evidence) -> Result<Exit> {
    match &evidence.command {
        EvidenceCommand::Export { subject, output, run } => export::run(global, subject, output, *run).await,
        EvidenceCommand::Check { file, key, format } => check::run(file, key.as_deref(), *format),
        EvidenceCommand::Keygen { output } => keygen(global, output.as_deref()),
    }
}

fn keygen(global: &Global, output: Option<&Path>) -> Result<Exit> {
    let path = match output {
        Some(path) => path.to_owned(),
        None => {
            let config = Config::load(global.config.as_deref(), &global.overrides(None))?;
            DataDir::open(config.data_dir()?)?.evidence_key()
        }
    };
    let key = SigningKey::generate()?;
    key.write_new(&path).context("a key is never replaced: what it has signed would look forged")?;
    if !global.quiet {
        let public = path.with_extension("pub");
        eprintln!("the key is in {}, its public half in {}", path.display(), public.display());
    }
    terminal::print(&format!("{}\n", key.public().fingerprint()))?;
    Ok(Exit::Done)
}
