//! The evidence store: where bundles and pictures lie.

use std::{io::Read as _, path::Path, sync::Arc};

use earshot_model::{Picture, PictureKind, RunId, Visit, VisitId, wire};
use flate2::read::GzDecoder;
use futures::{TryStreamExt as _, future::try_join_all};
use object_store::{ObjectStore, ObjectStoreExt as _};

use crate::{
    Bundle, Chain, EvidenceError, Place, SigningKey, hash,
    manifest::{self, Absent, FileEntry, Manifest, ManifestKey},
};

/// Longest file that is unpacked: what is read again of a visit is never longer ([`wire::MAX_MESSAGE`]), and its other
/// files are at most some times as long.
pub(crate) const MAX_FILE: u64 = 512 * 1024 * 1024;

/// How many digits of its hash a picture's name has: 48 bits tell apart the few pictures of one visit.
const PICTURE_DIGITS: usize = 12;

/// Where evidence is kept. Cheap to clone.
#[derive(Clone)]
pub struct Evidence(Arc<dyn ObjectStore>);

impl Evidence {
    /// Evidence in that place.
    ///
    /// # Errors
    /// [`EvidenceError::Place`].
    pub fn open(place: &Place) -> Result<Self, EvidenceError> {
        place.open().map(Self)
    }

    /// Evidence in a directory, which is made.
    ///
    /// # Errors
    /// [`EvidenceError::Place`].
    pub fn in_directory(directory: &Path) -> Result<Self, EvidenceError> {
        Self::open(&Place::Directory(directory.to_owned()))
    }

    /// Keeps a JPEG of a visit; gives back its key. A page that is visited twice because of a crash has other pictures, which
    /// do not replace the first ones: those may be in a manifest already.
    ///
    /// # Errors
    /// [`EvidenceError::Store`], as for all that follow.
    pub async fn put_picture(
        &self,
        run: RunId,
        visit: VisitId,
        kind: PictureKind,
        jpeg: Vec<u8>,
    ) -> Result<String, EvidenceError> {
        let hash = hash::hex(&hash::of(&jpeg));
        let key = format!("{run}/{visit}/{}-{}.jpg", kind.as_str(), &hash[..PICTURE_DIGITS]);
        self.put(&key, jpeg).await?;
        Ok(key)
    }

    /// Keeps a bundle: its files, the signature, and last of all the manifest. A picture that is not here (another machine
    /// has kept it in a directory of its own) is named as absent. Keeping the same bundle again changes nothing.
    ///
    /// # Errors
    /// [`EvidenceError::Store`]: try again.
    pub async fn keep(&self, bundle: Bundle, key: &SigningKey) -> Result<ManifestKey, EvidenceError> {
        let Bundle { mut manifest, files, pictures } = bundle;
        for picture in &pictures {
            let name = manifest::file_name(&picture.key).to_owned();
            if !manifest.owns(picture) {
                let why = "its key is none of a picture of this visit".to_owned();
                manifest.absent.push(Absent { name, why });
                continue;
            }
            match self.picture(picture).await {
                Ok(entry) => manifest.files.push(entry),
                Err(error) if error.is_absent() => {
                    let why = "it was not in the evidence store that the recorder writes to".to_owned();
                    manifest.absent.push(Absent { name, why });
                }
                Err(error) => return Err(error),
            }
        }
        manifest.public_key = key.public().hex();
        let text = manifest.to_bytes();
        let place = ManifestKey { run: manifest.run, visit: manifest.visit, hash: hash::of(&text) };
        let mut parts: Vec<_> = files.into_iter().map(|file| (place.file(file.name), file.gzip)).collect();
        parts.push((place.file(Manifest::SIGNATURE), key.sign(&text).to_vec()));
        try_join_all(parts.into_iter().map(async |(key, bytes)| self.put(&key, bytes).await)).await?;
        self.put(&place.to_string(), text).await?;
        Ok(place)
    }

