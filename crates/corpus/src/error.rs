//! What can go wrong.

use earshot_detect::DetectError;
use earshot_store::StoreError;
use thiserror::Error;

/// Why a store could not be filled.
#[derive(Debug, Error)]
pub enum CorpusError {
    /// The store did not take it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The catalogue does not read.
    #[error(transparent)]
    Catalogue(#[from] DetectError),
    /// What was ordered cannot be made.
    #[error("{0}")]
    Order(String),
}
