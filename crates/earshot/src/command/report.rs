//! `earshot report`: a document about a site or a run.

use std::{
    io::{IsTerminal as _, Write as _},
    path::Path,
};

use anyhow::{Context as _, Result, bail};
use earshot_browser::{Browser, BrowserConfig};
use earshot_detect::Catalogue;
use earshot_egress::Egress;
use earshot_evidence::Evidence;
use earshot_local::{Part, parts};
use earshot_model::{Run, RunKind, Target};
use earshot_report::{Report, SiteReport, html};

use super::known;
use crate::{
    cli::{DocumentFormat, DocumentOptions, Global},
    config::Config,
    exit::Exit,
    services::{Need, Services},
};

pub(super) async fn run(global: &Global, options: &DocumentOptions) -> Result<Exit> {
    let mut flags = global.overrides(None);
    flags.sessions = options.assess.sessions;
    flags.rules.clone_from(&options.assess.rules);
    let config = Config::load(global.config.as_deref(), &flags)?;
    let format = format(options)?;
    if options.output.is_none() && format == DocumentFormat::Pdf && std::io::stdout().is_terminal() {
        bail!("a PDF is nothing for a terminal: give -o FILE");
    }
    let services = Services::open(&config, Need::Store).await?;
    let html = document(&services, &config, options).await;
    services.close().await;
    let Some(html) = html? else { return Ok(Exit::NothingToDo) };
    let bytes = match format {
        DocumentFormat::Html => html.into_bytes(),
        DocumentFormat::Pdf => print(&config, &html).await?,
    };
    write(options.output.as_deref(), &bytes)?;
    if let Some(file) = options.output.as_ref().filter(|_| !global.quiet) {
        eprintln!("{} written", file.display());
    }
    Ok(Exit::Done)
}

/// What the option says, else the ending of the file.
fn format(options: &DocumentOptions) -> Result<DocumentFormat> {
    let ending = options.output.as_deref().and_then(Path::extension).map(|ending| ending.to_ascii_lowercase());
    match (options.format, ending.as_ref().and_then(|ending| ending.to_str())) {
        (Some(format), _) => Ok(format),
        (None, None | Some("html" | "htm")) => Ok(DocumentFormat::Html),
        (None, Some("pdf")) => Ok(DocumentFormat::Pdf),
        (None, Some(other)) => bail!("a report is .html or .pdf, not .{other}; --format says what else to write there"),
    }
}

async fn document(services: &Services, config: &Config, options: &DocumentOptions) -> Result<Option<String>> {
    let site = options.site.as_deref().map(Target::parse).transpose()?.map(|target| target.site().to_string());
    let Some(run) = find(services, options, site.as_deref()).await? else {
        eprintln!("error: no runs yet; try: earshot scan example.com");
        return Ok(None);
    };
    let assessment = config.assessment()?;
    let html = match site {
        None => {
            let report = Report::read(&services.store, run.id, services.data.root(), &[], &assessment).await?;
            html::portfolio(&report)?
        }
        Some(site) => {
            let report = SiteReport::read(&services.store, &run, &site, &assessment).await?;
            let pictures = pictures(services, config, &report).await?;
            html::site(&report, &pictures, &Catalogue::built_in()?)?
        }
    };
    Ok(Some(html))
}

async fn find(services: &Services, options: &DocumentOptions, site: Option<&str>) -> Result<Option<Run>> {
    let store = &services.store;
    match (options.run, site) {
        (Some(id), _) => Ok(Some(known::run(store, id).await?)),
        (None, Some(site)) => match store.last_scan_of(site).await? {
            Some(run) => Ok(Some(run)),
            None => bail!("no complete scan has seen {site}: `earshot scan {site}` first, or name a run with --run"),
        },
        (None, None) => Ok(store.runs(LOOKED_AT).await?.into_iter().find(|run| run.kind == RunKind::Scan)),
    }
}

/// Runs that are looked through for a scan.
const LOOKED_AT: u64 = 1_000;

/// The pictures of a site by key. One that is not there any more is left out: the report says when it was taken.
async fn pictures(services: &Services, config: &Config, report: &SiteReport) -> Result<html::Pictures> {
    let evidence = Evidence::open(&config.evidence.place(&services.data.evidence())?)?;
    let mut pictures = html::Pictures::new();
    for page in &report.pages {
        for picture in &page.provenance.pictures {
            if let Some(jpeg) = evidence.jpeg(&picture.key).await? {
                pictures.insert(picture.key.clone(), jpeg);
            }
        }
    }
    Ok(pictures)
}

/// Through the browser that is here for scanning.
async fn print(config: &Config, html: &str) -> Result<Vec<u8>> {
    let executable = parts::find(Part::Chromium, config.chromium())?.path;
    let browser = BrowserConfig { executable, tabs: 1, ..BrowserConfig::default() };
    let browser = Browser::launch(browser, Egress::new(config.egress()?)?).await.context("the browser")?;
    let pdf = browser.pdf(html).await;
    browser.close().await;
    Ok(pdf?)
}

fn write(file: Option<&Path>, bytes: &[u8]) -> Result<()> {
    match file {
        Some(file) => std::fs::write(file, bytes).with_context(|| format!("cannot write {}", file.display())),
        None => match std::io::stdout().lock().write_all(bytes) {
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
            written => written.context("cannot write to standard output"),
        },
    }
}
