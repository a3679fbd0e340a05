//! Every name, limit and time of the bus, in one table; and the one call that makes it so.

use std::time::Duration;

use async_nats::jetstream::{
    Context,
    consumer::{AckPolicy, DeliverPolicy, pull},
    kv, object_store,
    stream::{Config, DiscardPolicy, RetentionPolicy, StorageType},
};
use earshot_model::{Lane, RunId};

use crate::BusError;

/// How long work, facts and large bodies wait for somebody. A run that nobody finished in two weeks is given up.
pub const KEPT: Duration = Duration::from_secs(14 * 24 * 3600);
/// How long dead letters are kept: long enough to be looked at once a month.
pub const DEAD_KEPT: Duration = Duration::from_secs(31 * 24 * 3600);
/// Within this time a message with an id seen before is dropped by the broker. Longer than any visit with all its
/// deliveries; ids are kept in the broker's memory, so not for ever. A help, not a promise: a restarted broker
/// remembers only the ids of messages that it still holds. What makes work count once is its derived id.
pub const DEDUPE: Duration = Duration::from_secs(2 * 3600);
/// Work that is neither finished nor kept alive for this long is delivered again.
pub const ACK_WAIT: Duration = Duration::from_secs(30);
/// Keep-alives within one ack wait: two may be lost.
pub const KEEP_ALIVES_PER_WAIT: u32 = 3;
/// How often work is delivered before it counts as exhausted. Each delivery beyond the first is a crash or a `retry`.
pub const MAX_DELIVER: u64 = 5;
/// Most deliveries in flight per lane in the whole fleet. The broker's default of 1000 is fewer tabs than 50
/// workers have.
pub const MAX_IN_WORK: i64 = 20_000;
/// Most facts in flight to recorders: bounds what a recorder that does not acknowledge can pile up.
pub const MAX_IN_RECORDING: i64 = 8_000;
/// Most facts in one batch.
pub const MAX_BATCH: usize = 500;
/// Most facts that are asked for at once: each may be as large as a message, whatever the broker says of its size.
pub const MAX_PULL: usize = 64;
/// Bytes of facts from which on a batch asks for no more.
pub const BATCH_BYTES: usize = 16 << 20;
/// Payloads above this travel through [`BODIES`]. The broker refuses messages of 1 MiB; headers need room too.
pub const INLINE_LIMIT: usize = 700 * 1024;
/// Most publishes of one batch that wait for their acknowledgement at a time.
pub const PUBLISH_IN_FLIGHT: usize = 256;
/// How long a publish is tried again before it fails. A broker restarts within seconds, a cluster elects within ten; one
/// that is mended by a person takes longer, and what was seen need not be looked at again for that.
pub const PUBLISH_PATIENCE: Duration = Duration::from_secs(20 * 60);
/// How long one request to the broker may take.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(5);
/// How long `next()` waits before it says that there is nothing.
pub const IDLE_WAIT: Duration = Duration::from_secs(5);
/// How often an idle consumer looks without having been woken: redeliveries wake nobody.
pub const IDLE_POLL: Duration = Duration::from_secs(1);
/// Every so many deliveries the bulk lane goes first, so that it never starves.
pub const BULK_TURN: u64 = 8;

/// After how long a worker that says nothing counts as gone.
pub const WORKER_AWAY: Duration = Duration::from_secs(30);
/// How often a worker says that it is there: two may be lost.
pub const ANNOUNCE_EVERY: Duration = Duration::from_secs(10);

/// How often who watches a run says so.
pub const ASK_EVERY: Duration = Duration::from_secs(2);
/// After how long a run counts as watched no more: two such words may be lost.
pub const WATCHED_FOR: Duration = Duration::from_secs(7);
/// Runs that a worker tells of at most.
pub const WATCHES_KNOWN: usize = 1_000;
/// Events that a worker remembers of one visit, for who comes late. The browser tells some three hundred at most.
pub const LIVE_KEPT: usize = 500;
/// Events that wait to be sent to who watches; more are dropped, and told when they are asked for again.
pub const LIVE_WAITING: usize = 256;

/// One stream.
#[derive(Clone, Copy, Debug)]
pub struct StreamSpec {
    /// Its name.
    pub name: &'static str,
    /// What it takes.
    pub subjects: &'static [&'static str],
    /// When messages go.
    pub retention: RetentionPolicy,
    /// Most messages that wait in it.
    pub max_messages: i64,
    /// Whether a full stream refuses what is new (work must not be lost) or forgets what is old.
    pub discard: DiscardPolicy,
    /// How long a message waits at most.
    pub max_age: Duration,
}

/// "Crawl this site": a work queue with two lanes.
pub const SITES: StreamSpec = StreamSpec {
    name: "sites",
    subjects: &["earshot.sites.*.*"],
    retention: RetentionPolicy::WorkQueue,
    max_messages: 5_000_000,
    discard: DiscardPolicy::New,
    max_age: KEPT,
};

