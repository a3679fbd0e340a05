//! Rows of the named queries.

mod consent;
mod run;
mod site;
mod story;
mod vendor;
mod visit;

pub use consent::{ChoiceRow, StateRow};
pub use run::{CoverageRow, EvidenceRow, Progress, TypedRow, UnvisitedRow};
pub use site::{AskedRow, ContactRow, HistoryRow, LoadRow, StoredRow, TypedFieldRow};
pub use story::{ConductRow, EntryRow, SentRow, StepRow};
pub use vendor::{AccountRow, BroughtRow, ExposureRow, FingerprinterRow, KeystrokeRow, ListenerRow};
pub use visit::{GapRow, VisitRow};
