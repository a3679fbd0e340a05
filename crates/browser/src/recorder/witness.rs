//! The egress door's ledger as a witness: what went out that the browser did not tell of.

use std::collections::BTreeSet;

use earshot_egress::Ledger;
use earshot_model::{Fact, GapKind};
use url::Url;

use super::Recorder;

impl Recorder {
    /// Notes as gaps what went through the door without a request that was seen, and what the door refused.
    /// A connection that a page only opens (`<link rel=preconnect>`) is among the former.
    pub(crate) fn hear(&mut self, ledger: &Ledger) {
        // What the ledger itself left out goes first: gaps are bounded.
        if let Some(folded) = ledger.hosts.get(Ledger::OTHER_HOSTS) {
            let detail = format!("more hosts than are kept apart: {} bytes went there", folded.bytes_up);
            self.gap(GapKind::UnobservedUpload, detail);
        }
        if ledger.refused_more > 0 {
            self.gap(GapKind::PrivateAddress, format!("{} more connections", ledger.refused_more));
        }
        let asked = self.hosts();
        for (host, traffic) in &ledger.hosts {
            if host != Ledger::OTHER_HOSTS && traffic.bytes_up > 0 && !asked.contains(host) {
                let detail = format!("{host}: {} bytes went there, no request was seen", traffic.bytes_up);
                self.gap(GapKind::UnobservedUpload, detail);
            }
        }
        for refusal in &ledger.refused {
            self.gap(GapKind::PrivateAddress, refusal.host.clone());
        }
    }

    /// Hosts of all recorded requests, as the ledger writes them.
    fn hosts(&self) -> BTreeSet<String> {
        let host = |fact: &Fact| match fact {
            Fact::Request(request) => {
                let url = Url::parse(&request.url).ok()?;
                let host = url.host_str()?;
                Some(host.strip_suffix('.').unwrap_or(host).to_owned())
            }
            _ => None,
        };
        self.draft.facts().filter_map(host).collect()
    }
}
