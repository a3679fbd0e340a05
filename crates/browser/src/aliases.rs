//! Under which other names the hosts of the visited site's own are known: what hides behind `metrics.shop.example`.

use std::{collections::BTreeSet, time::Duration};

use earshot_egress::{Egress, Ledger};
use earshot_model::Site;
use tokio::time::timeout;

/// Hosts that are asked for: a site has a few, and each is a query.
const HOSTS: usize = 50;

/// How long all of them may take together, once the visit is over. The resolver has most of the answers already.
const LIMIT: Duration = Duration::from_secs(2);

/// What name servers said.
#[derive(Debug, Default)]
pub(crate) struct Aliases {
    /// A host and the names that its CNAMEs lead through.
    pub found: Vec<(String, Vec<String>)>,
    /// Hosts of which nobody could say.
    pub unknown: Vec<String>,
    /// Hosts that were not asked for.
    pub more: usize,
}

/// Asks for every host of `sites` that was contacted.
pub(crate) async fn ask(egress: &Egress, asked: &BTreeSet<String>, sites: &[Site], ledger: &Ledger) -> Aliases {
    let own = |host: &&String| Site::of_host_or_itself(host).is_some_and(|site| sites.contains(&site));
    let hosts: Vec<&String> = asked.iter().filter(|host| ledger.hosts.contains_key(*host)).filter(own).collect();
    let answers = futures::future::join_all(
        hosts.iter().take(HOSTS).map(|host| async move { (*host, timeout(LIMIT, egress.aliases(host)).await) }),
    );
    let mut aliases = Aliases { more: hosts.len().saturating_sub(HOSTS), ..Aliases::default() };
    for (host, answer) in answers.await {
        match answer {
            Ok(Ok(chain)) if chain.is_empty() => {}
            Ok(Ok(chain)) => aliases.found.push((host.clone(), chain)),
            Ok(Err(_)) | Err(_) => aliases.unknown.push(host.clone()),
        }
    }
    aliases
}
