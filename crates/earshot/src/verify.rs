//! The forms in which `earshot verify` prints its verdicts.

mod junit;
mod sarif;
mod text;

use anyhow::Result;
use earshot_report::verify::Verification;

use crate::cli::VerifyFormat;

/// The verdicts in the wanted form, with their final line end.
///
/// # Errors
/// If they cannot be written in that form.
pub fn render(verification: &Verification, format: VerifyFormat, coloured: bool) -> Result<String> {
    match format {
        VerifyFormat::Text => Ok(text::render(verification, coloured)),
        VerifyFormat::Json => Ok(serde_json::to_string_pretty(verification)? + "\n"),
        VerifyFormat::Junit => junit::render(verification),
        VerifyFormat::Sarif => sarif::render(verification),
    }
}
