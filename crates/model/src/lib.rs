//! The nouns of Earshot, their protobuf form, and the checked road between the two.
//!
//! `Portfolio → Run → Seed → Page → Visit{Outcome, [Event], [Gap]} → [Finding]`. Nothing here does I/O: a value
//! of one of these types has been parsed and holds what it says. What a browser saw is an [`Event`], what it
//! could not see is a [`Gap`], what somebody concluded from events is a [`Finding`].

mod canary;
mod conduct;
mod consent;
mod entry;
mod event;
mod finding;
mod gap;
mod heard;
mod ids;
mod live;
mod mark;
mod notice;
mod outcome;
mod page;
mod picture;
mod portfolio;
mod region;
mod request;
mod retry_after;
mod run;
mod served;
mod site;
mod stored;
mod target;
mod visit;
pub mod wire;
mod witness;

pub use canary::Canary;
pub use conduct::{ApiCall, FieldRead, ListenMeans, Listener};
pub use consent::{Choice, Consent, ConsentButton, ConsentClock, ConsentMeans, ConsentStep};
pub use entry::{Entry, FieldKind};
pub use event::{Event, Fact, Phase};
pub use finding::{Disguise, DisguiseKind, Exposure, Finding, Install, InstallRoute, Rule, Traits, Upload};
pub use gap::{Gap, GapKind};
pub use heard::{Grade, Heard, Proof, Way};
pub use ids::{FindingId, NoticeId, RunId, VisitId};
pub use live::{Live, LiveEvent, LiveFact};
pub use mark::{Alias, Mark, MarkKind};
pub use notice::Notice;
pub use outcome::{BlockReason, FailureCause, Outcome, OutcomeClass, RefusalReason};
pub use page::{PageKind, PageUrl, PageUrlError};
pub use picture::{Picture, PictureKind};
pub use portfolio::{BadLine, Portfolio, without_comment};
pub use region::{Region, RegionError};
pub use request::{Body, Direction, Header, Initiator, Request, Response, ScriptFrame, SocketFrame, Transport};
pub use retry_after::retry_after;
pub use run::{Profile, Run, RunKind, RunState};
pub use served::{Certificate, Served};
pub use site::{Site, SiteError};
pub use stored::{Cookie, StorageArea, StorageWrite};
pub use target::{Target, TargetError};
pub use visit::{Crawl, Identity, Lane, PageTask, SeedTask, Visit};
pub use witness::{Witness, Witnesses};
