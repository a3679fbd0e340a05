//! The web role: the pages and the API of `earshot-web`, with what only this crate knows: how a scan is submitted.

use std::{
    io::{BufRead, BufReader},
    sync::Arc,
};

use anyhow::{Context as _, Result};
use async_trait::async_trait;
use earshot_bus::Bus;
use earshot_detect::Catalogue;
use earshot_egress::policy;
use earshot_evidence::Evidence;
use earshot_model::{Run, RunKind, Target};
use earshot_report::verify::Plan;
use earshot_store::{Selection, Store, StoreError};
use earshot_web::{BadLine, Crawl, ImportError, Imported, List, NotStarted, Scan, Submit, Web};
use jiff::{Timestamp, tz::TimeZone};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use url::Host;

use crate::{
    config::{Config, DoNotScan},
    explain::explain,
    portfolio::{
        import::{self, Ended, Step},
        list::BadField,
    },
    submit::{
        self, Wanted,
        crawl::{Order, Started},
        verify,
    },
};

/// Where the API answers: bound before anything is started, so that a port that is taken is told at once. `None` if it is to
/// answer nowhere.
///
/// # Errors
/// If the address cannot be had.
pub async fn bind(config: &Config) -> Result<Option<TcpListener>> {
    let Some(listen) = config.web.listen()? else { return Ok(None) };
    let advice = || format!("pages and API cannot be served at {listen}; choose another address with --listen");
    let listener = TcpListener::bind(listen).await.with_context(advice)?;
    let address = listener.local_addr()?;
    eprintln!("pages at http://{address}/");
    eprintln!("API at http://{address}/api/v1");
    Ok(Some(listener))
}

/// Answers until `shutdown`.
///
/// # Errors
/// If the listener fails for good.
pub async fn run(
    listener: TcpListener,
    bus: Bus,
    store: Store,
    evidence: Evidence,
    config: Config,
    shutdown: CancellationToken,
) -> Result<()> {
    let access = config.web.access()?;
    let assessment = config.assessment()?;
    let catalogue = Arc::new(Catalogue::built_in()?);
    let do_not_scan = config.politeness.do_not_scan()?;
    let submit = Arc::new(Submitter { store: store.clone(), config, do_not_scan });
    let web = Web { store, bus, submit, catalogue, evidence, assessment, access };
    earshot_web::serve(listener, web, shutdown).await;
    Ok(())
}

/// Starts runs as the commands do.
struct Submitter {
    store: Store,
    config: Config,
    do_not_scan: DoNotScan,
}

#[async_trait]
impl Submit for Submitter {
    fn refuses(&self, target: &Target) -> Option<String> {
        let host = target.start.host();
        if self.do_not_scan.holds(host) {
            return Some(format!("{host} is on the list of what is not scanned"));
        }
        let special = match target.start.url().host()? {
            Host::Domain(name) => policy::special_name(name).then_some("a name of private networks"),
            Host::Ipv4(address) => policy::special_block(address.into()),
            Host::Ipv6(address) => policy::special_block(address.into()),
        };
        let special = special.filter(|_| !self.config.allow_private)?;
        Some(format!("{host} is not public ({special}); only public addresses are scanned"))
    }

    async fn scan(&self, scan: Scan) -> std::result::Result<Run, String> {
        let config = self.config.for_scan(scan.pages, scan.profiles.as_deref());
        let wanted = Wanted { label: scan.label, kind: RunKind::Scan, repetitions: 1, region: None };
        submit::start(&self.store, &scan.targets, wanted, &config).await.map_err(|error| explain(&error))
    }

    async fn verify(&self, against: &Run, plan: &Plan) -> std::result::Result<Run, NotStarted> {
        let failed = |error| NotStarted::Failed(explain(&error));
        let config = verify::configuration(&self.config, against);
        if let Some(why) = verify::other_exit(&config, against).map_err(failed)? {
            return Err(NotStarted::Refused(why));
        }
        let label = format!("verify {}", plan.sites().into_iter().next().unwrap_or_default());
        let wanted = verify::wanted(against, label, verify::VISITS);
        submit::start(&self.store, &plan.targets(), wanted, &config).await.map_err(failed)
    }

    async fn import(&self, list: List) -> std::result::Result<Imported, ImportError> {
        let List { portfolio, source, add, lines } = list;
        let wanted = import::Wanted { portfolio, source, add, strict: false };
        let mut bad = Vec::new();
        let input = move || Ok(Box::new(BufReader::new(lines)) as Box<dyn BufRead>);
        let ended = import::import_from(&self.store, &wanted, input, |step| {
            if let Step::Bad(BadField { line, field, reason }) = step {
                bad.push(BadLine { line: *line, field: field.clone(), reason: reason.clone() });
            }
        });
        match ended.await {
            Ok(Ended::Whole(row)) => Ok(Imported { bad_lines: row.bad_lines, portfolio: Some(row), bad }),
            Ok(Ended::Nothing { bad_lines } | Ended::Refused { bad_lines }) => {
                Ok(Imported { portfolio: None, bad_lines, bad })
            }
            Err(error) if error.downcast_ref::<StoreError>().is_some() => Err(ImportError::Store(explain(&error))),
            Err(error) => Err(ImportError::List(format!("{error:#}"))),
        }
    }

    async fn crawl(&self, portfolio: &str) -> std::result::Result<Option<Crawl>, String> {
        let night = Timestamp::now().to_zoned(TimeZone::UTC).date();
        let selection = Selection { portfolio: portfolio.to_owned(), tags: Vec::new() };
        let order = Order { selection, night, turn: 0, region: None };
        let started = submit::crawl::start(&self.store, &order, &self.config).await.map_err(|error| explain(&error))?;
        Ok(started.map(|Started { run, fresh }| Crawl { run, fresh }))
    }
}
