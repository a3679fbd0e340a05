//! Passwords that are made once per data directory, and files that only their owner reads.

use std::{
    fs,
    io::Write,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::Path,
};

use rand::{Rng, distr::Alphanumeric};

use crate::LocalError;

/// 62^32: beyond guessing, short enough to paste.
const SECRET_CHARS: usize = 32;

/// Reads the secret kept in `path`, or makes one and keeps it there.
pub(crate) fn kept_in(path: &Path) -> Result<String, LocalError> {
    match fs::read_to_string(path) {
        Ok(text) if text.trim().len() >= SECRET_CHARS => return Ok(text.trim().to_owned()),
        Ok(_) => {}
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(LocalError::file("read", path)(error)),
    }
    let secret: String = rand::rng().sample_iter(Alphanumeric).take(SECRET_CHARS).map(char::from).collect();
    write_private(path, secret.as_bytes())?;
    Ok(secret)
}

/// Replaces `path` whole, by a file of mode 0600: a reader sees the old text or the new one.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> Result<(), LocalError> {
    let new = path.with_extension("new");
    let _ = fs::remove_file(&new);
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&new)
        .map_err(LocalError::file("create", &new))?;
    file.write_all(bytes).map_err(LocalError::file("write", &new))?;
    fs::rename(&new, path).map_err(LocalError::file("write", path))
}

/// Makes `path` and its parents, for the owner only; one that exists is left as it is.
pub(crate) fn private_dir(path: &Path) -> Result<(), LocalError> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(LocalError::file("create", path))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_secret_is_made_once_and_is_its_owners() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("password");
        let first = kept_in(&path).unwrap();
        assert_eq!(first.len(), SECRET_CHARS);
        assert_eq!(kept_in(&path).unwrap(), first);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        fs::write(&path, "short").unwrap();
        assert_ne!(kept_in(&path).unwrap(), "short");
    }
}
