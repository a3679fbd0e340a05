//! Whether the topology is there, for a role that may not create it.

use async_nats::jetstream::{Context, ErrorCode, consumer::pull, context::GetStreamErrorKind, stream::Stream};

use crate::{
    BusError,
    topology::{
        BODIES, CRAWLS, DEAD, LEASES, LaneSpec, NOTICE_QUEUE, NOTICES, PAGE_QUEUE, PAGES, POLITENESS, RECORDER, RUNS,
        SEED_QUEUE, SENT, SITES, StreamSpec, VISITS, WORKERS,
    },
};

/// A part of the topology, as one role works with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Sites to crawl are put there.
    SeedsIn,
    /// Sites to crawl are taken from there.
    SeedsOut,
    /// Pages to visit are put there.
    PagesIn,
    /// Pages to visit are taken from there.
    PagesOut,
    /// What is finished is put there.
    FinishedIn,
    /// What is finished is taken from there.
    FinishedOut,
    /// Notices are put there, and taken from there.
    Notices,
    /// Crawls, decided once.
    Crawls,
    /// What runs are told.
    Signals,
    /// Who may do what only one may.
    Leases,
    /// Turns at sites.
    Turns,
    /// Who works on this bus.
    Workers,
}

/// Looks at each of them.
pub(crate) async fn check(context: &Context, parts: &[Part]) -> Result<(), BusError> {
    for part in parts {
        match part {
            Part::SeedsIn => drop(stream(context, &SITES).await?),
            Part::SeedsOut => lanes(&stream(context, &SITES).await?, SEED_QUEUE.lanes).await?,
            Part::PagesIn => drop(stream(context, &PAGES).await?),
            Part::PagesOut => lanes(&stream(context, &PAGES).await?, PAGE_QUEUE.lanes).await?,
            Part::FinishedIn => {
                stream(context, &VISITS).await?;
                bodies(context).await?;
            }
            Part::FinishedOut => {
                consumer(&stream(context, &VISITS).await?, RECORDER).await?;
                bodies(context).await?;
            }
            Part::Notices => {
                lanes(&stream(context, &NOTICES).await?, NOTICE_QUEUE.lanes).await?;
                bucket(context, SENT).await?;
            }
            Part::Crawls => bucket(context, CRAWLS).await?,
            Part::Signals => bucket(context, RUNS).await?,
            Part::Leases => bucket(context, LEASES).await?,
            Part::Turns => bucket(context, POLITENESS).await?,
            Part::Workers => bucket(context, WORKERS).await?,
        }
        if matches!(part, Part::SeedsOut | Part::PagesOut | Part::FinishedOut | Part::Notices) {
            stream(context, &DEAD).await?;
        }
    }
    Ok(())
}

/// The stream, if it takes what this version sends and keeps it as this version expects. Limits are the operator's.
async fn stream(context: &Context, spec: &StreamSpec) -> Result<Stream, BusError> {
    let stream = context.get_stream(spec.name).await.map_err(|error| match error.kind() {
        GetStreamErrorKind::JetStream(answer) if answer.error_code() == ErrorCode::STREAM_NOT_FOUND => {
            missing(spec.name)
        }
        _ => BusError::topology(spec.name)(error),
    })?;
    let there = &stream.cached_info().config;
    let misses = spec.subjects.iter().find(|subject| !there.subjects.iter().any(|there| there == *subject));
    let why = match misses {
        Some(subject) => format!("it does not take {subject}"),
        None if there.retention != spec.retention => format!("its messages are kept by {:?}", there.retention),
        None => return Ok(stream),
    };
    Err(BusError::NotSetUp { name: spec.name, why })
}

async fn lanes(stream: &Stream, lanes: &[LaneSpec]) -> Result<(), BusError> {
    for lane in lanes {
        consumer(stream, lane.consumer).await?;
    }
    Ok(())
}

async fn consumer(stream: &Stream, name: &'static str) -> Result<(), BusError> {
    stream.get_consumer::<pull::Config>(name).await.map(drop).map_err(|error| unanswered(name, error))
}

async fn bucket(context: &Context, name: &'static str) -> Result<(), BusError> {
    context.get_key_value(name).await.map(drop).map_err(|error| unanswered(name, error))
}

async fn bodies(context: &Context) -> Result<(), BusError> {
    context.get_object_store(BODIES).await.map(drop).map_err(|error| unanswered(BODIES, error))
}

fn missing(name: &'static str) -> BusError {
    BusError::NotSetUp { name, why: "it is not there".to_owned() }
}

fn unanswered(name: &'static str, error: impl Into<crate::error::Source>) -> BusError {
    BusError::NotSetUp { name, why: error.into().to_string() }
}
