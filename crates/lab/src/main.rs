//! `earshot-lab`: the synthetic web on its own, for tests in other languages, for `make demo` and for looking around.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::{Args, Parser, Subcommand};
use earshot_lab::{Lab, LabConfig, Web, check};
use tracing_subscriber::EnvFilter;

const EXAMPLES: &str = "\
Examples:
  earshot-lab serve                                  the hand-written web, on free ports
  earshot-lab serve --sites 1000 --seed 7            and a thousand generated sites
  earshot-lab serve --listen 127.0.0.1:3128 --ca-dir ca --log received.ndjson
  earshot-lab serve --demo                           what the demo needs
  earshot-lab portfolio --demo > sites.txt           the domains of the demo portfolio
  earshot-lab truth shop-clarity.test                what is true of one site, as JSON
  earshot-lab check --demo report.json               hold a report of earshot against the truth
  earshot-lab check --consent report.json            and one of all profiles over the sites with consent states

  curl --proxy http://127.0.0.1:3128 --cacert ca/ca.pem https://shop-clarity.test/
";

/// A synthetic web with known truth: a forward proxy with its own CA, a DNS server, and vendors' real SDKs.
#[derive(Parser)]
#[command(name = "earshot-lab", version, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the synthetic web until SIGTERM or Ctrl-C.
    Serve(Serve),
    /// Print the domains of the synthetic web, one a line.
    Portfolio(Generated),
    /// Print what is true of every site, or of one, as JSON.
    Truth(Truth),
    /// Hold a report (`earshot scan --format json`) against the truth; fails if they differ. With --demo or --consent
    /// every site of that portfolio must be in the report.
    Check(Check),
    /// Say whether everything is there that the lab needs.
    Doctor {
        /// `node_modules` with the vendors' SDKs.
        #[arg(long, env = "EARSHOT_LAB_SDK", value_name = "DIR")]
        sdk: Option<PathBuf>,
    },
}

#[derive(Args)]
struct Serve {
    /// Where the proxy listens; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:0", value_name = "ADDR")]
    listen: SocketAddr,
    /// Where the DNS server listens (UDP and TCP); port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:0", value_name = "ADDR")]
    dns: SocketAddr,
    #[command(flatten)]
    generated: Generated,
    /// `node_modules` with the vendors' SDKs [default: .parts/sdk/node_modules, here or above].
    #[arg(long, env = "EARSHOT_LAB_SDK", value_name = "DIR")]
    sdk: Option<PathBuf>,
    /// Where to write ca.pem [default: a temporary folder].
    #[arg(long, value_name = "DIR")]
    ca_dir: Option<PathBuf>,
    /// Where to write every request as a line of JSON.
    #[arg(long, value_name = "FILE")]
    log: Option<PathBuf>,
    /// Where to write the addresses when ready, as on stdout.
    #[arg(long, value_name = "FILE")]
    ready_file: Option<PathBuf>,
}

#[derive(Args)]
struct Generated {
    /// How many sites to generate beside the hand-written ones.
    #[arg(long, default_value_t = 0, value_name = "N")]
    sites: usize,
    /// What the generated sites follow from.
    #[arg(long, default_value_t = 7, value_name = "S")]
    seed: u64,
    /// As many generated sites as the demo portfolio needs; `portfolio` then lists only what belongs to the demo.
    #[arg(long, conflicts_with = "sites")]
    demo: bool,
    /// Only the sites that are there for their consent states; `check` then holds states and choices too.
    #[arg(long)]
    consent: bool,
}

impl Generated {
    fn count(&self) -> Result<usize> {
        Ok(if self.demo { Web::demo_generated()? } else { self.sites })
    }

    fn portfolio<'a>(&self, web: &'a Web) -> Vec<&'a str> {
        if self.consent { web.consent_portfolio() } else { web.portfolio(self.demo) }
    }

    fn web(&self) -> Result<Web> {
        Ok(Web::new(self.count()?, self.seed)?)
    }
}

#[derive(Args)]
struct Check {
    /// The report.
    report: PathBuf,
    #[command(flatten)]
    generated: Generated,
}

