//! What findings are held against: options that several commands share.

use clap::Args;

/// What findings are held against.
#[derive(Clone, Debug, Default, Args)]
pub struct Assess {
    /// Rule packs that findings are held against, as `earshot rules list` names them [default: all]
    #[arg(long, value_name = "LIST")]
    pub rules: Option<String>,
    /// Sessions of each site in a month, to estimate what may be claimed
    #[arg(long, value_name = "N")]
    pub sessions: Option<u64>,
}