/// "Visit this page": a work queue with two lanes.
pub const PAGES: StreamSpec = StreamSpec {
    name: "pages",
    subjects: &["earshot.pages.*.*"],
    retention: RetentionPolicy::WorkQueue,
    max_messages: 20_000_000,
    discard: DiscardPolicy::New,
    max_age: KEPT,
};

/// Finished visits and finished crawls. Both in one stream, so that a recorder has one consumer and meets a crawl
/// before the visits that it led to. A fact stays until every consumer has it: the durable recorder always, a live
/// view while it looks on.
pub const VISITS: StreamSpec = StreamSpec {
    name: "visits",
    subjects: &["earshot.visits.*", "earshot.crawls.*"],
    retention: RetentionPolicy::Interest,
    max_messages: 2_000_000,
    discard: DiscardPolicy::New,
    max_age: KEPT,
};

/// What failed for good, with the reason.
pub const DEAD: StreamSpec = StreamSpec {
    name: "dead",
    subjects: &["earshot.dead.*"],
    retention: RetentionPolicy::Limits,
    max_messages: 100_000,
    discard: DiscardPolicy::Old,
    max_age: DEAD_KEPT,
};

/// "Tell this channel what changed": a work queue with one lane. Full, it refuses: what nobody is told for so long is no
/// news.
pub const NOTICES: StreamSpec = StreamSpec {
    name: "notices",
    subjects: &["earshot.notices.*"],
    retention: RetentionPolicy::WorkQueue,
    max_messages: 100_000,
    discard: DiscardPolicy::New,
    max_age: KEPT,
};

/// All streams.
pub const STREAMS: [StreamSpec; 5] = [SITES, PAGES, VISITS, DEAD, NOTICES];

/// A work queue: a stream and its durable consumers, one or two, the urgent one first.
#[derive(Clone, Copy, Debug)]
pub struct QueueSpec {
    /// The stream that the work waits in.
    pub stream: &'static str,
    /// Consumer and subject of each lane.
    pub lanes: &'static [LaneSpec],
    /// What a publish to any lane matches: wakes idle workers.
    pub wake: &'static str,
}

/// One lane of a work queue.
#[derive(Clone, Copy, Debug)]
pub struct LaneSpec {
    /// The durable consumer.
    pub consumer: &'static str,
    /// What it takes.
    pub subject: &'static str,
}

/// Sites to crawl.
pub const SEED_QUEUE: QueueSpec = QueueSpec {
    stream: SITES.name,
    lanes: &[
        LaneSpec { consumer: "sites-interactive", subject: "earshot.sites.interactive.*" },
        LaneSpec { consumer: "sites-bulk", subject: "earshot.sites.bulk.*" },
    ],
    wake: "earshot.sites.*.*",
};

/// Pages to visit.
pub const PAGE_QUEUE: QueueSpec = QueueSpec {
    stream: PAGES.name,
    lanes: &[
        LaneSpec { consumer: "pages-interactive", subject: "earshot.pages.interactive.*" },
        LaneSpec { consumer: "pages-bulk", subject: "earshot.pages.bulk.*" },
    ],
    wake: "earshot.pages.*.*",
};

/// Notices to send.
pub const NOTICE_QUEUE: QueueSpec = QueueSpec {
    stream: NOTICES.name,
    lanes: &[LaneSpec { consumer: "notifier", subject: "earshot.notices.*" }],
    wake: "earshot.notices.*",
};

/// The durable consumer of [`VISITS`].
pub const RECORDER: &str = "recorder";
/// KV bucket: the crawl of each (run, start), decided once.
pub const CRAWLS: &str = "crawls";
/// KV bucket: what each run is told to do.
pub const RUNS: &str = "runs";
/// KV bucket: notices that were sent. It forgets one no sooner than the stream of notices does.
pub const SENT: &str = "notices-sent";
/// KV bucket: who holds which lease.
pub const LEASES: &str = "leases";
/// How long a lease lasts that nobody renews: how long nobody coordinates after a coordinator has died.
pub const LEASE_LASTS: Duration = Duration::from_secs(12);
/// Renewals within that time: two may be lost.
pub const LEASE_RENEWALS: u32 = 4;
/// KV bucket: how sites stand with us.
pub const POLITENESS: &str = "politeness";
/// How long that is remembered after the last change: longer than a site rests.
pub const POLITENESS_KEPT: Duration = Duration::from_secs(24 * 3600);
/// KV bucket: who works on this bus right now.
pub const WORKERS: &str = "workers";
/// Object bucket: payloads too large for a message.
pub const BODIES: &str = "visit-bodies";

/// All KV buckets, and how long each remembers.
pub const BUCKETS: [(&str, Duration); 6] = [
    (CRAWLS, KEPT),
    (RUNS, KEPT),
    (SENT, KEPT),
    (LEASES, LEASE_LASTS),
    (POLITENESS, POLITENESS_KEPT),
    (WORKERS, WORKER_AWAY),
];

pub(crate) fn seed_subject(lane: Lane, run: RunId) -> String {
    format!("earshot.sites.{}.{run}", lane_token(lane))
}

