//! What matters for where the visitor stands with consent.

use earshot_model::{Consent, Fact, Witness};

use super::Recorder;

impl Recorder {
    /// Writes down a step of the consent clock, seen in the document at `address` at `at_ms`.
    #[allow(dead_code, reason = "used by what watches banners")]
    pub(crate) fn stepped(&mut self, witness: Witness, address: &str, at_ms: f64, consent: Consent) {
        let address = address.split('#').next().unwrap_or_default();
        self.draft.add(witness, Some(at_ms), address, Fact::Consent(consent));
    }
}
