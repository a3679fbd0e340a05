//! Files that are whole or not there.

use std::{fs::Permissions, io, os::unix::fs::PermissionsExt as _, path::Path};

use tempfile::NamedTempFile;

/// A file beside `path`, of that mode less the umask, that can be put into its place once it is whole.
pub(crate) fn beside(path: &Path, mode: u32) -> io::Result<NamedTempFile> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    tempfile::Builder::new().permissions(Permissions::from_mode(mode)).tempfile_in(folder)
}
