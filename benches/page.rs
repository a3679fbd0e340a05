//! What was measured, in a page of the documentation: between two lines that nobody else writes between.

use std::{error::Error, fs, path::Path};

/// The line below which it stands, and the one above which it ends.
pub struct Place {
    pub page: &'static str,
    pub begin: &'static str,
    pub end: &'static str,
}

impl Place {
    /// Puts it there in the place of what was measured before.
    ///
    /// # Errors
    /// If the page cannot be read or written, or has no such lines.
    pub fn put(&self, measured: &str) -> Result<(), Box<dyn Error + Send + Sync>> {
        let Self { page, begin, end } = self;
        let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).join(page);
        let text = fs::read_to_string(&path)?;
        let (before, rest) = text.split_once(begin).ok_or_else(|| format!("{page} has no line {begin}"))?;
        let (_, after) = rest.split_once(end).ok_or_else(|| format!("{page} has no line {end} after {begin}"))?;
        Ok(fs::write(path, format!("{before}{begin}\n\n{measured}\n{end}{after}"))?)
    }
}
