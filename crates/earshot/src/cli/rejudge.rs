//! `earshot rejudge`.

use std::path::PathBuf;

use clap::Args;
use earshot_model::RunId;

use super::ListFormat;

/// `earshot rejudge`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  earshot rejudge 01JCX…                        judge a run by today's rules and catalogue
  earshot rejudge 01JCX… 01JCY… --dry-run       only say what would change
  earshot rejudge 01JCX… --format json

No browser is opened: facts come from the evidence of each visit. What was said before stays, under the rules that said it:
  earshot sql \"SELECT ruleset, vendor, rule, count() FROM findings GROUP BY ALL ORDER BY ALL\"")]
pub struct Rejudge {
    /// The runs
    #[arg(required = true, value_name = "RUN")]
    pub runs: Vec<RunId>,
    /// Say what would change, and change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// A filter list in EasyList syntax for third parties that the catalogue does not know
    #[arg(long, value_name = "FILE")]
    pub filter_list: Option<PathBuf>,
    /// How to print what changed
    #[arg(long, value_enum, default_value_t = ListFormat::Text, value_name = "FORMAT")]
    pub format: ListFormat,
}
