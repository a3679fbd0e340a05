//! A real broker.

use earshot_bus::{Bus, BusConfig};
use earshot_local::{Nats, NatsOptions, Part, parts};

use crate::{Failed, host::Host};

/// A broker with everything that a fleet needs on it.
pub async fn broker(host: &Host) -> Result<(Nats, Bus), Failed> {
    let nats = parts::find(Part::Nats, None)?.path;
    let nats = Nats::start(&nats, NatsOptions { dir: host.dir().join("nats"), port: None }).await?;
    let bus = Bus::connect(BusConfig::at(nats.url())).await?;
    bus.ensure_topology().await?;
    Ok((nats, bus))
}
