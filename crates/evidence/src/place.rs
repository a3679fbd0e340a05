//! Where evidence is kept.

use std::{path::PathBuf, sync::Arc};

use object_store::{ObjectStore, aws::AmazonS3Builder, local::LocalFileSystem, path::Path, prefix::PrefixStore};

use crate::EvidenceError;

/// Where evidence is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// In a directory, which is made.
    Directory(PathBuf),
    /// In a bucket of S3, or of whoever speaks its protocol. Endpoint, region and credentials come from the environment:
    /// `AWS_ENDPOINT_URL`, `AWS_REGION`, `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_ALLOW_HTTP`, …
    Bucket {
        /// Its name.
        name: String,
        /// What all keys begin with; may be empty.
        prefix: String,
    },
}

impl Place {
    /// `s3://BUCKET/PREFIX`, or the path of a directory.
    ///
    /// # Errors
    /// If it is another kind of address, or names no bucket.
    pub fn parse(text: &str) -> Result<Self, EvidenceError> {
        let bad = |reason: &str| EvidenceError::Place { place: text.to_owned(), reason: reason.to_owned() };
        match text.split_once("://") {
            None => Ok(Self::Directory(text.into())),
            Some(("s3", rest)) => {
                let (name, prefix) = rest.split_once('/').unwrap_or((rest, ""));
                if name.is_empty() {
                    return Err(bad("write s3://BUCKET/PREFIX"));
                }
                Ok(Self::Bucket { name: name.to_owned(), prefix: prefix.trim_matches('/').to_owned() })
            }
            Some(_) => Err(bad("write a directory, or s3://BUCKET/PREFIX")),
        }
    }

    pub(crate) fn open(&self) -> Result<Arc<dyn ObjectStore>, EvidenceError> {
        let bad = |reason: String| EvidenceError::Place { place: self.to_string(), reason };
        match self {
            Self::Directory(path) => {
                std::fs::create_dir_all(path).map_err(|error| bad(error.to_string()))?;
                let files = LocalFileSystem::new_with_prefix(path).map_err(|error| bad(error.to_string()))?;
                Ok(Arc::new(files))
            }
            Self::Bucket { name, prefix } => {
                let bucket = AmazonS3Builder::from_env().with_bucket_name(name).build();
                let bucket = bucket.map_err(|error| bad(error.to_string()))?;
                Ok(Arc::new(PrefixStore::new(bucket, Path::from(prefix.as_str()))))
            }
        }
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Directory(path) => path.display().fmt(f),
            Self::Bucket { name, prefix } => write!(f, "s3://{name}/{prefix}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_directory_or_a_bucket() {
        assert_eq!(Place::parse("/srv/evidence").unwrap(), Place::Directory("/srv/evidence".into()));
        let bucket = |name: &str, prefix: &str| Place::Bucket { name: name.into(), prefix: prefix.into() };
        assert_eq!(Place::parse("s3://proofs/earshot/eu/").unwrap(), bucket("proofs", "earshot/eu"));
        assert_eq!(Place::parse("s3://proofs").unwrap(), bucket("proofs", ""));
        for wrong in ["s3://", "s3:///x", "gs://proofs", "https://proofs.test/"] {
            assert!(Place::parse(wrong).is_err(), "{wrong}");
        }
    }
}
