//! The evidence store: files that are too big for the bus and the tables.

use std::{path::Path, sync::Arc};

use anyhow::{Context as _, Result};
use earshot_model::{PictureKind, RunId, VisitId};
use object_store::{ObjectStore, ObjectStoreExt as _, local::LocalFileSystem};

/// Where evidence is kept. Cheap to clone.
#[derive(Clone)]
pub struct Evidence(Arc<dyn ObjectStore>);

impl Evidence {
    /// Evidence in a directory, which is created.
    ///
    /// # Errors
    /// If it cannot be.
    pub fn in_directory(directory: &Path) -> Result<Self> {
        std::fs::create_dir_all(directory).with_context(|| format!("cannot create {}", directory.display()))?;
        let store = LocalFileSystem::new_with_prefix(directory)
            .with_context(|| format!("cannot keep evidence in {}", directory.display()))?;
        Ok(Self(Arc::new(store)))
    }

    /// The picture with that key; `None` if it is not there.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub async fn picture(&self, key: &str) -> Result<Option<Vec<u8>>> {
        match self.0.get(&object_store::path::Path::from(key)).await {
            Ok(found) => Ok(Some(found.bytes().await?.into())),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Keeps a JPEG of a visit; gives back its key.
    ///
    /// # Errors
    /// If it cannot be written.
    pub async fn put_picture(&self, run: RunId, visit: VisitId, kind: PictureKind, jpeg: Vec<u8>) -> Result<String> {
        let key = format!("{run}/{visit}/{}.jpg", kind.as_str());
        self.0.put(&object_store::path::Path::from(key.as_str()), jpeg.into()).await?;
        Ok(key)
    }
}
