//! What runs have found, read from the store and assessed: a [`Report`] of one run, the [verdicts](verify) of a verify, what
//! [changed](changes) between two, and the report as an [HTML document](html).
//!
//! It reads and judges nothing anew: findings are what the recorder has written.

mod assessment;
pub mod changes;
mod error;
pub mod expired;
pub mod graph;
pub mod guide;
pub mod html;
pub mod page;
mod plain;
mod report;
#[cfg(any(test, feature = "sample"))]
pub mod sample;
mod shapes;
mod site;
pub mod story;
pub mod timeline;
pub mod verify;
pub mod words;

pub use assessment::{About, Assessment, SiteSettings};
pub use error::ReportError;
pub use plain::plain;
pub use report::{
    AccountSites, BadInput, Bringer, ConsentSignal, Estimate, Failures, Fingerprinter, GATINGS, GapReport, KeyListener,
    KeystrokeHearer, NOTICE, PageChoice, PageReport, PictureFile, Provenance, Report, RouteCount, RunSummary, SCHEMA,
    Score, ScorePart, Sensitive, SiteCoverage, SiteExposure, Theory, Totals, Unvisited, VendorExposure, VendorState,
    VisitConsent, is_taken, json_schema, speaks,
};
pub use shapes::shapes;
pub use site::{
    Contact, Heard, History, KeystrokeMatrix, KeystrokeRow, Load, Loads, Night, Party, SiteReport, Stored, TypedField,
};
