//! What is true of a page that is opened several times: untouched, with everything refused, with everything agreed to,
//! and under Global Privacy Control.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// What a page does before a choice, after one, and under Global Privacy Control.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct States {
    /// Whether a banner that asks for consent can be seen.
    pub banner: bool,
    /// By what the banner is recognised: one of these words, with `|` between them, is contained in what is reported.
    pub cmp: Option<String>,
    /// Whether the banner's first layer can be agreed to and not refused.
    pub no_reject: bool,
    /// Choices that cannot be made there: `reject`, `accept`.
    pub no_choice: BTreeSet<String>,
    /// How often something has to be pressed for a choice. One that is told to the platform's interface has none.
    pub presses: BTreeMap<String, u32>,
    /// How third parties behave, by catalogue id or registrable domain, in the words of the view `consent_states`:
    /// `gated`, `on_paper`, `opt_out`, `cookieless`, `despite_reject_only`, `before_choice`, `no_banner`. Several with `|` between
    /// them are all right, and with `?` at the end nothing need be said: parties that no catalogue and no list knows.
    pub gating: BTreeMap<String, String>,
    /// Whether parties heed Global Privacy Control: `honoured`, `ignored`.
    pub gpc: BTreeMap<String, String>,
    /// All that ping while consent is denied, and say so.
    pub cookieless: BTreeSet<String>,
    /// All whose hits say that consent is granted while the page says that it is denied.
    pub mode_ignored: BTreeSet<String>,
}

impl States {
    /// The ways in which a party can behave.
    pub const GATING: [&str; 7] =
        ["gated", "on_paper", "opt_out", "cookieless", "despite_reject_only", "before_choice", "no_banner"];
    /// The ways in which a party can take Global Privacy Control.
    pub const GPC: [&str; 2] = ["honoured", "ignored"];
}
