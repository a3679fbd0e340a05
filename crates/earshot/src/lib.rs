//! Earshot's command line: configuration, roles, reports, and the one place that wires them.
//!
//! The story in order: [`cli`] is read, [`config`] is loaded, [`services`] are started or attached to, [`role`]s run
//! against them, [`watch`] shows how far they are, [`report`] says what was found, [`exit`] says how it ended.

pub mod advice;
pub mod ca;
pub mod changes;
pub mod cli;
pub mod command;
pub mod config;
pub mod dead;
pub mod exit;
pub mod explain;
pub mod export;
pub mod filter_list;
pub mod health;
pub mod judging;
pub mod metrics;
pub mod notify;
pub mod portfolio;
pub mod process;
pub mod rejudge;
pub mod report;
pub mod role;
pub mod schedule;
pub mod services;
pub mod stats;
pub mod submit;
pub mod telemetry;
pub mod terminal;
pub mod top;
pub mod verify;
pub mod watch;