#[derive(Args)]
struct Truth {
    /// The site.
    domain: Option<String>,
    #[command(flatten)]
    generated: Generated,
}

#[tokio::main]
async fn main() -> ExitCode {
    let filter = EnvFilter::try_from_env("EARSHOT_LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let done = match Cli::parse().command {
        Command::Serve(args) => serve(args).await,
        Command::Portfolio(args) => portfolio(&args),
        Command::Truth(args) => truth(&args),
        Command::Check(args) => check(&args),
        Command::Doctor { sdk } => doctor(sdk.as_deref()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("earshot-lab: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(args: Serve) -> Result<()> {
    let config = LabConfig {
        listen: args.listen,
        dns: args.dns,
        sites: args.generated.count()?,
        seed: args.generated.seed,
        sdk: args.sdk,
        ca_dir: args.ca_dir,
        log: args.log,
        ..LabConfig::default()
    };
    let lab = Lab::start(config).await?;
    let ready = serde_json::json!({
        "proxy": lab.proxy_url(), "dns": lab.dns_addr().to_string(), "ca": lab.ca_path(),
        "ca_spki_sha256": lab.ca_spki_sha256_base64(), "sites": lab.web().truth().count(),
    });
    println!("{ready}");
    if let Some(path) = args.ready_file {
        // Written beside and renamed, so that nobody reads half of it.
        let part = path.with_extension("part");
        std::fs::write(&part, format!("{ready}\n")).with_context(|| format!("cannot write {}", part.display()))?;
        std::fs::rename(&part, &path).with_context(|| format!("cannot write {}", path.display()))?;
    }
    until_told_to_stop().await?;
    lab.stop().await;
    Ok(())
}

async fn until_told_to_stop() -> Result<()> {
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        _ = terminate.recv() => Ok(()),
        done = tokio::signal::ctrl_c() => Ok(done?),
    }
}

fn portfolio(args: &Generated) -> Result<()> {
    let web = args.web()?;
    let mut out = std::io::stdout().lock();
    for domain in args.portfolio(&web) {
        writeln!(out, "{domain}")?;
    }
    Ok(())
}

fn truth(args: &Truth) -> Result<()> {
    let web = args.generated.web()?;
    let out = std::io::stdout().lock();
    match &args.domain {
        Some(domain) => {
            let truth = web.truth_of(domain).with_context(|| format!("the lab has no site {domain}"))?;
            serde_json::to_writer_pretty(out, truth)?;
        }
        None => serde_json::to_writer_pretty(out, &web.truth().collect::<Vec<_>>())?,
    }
    println!();
    Ok(())
}

fn check(args: &Check) -> Result<()> {
    let web = args.generated.web()?;
    let bytes = std::fs::read(&args.report).with_context(|| format!("cannot read {}", args.report.display()))?;
    let report = check::Report::parse(&bytes).with_context(|| format!("{} is no report", args.report.display()))?;
    let whole = args.generated.demo || args.generated.consent;
    let portfolio = if whole { args.generated.portfolio(&web) } else { Vec::new() };
    let truth: Vec<_> = web.truth().collect();
    let mut differences = told(&check::compare(&report, &truth, &portfolio), "contacts");
    if args.generated.consent {
        differences += told(&check::states(&report, &truth, &portfolio), "consent states");
    }
    anyhow::ensure!(differences == 0, "the report does not equal the truth");
    Ok(())
}

/// Says how the two compare, and returns how many differences there are.
fn told(comparison: &check::Comparison, what: &str) -> usize {
    for difference in &comparison.differences {
        println!("{difference}");
    }
    let (pages, agreed, differences) = (comparison.pages, comparison.contacts, comparison.differences.len());
    println!("held against the lab's truth: {pages} pages, {agreed} {what}, {differences} differences");
    differences
}

fn doctor(sdk: Option<&std::path::Path>) -> Result<()> {
    let sdk = earshot_lab::Sdk::open(sdk)?;
    for (package, version) in sdk.versions() {
        println!("{package} {version}");
    }
    Ok(())
}
