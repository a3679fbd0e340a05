//! Tables, migrations, rows, inserts, and the named queries behind every report, over ClickHouse's HTTP interface:
//! the embedded engine and a server are the same to this crate.

mod cluster;
mod compare;
mod dictionary;
mod error;
mod export;
mod forget;
mod going;
mod judged;
mod listing;
mod migrate;
mod named;
mod portfolio;
mod recording;
mod report;
mod retention;
mod rollup;
mod rows;
mod runs;
mod schedule;
mod site;
mod stats;
mod store;
mod story;
mod stream;
mod tls;
mod tokens;

pub use compare::{ComparedFinding, ComparedState, ComparedUnvisited, ComparedVisit, Sites};
pub use dictionary::{ColumnNote, Dictionary, TableNote};
pub use error::StoreError;
pub use export::{Exported, ProvenanceRow, Sheet};
pub use forget::Held;
pub use going::GoingRow;
pub use judged::{Course, EventNote, Judged};
pub use listing::{RunSiteRow, RunsPage};
pub use portfolio::{Import, ImportRow, MemberRow, Selection, SiteNote, portfolio_name};
pub use report::{
    AccountRow, AskedRow, BroughtRow, ChoiceRow, ConductRow, ContactRow, CoverageRow, EntryRow, EvidenceRow,
    ExposureRow, FingerprinterRow, GapRow, HistoryRow, KeystrokeRow, ListenerRow, LoadRow, Progress, SentRow, StateRow,
    StepRow, StoredRow, TypedFieldRow, TypedRow, UnvisitedRow, VisitRow,
};
pub use retention::{Days, Expired, Kept, Retention};
pub use schedule::ScheduleRow;
pub use stats::{Chart, Column, InScope, MetRow, Over, Parties, STATISTICS, Scope, Source, Statistic, Unit};
pub use store::{Store, StoreConfig};
pub use stream::{Answer, Findings, Rows};
pub use tokens::TokenRecord;
