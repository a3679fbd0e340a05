//! Claim checks: a payload too large for a message lies in the object bucket, the message carries its name.

use async_nats::jetstream::object_store::ObjectStore;
use earshot_model::wire::MAX_MESSAGE;
use tokio::io::AsyncReadExt;
use uuid::Uuid;

use crate::{Bus, BusError, topology::BODIES};

/// Names the object that holds the payload.
pub(crate) const HEADER: &str = "Earshot-Body";

/// Stores `payload` under a name of its own: copies of one visit never overwrite each other.
pub(crate) async fn deposit(bus: &Bus, id: &str, payload: &[u8]) -> Result<String, BusError> {
    let name = format!("{id}-{}", Uuid::new_v4().simple());
    let mut bytes = payload;
    bodies(bus).await?.put(name.as_str(), &mut bytes).await.map_err(BusError::bucket(BODIES))?;
    Ok(name)
}

/// The payload stored under `name`; `None` if there is none, or one that is larger than any of ours.
pub(crate) async fn redeem(bus: &Bus, name: &str) -> Result<Option<Vec<u8>>, BusError> {
    use async_nats::jetstream::object_store::GetErrorKind;
    let mut object = match bodies(bus).await?.get(name).await {
        Ok(object) if object.info().size <= MAX_MESSAGE => object,
        Ok(_) => return Ok(None),
        Err(error) if matches!(error.kind(), GetErrorKind::NotFound | GetErrorKind::InvalidName) => return Ok(None),
        Err(error) => return Err(BusError::bucket(BODIES)(error)),
    };
    let mut payload = Vec::with_capacity(object.info().size);
    object.read_to_end(&mut payload).await.map_err(BusError::bucket(BODIES))?;
    Ok(Some(payload))
}

/// Deletes it. What is left behind on failure is deleted by its age.
pub(crate) async fn discard(bus: &Bus, name: &str) {
    let deleted = match bodies(bus).await {
        Ok(bodies) => bodies.delete(name).await.map_err(BusError::bucket(BODIES)),
        Err(error) => Err(error),
    };
    if let Err(error) = deleted {
        tracing::warn!(body = name, %error, "a large body stays until it is too old");
    }
}

async fn bodies(bus: &Bus) -> Result<ObjectStore, BusError> {
    bus.context().get_object_store(BODIES).await.map_err(BusError::bucket(BODIES))
}
