//! The nouns of Earshot, their protobuf form, and the checked road between the two.
//!
//! `Portfolio → Run → Seed → Page → Visit{Outcome, [Event], [Gap]} → [Finding]`. Nothing here does I/O: a value
//! of one of these types has been parsed and holds what it says. What a browser saw is an [`Event`], what it
//! could not see is a [`Gap`], what somebody concluded from events is a [`Finding`].

mod event;
mod finding;
mod gap;
mod ids;
mod outcome;
mod page;
mod portfolio;
mod run;
mod site;
mod target;
mod visit;
pub mod wire;

pub use event::{
    Body, Cookie, Direction, Event, Fact, Initiator, Request, Response, ScriptFrame, SocketFrame, StorageArea,
    StorageWrite, Transport,
};
pub use finding::{Exposure, Finding, Rule, Upload};
pub use gap::{Gap, GapKind};
pub use ids::{FindingId, RunId, VisitId};
pub use outcome::{BlockReason, Outcome, OutcomeClass, RefusalReason};
pub use page::{PageKind, PageUrl, PageUrlError};
pub use portfolio::{BadLine, Portfolio};
pub use run::{Profile, Run, RunState};
pub use site::{Site, SiteError};
pub use target::{Target, TargetError};
pub use visit::{Crawl, Identity, Lane, PageTask, SeedTask, Visit};
