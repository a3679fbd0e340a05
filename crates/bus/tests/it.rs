//! The bus against a real nats-server: each test starts its own, and kills it.

#[path = "it/broker.rs"]
mod broker;
#[path = "it/crawls.rs"]
mod crawls;
#[path = "it/facts.rs"]
mod facts;
#[path = "it/keys.rs"]
mod keys;
#[path = "it/lanes.rs"]
mod lanes;
#[path = "it/leases.rs"]
mod leases;
#[path = "it/live.rs"]
mod live;
#[path = "it/notices.rs"]
mod notices;
#[path = "it/outage.rs"]
mod outage;
#[path = "it/permissions.rs"]
mod permissions;
#[path = "it/politeness.rs"]
mod politeness;
#[path = "it/samples.rs"]
mod samples;
#[path = "it/secured.rs"]
mod secured;
#[path = "it/signals.rs"]
mod signals;
#[path = "it/tls.rs"]
mod tls;
#[path = "it/work.rs"]
mod work;
#[path = "it/workers.rs"]
mod workers;
