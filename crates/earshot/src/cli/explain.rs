//! `earshot explain`.

use clap::Args;

use super::ListFormat;

/// `earshot explain`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  earshot explain 0f1c2a3b-4d5e                 a finding by the beginning of its id
  earshot explain 0f1c2a3b-4d5e --format json
  earshot sql \"SELECT finding_id, vendor, page, grade FROM keystrokes ORDER BY grade DESC LIMIT 20\"")]
pub struct Explain {
    /// The finding's id, or enough of its beginning; reports have it
    #[arg(value_name = "FINDING", value_parser = finding_id)]
    pub finding: String,
    /// How to print it
    #[arg(long, value_enum, default_value_t = ListFormat::Text, value_name = "FORMAT")]
    pub format: ListFormat,
}

/// The beginning of a UUID.
pub(super) fn finding_id(text: &str) -> Result<String, String> {
    let id = text.to_ascii_lowercase();
    match id.len() >= 4 && id.len() <= 36 && id.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-') {
        true => Ok(id),
        false => Err("give at least the first 4 characters of a finding's id, such as 0f1c2a3b-4d5e".to_owned()),
    }
}
