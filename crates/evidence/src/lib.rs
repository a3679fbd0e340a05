//! What proves a visit: kept, chained, signed, exported, checked.
//!
//! A [`Bundle`] holds all that was seen on one visit and what was concluded from it; its [`Manifest`] names every file by
//! its SHA-256, and is signed. [`Evidence`] keeps bundles and pictures in a directory or in S3. When a run is over, a
//! [`Chain`] binds its manifests in a fixed order. An [`Archive`] takes them out into a file that [`check`] can hold against
//! itself without any service. The format is told in docs/evidence.md.

mod about;
mod archive;
mod bundle;
mod chain;
mod check;
mod error;
mod evidence;
mod excerpt;
mod file;
mod findings;
mod hash;
mod key;
mod manifest;
mod network;
mod place;

pub use about::{About, Typed};
pub use archive::{Archive, Scope};
pub use bundle::{Bundle, Case};
pub use chain::{Chain, Link};
pub use check::{Checked, Expected, KeyUse, Problem, ProblemKind, Sealed, check};
pub use error::EvidenceError;
pub use evidence::Evidence;
pub use key::{PublicKey, SigningKey};
pub use manifest::{Absent, FileEntry, Manifest, ManifestKey};
pub use place::Place;
