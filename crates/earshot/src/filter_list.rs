//! The filter list for third parties that the catalogue does not know: given, or installed on this machine.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use earshot_detect::FilterList;

/// Where Debian's `webext-ublock-origin-chromium` and `-firefox` keep EasyPrivacy. Never shipped by us.
const INSTALLED: &[&str] = &[
    "/usr/share/chromium/extensions/ublock-origin/assets/thirdparties/easylist/easyprivacy.txt",
    "/usr/share/webext/ublock-origin/assets/thirdparties/easylist/easyprivacy.txt",
    "/usr/share/mozilla/extensions/{ec8030f7-c20a-464f-9b0e-13a3a9e97384}/uBlock0@raymondhill.net/assets/thirdparties/easylist/easyprivacy.txt",
];

/// Where a list lies: the one that was asked for, else an installed one.
#[must_use]
pub fn find(given: Option<&Path>) -> Option<PathBuf> {
    let installed = || INSTALLED.iter().map(PathBuf::from).find(|path| path.is_file());
    given.map(Path::to_path_buf).or_else(installed)
}

/// Reads the list.
///
/// # Errors
/// If one was asked for and cannot be read.
pub async fn load(given: Option<&Path>) -> Result<Option<FilterList>> {
    let Some(path) = find(given) else { return Ok(None) };
    let text = tokio::fs::read_to_string(&path).await.with_context(|| format!("cannot read {}", path.display()))?;
    let name = path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
    // Tens of thousands of rules: not on a thread that others wait on.
    let list = tokio::task::spawn_blocking(move || FilterList::parse(&name, &text)).await.context("filter list")??;
    Ok(Some(list))
}