pub(crate) fn page_subject(lane: Lane, run: RunId) -> String {
    format!("earshot.pages.{}.{run}", lane_token(lane))
}

pub(crate) fn visit_subject(run: RunId) -> String {
    format!("earshot.visits.{run}")
}

pub(crate) fn crawl_subject(run: RunId) -> String {
    format!("earshot.crawls.{run}")
}

/// What is told of the visits of a run while they go on. No stream takes it.
pub(crate) fn live_subject(run: RunId) -> String {
    format!("earshot.live.{run}")
}

/// Where it is said that somebody watches a run. No stream takes it.
pub(crate) fn watch_subject(run: RunId) -> String {
    format!("earshot.watch.{run}")
}

/// All of those.
pub(crate) const WATCHED: &str = "earshot.watch.*";

/// The run that somebody watches.
pub(crate) fn watched_run(subject: &str) -> Option<RunId> {
    subject.strip_prefix("earshot.watch.")?.parse().ok()
}

pub(crate) fn notice_subject(later: RunId) -> String {
    format!("earshot.notices.{later}")
}

/// Whether a subject of [`VISITS`] carries crawls.
pub(crate) fn carries_crawls(subject: &str) -> bool {
    subject.starts_with("earshot.crawls.")
}

pub(crate) fn dead_subject(stream: &str) -> String {
    format!("earshot.dead.{stream}")
}

/// The subject of one run among those that a lane takes.
pub(crate) fn of_run(lane_subject: &str, run: RunId) -> String {
    format!("{}{run}", lane_subject.trim_end_matches('*'))
}

fn lane_token(lane: Lane) -> &'static str {
    match lane {
        Lane::Interactive => "interactive",
        Lane::Bulk => "bulk",
    }
}

/// Creates what is missing and brings the rest up to date; safe to call from every role at every start.
pub(crate) async fn ensure(context: &Context, replicas: usize, ack_wait: Duration) -> Result<(), BusError> {
    for spec in &STREAMS {
        let config = stream_config(spec, replicas);
        context.create_or_update_stream(config).await.map_err(BusError::topology(spec.name))?;
    }
    for queue in [SEED_QUEUE, PAGE_QUEUE, NOTICE_QUEUE] {
        for lane in queue.lanes {
            consume(context, queue.stream, consumer_config(lane.consumer, lane.subject, MAX_IN_WORK, ack_wait)).await?;
        }
    }
    // In a stream kept by interest, what nobody waits for is dropped: the recorder exists before the first fact.
    consume(context, VISITS.name, consumer_config(RECORDER, "", MAX_IN_RECORDING, ack_wait)).await?;
    for (bucket, max_age) in BUCKETS {
        context
            .create_or_update_key_value(bucket_config(bucket, max_age, replicas))
            .await
            .map_err(BusError::topology(bucket))?;
    }
    if context.get_object_store(BODIES).await.is_err() {
        context.create_object_store(bodies_config(replicas)).await.map_err(BusError::topology(BODIES))?;
    }
    Ok(())
}

async fn consume(context: &Context, stream: &'static str, config: pull::Config) -> Result<(), BusError> {
    context.create_consumer_on_stream(config, stream).await.map_err(BusError::topology(stream))?;
    Ok(())
}

pub(crate) fn stream_config(spec: &StreamSpec, replicas: usize) -> Config {
    Config {
        name: spec.name.to_owned(),
        subjects: spec.subjects.iter().map(ToString::to_string).collect(),
        retention: spec.retention,
        max_messages: spec.max_messages,
        discard: spec.discard,
        max_age: spec.max_age,
        duplicate_window: DEDUPE,
        storage: StorageType::File,
        num_replicas: replicas,
        max_bytes: -1,
        ..Config::default()
    }
}

/// The broker itself never gives up on a message (it would keep it, invisible): we bury it, with a reason.
fn consumer_config(name: &str, subject: &str, max_ack_pending: i64, ack_wait: Duration) -> pull::Config {
    pull::Config {
        durable_name: Some(name.to_owned()),
        filter_subject: subject.to_owned(),
        deliver_policy: DeliverPolicy::All,
        ack_policy: AckPolicy::Explicit,
        ack_wait,
        max_deliver: -1,
        max_ack_pending,
        ..pull::Config::default()
    }
}

fn bucket_config(bucket: &str, max_age: Duration, replicas: usize) -> kv::Config {
    kv::Config {
        bucket: bucket.to_owned(),
        history: 1,
        max_age,
        // Who works now need not be known after a restart.
        storage: if bucket == WORKERS { StorageType::Memory } else { StorageType::File },
        num_replicas: replicas,
        ..kv::Config::default()
    }
}

fn bodies_config(replicas: usize) -> object_store::Config {
    object_store::Config {
        bucket: BODIES.to_owned(),
        max_age: KEPT,
        storage: StorageType::File,
        num_replicas: replicas,
        max_bytes: -1,
        ..object_store::Config::default()
    }
}
