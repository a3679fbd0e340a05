//! Opens one page in a clean context under a profile and writes down everything it did.
//!
//! [`Browser`] owns one Chromium process. [`Browser::visit`] opens a page in a browser context of its own, behind an
//! egress door of its own, and returns a [`Seen`]. A site's failure is an [`earshot_model::Outcome`]; only ours is a
//! [`BrowserError`].

mod advice;
mod aliases;
mod body_query;
mod bounds;
mod browser;
mod camera;
mod config;
mod consent;
mod context;
mod dwell;
mod error;
mod identity;
mod instance;
mod inventory;
mod leave;
mod live;
mod lives;
mod memory;
mod message;
mod outcome;
mod print;
mod process;
mod progress;
mod pump;
mod recorder;
mod router;
mod sandbox;
mod scratch;
mod scroll;
mod served;
mod session;
mod setup;
mod signs;
mod steps;
mod typing;
mod visit;

pub use advice::{Advice, Opaque, Patience};
pub use browser::Browser;
pub use config::{BrowserConfig, Dwell, Typing};
pub use consent::Chooser;
pub use error::BrowserError;
pub use live::Audience;
pub use lives::{Lives, Pace};
pub use memory::own_memory;
pub use sandbox::{Sandbox, Sandboxing, probe};
pub use visit::{Seen, Shot};
