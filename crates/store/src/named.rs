//! The named queries. Values reach them as server-side parameters only.

pub(crate) const MIGRATIONS_TABLE: &str = include_str!("../queries/migrations_table.sql");
pub(crate) const RUNS: &str = include_str!("../queries/runs.sql");
pub(crate) const RUN: &str = include_str!("../queries/run.sql");
pub(crate) const UNFINISHED: &str = include_str!("../queries/unfinished.sql");
pub(crate) const RECORDED: &str = include_str!("../queries/recorded.sql");
pub(crate) const PLANNED: &str = include_str!("../queries/planned.sql");
pub(crate) const RUNNING: &str = include_str!("../queries/running.sql");
pub(crate) const UNCRAWLED: &str = include_str!("../queries/uncrawled.sql");
pub(crate) const UNVISITED: &str = include_str!("../queries/unvisited.sql");
pub(crate) const SCHEMA_VERSION: &str = include_str!("../queries/schema_version.sql");
pub(crate) const PROGRESS: &str = include_str!("../queries/progress.sql");
pub(crate) const EXPOSURE: &str = include_str!("../queries/exposure.sql");
pub(crate) const COVERAGE: &str = include_str!("../queries/coverage.sql");
pub(crate) const ACCOUNTS: &str = include_str!("../queries/accounts.sql");
pub(crate) const FINGERPRINTERS: &str = include_str!("../queries/fingerprinters.sql");
pub(crate) const LISTENERS: &str = include_str!("../queries/listeners.sql");
pub(crate) const KEYSTROKES: &str = include_str!("../queries/keystrokes.sql");
pub(crate) const TYPED: &str = include_str!("../queries/typed.sql");
pub(crate) const FINDING: &str = include_str!("../queries/finding.sql");
pub(crate) const ENTRIES: &str = include_str!("../queries/entries.sql");
pub(crate) const SENT: &str = include_str!("../queries/sent.sql");
pub(crate) const WHO_BROUGHT: &str = include_str!("../queries/who_brought.sql");
pub(crate) const UNWITNESSED: &str = include_str!("../queries/unwitnessed.sql");
pub(crate) const FINDINGS: &str = include_str!("../queries/findings.sql");
pub(crate) const VISITS: &str = include_str!("../queries/visits.sql");
pub(crate) const GAPS: &str = include_str!("../queries/gaps.sql");
