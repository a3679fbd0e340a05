//! What may be wrong with `deploy/grafana`.

use std::path::PathBuf;

use thiserror::Error;

/// A file of `deploy/grafana` that is not as it must be.
#[derive(Debug, Error)]
pub enum Error {
    /// A file cannot be read.
    #[error("{}: {source}", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// A file is not what it should be.
    #[error("{}: {source}", path.display())]
    Toml {
        /// Which file.
        path: PathBuf,
        /// Why not.
        source: Box<toml::de::Error>,
    },
    /// A panel names a column that `columns.toml` does not have, or a column a role that `palette.toml` does not have.
    #[error("{0} is not in {1}")]
    Unknown(String, &'static str),
}

impl Error {
    /// A file's text.
    pub(crate) fn read(path: PathBuf) -> Result<String, Self> {
        std::fs::read_to_string(&path).map_err(|source| Self::File { path, source })
    }

    /// What a TOML file says.
    pub(crate) fn parse<T: serde::de::DeserializeOwned>(path: PathBuf) -> Result<T, Self> {
        let text = Self::read(path.clone())?;
        toml::from_str(&text).map_err(|source| Self::Toml { path, source: Box::new(source) })
    }
}