    /// A picture; `None` if it is not there any more.
    ///
    /// # Errors
    /// [`EvidenceError::Store`].
    pub async fn jpeg(&self, key: &str) -> Result<Option<Vec<u8>>, EvidenceError> {
        match self.get(key).await {
            Ok(jpeg) => Ok(Some(jpeg)),
            Err(error) if error.is_absent() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The visit as it was recorded, for judging it anew.
    ///
    /// # Errors
    /// [`EvidenceError::Store`]; [`EvidenceError::Damaged`] if it is not what was recorded.
    pub async fn facts(&self, key: &ManifestKey) -> Result<Visit, EvidenceError> {
        let (_, manifest) = self.manifest(key).await?;
        let bytes = self.file(key, Bundle::FACTS).await?;
        let entry = manifest.files.iter().find(|entry| entry.name == Bundle::FACTS);
        let damaged = |reason: &str| EvidenceError::Damaged { key: key.file(Bundle::FACTS), reason: reason.to_owned() };
        if entry.is_none_or(|entry| entry.sha256 != hash::hex(&hash::of(&bytes))) {
            return Err(damaged("it is not the one that the manifest names"));
        }
        let visit: Visit = wire::decode(&bytes).map_err(|error| damaged(&error.to_string()))?;
        if visit.id() == key.visit { Ok(visit) } else { Err(damaged("it is of another visit")) }
    }

    /// A manifest, as it lies there and parsed.
    ///
    /// # Errors
    /// [`EvidenceError::Store`]; [`EvidenceError::Damaged`] if it is not the one that the key names.
    pub async fn manifest(&self, key: &ManifestKey) -> Result<(Vec<u8>, Manifest), EvidenceError> {
        let bytes = self.get(&key.to_string()).await?;
        let damaged = |reason: String| EvidenceError::Damaged { key: key.to_string(), reason };
        if hash::of(&bytes) != key.hash {
            return Err(damaged("it is not the manifest that was recorded".to_owned()));
        }
        let manifest = serde_json::from_slice(&bytes).map_err(|error| damaged(error.to_string()))?;
        Ok((bytes, manifest))
    }

    /// A file of a bundle, unpacked.
    ///
    /// # Errors
    /// [`EvidenceError::Store`]; [`EvidenceError::Damaged`] if it does not unpack.
    pub(crate) async fn file(&self, key: &ManifestKey, name: &str) -> Result<Vec<u8>, EvidenceError> {
        let place = key.file(name);
        let bytes = self.get(&place).await?;
        if !place.ends_with(".gz") {
            return Ok(bytes);
        }
        let mut unpacked = Vec::new();
        match GzDecoder::new(bytes.as_slice()).take(MAX_FILE + 1).read_to_end(&mut unpacked) {
            Ok(_) if unpacked.len() as u64 <= MAX_FILE => Ok(unpacked),
            Ok(_) => Err(EvidenceError::Damaged { key: place, reason: format!("longer than {MAX_FILE} bytes") }),
            Err(error) => Err(EvidenceError::Damaged { key: place, reason: error.to_string() }),
        }
    }

    /// Seals a run: its chain, signed. If the same chain is there already, nothing is written.
    ///
    /// # Errors
    /// [`EvidenceError::Store`]: try again.
    pub async fn seal(&self, chain: &Chain, key: &SigningKey) -> Result<(), EvidenceError> {
        if self.chain(chain.run).await?.is_some_and(|(text, _)| chain.is_in(&text)) {
            return Ok(());
        }
        let text = chain.to_bytes(&key.public());
        let (place, signature) = Chain::places(chain.run);
        self.put(&signature, key.sign(&text).to_vec()).await?;
        self.put(&place, text).await
    }

    /// The chain of a run as it lies there, and its signature; `None` for a run that is not sealed.
    ///
    /// # Errors
    /// [`EvidenceError::Store`].
    pub async fn chain(&self, run: RunId) -> Result<Option<(Vec<u8>, Vec<u8>)>, EvidenceError> {
        let (place, signature) = Chain::places(run);
        match self.get(&place).await {
            Ok(text) => Ok(Some((text, self.get(&signature).await?))),
            Err(error) if error.is_absent() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// How many files are kept of a visit: its bundles, also those of earlier judgements, and its pictures.
    ///
    /// # Errors
    /// [`EvidenceError::Store`].
    pub async fn held(&self, run: RunId, visit: VisitId) -> Result<u64, EvidenceError> {
        Ok(self.list(run, visit).await?.len() as u64)
    }

    /// Deletes everything that is kept of a visit; gives back how many files that were. The chain of its run goes on naming its
    /// id and the hash of its manifest, which say nothing of what was seen.
    ///
    /// # Errors
    /// [`EvidenceError::Store`]: what is left is found again.
    pub async fn forget(&self, run: RunId, visit: VisitId) -> Result<u64, EvidenceError> {
        let files = self.list(run, visit).await?;
        for file in &files {
            let deleted = self.0.delete(file).await;
            deleted.map_err(|source| EvidenceError::Store { what: "delete", key: file.to_string(), source })?;
        }
        Ok(files.len() as u64)
    }

    async fn list(&self, run: RunId, visit: VisitId) -> Result<Vec<object_store::path::Path>, EvidenceError> {
        let folder = format!("{run}/{visit}");
        let files = self.0.list(Some(&folder.as_str().into())).map_ok(|file| file.location).try_collect();
        files.await.map_err(|source| EvidenceError::Store { what: "list", key: folder, source })
    }

    async fn picture(&self, picture: &Picture) -> Result<FileEntry, EvidenceError> {
        let jpeg = self.get(&picture.key).await?;
        let (name, sha256) = (manifest::file_name(&picture.key).to_owned(), hash::hex(&hash::of(&jpeg)));
        Ok(FileEntry { name, bytes: jpeg.len() as u64, sha256 })
    }

    async fn put(&self, key: &str, bytes: Vec<u8>) -> Result<(), EvidenceError> {
        let put = self.0.put(&key.into(), bytes.into()).await;
        put.map(|_| ()).map_err(|source| EvidenceError::Store { what: "write", key: key.to_owned(), source })
    }

    async fn get(&self, key: &str) -> Result<Vec<u8>, EvidenceError> {
        let get = async { self.0.get(&key.into()).await?.bytes().await };
        let bytes = get.await.map_err(|source| EvidenceError::Store { what: "read", key: key.to_owned(), source })?;
        Ok(bytes.into())
    }
}
