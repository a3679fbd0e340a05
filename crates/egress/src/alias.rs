//! Under which other names a host is known: the chain of its CNAMEs.

use std::{collections::HashMap, time::Duration};

use hickory_resolver::{
    TokioResolver,
    net::NetError,
    proto::rr::{RData, Record, RecordType},
};
use thiserror::Error;
use tokio::time::timeout;

/// Longest chain that is told; resolvers give up at 8 to 16 (`earshot-model`'s `Alias::MAX_CHAIN` is the same).
const MAX_CHAIN: usize = 16;

/// How long all queries of one host may take together: they are in the resolver's cache when the host was just
/// contacted, and a visitor's resolver answers within tens of milliseconds.
const ALIAS_TIMEOUT: Duration = Duration::from_secs(5);

/// Why nobody can say whether a host is another name for something else.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum AliasError {
    /// Names are the upstream's business: no name server of ours is asked.
    #[error("names are resolved by the upstream proxy alone")]
    Upstream,
    /// The name server knows no such name, though somebody was contacted under it.
    #[error("the name server does not know it")]
    Unknown,
    /// The name server failed, or did not answer in time.
    #[error("the name server failed")]
    Server,
}

/// The names that the CNAMEs of `host` lead through, in order, without `host` itself.
pub(crate) async fn chain(resolver: &TokioResolver, host: &str) -> Result<Vec<String>, AliasError> {
    timeout(ALIAS_TIMEOUT, looked_up(resolver, host)).await.unwrap_or(Err(AliasError::Server))
}

/// An answer for addresses holds the whole chain; of a host without address, or whose chain leads nowhere, the first
/// CNAME is asked for alone.
async fn looked_up(resolver: &TokioResolver, host: &str) -> Result<Vec<String>, AliasError> {
    let mut unknown = false;
    for kind in [RecordType::A, RecordType::AAAA, RecordType::CNAME] {
        // The final dot keeps the system's search domains out.
        match resolver.lookup(format!("{host}."), kind).await {
            Ok(answer) => return Ok(follow(host, answer.answers())),
            Err(error) if error.is_nx_domain() => unknown = true,
            Err(error) if error.is_no_records_found() => {}
            Err(NetError::Proto(_)) => return Err(AliasError::Unknown),
            Err(error) => {
                tracing::debug!(host, %error, "alias lookup failed");
                return Err(AliasError::Server);
            }
        }
    }
    if unknown { Err(AliasError::Unknown) } else { Ok(Vec::new()) }
}

/// Follows the CNAMEs of an answer from `host` on. Each is taken once, so that a loop ends.
fn follow(host: &str, answers: &[Record]) -> Vec<String> {
    let target = |record: &Record| match &record.data {
        RData::CNAME(target) => Some((plain(&record.name.to_string()), plain(&target.0.to_string()))),
        _ => None,
    };
    let mut targets: HashMap<String, String> = answers.iter().filter_map(target).collect();
    let mut chain: Vec<String> = Vec::new();
    while let Some(next) = targets.remove(chain.last().map_or(host, String::as_str))
        && chain.len() < MAX_CHAIN
    {
        chain.push(next);
    }
    chain
}

/// A name as URLs have it.
fn plain(name: &str) -> String {
    name.trim_end_matches('.').to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use std::str::FromStr;

    use hickory_resolver::proto::rr::{Name, rdata::CNAME};

    use super::*;

    fn cname(from: &str, to: &str) -> Record {
        Record::from_rdata(Name::from_str(from).unwrap(), 60, RData::CNAME(CNAME(Name::from_str(to).unwrap())))
    }

    #[test]
    fn a_chain_is_followed_in_any_order_and_a_loop_ends() {
        let answers = [cname("b.test.", "C.Test."), cname("x.test.", "y.test."), cname("a.test.", "b.test.")];
        assert_eq!(follow("a.test", &answers), ["b.test", "c.test"]);
        assert_eq!(follow("c.test", &answers), Vec::<String>::new());
        let answers = [cname("a.test.", "b.test."), cname("b.test.", "a.test.")];
        assert_eq!(follow("a.test", &answers), ["b.test", "a.test"]);
        let endless: Vec<_> = (0..99).map(|n| cname(&format!("{n}.test."), &format!("{}.test.", n + 1))).collect();
        assert_eq!(follow("0.test", &endless).len(), MAX_CHAIN);
    }
}
